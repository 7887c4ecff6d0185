//! Something that is asked of the server, once at a time: its busy state, its refusal, and asking for the password again.

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

impl Doing {
    pub fn new() -> Self {
        Self { pending: RwSignal::new(false), refused: RwSignal::new(None), toasts: use_toasts(), session: use_session() }
    }

    /// Nothing while something is being done.
    pub fn run<T: 'static, Answer: Future<Output = Rpc<T>> + 'static>(
        self,
        ask: impl Fn() -> Answer + Clone + Send + Sync + 'static,
        done: impl Fn(T) + Clone + Send + Sync + 'static,
    ) {
        // another try may come after whoever asked is gone
        if self.pending.try_get_untracked() != Some(false) {
            return;
        }
        self.pending.set(true);
        self.refused.set(None);
        let answer = ask();
        spawn_local(async move {
            let answer = answer.await;
            let _ = self.pending.try_set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(error) if self.session.ask_again(&error, move || self.run(ask.clone(), done.clone())) => {}
                Err(error) => {
                    let _ = self.refused.try_set(Some(error));
                }
            }
        });
    }

    /// Why it was refused, for where no field is to blame.
    pub fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().map(RpcError::message)))
    }
}
