//! One workspace's policy in memory, and how far it can be trusted.

use super::unavailable;
use domain::{
    failure::Failure,
    policy::Policy,
    time::{Span, Timestamp},
};
use std::sync::{
    RwLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
use store::policy::{Loaded, Update};

#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Nothing before the first load. Written under a short lock: decisions read beside each other.
    known: RwLock<Option<Loaded>>,
    /// The newest version that this process heard of.
    heard: AtomicI64,
    /// When the version was last known to be the newest, in microseconds.
    confirmed: AtomicI64,
    /// When asking last failed.
    failed: AtomicI64,
    /// When it was last asked about, on the cache's own count.
    pub(super) used: AtomicU64,
    /// Held by whoever loads or catches up: one at a time.
    pub(super) mending: tokio::sync::Mutex<()>,
}

impl Slot {
    pub(super) fn version(&self) -> Option<i64> {
        self.known.read().ok()?.as_ref().map(|known| known.version)
    }

    pub(super) fn weight(&self) -> u64 {
        self.known.read().ok().and_then(|known| known.as_ref().map(|known| known.weight)).unwrap_or(0)
    }

    /// Asks what is held, whatever its age.
    pub(super) fn ask<T>(&self, now: Timestamp, question: impl FnOnce(&Loaded, Timestamp) -> T) -> Result<T, Failure> {
        // a lock that a panic poisoned may guard half an update: no answer comes from it
        let known = self.known.read().map_err(|_| unavailable())?;
        let known = known.as_ref().ok_or_else(unavailable)?;
        Ok(question(known, now))
    }

    /// Asks what is held where it was surely the newest no longer ago than this. All of it is looked at under one lock: each costs what a small
    /// answer does where many threads ask.
    pub(super) fn ask_fresh<T>(&self, now: Timestamp, listening: i64, within: Span, question: impl FnOnce(&Loaded, Timestamp) -> Option<T>) -> Option<T> {
        let known = self.known.read().ok()?;
        let known = known.as_ref()?;
        let is_fresh = known.version >= self.heard.load(Ordering::Acquire) && self.since(now, listening) <= within;
        is_fresh.then(|| question(known, now)).flatten()
    }

    /// Tries something out on the policy that leaves it as it was. Other questions wait for it.
    pub(super) fn try_out<T>(&self, now: Timestamp, trial: impl FnOnce(&mut Policy, Timestamp) -> T) -> Result<T, Failure> {
        let mut known = self.known.write().map_err(|_| unavailable())?;
        let known = known.as_mut().ok_or_else(unavailable)?;
        Ok(trial(&mut known.policy, now))
    }

    pub(super) fn is_broken(&self) -> bool {
        self.known.is_poisoned()
    }

    pub(super) fn put(&self, loaded: Loaded) {
        if let Ok(mut known) = self.known.write() {
            *known = Some(loaded);
        }
    }

    pub(super) fn update(&self, version: i64, updates: Vec<Update>) {
        if let Ok(mut known) = self.known.write()
            && let Some(known) = known.as_mut()
        {
            updates.into_iter().for_each(|update| known.take(update));
            known.version = version;
        }
    }

    pub(super) fn hear(&self, version: i64) {
        self.heard.fetch_max(version, Ordering::AcqRel);
    }

    /// Whether a newer version is known to be there.
    pub(super) fn is_behind(&self) -> bool {
        self.version().is_none_or(|version| version < self.heard.load(Ordering::Acquire))
    }

    pub(super) fn confirm(&self, at: Timestamp) {
        self.confirmed.store(at.micros(), Ordering::Release);
        self.failed.store(0, Ordering::Release);
    }

    pub(super) fn confirmed(&self) -> i64 {
        self.confirmed.load(Ordering::Acquire)
    }

    pub(super) fn note_failure(&self, at: Timestamp) {
        self.failed.store(at.micros(), Ordering::Release);
    }

    /// Whether asking failed so lately that asking again would gain nothing.
    pub(super) fn failed_lately(&self, now: Timestamp, within: Span) -> bool {
        let failed = Timestamp::from_micros(self.failed.load(Ordering::Acquire));
        failed <= now && now < failed.plus(within)
    }

    /// How long ago the version was surely the newest.
    pub(super) fn age(&self, now: Timestamp, listening: i64) -> Span {
        self.since(now, if self.is_behind() { 0 } else { listening })
    }

    /// How long ago it was told so, by whom was asked or by listening; a clock that was set back makes it unknown, which is too long.
    fn since(&self, now: Timestamp, listening: i64) -> Span {
        let newest = [self.confirmed(), listening].into_iter().filter(|at| *at != 0 && *at <= now.micros()).max();
        newest.map_or(Span::days(365), |at| Span::micros(now.micros() - at))
    }
}
