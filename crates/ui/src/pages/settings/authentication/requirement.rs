//! Whether single sign-on is required: a switch with its exceptions, what hinders it in words, and a question before people lose the workspace.

use super::exceptions::{Exceptions, these};
use crate::{
    components::{Banner, Button, ButtonKind, CheckField, ConfirmDialog, SkeletonLines, Tone, plural},
    pages::{access::chosen::Chosen, doing::Doing, failure::FailureView, frame::Here},
    rpc::sso,
    session::use_session,
};
use domain::sso::require::{RequirementWish, SsoRequirement};
use leptos::{ev, prelude::*};

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Form {
    here: Here,
    known: RwSignal<SsoRequirement>,
    required: RwSignal<bool>,
    excepted: Chosen,
    doing: Doing,
    asking: RwSignal<bool>,
}

#[component]
pub fn Requirement(here: Here, locked: bool) -> impl IntoView {
    let (slug, session) = (here.slug(), use_session());
    let found = Resource::new(move || session.version(), move |_| sso::requirement(slug.clone()));
    let shown = move || match found.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok(requirement)) => form(here, requirement, locked),
    };
    view! {
        <section class="panel" aria-labelledby="require-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="require-title">"Require single sign-on"</h2>
                    <p>"Members must have come by one of the connections. It is asked of this workspace alone: a person's other workspaces stay as they are."</p>
                </div>
                <Transition fallback=|| view! { <SkeletonLines lines=3/> }>{shown}</Transition>
            </div>
        </section>
    }
    .into_any()
}

fn form(here: Here, requirement: SsoRequirement, locked: bool) -> AnyView {
    let form = Form {
        here,
        required: RwSignal::new(requirement.required),
        excepted: Chosen::new(these(&requirement.exceptions)),
        known: RwSignal::new(requirement),
        doing: Doing::default(),
        asking: RwSignal::new(false),
    };
    let known = form.known;
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| form.is_dirty()) {
            let begins = form.required.get_untracked() && known.with_untracked(|known| !known.required);
            if begins { form.asking.set(true) } else { form.save() }
        }
    };
    let hindrance = Signal::derive(move || known.with(|known| known.hindrance.clone()));
    let note = "Who came otherwise loses this workspace at once, but for the exceptions.";
    let nothing = Signal::derive(move || (!form.is_dirty()).then(|| "nothing was changed".to_owned()));
    let beside = form.doing.beside(&["exceptions"]);
    let has_exceptions = known.with_untracked(|known| !known.exceptions.is_empty());
    view! {
        {move || known.with(|known| known.required).then(|| view! { <Banner tone=Tone::Good><b>"Required. "</b>{move || known.with(way_in)}</Banner> })}
        <form class="settings-form" novalidate aria-label="Requirement" on:submit=submit>
            <CheckField label="Require single sign-on" note=Some(note.to_owned()) checked=form.required disabled_reason=hindrance
                on_change=move |on: bool| form.required.set(on)/>
            {(!locked || has_exceptions).then(|| view! { <Exceptions here excepted=form.excepted error=form.doing.on("exceptions")/> })}
            <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
            <div class="settings-foot">
                <Button kind=ButtonKind::Primary submit=true pending=form.doing.pending disabled_reason=nothing>"Save requirement"</Button>
            </div>
        </form>
        {move || form.asking.get().then(|| question(form))}
    }
    .into_any()
}

impl Form {
    fn is_dirty(self) -> bool {
        let (required, ids) = (self.required.get(), self.excepted.ids());
        let mut ids = ids;
        ids.sort_unstable();
        self.known.with(|known| {
            let mut kept: Vec<_> = known.exceptions.iter().map(|one| one.member).collect();
            kept.sort_unstable();
            known.required != required || kept != ids
        })
    }

    fn save(self) {
        let wish = untrack(|| RequirementWish { required: self.required.get(), exceptions: self.excepted.ids() });
        let slug = self.here.slug();
        self.doing.run(
            move || sso::require(slug.clone(), wish.clone()),
            move |saved, is_here| {
                self.doing.toasts.success(if saved.required { "Single sign-on is required." } else { "Saved: single sign-on is not required." });
                if is_here {
                    self.asking.set(false);
                    self.required.set(saved.required);
                    self.excepted.set(these(&saved.exceptions));
                    self.known.set(saved);
                }
            },
        );
    }
}

/// Who keeps the way in.
fn way_in(requirement: &SsoRequirement) -> String {
    let names: Vec<&str> = requirement.exceptions.iter().filter(|one| one.is_break_glass).map(|one| one.name.as_str()).collect();
    match names.as_slice() {
        [] => "No owner with a password and a proven address is excepted: name one.".to_owned(),
        [one] => format!("{one} keeps the way in when the provider is down: an owner who may come by password."),
        many => format!("{} keep the way in when the provider is down: owners who may come by password.", many.join(", ")),
    }
}

fn question(form: Form) -> AnyView {
    // a refusal that is about the exceptions is said here too: the question stands before them
    let error = form.doing.message();
    let excepted = untrack(|| form.excepted.names());
    let names = match excepted.as_slice() {
        [] => "Nobody is excepted.".to_owned(),
        few if few.len() <= 5 => format!("Excepted: {}.", few.join(", ")),
        many => format!("{} are excepted.", plural(many.len() as u64, "member", "members")),
    };
    view! {
        <ConfirmDialog title="Require single sign-on?" confirm="Require it" pending=form.doing.pending error=error on_confirm=move || form.save() on_close=move || form.asking.set(false)>
            <p>"Whoever did not come by one of the connections loses this workspace at once, in mid-work, and is led to sign in. What they typed stays on their page. Their other workspaces and their sessions stay."</p>
            <p><b>{names}</b></p>
        </ConfirmDialog>
    }
    .into_any()
}
