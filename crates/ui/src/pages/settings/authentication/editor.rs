//! The form of a connection: one save for all of it, and a conflict where somebody else was first. What was typed stays whatever comes back.

use super::{
    another::{Another, ends},
    connection::Shared,
    copying::tell_the_provider,
    mapping::mapping,
    provider::tell_rolecall,
    typed::Typed,
};
use crate::{
    components::{Banner, Button, ButtonKind, Tone},
    pages::{discard::warn_before_leaving, doing::Doing, meanwhile},
    rpc::sso,
};
use domain::{save::SaveOutcome, sso::ConnectionPage};
use leptos::{ev, prelude::*};

const FIELDS: &[&str] = &["name", "issuer", "client_id", "client_secret", "metadata", "entity_id", "sso_url", "slo_url", "certificates", "mapping"];

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Editor {
    shared: Shared,
    typed: Typed,
    doing: Doing,
    theirs: RwSignal<Option<ConnectionPage>>,
    /// Somebody asked to save a rule that names no group.
    unfinished: RwSignal<bool>,
}

#[component]
pub fn ConnectionEditor(
    shared: Shared,
    /// Whether something is typed that is not saved.
    dirty: RwSignal<bool>,
) -> impl IntoView {
    let typed = shared.page.with_untracked(|page| Typed::of(&page.connection));
    let editor = Editor { shared, typed, doing: Doing::default(), theirs: RwSignal::new(None), unfinished: RwSignal::new(false) };
    let is_dirty = Memo::new(move |_| shared.page.with(|page| typed.is_other_than(&page.connection)));
    Effect::new(move || dirty.set(is_dirty.get()));
    warn_before_leaving(move || is_dirty.try_get_untracked() == Some(true));
    editor.view(is_dirty)
}

impl Editor {
    fn view(self, is_dirty: Memo<bool>) -> AnyView {
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.save();
        };
        let page = self.shared.page;
        let has_secret = Signal::derive(move || page.with(|page| page.has_secret));
        let kept = Signal::derive(move || page.with(|page| page.connection.mapping.clone()));
        let nothing = Signal::derive(move || (!is_dirty.get()).then(|| "nothing was changed".to_owned()));
        let beside = self.doing.beside(FIELDS);
        let preset = Memo::new(move |_| self.typed.chosen());
        let another = Memo::new(move |_| page.with(|page| Another::of(page, &self.typed.draft().provider)));
        let ends = move || {
            let sessions = another.with(|another| !another.is_empty()).then(|| page.with(|page| page.sessions))?;
            Some(view! { <Banner tone=Tone::Warn><b>"This is another provider. "</b>{ends(sessions)}</Banner> })
        };
        let there = page.with_untracked(|page| tell_the_provider(&page.connection, &page.addresses, preset));
        view! {
            <form class="settings-form" novalidate aria-label="Connection" on:submit=submit>
                {move || self.conflict()}
                {there}
                {tell_rolecall(self.typed, self.doing, has_secret, another)}
                {mapping(self.shared.here, self.typed, self.doing, kept)}
                <div role="status">{ends}</div>
                <div role="alert">
                    {move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    {move || (self.unfinished.get() && self.typed.unfinished()).then(|| view! { <Banner tone=Tone::Bad>"A rule has no user group yet. Choose one, or remove the rule."</Banner> })}
                </div>
                <div class="settings-foot">
                    <Button kind=ButtonKind::Primary submit=true pending=self.doing.pending disabled_reason=nothing>"Save changes"</Button>
                    {move || is_dirty.get().then(|| view! { <Button on_click=move || self.discard()>"Discard changes"</Button> })}
                </div>
            </form>
        }
        .into_any()
    }

    fn discard(self) {
        self.doing.refused.set(None);
        self.unfinished.set(false);
        self.shared.page.with_untracked(|page| self.typed.fill(&page.connection));
    }

    fn save(self) {
        let dirty = untrack(|| self.shared.page.with(|page| self.typed.is_other_than(&page.connection)));
        if !dirty {
            return;
        }
        self.unfinished.set(untrack(|| self.typed.unfinished()));
        if self.unfinished.get_untracked() {
            return;
        }
        let draft = untrack(|| self.typed.draft());
        let (slug, id) = (self.shared.here.slug(), self.shared.id);
        let revision = self.shared.page.with_untracked(|page| page.connection.revision);
        self.doing.run(
            move || sso::change_connection(slug.clone(), id, revision, draft.clone()),
            move |outcome, is_here| match outcome {
                SaveOutcome::Saved(page) => {
                    self.doing.toasts.success(format!("{} is saved.", page.connection.name));
                    if is_here {
                        self.take(page);
                    }
                }
                SaveOutcome::Conflict(theirs) if is_here => self.theirs.set(Some(theirs)),
                SaveOutcome::Conflict(_) => self.doing.toasts.error("Somebody else changed the connection meanwhile. Nothing was saved."),
            },
        );
    }

    fn take(self, page: ConnectionPage) {
        self.theirs.set(None);
        self.typed.fill(&page.connection);
        self.shared.page.set(page);
    }

    fn conflict(self) -> Option<AnyView> {
        let said = |theirs: &ConnectionPage| {
            let mine = self.shared.page.with_untracked(|page| page.connection.snapshot());
            let changes = mine.changes(&theirs.connection.snapshot());
            let said = if changes.is_empty() { "It was switched, or its secret is another one.".to_owned() } else { format!("Now: {}.", changes.join("; ")) };
            view! { <b>"Somebody else changed this connection meanwhile. "</b>{said}" Nothing of yours is saved yet." }.into_any()
        };
        let keep = move |theirs| {
            self.shared.page.set(theirs);
            self.save();
        };
        let conflict = meanwhile::conflict(self.theirs, said, move |theirs| self.take(theirs), keep)?;
        Some(view! { <div role="alert">{conflict}</div> }.into_any())
    }
}
