//! A request for access that is being answered in the member's drawer: it is filled in, and a save approves it.

use super::{
    decline::Decline,
    draft::{AccessDraft, Wanted},
    requests_dialog::what,
    subject_drawer::{Asking, Drawn},
};
use crate::{
    components::{Banner, Button, Tone},
    rpc::requests,
};
use domain::{id::RequestId, policy::Subject, request::AccessRequest};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// The request that the URL names, if any. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct AskedFor {
    named: StoredValue<Option<RequestId>>,
    found: RwSignal<Option<AccessRequest>>,
    /// It waits no longer, or is not to be had.
    lost: RwSignal<Option<String>>,
    /// The draft as it was once filled in.
    filled: StoredValue<Option<AccessDraft>>,
}

impl AskedFor {
    pub fn new() -> Self {
        let named = use_query_map().with_untracked(|query| query.get("request").and_then(|id| id.parse().ok()));
        Self { named: StoredValue::new(named), found: RwSignal::new(None), lost: RwSignal::new(None), filled: StoredValue::new(None) }
    }

    /// Which request a save approves.
    #[must_use]
    pub fn id(self) -> Option<RequestId> {
        self.found.with_untracked(|found| found.as_ref().map(|request| request.id))
    }

    /// The same, to be followed.
    pub fn is_open(self) -> bool {
        self.found.with(Option::is_some)
    }

    /// It waits no longer: a save changes the access all the same, and answers nothing.
    pub fn forget(self, why: String) {
        self.found.set(None);
        self.lost.set(Some(why));
    }

    /// Asks for it, once the member is here.
    pub fn open(self, drawn: Drawn) {
        // another try may come after the drawer is gone
        let Some(id) = self.named.try_get_value().flatten() else { return };
        spawn_local(async move {
            match requests::find(drawn.access.here.slug(), id).await {
                Ok(request) if drawn.subject == Subject::Member(request.member) => {
                    let _ = self.found.try_set(Some(request));
                }
                Ok(_) => {}
                Err(error) if drawn.session.ask_again(&error, move || self.open(drawn)) => {}
                Err(error) => {
                    let _ = self.lost.try_set(Some(error.message()));
                }
            }
        });
    }

    /// Fills it in, once it and all it rests on are here.
    pub fn fill(self, drawn: Drawn) {
        let filled = StoredValue::new(false);
        Effect::new(move || {
            let (Some(request), Some(context)) = (self.found.get(), drawn.editor.context.get()) else { return };
            if filled.get_value() || drawn.stored.with(Option::is_none) {
                return;
            }
            filled.set_value(true);
            let Some(role) = request.role.as_ref().and_then(|role| context.catalog.role(role)) else { return };
            let on = match (request.resource, request.resource_name.is_some()) {
                (Some(resource), _) => Wanted::This(resource),
                // what was typed names nothing here, or several: the owner says which is meant
                (None, true) => Wanted::Unclear,
                (None, false) => Wanted::Open,
            };
            drawn.editor.draft.update(|draft| draft.give(role, context.plan, on));
            self.filled.set_value(Some(drawn.editor.draft.get_untracked()));
            drawn.editor.unfolded.update(|open| {
                open.insert(role.id.clone());
            });
        });
    }

    /// Who asks for what and why, above the form.
    pub fn banner(self, drawn: Drawn) -> AnyView {
        (move || {
            if let Some(lost) = self.lost.get() {
                return view! { <Banner tone=Tone::Warn>{lost}</Banner> }.into_any();
            }
            let Some(request) = self.found.get() else { return ().into_any() };
            let what = drawn.editor.context.with(|context| what(&request, context.as_ref().map(|context| &context.catalog)));
            let actions = move || view! { <Button small=true on_click=move || drawn.asking.set(Asking::Other)>"Decline"</Button> };
            view! {
                <Banner actions=actions>
                    <b>{request.name.to_string()} " asks for " {what} "."</b> " “" {request.reason.to_string()} "” Saving changes approves the request."
                </Banner>
            }
            .into_any()
        })
        .into_any()
    }

    pub fn question(self, drawn: Drawn) -> AnyView {
        let Some(request) = self.found.get_untracked() else { return ().into_any() };
        let stop = move || drawn.asking.set(Asking::Nothing);
        let declined = move || {
            stop();
            self.found.set(None);
            // what was filled in for it goes with it, unless more was edited since
            let untouched =
                self.filled.with_value(|filled| filled.as_ref().is_some_and(|filled| drawn.editor.draft.with_untracked(|draft| !draft.differs_from(filled))));
            if untouched {
                drawn.editor.revert();
            }
        };
        view! { <Decline access=drawn.access request on_close=stop on_declined=declined/> }.into_any()
    }
}
