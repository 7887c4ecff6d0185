//! Which rows are picked, across pages, and what can be done with all of them.

use super::{Things, label_dialog::LabelDialog, query};
use crate::{
    components::{Button, ButtonKind, IconName, grouped, plural},
    pages::access::list_state::ListState,
    rpc::Rpc,
};
use domain::{
    id::ResourceId,
    labelling::Selection,
    page::Page,
    resource::{ResourceQuery, ResourceRow},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Picked {
    things: Things,
    ids: RwSignal<BTreeSet<ResourceId>>,
    /// All that the list shows on every page, whatever is picked.
    everything: RwSignal<bool>,
    /// What the list is asked, without its page.
    asked: Memo<ResourceQuery>,
    labelling: RwSignal<bool>,
}

impl Picked {
    pub fn new(things: Things, state: Memo<ListState>) -> Self {
        let asked = Memo::new(move |_| ResourceQuery { cursor: None, ..state.with(query::asked) });
        let picked = Self { things, ids: RwSignal::default(), everything: RwSignal::new(false), asked, labelling: RwSignal::new(false) };
        // another list, another selection
        Effect::new(move |before: Option<ResourceQuery>| {
            let now = asked.get();
            if before.is_some_and(|before| before != now) {
                picked.clear();
            }
            now
        });
        picked
    }

    pub fn has(self, id: ResourceId) -> bool {
        self.everything.get() || self.ids.with(|ids| ids.contains(&id))
    }

    pub fn pick(self, rows: &[ResourceId], on: bool) {
        self.everything.set(false);
        self.ids.update(|ids| {
            for id in rows {
                if on {
                    ids.insert(*id)
                } else {
                    ids.remove(id)
                };
            }
        });
    }

    pub fn clear(self) {
        self.everything.set(false);
        self.ids.update(BTreeSet::clear);
    }

    fn is_empty(self) -> bool {
        !self.everything.get() && self.ids.with(BTreeSet::is_empty)
    }

    fn selection(self) -> Selection {
        if self.everything.get_untracked() {
            Selection::Matching(self.asked.get_untracked())
        } else {
            Selection::These(self.ids.with_untracked(|ids| ids.iter().copied().collect()))
        }
    }

    /// How many the list shows in all; `None` where nobody has counted.
    fn total(self, rows: Resource<Rpc<Page<ResourceRow>>>) -> Option<u64> {
        let page = rows.get().and_then(Result::ok).and_then(|page| page.total);
        page.or_else(|| self.things.overview.get().and_then(Result::ok).and_then(|overview| self.asked.with(|asked| query::counted(asked, &overview))))
    }

    /// Says how many are picked, once any is, and what can be done with them.
    pub fn bar(self, rows: Resource<Rpc<Page<ResourceRow>>>) -> AnyView {
        let shown = Memo::new(move |_| !self.is_empty());
        let words = move || match self.everything.get() {
            true => {
                self.total(rows).map_or_else(|| "All that match are selected".to_owned(), |total| format!("All {} that match are selected", grouped(total)))
            }
            false => format!("{} selected", plural(self.ids.with(BTreeSet::len) as u64, "resource", "resources")),
        };
        let all = move || {
            let total = self.total(rows);
            let more = !self.everything.get() && total.is_none_or(|total| self.ids.with(|ids| (ids.len() as u64) < total));
            more.then(|| {
                let words = total.map_or_else(|| "Select all that match".to_owned(), |total| format!("Select all {} that match", grouped(total)));
                view! { <Button small=true kind=ButtonKind::Quiet on_click=move || self.everything.set(true)>{words}</Button> }
            })
        };
        (move || {
            shown.get().then(|| {
                view! {
                    <div class="picked" role="region" aria-label="Selection">
                        <b role="status">{words}</b>
                        {all}
                        <Button small=true kind=ButtonKind::Quiet on_click=move || self.clear()>"Clear selection"</Button>
                        <span class="gap"></span>
                        <Button small=true kind=ButtonKind::Strong icon=IconName::Tag on_click=move || self.labelling.set(true) attr:aria-haspopup="dialog">"Change labels"</Button>
                    </div>
                }
            })
        })
        .into_any()
    }

    pub fn dialog(self) -> AnyView {
        let close = move || self.labelling.set(false);
        let done = move || {
            self.labelling.set(false);
            self.clear();
        };
        (move || self.labelling.get().then(|| view! { <LabelDialog things=self.things selection=self.selection() on_close=close on_done=done/> })).into_any()
    }
}
