//! Choices that are too many to be here: searched on the server while somebody types.

use crate::{components::Pause, pages::newest::Newest, rpc::Rpc};
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
}

impl<T> Clone for Finder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Finder<T> {}

impl<T: Clone + Send + Sync + 'static> Finder<T> {
    /// Asks by `fetch` once the typing pauses, at once for the empty text; an answer that was overtaken is left aside.
    pub fn new<Answer>(fetch: impl Fn(Option<String>) -> Answer + Send + Sync + 'static) -> Self
    where
        Answer: Future<Output = Rpc<Page<T>>> + 'static,
    {
        let found = RwSignal::new(None);
        let newest = Newest::default();
        let pause = Pause::new(Pause::TYPING);
        let fetch = StoredValue::new(fetch);
        let go = move |text: String| {
            let wanted = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            newest.ask(fetch.with_value(|fetch| fetch(wanted)), move |answer| {
                if let Ok(page) = answer {
                    found.set(Some(Found { text, more: page.next.is_some(), rows: page.rows }));
                }
            });
        };
        let ask = move |text: String| {
            if text.trim().is_empty() {
                pause.stop();
                go(text);
            } else {
                pause.then(move || go(text));
            }
        };
        Self { found, ask: Callback::from(ask) }
    }

    /// Whether there is more than is shown.
    #[must_use]
    pub fn more(self) -> Signal<bool> {
        Signal::derive(move || self.found.with(|found| found.as_ref().is_some_and(|found| found.more)))
    }
}
