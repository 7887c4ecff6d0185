//! A search elsewhere that a list rests on: how it stands, and what is said where it failed.
use super::button::{Button, ButtonKind};
use super::focus::to_box_before;
use leptos::{html, prelude::*};

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
            let note = NodeRef::<html::P>::new();
            // the button goes: whoever pressed it is led to where they searched
            let again = move || {
                if let Some(note) = note.get_untracked() {
                    to_box_before(&note);
                }
                self.again.run(());
            };
            view! {
                <p class=class role="alert" node_ref=note>
                    "The search failed. " <Button small=true kind=ButtonKind::Quiet on_click=again>"Try again"</Button>
                </p>
            }
        };
        (move || (self.state.get() == SearchState::Failed).then(note)).into_any()
    }
}
