//! Rows that appear a few at a time: a page of fifty takes a slow browser a fifth of a second, for which a key that is pressed meanwhile would wait.
use super::pause::Pause;
use leptos::prelude::*;
use std::time::Duration;

/// New rows of one step. A screen shows about as many.
const STEP: usize = 12;

/// Long enough for a key to be taken between two steps.
const BETWEEN: Duration = Duration::from_millis(40);

/// What of a list is drawn so far. Lives as long as the page, and knows rows by their ids.
#[derive(Clone, Copy)]
pub struct FewAtATime {
    drawn: StoredValue<Option<Vec<u128>>>,
    more: Trigger,
    pause: Pause,
}

impl Default for FewAtATime {
    fn default() -> Self {
        Self { drawn: StoredValue::new(None), more: Trigger::new(), pause: Pause::new(BETWEEN) }
    }
}

impl FewAtATime {
    /// The table is drawn anew: none of its rows is there.
    pub fn begin(self) {
        self.drawn.update_value(|drawn| {
            if let Some(drawn) = drawn {
                drawn.clear();
            }
        });
    }

    /// How many of these may be drawn now, beside those that are. The first page comes whole, as the server sent it.
    pub fn of(self, mut ids: Vec<u128>) -> usize {
        self.more.track();
        let all = ids.len();
        let mut allowed = all;
        if let (false, Some(drawn)) = (cfg!(feature = "ssr"), self.drawn.get_value()) {
            let new = ids.iter().enumerate().filter(|(_, id)| !drawn.contains(id)).nth(STEP);
            allowed = new.map_or(all, |(place, _)| place);
        }
        ids.truncate(allowed);
        self.drawn.set_value(Some(ids));
        if allowed < all {
            self.pause.then(move || self.more.notify());
        }
        allowed
    }
}
