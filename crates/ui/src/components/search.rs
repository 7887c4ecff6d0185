//! A search elsewhere that a list rests on: how it stands, and what is said where it failed.
use super::button::{Button, ButtonKind};
use leptos::prelude::*;

/// How the last search stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchState {
    /// An answer is on its way, or nothing was asked yet.
    #[default]
    Waiting,
    Answered,
    Failed,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Search {
    /// To be called with each text as it is typed.
    pub ask: Callback<(String,)>,
    /// Asks once more for what was asked last.
    pub again: Callback<()>,
    pub state: Signal<SearchState>,
    /// Whether it found more than is shown.
    pub more: Signal<bool>,
}

impl Search {
    /// Said where it failed, with another try.
    pub fn failure(self, class: &'static str) -> AnyView {
        let note = move || {
            view! {
                <p class=class role="alert">
                    "The search failed. " <Button small=true kind=ButtonKind::Quiet on_click=self.again>"Try again"</Button>
                </p>
            }
        };
        (move || (self.state.get() == SearchState::Failed).then(note)).into_any()
    }
}
