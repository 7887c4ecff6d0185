//! A list that is read on page by page and follows what others change: asked for again, it comes as far as it is shown.

use crate::{
    components::{Button, IconName, SkeletonLines},
    pages::newest::Newest,
    rpc::{Answer, Rpc},
    session::BrowserSession,
};
use domain::page::PageSize;
use leptos::prelude::*;

/// Some rows, and what leads to those behind them.
pub type Part<T, Next> = (Vec<T>, Option<Next>);

/// Asks for a part.
pub type FetchPart<T, Next> = Box<dyn Fn(Option<Next>) -> Answer<Part<T, Next>> + Send + Sync>;

/// What is shown, against what was asked for last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// Its answer.
    Now,
    /// An older answer, or none yet.
    Old,
    /// The answer to another question.
    Other,
}

/// Copy it into callbacks.
pub struct ReadOn<T: 'static, Next: 'static> {
    pub rows: RwSignal<Option<Vec<T>>>,
    next: RwSignal<Option<Next>>,
    fetch: StoredValue<FetchPart<T, Next>>,
    shown: StoredValue<Shown>,
    /// How many rows are wanted at least.
    wanted: StoredValue<usize>,
    failed: RwSignal<Option<String>>,
    /// Whether more is on its way.
    busy: RwSignal<bool>,
    newest: Newest,
    session: BrowserSession,
}

impl<T, Next> Clone for ReadOn<T, Next> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, Next> Copy for ReadOn<T, Next> {}

impl<T: Send + Sync + 'static, Next: Clone + Send + Sync + 'static> ReadOn<T, Next> {
    pub fn new(session: BrowserSession, fetch: FetchPart<T, Next>) -> Self {
        Self {
            rows: RwSignal::new(None),
            next: RwSignal::new(None),
            fetch: StoredValue::new(fetch),
            shown: StoredValue::new(Shown::Old),
            wanted: StoredValue::new(0),
            failed: RwSignal::new(None),
            busy: RwSignal::new(false),
            newest: Newest::default(),
            session,
        }
    }

    /// Asks again, for as much as is shown. What is shown stays until then.
    pub fn refresh(self) {
        if self.shown.get_value() == Shown::Now {
            self.shown.set_value(Shown::Old);
        }
        self.load(None, self.wanted.get_value());
    }

    /// Asks something else. What is shown stays until then.
    pub fn begin(self) {
        self.shown.set_value(Shown::Other);
        self.wanted.set_value(0);
        self.load(None, 0);
    }

    fn more(self) {
        let wanted = self.count() + 1;
        self.wanted.set_value(wanted);
        self.busy.set(true);
        // what is asked for again at this moment is asked for with more
        let after = if self.shown.get_value() == Shown::Now { self.next.get_untracked() } else { None };
        self.load(after, wanted);
    }

    fn count(self) -> usize {
        self.rows.with_untracked(|rows| rows.as_ref().map_or(0, Vec::len))
    }

    fn load(self, after: Option<Next>, wanted: usize) {
        let before = if after.is_some() { self.count() } else { 0 };
        let wanted = wanted.min(usize::from(PageSize::MAX)).saturating_sub(before);
        self.newest.ask(read(self.fetch, after, wanted), move |answer| {
            self.busy.set(false);
            match answer {
                Ok((rows, next)) => {
                    self.failed.set(None);
                    self.next.set(next);
                    self.rows.update(|shown| match shown {
                        Some(shown) if before > 0 => shown.extend(rows),
                        Some(_) | None => *shown = Some(rows),
                    });
                    self.shown.set_value(Shown::Now);
                    self.wanted.set_value(self.count());
                }
                Err(error) if self.session.ask_again(&error, || ()) => {}
                Err(error) => {
                    if self.shown.get_value() == Shown::Other {
                        self.rows.set(None);
                    }
                    // a list that is here stays where only news of it did not come
                    if self.rows.with_untracked(Option::is_none) || self.wanted.get_value() > self.count() {
                        self.failed.set(Some(error.message()));
                    }
                    self.wanted.set_value(self.count());
                }
            }
        });
    }

    /// The rows as `list` draws them, or what stands there instead: lines that wait, `empty`, or what failed with another try.
    pub fn view(self, empty: String, list: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        // the lines that stay are not drawn anew
        let state = Memo::new(move |_| match self.rows.with(|rows| rows.as_ref().map(Vec::is_empty)) {
            None => Err(self.failed.get()),
            Some(is_empty) => Ok(is_empty),
        });
        let body = move || match state.get() {
            Err(None) => view! { <SkeletonLines lines=3/> }.into_any(),
            Err(Some(text)) => {
                view! { <p class="field-error">{text}</p><Button small=true icon=IconName::RotateCw on_click=move || self.refresh()>"Try again"</Button> }
                    .into_any()
            }
            Ok(true) => view! { <p class="field-hint">{empty.clone()}</p> }.into_any(),
            Ok(false) => {
                let problem = move || self.failed.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> });
                let button = move || view! { <Button small=true pending=self.busy on_click=move || self.more()>"Show more"</Button> };
                let more = move || self.next.with(Option::is_some).then(button);
                view! { {list()}{problem}<p class="list-more">{more}</p> }.into_any()
            }
        };
        body.into_any()
    }
}

/// Reads as many rows as are wanted, page by page.
async fn read<T: 'static, Next: 'static>(fetch: StoredValue<FetchPart<T, Next>>, mut after: Option<Next>, wanted: usize) -> Rpc<Part<T, Next>> {
    let mut rows = Vec::new();
    loop {
        // whoever asked is gone where it can't be asked any more
        let Some(answer) = fetch.try_with_value(|fetch| fetch(after)) else { return Ok((rows, None)) };
        let (more, next) = answer.await?;
        rows.extend(more);
        if rows.len() >= wanted || next.is_none() {
            return Ok((rows, next));
        }
        after = next;
    }
}
