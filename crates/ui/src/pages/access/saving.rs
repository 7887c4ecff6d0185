//! Saves what is edited in a drawer as one change, and finds out what came of it where the answer was lost on its way.

use super::{
    draft::AccessDraft,
    stored::Stored,
    subject_drawer::{Asking, Drawn},
};
use crate::{
    pages::doors::leave_for,
    path,
    rpc::{Rpc, RpcError},
};
use domain::{
    failure::{Failure, FailureKind},
    member::MemberKind,
    policy::Subject,
    save::SaveOutcome,
    workspace::WorkspaceSlug,
};
use leptos::{prelude::*, task::spawn_local};

impl Drawn {
    pub(super) fn save(self) {
        // another try may come after the drawer is gone
        if self.saving.try_get_untracked() != Some(false) || !self.editor.is_dirty.get_untracked() && self.request.id().is_none() {
            return;
        }
        let Some(revision) = self.stored.with_untracked(|stored| stored.as_ref().map(Stored::revision)) else { return };
        if !self.editor.check() {
            self.error.set(Some("Not saved yet: mend what is marked below first.".to_owned()));
            return;
        }
        self.error.set(None);
        self.editor.failed.set(None);
        let sent = self.editor.draft.get_untracked();
        if self.steps_down(&sent) && self.asking.get_untracked() != Asking::StepDown {
            self.asking.set(Asking::StepDown);
            return;
        }
        self.saving.set(true);
        let (slug, answers) = (self.access.here.slug(), self.request.id());
        spawn_local(async move {
            let answer = match Stored::save(slug.clone(), self.subject, revision, sent.clone(), answers).await {
                Err(error) if error.is_lost() => look_again(slug, self.subject, revision).await,
                answer => answer,
            };
            if self.saving.try_set(false).is_some() {
                return;
            }
            // the question stays where the password is asked for first
            let is_answered = !answer.as_ref().is_err_and(RpcError::is_signed_out);
            if is_answered && self.asking.get_untracked() == Asking::StepDown {
                self.asking.set(Asking::Nothing);
            }
            self.settle(answer, &sent);
        });
    }

    /// Whether an owner would be none any more by what they save of themselves: all that is here for owners is lost with it.
    fn steps_down(self, to: &AccessDraft) -> bool {
        let is_owner = self.stored.with_untracked(|stored| matches!(stored, Some(Stored::Member(member)) if member.kind == MemberKind::Owner));
        is_owner && to.kind == MemberKind::Member && self.subject == Subject::Member(self.access.here.frame().me)
    }

    fn settle(self, answer: Rpc<SaveOutcome<Stored>>, sent: &AccessDraft) {
        match answer {
            Ok(SaveOutcome::Saved(stored)) => self.saved(stored, sent),
            // an answer of before was lost, or somebody had the same in mind
            Ok(SaveOutcome::Conflict(stored)) if stored.is_like(sent) => {
                if self.request.id().is_none() {
                    self.saved(stored, sent);
                } else {
                    // whether the request was answered with it, another try tells
                    self.rest_on(&stored, sent);
                    self.stored.set(Some(stored));
                    self.save();
                }
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.session.ask_again(&error, move || self.save()) => {}
            Err(error) if error.is_lost() => {
                let text = "The server can't be reached, so it is not known whether this was saved. All you changed is still here: save again in a moment.";
                self.error.set(Some(text.to_owned()));
            }
            Err(error) => {
                if let Some(lost) = error.on("request") {
                    self.request.forget(lost);
                }
                self.editor.failed.set(Some(error));
            }
        }
    }

    fn saved(self, stored: Stored, sent: &AccessDraft) {
        if self.steps_down(sent) {
            self.rest_on(&stored, sent);
            // what this page shows is for owners: a member has another one at its first address
            leave_for(&path::users(&self.access.here.slug()));
            return;
        }
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
        if self.rest_on(&stored, sent) {
            self.close.run(());
        } else {
            self.stored.set(Some(stored));
        }
    }

    /// What was sent is stored now. Says whether nothing was edited on meanwhile: that waits for another save.
    fn rest_on(self, stored: &Stored, sent: &AccessDraft) -> bool {
        let untouched = self.editor.draft.with_untracked(|draft| !draft.differs_from(sent));
        if untouched {
            self.editor.open(stored);
        } else {
            self.editor.keep_on(stored);
        }
        untouched
    }
}

/// No answer came to a save, which may have been done all the same: what is stored now tells.
async fn look_again(slug: WorkspaceSlug, subject: Subject, revision: i64) -> Rpc<SaveOutcome<Stored>> {
    let stored = Stored::find(slug, subject).await?;
    if stored.revision() == revision {
        let text = "no answer came, and nothing is saved yet as far as can be seen; all you changed is still here: save it again in a moment";
        return Err(RpcError(Failure::new(FailureKind::Unavailable, text)));
    }
    Ok(SaveOutcome::Conflict(stored))
}
