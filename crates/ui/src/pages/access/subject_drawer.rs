//! The drawer of a member, a group or a token: what they may do, edited at the left and shown at the right, and saved as one change. What
//! others change meanwhile is shown at once; where something is being edited, that is kept.

use super::{
    Access,
    conflict::Conflict,
    editor::{Editor, EditorOf},
    group_parts, member_parts,
    member_request::AskedFor,
    stored::Stored,
    token_parts,
};
use crate::{
    components::{Banner, Button, ButtonKind, Drawer, EmptyState, IconName, SkeletonLines, TabItem, Tabs, Toaster, Tone, use_toasts},
    pages::{
        discard::{discard_changes, warn_before_leaving},
        failure::not_loaded,
        meanwhile,
        newest::Newest,
    },
    rpc::RpcError,
    session::{BrowserSession, use_session},
};
use domain::{failure::FailureKind, policy::Subject};
use leptos::prelude::*;

/// What somebody is doing in the drawer beside editing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    Nothing,
    /// Whether to throw away what was edited.
    Discard,
    /// Whether to remove, delete or revoke it.
    Remove,
    /// Whether to be an owner no longer.
    StepDown,
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
    /// Grows each time that it was looked at again: what is shown beside the form reads it among its sources.
    pub seen: RwSignal<u32>,
    newest: Newest,
    /// What others made of it while it was being edited here.
    newer: RwSignal<Option<i64>>,
    /// Somebody deleted it while it was open.
    gone: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    pub(super) saving: RwSignal<bool>,
    pub(super) error: RwSignal<Option<String>>,
    /// The request that a save answers, and what is to be said of it.
    pub request: AskedFor,
    /// These are edits of before, kept while the drawer was closed.
    pub(super) restored: RwSignal<bool>,
    pub(super) close: Callback<()>,
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
    /// What is asked under [`Asking::Remove`], [`Asking::StepDown`] and [`Asking::Other`].
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
        seen: RwSignal::new(0),
        newest: Newest::default(),
        newer: RwSignal::new(None),
        gone: RwSignal::new(false),
        failed: RwSignal::new(None),
        saving: RwSignal::new(false),
        error: RwSignal::new(None),
        request: AskedFor::new(),
        restored: RwSignal::new(false),
        close: on_close,
    };
    drawn.follow();
    drawn.request.fill(drawn);
    // who stops being an owner is led away by the news of it, which may come before the answer
    let steps_down = move || drawn.asking.try_get_untracked() == Some(Asking::StepDown) && drawn.saving.try_get_untracked() == Some(true);
    warn_before_leaving(move || drawn.editor.is_dirty.try_get_untracked() == Some(true) && !steps_down());
    on_cleanup(move || drawn.stash());
    let looks = match subject {
        Subject::Member(_) => member_parts::looks(drawn),
        Subject::Group(id) => group_parts::looks(drawn, id),
        Subject::Token(_) => token_parts::looks(drawn),
    };
    drawn.view(looks)
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
        let foot = move || match (ready.get(), self.gone.get()) {
            (false, _) => ().into_any(),
            (true, false) => self.footer(actions.with_value(|actions| actions())),
            (true, true) => self.farewell(),
        };
        let footer = move || view! { {foot} };
        let failed = Memo::new(move |_| self.failed.get());
        let body = move || {
            // what is shown is not drawn anew because it could not be asked for again
            if ready.get() {
                return panels(tab);
            }
            match failed.get() {
                None => view! { <div class="drawer-section"><SkeletonLines lines=8/></div> }.into_any(),
                Some(error) if error.kind() == FailureKind::NotFound => gone(self.subject),
                Some(error) => not_loaded(&error, move || self.load()),
            }
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

    /// Asks for it, and again whenever somebody may have changed it.
    fn follow(self) {
        Effect::new(move |asked: Option<u32>| {
            let version = self.access.list_version();
            // what is being deleted here is about to go
            let rests = self.asking.get() == Asking::Remove;
            match asked {
                Some(asked) if asked == version || rests => asked,
                Some(_) | None => {
                    self.load();
                    version
                }
            }
        });
        // once the edits that were kept from it are gone
        Effect::new(move || {
            if self.is_behind() && !self.editor.is_dirty.get() {
                self.load();
            }
        });
    }

    fn load(self) {
        // another try may come after the drawer is gone
        if self.failed.try_set(None).is_some() {
            return;
        }
        self.newest.ask(Stored::find(self.access.here.slug(), self.subject), move |answer| {
            let is_first = self.stored.with_untracked(Option::is_none);
            match answer {
                Ok(stored) if is_first => {
                    self.begin(stored);
                    self.request.open(self);
                }
                Ok(stored) => {
                    self.set_gone(false);
                    self.refresh(stored);
                }
                Err(error) if self.session.ask_again(&error, move || self.load()) => {}
                Err(error) if is_first => self.failed.set(Some(error)),
                Err(error) if error.kind() == FailureKind::NotFound => self.set_gone(true),
                // what is shown stays, and the next change asks again
                Err(_) => {}
            }
        });
    }

    /// Takes in what is stored now. Edits are kept; where there are none, what is shown follows.
    fn refresh(self, stored: Stored) {
        // what is being saved is told by its own answer
        if self.saving.get_untracked() {
            return;
        }
        self.seen.update(|seen| *seen += 1);
        let is_known = self.editor.base.with_untracked(|base| !stored.draft().differs_from(base));
        if !is_known {
            let is_edited = self.editor.is_dirty.get_untracked() && self.editor.draft.with_untracked(|draft| !stored.is_like(draft));
            if is_edited {
                // the revision stays the one that is edited, so that the save meets what somebody else did
                self.newer.set(Some(stored.revision()));
                return;
            }
            self.error.set(None);
            self.restored.set(false);
            self.editor.open(&stored);
        }
        if self.stored.with_untracked(|known| known.as_ref() != Some(&stored)) {
            self.stored.set(Some(stored));
        }
    }

    /// Whether somebody deleted it. The foot is drawn anew only where that is news.
    fn set_gone(self, gone: bool) {
        if self.gone.get_untracked() != gone {
            self.gone.set(gone);
        }
    }

    /// Others made something else of it than what is edited here.
    fn is_behind(self) -> bool {
        let known = self.stored.with(|stored| stored.as_ref().map(Stored::revision));
        self.newer.get().zip(known).is_some_and(|(newer, known)| newer > known)
    }

    /// To be called when something beside the form was changed: who is in the group, the token's secret.
    pub fn changed(self) {
        self.access.changed();
    }

    /// Going back in history closes the drawer without a question; what was edited waits for its return.
    fn stash(self) {
        if self.editor.is_dirty.try_get_untracked() == Some(true)
            && let Some(draft) = self.editor.draft.try_get_untracked()
            && let Some(base) = self.stored.try_get_untracked().flatten()
        {
            self.access.unsaved.set_value(Some((self.subject, draft, base)));
        }
    }

    /// Opens what is stored. Edits of before come back with what they were made from, so that a save meets what others did since.
    fn begin(self, stored: Stored) {
        let unsaved = self.access.unsaved.try_update_value(|unsaved| unsaved.take_if(|(subject, ..)| *subject == self.subject)).flatten();
        let Some((_, draft, base)) = unsaved else {
            self.editor.open(&stored);
            return self.stored.set(Some(stored));
        };
        self.editor.open(&base);
        self.editor.draft.set(draft.with_keys_after(&self.editor.draft.get_untracked()));
        self.stored.set(Some(base));
        self.restored.set(true);
        self.refresh(stored);
    }

    /// Said above the form where edits of before came back.
    pub fn restored(self) -> AnyView {
        let undo = move || {
            self.editor.revert();
            self.restored.set(false);
        };
        (move || self.restored.get().then(|| meanwhile::restored(undo))).into_any()
    }

    fn footer(self, actions: AnyView) -> AnyView {
        let editor = self.editor;
        let nothing = move || (!editor.is_dirty.get() && !self.request.is_open()).then(|| "nothing was changed".to_owned());
        let error = move || self.error.get().or_else(|| editor.refusal());
        let behind = Memo::new(move |_| editor.is_dirty.get() && self.is_behind());
        let others = || {
            view! { <div class="drawer-error" role="status"><Banner>"Somebody else saved other changes meanwhile. Yours are kept: saving shows both."</Banner></div> }
        };
        view! {
            {move || behind.get().then(others)}
            {move || error().map(|error| view! { <div class="drawer-error"><Banner tone=Tone::Bad>{error}</Banner></div> })}
            {actions}
            <span class="gap"></span>
            <Button on_click=move || self.ask_close()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary pending=self.saving disabled_reason=Signal::derive(nothing) on_click=move || self.save()>"Save changes"</Button>
        }
        .into_any()
    }

    /// Somebody deleted it: what was shown and edited can still be read.
    fn farewell(self) -> AnyView {
        let what = match self.subject {
            Subject::Member(_) => "This member was removed meanwhile.",
            Subject::Group(_) => "This group was deleted meanwhile.",
            Subject::Token(_) => "This token was deleted meanwhile.",
        };
        let rest = move || if self.editor.is_dirty.get() { " What you changed can't be saved any more; it is still here to be read." } else { "" };
        view! {
            <div class="drawer-error" role="status"><Banner tone=Tone::Warn>{what}{rest}</Banner></div>
            <span class="gap"></span>
            <Button kind=ButtonKind::Primary on_click=move || self.leave()>"Close"</Button>
        }
        .into_any()
    }

    fn ask_close(self) {
        if self.saving.get_untracked() {
            return;
        }
        match (self.gone.get_untracked(), self.editor.is_dirty.get_untracked()) {
            (true, _) => self.leave(),
            (false, true) => self.asking.set(Asking::Discard),
            (false, false) => self.close.run(()),
        }
    }

    /// Closes without a question: what it was about is gone.
    pub fn leave(self) {
        self.editor.revert();
        self.access.changed();
        self.close.run(());
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
                discard_changes(Callback::from(discard), Callback::from(stop))
            }
            asking @ (Asking::Remove | Asking::StepDown | Asking::Other) => own(asking),
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
