//! What fails, counted by where it comes from: whoever brings what is right is never held up, and whoever guesses is not listened to for a while,
//! at no cost to the database.

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

#[derive(Debug)]
pub(super) struct Failing {
    buckets: DefaultKeyedRateLimiter<String>,
    /// Where too many that failed came from, and until when none from there is looked at.
    shut: Mutex<HashMap<String, Instant>>,
}

impl Failing {
    pub(super) fn new(quota: Quota) -> Self {
        Self { buckets: RateLimiter::keyed(quota), shut: Mutex::default() }
    }

    /// Whether another from there is looked at; counts nothing.
    pub(super) fn look(&self, from: &str) -> Result<(), ()> {
        let shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        let is_shut = shut.get(from).is_some_and(|until| *until > Instant::now());
        if is_shut { Err(()) } else { Ok(()) }
    }

    /// Counts one from there that failed.
    pub(super) fn failed(&self, from: &str) {
        let from = from.to_owned();
        if let Err(until) = self.buckets.check_key(&from) {
            let until = Instant::now() + until.wait_time_from(DefaultClock::default().now());
            self.shut.lock().unwrap_or_else(PoisonError::into_inner).insert(from, until);
        }
    }

    pub(super) fn forget_quiet(&self) {
        self.shut.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > Instant::now());
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}
