//! The drawer of a member, a group or a token: what they may do, edited at the left and shown at the right, and saved as one change.

use super::{
    Access,
    conflict::Conflict,
    draft::AccessDraft,
    editor::{Editor, EditorOf},
    group_parts, member_parts,
    member_request::AskedFor,
    stored::Stored,
    token_parts,
};
use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, Drawer, EmptyState, IconName, SkeletonLines, TabItem, Tabs, Toaster, Tone, use_toasts},
    pages::failure::not_loaded,
    rpc::{Rpc, RpcError},
    session::{BrowserSession, use_session},
};
use domain::{failure::FailureKind, policy::Subject, save::SaveOutcome};
use leptos::{ev, prelude::*, task::spawn_local};

/// What somebody is doing in the drawer beside editing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    Nothing,
    /// Whether to throw away what was edited.
    Discard,
    /// Whether to remove, delete or revoke it.
    Remove,
    /// Something of its own.
    Other,
}

#[derive(Clone, Copy)]
pub struct Drawn {
    pub access: Access,
    pub session: BrowserSession,
    pub toasts: Toaster,
    pub subject: Subject,
    pub editor: Editor,
    /// As last stored.
    pub stored: RwSignal<Option<Stored>>,
    pub asking: RwSignal<Asking>,
    pub theirs: RwSignal<Option<Stored>>,
    failed: RwSignal<Option<RpcError>>,
    saving: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    /// The request that a save answers, and what is to be said of it.
    pub request: AskedFor,
    /// These are edits of before, kept while the drawer was closed.
    restored: RwSignal<bool>,
    close: Callback<()>,
}

/// What makes the drawer of one kind different from another.
pub struct Looks {
    /// What it is called until its own name is known.
    pub what: &'static str,
    pub tabs: Signal<Vec<TabItem>>,
    /// Beside the form there are further panels, each hidden while another tab is chosen.
    pub panels: Box<dyn Fn(RwSignal<String>) -> AnyView + Send + Sync>,
    /// Buttons at the footer's left.
    pub actions: Box<dyn Fn() -> AnyView + Send + Sync>,
    /// What is asked under [`Asking::Remove`] and [`Asking::Other`].
    pub questions: Box<dyn Fn(Asking) -> AnyView + Send + Sync>,
}

#[component]
pub fn SubjectDrawer(access: Access, subject: Subject, on_close: Callback<()>) -> impl IntoView {
    let of = match subject {
        Subject::Member(_) => EditorOf::Member,
        Subject::Group(_) => EditorOf::Group,
        Subject::Token(_) => EditorOf::Token,
    };
    let drawn = Drawn {
        access,
        session: use_session(),
        toasts: use_toasts(),
        subject,
        editor: Editor::new(of, access),
        stored: RwSignal::new(None),
        asking: RwSignal::new(Asking::Nothing),
        theirs: RwSignal::new(None),
        failed: RwSignal::new(None),
        saving: RwSignal::new(false),
        error: RwSignal::new(None),
        request: AskedFor::new(),
        restored: RwSignal::new(false),
        close: on_close,
    };
    Effect::new(move || drawn.load());
    drawn.request.fill(drawn);
    warn_before_leaving(drawn.editor);
    on_cleanup(move || drawn.stash());
    let looks = match subject {
        Subject::Member(_) => member_parts::looks(drawn),
        Subject::Group(id) => group_parts::looks(drawn, id),
        Subject::Token(_) => token_parts::looks(drawn),
    };
    drawn.view(looks)
}

