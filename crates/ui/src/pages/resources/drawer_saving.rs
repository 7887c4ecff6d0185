//! How what is edited in the drawer of a resource is saved, and what is asked where somebody else was faster.

use super::drawer::Drawn;
use crate::{
    pages::meanwhile,
    rpc::{Rpc, resources},
};
use domain::{resource::ResourceDetail, save::SaveOutcome};
use leptos::{prelude::*, task::spawn_local};

impl Drawn {
    pub(super) fn conflict(self) -> Option<AnyView> {
        let said = |theirs: &ResourceDetail| {
            let hangs = theirs.parent.as_ref().map_or_else(|| "hangs on nothing".to_owned(), |parent| format!("hangs on {}", parent.name));
            format!("Somebody else changed it meanwhile: it is called {} and {hangs}. Nothing of yours is saved yet.", theirs.resource.name).into_any()
        };
        let keep = move |theirs| {
            self.known.set(Some(theirs));
            self.save();
        };
        let conflict = meanwhile::conflict(self.theirs, said, move |theirs| self.open(theirs), keep)?;
        Some(view! { <div class="drawer-section">{conflict}</div> }.into_any())
    }

    pub(super) fn save(self) {
        // another try may come after the drawer is gone
        if self.busy.try_get_untracked() != Some(false) || !untrack(|| self.is_dirty()) {
            return;
        }
        let Some(known) = self.known.get_untracked() else { return };
        self.busy.set(true);
        self.refused.set(None);
        let (slug, name, parent) = (self.things.here.slug(), self.name.get_untracked(), self.parent.with_untracked(|parent| parent.as_ref().map(|one| one.id)));
        spawn_local(async move {
            let answer = resources::change(slug, self.id, known.revision, name, parent).await;
            if self.busy.try_set(false).is_none() {
                self.settle(answer);
            }
        });
    }

    fn settle(self, answer: Rpc<SaveOutcome<ResourceDetail>>) {
        let is_mine = |found: &ResourceDetail| found.resource.name.as_str() == self.name.get_untracked().trim() && found.parent == self.parent.get_untracked();
        match answer {
            // the answer to a save of before was lost
            Ok(SaveOutcome::Conflict(saved)) if is_mine(&saved) => self.settle(Ok(SaveOutcome::Saved(saved))),
            Ok(SaveOutcome::Saved(saved)) => {
                self.toasts.success(format!("{} saved.", saved.resource.name));
                self.things.changed();
                self.open(saved);
                self.close.run(());
            }
            Ok(SaveOutcome::Conflict(theirs)) if self.is_called_so_still(&theirs) => {
                self.known.set(Some(theirs));
                self.save();
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.things.session.ask_again(&error, move || self.save()) => {}
            Err(error) => self.refused.set(Some(error)),
        }
    }

    /// Only its labels were changed since what is edited was begun, which the form leaves as they are.
    fn is_called_so_still(self, theirs: &ResourceDetail) -> bool {
        let theirs = &theirs.resource;
        self.known.with_untracked(|known| known.as_ref().is_some_and(|known| known.resource.name == theirs.name && known.resource.parent == theirs.parent))
    }
}
