//! Which rows of a list are picked, across its pages, and the bar that says how many.

use super::form::focus;
use crate::components::{Button, ButtonKind, PickBox, grouped, plural};
use domain::page::Selection;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The ids of the section that such a list stands in, of the box that picks all its rows, and of the button that picks none.
pub const LIST: &str = "list";
const PICK_ALL: &str = "pick-all";
const CLEAR: &str = "clear-picked";

/// Copy it into callbacks.
pub struct Picked<Id: 'static, Query: Send + Sync + 'static> {
    ids: RwSignal<BTreeSet<Id>>,
    /// All that the list shows on every page, whatever is picked.
    everything: RwSignal<bool>,
    /// What the list is asked, without its page.
    asked: Memo<Query>,
    /// What is picked was found by more than one search.
    mixed: RwSignal<bool>,
}

impl<Id, Query: Send + Sync> Clone for Picked<Id, Query> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id, Query: Send + Sync> Copy for Picked<Id, Query> {}

impl<Id, Query> Picked<Id, Query>
where
    Id: Copy + Ord + Send + Sync + 'static,
    Query: Clone + PartialEq + Send + Sync + 'static,
{
    pub fn new(asked: Memo<Query>) -> Self {
        let picked = Self { ids: RwSignal::default(), everything: RwSignal::new(false), asked, mixed: RwSignal::new(false) };
        // another search finds others to pick besides; but all that match are others then
        Effect::new(move |before: Option<Query>| {
            let now = asked.get();
            if before.is_some_and(|before| before != now) {
                if picked.everything.get_untracked() {
                    picked.clear();
                }
                picked.mixed.set(picked.ids.with_untracked(|ids| !ids.is_empty()));
            }
            now
        });
        picked
    }

    fn has(self, id: Id) -> bool {
        self.everything.get() || self.ids.with(|ids| ids.contains(&id))
    }

    fn pick(self, rows: &[Id], on: bool) {
        self.everything.set(false);
        self.ids.update(|ids| {
            for id in rows {
                if on {
                    ids.insert(*id)
                } else {
                    ids.remove(id)
                };
            }
        });
        if self.ids.with_untracked(BTreeSet::is_empty) {
            self.mixed.set(false);
        }
    }

    pub fn clear(self) {
        self.everything.set(false);
        self.mixed.set(false);
        self.ids.update(BTreeSet::clear);
    }

    pub fn is_empty(self) -> bool {
        !self.everything.get() && self.ids.with(BTreeSet::is_empty)
    }

    pub fn selection(self) -> Selection<Id, Query> {
        if self.everything.get_untracked() {
            Selection::Matching(self.asked.get_untracked())
        } else {
            Selection::These(self.ids.with_untracked(|ids| ids.iter().copied().collect()))
        }
    }

    /// The box of one row.
    pub fn one(self, id: Id, name: &str) -> AnyView {
        let on = Signal::derive(move || self.has(id));
        view! { <PickBox label=format!("Select {name}") checked=on on_change=move |on: bool| self.pick(&[id], on)/> }.into_any()
    }

    /// The box of all rows of this page that may be picked.
    pub fn page(self, rows: Signal<Vec<Id>>) -> AnyView {
        let picked = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|id| self.has(**id)).count()));
        let count = Memo::new(move |_| rows.with(Vec::len));
        let all = Signal::derive(move || picked.get() > 0 && picked.get() == count.get());
        let some = Signal::derive(move || picked.get() > 0 && picked.get() < count.get());
        view! { <PickBox label="Select all on this page" id=PICK_ALL checked=all some=some on_change=move |on: bool| self.pick(&rows.get_untracked(), on)/> }
            .into_any()
    }

    /// How many are picked, where somebody has counted.
    fn count(self, total: Option<u64>) -> Option<u64> {
        if self.everything.get() { total } else { Some(self.ids.with(BTreeSet::len) as u64) }
    }

    /// Says how many are picked, once any is; `actions` is what can be done with them, unless there are more than `most`, whom one change may
    /// touch. `total` is how many the list shows in all, where somebody has counted.
    pub fn bar(
        self,
        (one, many): (&'static str, &'static str),
        most: usize,
        total: Signal<Option<u64>>,
        actions: impl Fn() -> AnyView + Send + 'static,
    ) -> AnyView {
        let most = most as u64;
        let shown = Memo::new(move |_| !self.is_empty());
        let words = move || match (self.everything.get(), total.get()) {
            (true, Some(total)) => format!("All {} that match are selected", grouped(total)),
            (true, None) => "All that match are selected".to_owned(),
            (false, _) => {
                let found = if self.mixed.get() { ", not all of them in this list" } else { "" };
                format!("{} selected{found}", plural(self.ids.with(BTreeSet::len) as u64, one, many))
            }
        };
        let all = move || {
            let total = total.get();
            let more = !self.everything.get() && total.is_none_or(|total| self.ids.with(|ids| (ids.len() as u64) < total));
            let few = total.is_none_or(|total| total <= most);
            (more && few).then(|| {
                let words = total.map_or_else(|| "Select all that match".to_owned(), |total| format!("Select all {} that match", grouped(total)));
                // this button goes
                let pick = move || {
                    self.clear();
                    self.everything.set(true);
                    focus(CLEAR);
                };
                view! { <Button small=true kind=ButtonKind::Quiet on_click=pick>{words}</Button> }
            })
        };
        // the bar goes: to the box that picks again, where the list has rows
        let clear = move || {
            self.clear();
            focus(LIST);
            focus(PICK_ALL);
        };
        let over = Memo::new(move |_| self.count(total.get()).is_some_and(|count| count > most));
        // said in place of the offer, before anything is chosen that would be refused
        let limit = move || limit_words(over.get(), total.get(), most).map(|words| view! { <span>{words}</span> });
        (move || {
            let over = over.get();
            shown.get().then(|| {
                view! {
                    <div class="picked" role="region" aria-label="Selection">
                        <b role="status">{words}</b>
                        {all}
                        {limit}
                        <Button small=true kind=ButtonKind::Quiet on_click=clear attr:id=CLEAR>"Clear selection"</Button>
                        <span class="gap"></span>
                        {(!over).then(&actions)}
                    </div>
                }
            })
        })
        .into_any()
    }
}

/// That one change takes no more than `most`, where more are picked (`over`) or could be.
fn limit_words(over: bool, total: Option<u64>, most: u64) -> Option<String> {
    match (over, total) {
        (true, _) => Some(format!("{} are the most for one change: narrow the list, and do it in parts", grouped(most))),
        (false, Some(total)) if total > most => {
            Some(format!("{} match, and {} are the most for one change: narrow the list to select all", grouped(total), grouped(most)))
        }
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::limit_words;

    #[test]
    fn more_than_one_change_takes_are_not_offered() {
        assert_eq!(limit_words(false, Some(10_000), 10_000), None);
        assert_eq!(limit_words(false, None, 10_000), None);
        let words = limit_words(false, Some(10_001), 10_000).unwrap();
        assert_eq!(words, "10,001 match, and 10,000 are the most for one change: narrow the list to select all");
        let words = limit_words(true, Some(10_001), 10_000).unwrap();
        assert_eq!(words, "10,000 are the most for one change: narrow the list, and do it in parts");
    }
}
