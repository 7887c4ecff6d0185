//! Waiting until somebody stops typing.
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Of several wishes that follow each other quickly, only the last comes true. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Pause {
    length: Duration,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Pause {
    /// Long enough for a fast typist, short enough not to be noticed.
    pub const TYPING: Duration = Duration::from_millis(200);

    /// What still waits when the view goes is forgotten.
    pub fn new(length: Duration) -> Self {
        let pause = Self { length, timer: StoredValue::new(None) };
        on_cleanup(move || pause.stop());
        pause
    }

    /// Forgets what waits.
    pub fn stop(self) {
        if let Some(waiting) = self.timer.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    }

    /// Does this after the pause, instead of what waited.
    pub fn then(self, act: impl FnOnce() + 'static) {
        self.stop();
        self.timer.set_value(set_timeout_with_handle(act, self.length).ok());
    }
}
