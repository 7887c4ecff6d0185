//! Choices that are too many to be here: searched on the server while somebody types.

use crate::{
    components::{Pause, Search, SearchState},
    pages::newest::Newest,
    rpc::Rpc,
    session::use_session,
};
use domain::page::Page;
use leptos::prelude::*;
use std::future::Future;

/// What was found for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub text: String,
    pub rows: Vec<T>,
    /// There are more than these.
    pub more: bool,
}

/// A search and what it found last. Copy it into callbacks.
pub struct Finder<T: 'static> {
    pub found: RwSignal<Option<Found<T>>>,
    /// To be called with each text as it is typed.
    pub ask: Callback<(String,)>,
    again: Callback<()>,
    state: RwSignal<SearchState>,
}

impl<T> Clone for Finder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Finder<T> {}

impl<T: Clone + Send + Sync + 'static> Finder<T> {
    /// Asks by `fetch` once the typing pauses, at once for the empty text; an answer that was overtaken is left aside. What failed because
    /// the session ended is asked again once somebody has signed in.
    pub fn new<Answer>(fetch: impl Fn(Option<String>) -> Answer + Send + Sync + 'static) -> Self
    where
        Answer: Future<Output = Rpc<Page<T>>> + 'static,
    {
        let (found, state, session) = (RwSignal::new(None), RwSignal::new(SearchState::default()), use_session());
        let (newest, asked) = (Newest::default(), StoredValue::new(String::new()));
        let pause = Pause::new(Pause::TYPING);
        let fetch = StoredValue::new(fetch);
        let go = move |text: String| {
            let wanted = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            newest.ask(fetch.with_value(|fetch| fetch(wanted)), move |answer| match answer {
                Ok(page) => {
                    state.set(SearchState::Answered);
                    found.set(Some(Found { text, more: page.next.is_some(), rows: page.rows }));
                }
                Err(error) => {
                    state.set(SearchState::Failed);
                    let _ = session.ask_again(&error, || ());
                }
            });
        };
        let ask = move |text: String| {
            asked.set_value(text.clone());
            newest.overtake();
            state.set(SearchState::Waiting);
            if text.trim().is_empty() {
                pause.stop();
                go(text);
            } else {
                pause.then(move || go(text));
            }
        };
        let ask: Callback<(String,)> = Callback::from(ask);
        let again: Callback<()> = Callback::from(move || ask.run((asked.get_value(),)));
        Effect::new(move |ran: Option<()>| {
            let _ = session.version();
            if ran.is_some() && state.get_untracked() == SearchState::Failed {
                again.run(());
            }
        });
        Self { found, ask, again, state }
    }

    /// The search, for a list that shows what it found.
    #[must_use]
    pub fn search(self) -> Search {
        Search { ask: self.ask, again: self.again, state: self.state.into(), more: self.more() }
    }

    /// Whether there is more than is shown.
    #[must_use]
    pub fn more(self) -> Signal<bool> {
        Signal::derive(move || self.found.with(|found| found.as_ref().is_some_and(|found| found.more)))
    }
}
