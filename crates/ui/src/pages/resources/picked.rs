//! What can be done with the resources that are picked.

use super::{Things, label_dialog::LabelDialog, query};
use crate::{
    components::{Button, ButtonKind, IconName, opener_goes},
    pages::{access::list_state::ListState, picked::Picked},
    rpc::Rpc,
};
use domain::{
    id::ResourceId,
    labelling::MOST_LABELLED,
    page::Page,
    resource::{ResourceQuery, ResourceRow},
};
use leptos::prelude::*;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct PickedResources {
    things: Things,
    pub rows: Picked<ResourceId, ResourceQuery>,
    asked: Memo<ResourceQuery>,
    labelling: RwSignal<bool>,
}

impl PickedResources {
    pub fn new(things: Things, state: Memo<ListState>) -> Self {
        let asked = Memo::new(move |_| ResourceQuery { cursor: None, ..state.with(query::asked) });
        Self { things, rows: Picked::new(asked), asked, labelling: RwSignal::new(false) }
    }

    /// How many the list shows in all; `None` where nobody has counted.
    fn total(self, rows: Resource<Rpc<Page<ResourceRow>>>) -> Option<u64> {
        let page = rows.get().and_then(Result::ok).and_then(|page| page.total);
        page.or_else(|| self.things.overview.get().and_then(Result::ok).and_then(|overview| self.asked.with(|asked| query::counted(asked, &overview))))
    }

    pub fn bar(self, rows: Resource<Rpc<Page<ResourceRow>>>) -> AnyView {
        let actions = move || {
            view! { <Button small=true kind=ButtonKind::Strong icon=IconName::Tag on_click=move || self.labelling.set(true) attr:aria-haspopup="dialog">"Change labels"</Button> }
                .into_any()
        };
        self.rows.bar(("resource", "resources"), MOST_LABELLED, Signal::derive(move || self.total(rows)), actions)
    }

    pub fn dialog(self) -> AnyView {
        let close = move || self.labelling.set(false);
        let done = move || {
            opener_goes();
            self.labelling.set(false);
            self.rows.clear();
        };
        (move || self.labelling.get().then(|| view! { <LabelDialog things=self.things selection=self.rows.selection() on_close=close on_done=done/> }))
            .into_any()
    }
}
