//! Ways to a dialog from elsewhere: the keys of the command palette, and what it leaves for a page to open.

use super::frame::Here;
use leptos::{ev, prelude::*};

/// A dialog that makes something, on the page where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    Invite,
    Group,
    Token,
    Resource,
    Label,
}

/// Ctrl K or ⌘ K opens the palette and closes it. What is being asked in a dialog is answered first.
pub fn listen_for_palette(open: RwSignal<bool>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let plain = !event.alt_key() && !event.shift_key() && !event.default_prevented();
            if !plain || !(event.ctrl_key() || event.meta_key()) || !event.key().eq_ignore_ascii_case("k") {
                return;
            }
            event.prevent_default();
            let is_free = matches!(document().query_selector(".dialog"), Ok(None));
            let _ = open.try_update(|open| *open = !*open && is_free);
        });
        on_cleanup(move || handle.remove());
    });
}

/// Opens the page's dialog if that is what somebody came for, or comes for while they are here.
pub fn open_if_wanted(here: Here, what: Making, open: RwSignal<bool>) {
    Effect::new(move || {
        if here.wanted.get() == Some(what) {
            here.wanted.set(None);
            open.set(true);
        }
    });
}
