//! Questions before what was typed or chosen is thrown away: with a dialog or a drawer, and with the tab.

use crate::components::ConfirmDialog;
use leptos::{ev, prelude::*};

/// The other answer to each question.
pub const KEEP: &str = "Keep editing";

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Discard {
    entered: Signal<bool>,
    pending: RwSignal<bool>,
    asking: RwSignal<bool>,
    close: Callback<()>,
}

impl Discard {
    /// `entered` says whether there is anything to lose. While `pending`, what comes of it is waited for.
    pub fn new(entered: impl Fn() -> bool + Send + Sync + 'static, pending: RwSignal<bool>, close: Callback<()>) -> Self {
        Self { entered: Signal::derive(entered), pending, asking: RwSignal::new(false), close }
    }

    /// Closes, or asks first. To be called where the dialog would close.
    pub fn leave(self) {
        if self.pending.get_untracked() {
            return;
        }
        if self.entered.get_untracked() { self.asking.set(true) } else { self.close.run(()) }
    }

    /// The question, to stand after the dialog. `text` says what has not been done yet.
    pub fn question(self, text: impl Fn() -> &'static str + Copy + Send + Sync + 'static) -> AnyView {
        let stop = move || self.asking.set(false);
        let question = move || {
            view! {
                <ConfirmDialog title="Discard what you entered?" confirm="Discard" cancel=KEEP on_confirm=move || { stop(); self.close.run(()); } on_close=stop>
                    <p>{text()}</p>
                </ConfirmDialog>
            }
        };
        (move || self.asking.get().then(question)).into_any()
    }
}

/// The question of a drawer in which something stored was changed.
pub fn discard_changes(discard: Callback<()>, stay: Callback<()>) -> AnyView {
    view! {
        <ConfirmDialog title="Discard your changes?" confirm="Discard changes" cancel=KEEP on_confirm=discard on_close=stay>
            <p>"What you changed here has not been saved."</p>
        </ConfirmDialog>
    }
    .into_any()
}

/// The browser asks before a tab is closed in which something is not saved.
pub fn warn_before_leaving(is_dirty: impl Fn() -> bool + Copy + 'static) {
    Effect::new(move || {
        let warn = window_event_listener(ev::beforeunload, move |event| {
            if is_dirty() {
                event.prevent_default();
            }
        });
        on_cleanup(move || warn.remove());
    });
}
