//! What is typed in the drawer of a resource and not saved: asked about before the tab is closed, and there again when the drawer is.

use super::drawer::Drawn;
use crate::pages::{discard::warn_before_leaving, meanwhile};
use domain::resource::{ResourceDetail, ResourceRef};
use leptos::prelude::*;

/// The resource as it was when that was begun, its name as typed, and what it is to hang on.
pub type Unsaved = (ResourceDetail, String, Option<ResourceRef>);

impl Drawn {
    /// Going back in history closes the drawer without a question; what was typed waits for its return.
    pub(super) fn keep_what_is_typed(self) {
        let is_dirty = move || self.known.try_with_untracked(|_| ()).is_some() && untrack(|| self.is_dirty());
        warn_before_leaving(is_dirty);
        on_cleanup(move || {
            if is_dirty()
                && let Some(base) = self.known.get_untracked()
            {
                let typed = (base, self.name.get_untracked(), self.parent.get_untracked());
                let _ = self.things.unsaved.try_update_value(|unsaved| *unsaved = Some(typed));
            }
        });
    }

    /// Brings back what was typed before with what it was made from: what others did since is to be taken in after it, as ever.
    pub(super) fn unstash(self) {
        let unsaved = self.things.unsaved.try_update_value(|unsaved| unsaved.take_if(|(base, ..)| base.resource.id == self.id)).flatten();
        if let Some((base, name, parent)) = unsaved {
            self.known.set(Some(base));
            self.name.set(name);
            self.parent.set(parent);
            self.restored.set(true);
        }
    }

    /// Undoes what was typed.
    pub(super) fn revert(self) {
        let Some(known) = self.known.get_untracked() else { return };
        self.name.set(known.resource.name.to_string());
        self.parent.set(known.parent);
        self.restored.set(false);
    }

    /// Said above the form where what was typed before came back.
    pub(super) fn restored(self) -> AnyView {
        let undo = move || {
            self.revert();
            // others may have changed it since
            self.load();
        };
        let banner = move || view! { <div class="drawer-section">{meanwhile::restored(undo)}</div> };
        (move || self.restored.get().then(banner)).into_any()
    }
}
