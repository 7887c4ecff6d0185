//! Questions that overtake one another: only the answer to the newest counts, and none once who asked is gone.

use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Newest(StoredValue<u32>);

impl Default for Newest {
    fn default() -> Self {
        Self(StoredValue::new(0))
    }
}

impl Newest {
    /// What is under way counts no more.
    pub fn overtake(self) {
        let _ = self.0.try_update_value(|asked| *asked = asked.wrapping_add(1));
    }

    /// Asks, and hands the answer on unless something newer was asked meanwhile.
    pub fn ask<T: 'static>(self, answer: impl Future<Output = T> + 'static, then: impl FnOnce(T) + 'static) {
        self.overtake();
        let mine = self.0.try_get_value();
        spawn_local(async move {
            let answer = answer.await;
            if mine.is_some() && self.0.try_get_value() == mine {
                then(answer);
            }
        });
    }
}
