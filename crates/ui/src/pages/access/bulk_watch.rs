//! How far a change of many is: asked for as long as the change runs.

use super::Access;
use crate::{
    components::{Pause, ProgressBar},
    pages::newest::Newest,
    rpc::bulk,
};
use domain::bulk::{BulkProgress, BulkTicket};
use leptos::prelude::*;
use std::time::Duration;

/// How long it is from one answer to the next question.
const EVERY: Duration = Duration::from_millis(500);

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct BulkWatch {
    access: Access,
    pending: RwSignal<bool>,
    /// Nothing where the server does not know.
    far: RwSignal<Option<BulkProgress>>,
    pause: Pause,
    newest: Newest,
}

impl BulkWatch {
    /// What runs while it is `pending`.
    pub fn new(access: Access, pending: RwSignal<bool>) -> Self {
        Self { access, pending, far: RwSignal::new(None), pause: Pause::new(EVERY), newest: Newest::default() }
    }

    /// A name for the change that begins now, which is asked after until it has ended.
    pub fn begin(self) -> BulkTicket {
        let ticket = BulkTicket((js_sys::Math::random() * 4_294_967_295.0) as u32);
        self.far.set(None);
        self.ask(ticket);
        ticket
    }

    fn ask(self, ticket: BulkTicket) {
        self.pause.then(move || {
            let Some(slug) = self.access.here.try_slug().filter(|_| self.pending.try_get_untracked() == Some(true)) else { return };
            self.newest.ask(bulk::progress(slug, ticket), move |answer| {
                self.far.set(answer.ok().flatten().filter(|far| far.of > 0));
                self.ask(ticket);
            });
        });
    }

    /// The bar, while it runs; `words` say what is being done.
    pub fn bar(self, words: impl Fn(Option<BulkProgress>) -> String + Copy + Send + Sync + 'static) -> AnyView {
        let label = Signal::derive(move || words(self.far.get()));
        let value = Signal::derive(move || self.far.get().map(BulkProgress::percent));
        (move || self.pending.get().then(|| view! { <ProgressBar label value/> })).into_any()
    }
}
