//! Something that is asked of the server, once at a time: its busy state, its refusal, and asking for the password again. What comes of
//! it is told even where who asked has left the page by then.

use crate::{
    components::{Toaster, use_toasts},
    rpc::{Rpc, RpcError},
    session::{BrowserSession, use_session},
};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Doing {
    pub pending: RwSignal<bool>,
    pub refused: RwSignal<Option<RpcError>>,
    pub toasts: Toaster,
    session: BrowserSession,
}

impl Default for Doing {
    fn default() -> Self {
        Self::telling(RwSignal::new(None))
    }
}

impl Doing {
    /// With the refusals kept where a form has its place for them.
    pub fn telling(refused: RwSignal<Option<RpcError>>) -> Self {
        Self { pending: RwSignal::new(false), refused, toasts: use_toasts(), session: use_session() }
    }

    /// Nothing while something is being done. `done` hears whether who asked is still there: signals of theirs are gone otherwise.
    pub fn run<T: 'static, Answer: Future<Output = Rpc<T>> + 'static>(
        self,
        ask: impl Fn() -> Answer + Clone + Send + Sync + 'static,
        done: impl Fn(T, bool) + Clone + Send + Sync + 'static,
    ) {
        // a retry may come after whoever asked is gone
        if self.pending.try_get_untracked() != Some(false) {
            return;
        }
        self.pending.set(true);
        self.refused.set(None);
        let answer = ask();
        spawn_local(async move {
            let answer = answer.await;
            let is_here = self.pending.try_set(false).is_none();
            match answer {
                Ok(answer) => done(answer, is_here),
                Err(error) if is_here && self.session.ask_again(&error, move || self.run(ask.clone(), done.clone())) => {}
                Err(error) if is_here => self.refused.set(Some(error)),
                Err(error) => self.toasts.error(error.message()),
            }
        });
    }

    /// Why it was refused, for where no field is to blame.
    pub fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().map(RpcError::message)))
    }

    /// The part of a refusal that is about this field.
    pub fn on(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.on(field))))
    }

    /// A refusal that is about none of these fields.
    pub fn beside(self, fields: &'static [&'static str]) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|refused| refused.beside(fields))))
    }
}
