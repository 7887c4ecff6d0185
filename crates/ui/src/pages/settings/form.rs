//! The form of the settings: one save, a conflict where somebody else was first, and what was typed waits when the page is left.

use crate::{
    components::{Banner, Button, ButtonKind, Field, SelectField, Tone},
    pages::{
        discard::warn_before_leaving,
        doing::Doing,
        form::{MOST, lead_to_refusal},
        frame::Here,
        meanwhile,
    },
    path,
    rpc::settings,
};
use domain::{
    save::SaveOutcome,
    settings::{IdleLimit, InviteDays, SettingsWish, WorkspaceSettings},
    workspace::WorkspaceSlug,
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const FORM: &str = "settings-form";
const FIELDS: &[&str] = &["name", "slug", "idle_minutes", "invite_days"];

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Form {
    here: Here,
    name: RwSignal<String>,
    slug: RwSignal<String>,
    idle: RwSignal<String>,
    days: RwSignal<String>,
    known: RwSignal<WorkspaceSettings>,
    theirs: RwSignal<Option<WorkspaceSettings>>,
    /// What was typed before the page was left is back.
    restored: RwSignal<bool>,
    doing: Doing,
    /// Goes to where the workspace now stands.
    moved: Callback<(String,)>,
}

#[component]
pub fn SettingsForm(here: Here, settings: WorkspaceSettings) -> impl IntoView {
    // on the server there is none, and none when the page comes alive
    let unsaved = here.unsaved.try_update_value(Option::take).flatten();
    let restored = unsaved.is_some();
    let wish = unsaved.unwrap_or_else(|| settings.wish());
    let navigate = use_navigate();
    let moved = move |to: String| navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
    let form = Form {
        here,
        name: RwSignal::new(wish.name),
        slug: RwSignal::new(wish.slug),
        idle: RwSignal::new(wish.idle_minutes.to_string()),
        days: RwSignal::new(wish.invite_days),
        known: RwSignal::new(settings),
        theirs: RwSignal::new(None),
        restored: RwSignal::new(restored),
        doing: Doing::default(),
        moved: Callback::from(moved),
    };
    form.keep_what_was_typed();
    lead_to_refusal(form.doing.refused, FORM);
    form.view()
}

impl Form {
    fn view(self) -> AnyView {
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.save();
        };
        let on = move |field: &'static str| self.doing.on(field);
        let idle = IdleLimit::STEPS.map(|minutes| (minutes.to_string(), idle_words(minutes))).to_vec();
        let nothing = move || (!self.is_dirty()).then(|| "nothing was changed".to_owned());
        let beside = self.doing.beside(FIELDS);
        view! {
            <form id=FORM class="settings-form" novalidate aria-label="Settings" on:submit=submit>
                {move || self.conflict()}
                {move || self.restored()}
                <section class="panel" aria-labelledby="workspace-title">
                    <div class="section">
                        <div class="section-head"><h2 id="workspace-title">"Workspace"</h2></div>
                        <div class="form">
                            <Field label="Name" name="name" id="workspace-name" value=self.name required=true maxlength=MOST autocomplete="off" error=on("name")/>
                            <Field label="Name in addresses" name="slug" id="workspace-slug" value=self.slug required=true maxlength=MOST autocomplete="off"
                                hint=Signal::derive(move || Some(self.address())) error=on("slug")/>
                        </div>
                        {move || self.moves().then(|| self.what_moves())}
                    </div>
                </section>
                <section class="panel" aria-labelledby="sessions-title">
                    <div class="section">
                        <div class="section-head"><h2 id="sessions-title">"Sessions and invites"</h2></div>
                        <div class="form">
                            <SelectField label="Ask for the password again" name="idle_minutes" id="workspace-idle" value=self.idle options=Signal::stored(idle)
                                hint=Some("For this workspace alone. It counts at once, and for you too: whose session has rested longer since they signed in must sign in again.".to_owned())
                                error=on("idle_minutes")/>
                            <Field label="Invites last, in days" name="invite_days" id="workspace-days" value=self.days maxlength=MOST autocomplete="off"
                                hint=Some(format!("1 to {}. New invites, and those that are sent again.", InviteDays::MOST)) error=on("invite_days")/>
                        </div>
                    </div>
                </section>
                {move || beside.get().map(|text| view! { <div role="alert"><Banner tone=Tone::Bad>{text}</Banner></div> })}
                <div class="settings-foot">
                    <Button kind=ButtonKind::Primary submit=true pending=self.doing.pending disabled_reason=Signal::derive(nothing)>"Save changes"</Button>
                    {move || self.is_dirty().then(|| view! { <Button on_click=move || self.discard()>"Discard changes"</Button> })}
                </div>
            </form>
        }
        .into_any()
    }

    fn wish(self) -> SettingsWish {
        SettingsWish {
            name: self.name.get(),
            slug: self.slug.get(),
            idle_minutes: self.idle.with(|idle| idle.parse().unwrap_or(u32::MAX)),
            invite_days: self.days.get(),
        }
    }

    fn is_dirty(self) -> bool {
        let wish = self.wish();
        self.known.with(|known| known.wish() != wish)
    }

    /// What is typed as the name in addresses, if it can be one.
    fn typed_slug(self) -> Option<WorkspaceSlug> {
        self.slug.with(|slug| WorkspaceSlug::parse(slug.trim()).ok())
    }

    fn address(self) -> String {
        match self.typed_slug() {
            Some(slug) => format!("People reach it at /w/{slug}"),
            None => "2 to 40 lower-case letters, digits and hyphens.".to_owned(),
        }
    }

    /// Whether saving gives it another address.
    fn moves(self) -> bool {
        self.typed_slug().is_some_and(|slug| self.known.with(|known| known.slug != slug))
    }

    fn what_moves(self) -> AnyView {
        let old = self.known.with(|known| path::workspace(&known.slug));
        view! {
            <Banner tone=Tone::Warn>
                <b>"Old links end."</b>
                " Bookmarks to " <code>{old}</code> " and links in mails sent before lead nowhere, and another workspace may take the name. Invite links, tokens and your product's questions go on."
            </Banner>
        }
        .into_any()
    }

    fn open(self, settings: WorkspaceSettings) {
        self.fill(settings.wish());
        self.known.set(settings);
    }

    fn fill(self, wish: SettingsWish) {
        self.name.set(wish.name);
        self.slug.set(wish.slug);
        self.idle.set(wish.idle_minutes.to_string());
        self.days.set(wish.invite_days);
    }

    fn discard(self) {
        self.doing.refused.set(None);
        self.restored.set(false);
        self.open(self.known.get_untracked());
    }

    fn save(self) {
        if !untrack(|| self.is_dirty()) {
            return;
        }
        let (slug, revision, wish) = untrack(|| (self.here.slug(), self.known.with(|known| known.revision), self.wish()));
        self.doing.run(
            move || settings::change(slug.clone(), revision, wish.clone()),
            move |outcome, is_here| match outcome {
                SaveOutcome::Saved(saved) => {
                    self.doing.toasts.success("Settings saved.");
                    self.here.changed(&saved);
                    if is_here {
                        self.take_in(saved);
                    }
                }
                SaveOutcome::Conflict(theirs) if is_here => self.theirs.set(Some(theirs)),
                SaveOutcome::Conflict(_) => self.doing.toasts.error("Somebody else changed the settings meanwhile. Nothing was saved."),
            },
        );
    }

    fn take_in(self, saved: WorkspaceSettings) {
        let before = self.known.with_untracked(|known| known.slug.clone());
        let to = path::settings(&saved.slug);
        let has_moved = saved.slug != before;
        self.theirs.set(None);
        self.restored.set(false);
        self.open(saved);
        if has_moved {
            self.moved.run((to,));
        }
    }

    fn conflict(self) -> Option<AnyView> {
        let said = |theirs: &WorkspaceSettings| {
            let SettingsWish { name, slug, idle_minutes, invite_days } = theirs.wish();
            let idle = idle_words(idle_minutes).to_lowercase();
            let text = format!(
                "It is now called {name} at /w/{slug}; the password is asked for again: {idle}; invites last {invite_days} days. Nothing of yours is saved yet."
            );
            view! { <b>"Somebody else changed the settings meanwhile. "</b>{text} }.into_any()
        };
        let take = move |theirs: WorkspaceSettings| {
            self.here.changed(&theirs);
            self.open(theirs);
        };
        let keep = move |theirs| {
            self.known.set(theirs);
            self.save();
        };
        meanwhile::conflict(self.theirs, said, take, keep)
    }

    fn restored(self) -> Option<AnyView> {
        self.restored.get().then(|| meanwhile::restored(move || self.discard()))
    }

    /// Who closes the tab is asked first; who goes elsewhere finds what they typed when they come back.
    fn keep_what_was_typed(self) {
        warn_before_leaving(move || self.known.try_with_untracked(|_| ()).is_some() && untrack(|| self.is_dirty()));
        let typed = Memo::new(move |_| self.is_dirty().then(|| self.wish()));
        Effect::new(move || {
            let typed = typed.get();
            self.here.unsaved.set_value(typed);
        });
    }
}

fn idle_words(minutes: u32) -> String {
    match IdleLimit::parse(minutes) {
        Ok(limit) if limit.span().is_some() => format!("After {} without a sign of life", limit.words()),
        Ok(_) | Err(_) => "Never: a sign-in lasts 7 days".to_owned(),
    }
}
