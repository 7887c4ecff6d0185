//! What a list asks the server, and whether what it shows is the answer to just that.

use crate::rpc::Rpc;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// An answer that is asked for again whenever `asked` changes. Busy from that moment until just that is answered, whatever else comes in
/// between; what was answered before stays meanwhile.
pub fn answered<Asked, Answer, Fetched>(
    asked: impl Fn() -> Asked + Send + Sync + 'static,
    fetch: impl Fn(Asked) -> Fetched + Send + Sync + 'static,
) -> (Resource<Rpc<Answer>>, Signal<bool>)
where
    Asked: Clone + PartialEq + Send + Sync + 'static,
    Answer: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fetched: Future<Output = Rpc<Answer>> + Send + 'static,
{
    let asked = Memo::new(move |_| asked());
    let last = RwSignal::new(asked.get_untracked());
    let answer = Resource::new(
        move || asked.get(),
        move |asked| {
            let answer = fetch(asked.clone());
            async move {
                let answer = answer.await;
                let _ = last.try_set(asked);
                answer
            }
        },
    );
    let busy = Signal::derive(move || last.with(|last| asked.with(|asked| last != asked)));
    (answer, busy)
}

/// What is read of answers, drawn anew only where it is another one. On the server it is read each time: a memo that is read just while an
/// answer comes in on another thread keeps what was before, and the page would be sent without it.
pub fn kept<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") {
        return Signal::derive(read);
    }
    Memo::new(move |_| read()).into()
}
