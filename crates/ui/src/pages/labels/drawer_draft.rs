//! What is typed in the drawer of a label and not saved: asked about before the tab is closed, and there again when the drawer is.

use super::drawer::{Drawn, described};
use crate::pages::{discard::warn_before_leaving, meanwhile};
use domain::label::LabelRow;
use leptos::prelude::*;

/// The label as it was when that was begun, and what it is for as typed.
pub type Unsaved = (LabelRow, String);

impl Drawn {
    /// Going back in history closes the drawer without a question; what was typed waits for its return.
    pub(super) fn keep_what_is_typed(self) {
        let is_dirty = move || self.known.try_with_untracked(|_| ()).is_some() && untrack(|| self.is_dirty());
        warn_before_leaving(is_dirty);
        on_cleanup(move || {
            if is_dirty()
                && let Some(base) = self.known.get_untracked()
            {
                let typed = (base, self.description.get_untracked());
                let _ = self.labels.unsaved.try_update_value(|unsaved| *unsaved = Some(typed));
            }
        });
    }

    /// Brings back what was typed before with what it was made from: what others did since is to be taken in after it, as ever.
    pub(super) fn unstash(self) {
        let label = self.label.get_value();
        let unsaved = self.labels.unsaved.try_update_value(|unsaved| unsaved.take_if(|(base, _)| base.label == label)).flatten();
        if let Some((base, text)) = unsaved {
            self.known.set(Some(base));
            self.description.set(text);
            self.restored.set(true);
        }
    }

    /// Undoes what was typed.
    pub(super) fn revert(self) {
        if let Some(text) = self.known.with_untracked(|known| known.as_ref().map(described)) {
            self.description.set(text);
        }
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