/// The browser asks before a tab with unsaved edits is closed.
fn warn_before_leaving(editor: Editor) {
    Effect::new(move || {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if editor.is_dirty.try_get_untracked() == Some(true) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

impl Drawn {
    fn view(self, looks: Looks) -> AnyView {
        let Looks { what, tabs, panels, actions, questions } = looks;
        let tab = RwSignal::new(tabs.with_untracked(|tabs| tabs.first().map(|tab| tab.id.clone()).unwrap_or_default()));
        let name = Signal::derive(move || self.stored.with(|stored| stored.as_ref().map_or_else(|| what.to_owned(), Stored::name)));
        let ready = Memo::new(move |_| self.stored.with(Option::is_some));
        let header = move || view! { {move || self.header()} };
        let tabs = move || view! { <Tabs label=what items=tabs current=tab on_select=move |id: String| tab.set(id)/> };
        let actions = StoredValue::new(actions);
        let footer = move || view! { {move || ready.get().then(|| self.footer(actions.with_value(|actions| actions())))} };
        let failed = Memo::new(move |_| self.failed.get());
        let body = move || match (ready.get(), failed.get()) {
            (true, _) => panels(tab),
            (false, None) => view! { <div class="drawer-section"><SkeletonLines lines=8/></div> }.into_any(),
            (false, Some(error)) if error.kind() == FailureKind::NotFound => gone(self.subject),
            (false, Some(error)) => not_loaded(&error, move || self.load()),
        };
        view! {
            <Drawer label=name on_close=move || self.ask_close() header=header tabs=tabs footer=footer>{body}</Drawer>
            {move || self.questions(&questions)}
        }
        .into_any()
    }

    fn header(self) -> AnyView {
        self.stored.with(|stored| match stored {
            None => view! { <SkeletonLines lines=2/> }.into_any(),
            Some(Stored::Member(member)) => member_parts::header(member, self.access.here.frame().me),
            Some(Stored::Group(group)) => group_parts::header(group),
            Some(Stored::Token(token)) => token_parts::header(token),
        })
    }

    fn load(self) {
        let slug = self.access.here.slug();
        self.failed.set(None);
        spawn_local(async move {
            let answer = Stored::find(slug, self.subject).await;
            // the drawer may be gone by now
            let Some(is_first) = self.stored.try_with_untracked(Option::is_none) else { return };
            match answer {
                Ok(stored) if is_first => {
                    self.editor.open(&stored);
                    self.unstash(&stored);
                    self.stored.set(Some(stored));
                    self.request.open(self);
                }
                Ok(stored) => self.refresh(stored),
                Err(error) if self.session.ask_again(&error, move || self.load()) => {}
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    /// Takes in what is stored now. Edits are kept; where there are none, what is shown follows.
    fn refresh(self, stored: Stored) {
        let same = self.stored.with_untracked(|known| known.as_ref().is_some_and(|known| known.revision() == stored.revision()));
        match (self.editor.is_dirty.get_untracked(), same) {
            (false, _) => self.editor.open(&stored),
            (true, true) => {}
            // the revision stays the one that is edited, so that the save meets what somebody else did
            (true, false) => return,
        }
        self.stored.set(Some(stored));
    }

    /// To be called when something beside the form was changed: who is in the group, the token's secret.
    pub fn changed(self) {
        self.access.changed();
        self.load();
    }

    /// Going back in history closes the drawer without a question; what was edited waits for its return.
    fn stash(self) {
        if self.editor.is_dirty.try_get_untracked() == Some(true)
            && let Some(draft) = self.editor.draft.try_get_untracked()
        {
            self.access.unsaved.set_value(Some((self.subject, draft)));
        }
    }

    fn unstash(self, stored: &Stored) {
        let unsaved = self.access.unsaved.try_update_value(Option::take).flatten();
        if let Some((subject, draft)) = unsaved
            && subject == self.subject
        {
            self.editor.draft.set(draft.with_keys_after(&self.editor.draft.get_untracked()));
            self.editor.keep_on(stored);
            self.restored.set(true);
        }
    }

    /// Said above the form where edits of before came back.
    pub fn restored(self) -> AnyView {
        let undo = move || {
            self.editor.revert();
            self.restored.set(false);
        };
        let banner = move || {
            view! { <Banner actions=move || view! { <Button small=true on_click=undo>"Discard them"</Button> }>"Your unsaved changes of before are still here."</Banner> }
        };
        (move || self.restored.get().then(banner)).into_any()
    }

    fn footer(self, actions: AnyView) -> AnyView {
        let editor = self.editor;
        let nothing = move || (!editor.is_dirty.get() && !self.request.is_open()).then(|| "nothing was changed".to_owned());
        let error = move || self.error.get().or_else(|| editor.refusal());
        view! {
            {move || error().map(|error| view! { <div class="drawer-error"><Banner tone=Tone::Bad>{error}</Banner></div> })}
            {actions}
            <span class="gap"></span>
            <Button on_click=move || self.ask_close()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary pending=self.saving disabled_reason=Signal::derive(nothing) on_click=move || self.save()>"Save changes"</Button>
        }
        .into_any()
    }

    fn ask_close(self) {
        if self.saving.get_untracked() {
            return;
        }
        if self.editor.is_dirty.get_untracked() { self.asking.set(Asking::Discard) } else { self.close.run(()) }
    }

    /// Closes without a question: what it was about is gone.
    pub fn leave(self) {
        self.editor.revert();
        self.access.changed();
        self.close.run(());
    }

    pub(super) fn save(self) {
        let Some(revision) = self.stored.with_untracked(|stored| stored.as_ref().map(Stored::revision)) else { return };
        if self.saving.get_untracked() || !self.editor.is_dirty.get_untracked() && self.request.id().is_none() {
            return;
        }
        if !self.editor.check() {
            self.error.set(Some("Not saved yet: mend what is marked below first.".to_owned()));
            return;
        }
        self.error.set(None);
        self.editor.failed.set(None);
        self.saving.set(true);
        let sent = self.editor.draft.get_untracked();
        let (slug, answers) = (self.access.here.slug(), self.request.id());
        spawn_local(async move {
            let answer = Stored::save(slug, self.subject, revision, sent.clone(), answers).await;
            if self.saving.try_set(false).is_some() {
                return;
            }
            self.settle(answer, &sent);
        });
    }

    fn settle(self, answer: Rpc<SaveOutcome<Stored>>, sent: &AccessDraft) {
        match answer {
            Ok(SaveOutcome::Saved(stored)) => {
                self.toasts.success(match &stored {
                    Stored::Member(member) if self.request.id().is_some() => format!("Access of {} saved, and their request approved.", member.name),
                    Stored::Member(member) => format!("Access of {} saved.", member.name),
                    Stored::Group(group) => format!("Group {} saved.", group.name),
                    Stored::Token(token) => format!("Token {} saved.", token.name),
                });
                if let Stored::Group(group) = &stored {
                    self.access.groups.learn([&group.reference()]);
                    self.access.changed_groups();
                } else {
                    self.access.changed();
                }
                self.restored.set(false);
                let untouched = self.editor.draft.with_untracked(|draft| !draft.differs_from(sent));
                if untouched {
                    self.editor.open(&stored);
                    self.close.run(());
                } else {
                    // edited on while it was saved: that waits for another save
                    self.editor.keep_on(&stored);
                    self.stored.set(Some(stored));
                }
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.session.ask_again(&error, move || self.save()) => {}
            Err(error) if error.kind() == FailureKind::Offline => {
                self.error.set(Some("The server can't be reached. Nothing was saved, and all you changed is still here: try again in a moment.".to_owned()));
            }
            Err(error) => {
                if let Some(lost) = error.on("request") {
                    self.request.forget(lost);
                }
                self.editor.failed.set(Some(error));
            }
        }
    }

    fn questions(self, own: &(dyn Fn(Asking) -> AnyView + Send + Sync)) -> AnyView {
        if let Some(theirs) = self.theirs.get() {
            return view! { <Conflict drawn=self theirs/> }.into_any();
        }
        let stop = move || self.asking.set(Asking::Nothing);
        match self.asking.get() {
            Asking::Nothing => ().into_any(),
            Asking::Discard => {
                let discard = move || {
                    self.editor.revert();
                    stop();
                    self.close.run(());
                };
                view! {
                    <ConfirmDialog title="Discard your changes?" confirm="Discard changes" on_confirm=discard on_close=stop>
                        <p>"What you changed here has not been saved."</p>
                    </ConfirmDialog>
                }
                .into_any()
            }
            asking @ (Asking::Remove | Asking::Other) => own(asking),
        }
    }
}

fn gone(subject: Subject) -> AnyView {
    let (icon, title, text) = match subject {
        Subject::Member(_) => return super::drawer::nobody(),
        Subject::Group(_) => (IconName::UsersRound, "This group is not here", "It may have been deleted. Close this to see the groups there are now."),
        Subject::Token(_) => (IconName::KeyRound, "This token is not here", "Close this to see the tokens there are."),
    };
    view! { <EmptyState icon title=title text=text/> }.into_any()
}
