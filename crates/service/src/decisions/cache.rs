//! The policies that this process holds: loaded on first use, caught up by commits, left by the least recently used.

use super::{Limits, meters::Meters, slot::Slot, unavailable};
use crate::clock::Clock;
use domain::{
    catalog::Catalog,
    failure::{Failure, FailureKind},
    id::WorkspaceId,
    policy::Policy,
    time::{Span, Timestamp},
};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{
    Store, StoreError, policy,
    policy::{CaughtUp, Loaded},
    policy_watch::Watcher,
};
use tokio::sync::Semaphore;

/// So long an answer is given without asking whether the version is still the newest.
const RECHECK: Span = Span::millis(250);

/// From this age on, whoever asks waits until somebody has asked the database: no decision is a second old while it answers.
const SOON: Span = Span::millis(750);

/// How long the question what changed may take. Reading a whole policy has the statements' own limits.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many policies are read whole at once.
const LOADS: usize = 2;

pub(crate) struct Cache {
    store: Store,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    slots: Mutex<HashMap<WorkspaceId, Arc<Slot>>>,
    /// Whole policies are read few at a time: each takes a connection and memory for as long as it lasts.
    loads: Semaphore,
    /// Counts how often another was asked about than just before, to tell who was asked about least recently. No slot begins with its number.
    uses: AtomicU64,
    /// Up to when other nodes' commits are known to have been heard, in microseconds; 0 while nobody listens.
    listening: AtomicI64,
    pub(crate) meters: Meters,
}

/// How a slot came to be new enough.
enum Fit {
    Held,
    /// Somebody looked first, and found it true or made it so.
    Renewed,
}

/// Why a slot could not be mended.
#[derive(Debug)]
enum Unmended {
    /// There is no such workspace.
    Gone,
    Failed,
}

impl Cache {
    /// Holds the policies of this store's workspaces, and hears of every commit through it.
    pub(crate) fn new(store: Store, catalog: Arc<Catalog>, clock: Arc<dyn Clock>, limits: Limits) -> Arc<Self> {
        let (slots, loads, uses, listening, meters) = (Mutex::default(), Semaphore::new(LOADS), AtomicU64::new(1), AtomicI64::new(0), Meters::default());
        let cache = Arc::new(Self { store, catalog, clock, limits, slots, loads, uses, listening, meters });
        let watcher: Arc<dyn Watcher> = cache.clone();
        cache.store.watch(Arc::downgrade(&watcher));
        cache
    }

    /// Asks the workspace's policy; gives the answer and the version it rests on.
    pub(crate) async fn ask<T>(
        &self,
        workspace: WorkspaceId,
        at_least: Option<i64>,
        question: impl FnOnce(&Policy, Timestamp) -> T,
    ) -> Result<(T, i64), Failure> {
        self.ask_held(workspace, at_least, |held, now| (question(&held.policy, now), held.version)).await
    }

    /// Asks all that is held of the workspace: beside its policy, by which secrets its tokens are known.
    pub(crate) async fn ask_held<T>(
        &self,
        workspace: WorkspaceId,
        at_least: Option<i64>,
        question: impl FnOnce(&Loaded, Timestamp) -> T,
    ) -> Result<T, Failure> {
        let slot = self.slot(workspace);
        self.fit(workspace, &slot, at_least).await?;
        slot.ask(self.clock.now(), question)
    }

    /// Asks in parts until one has the answer: what takes long is no long question, and commits and others have their turn in between. Where two
    /// parts are told the same version, they see the same policy.
    pub(crate) async fn ask_in_parts<T>(&self, workspace: WorkspaceId, mut part: impl FnMut(&Loaded, Timestamp) -> Option<T>) -> Result<T, Failure> {
        let slot = self.slot(workspace);
        self.fit(workspace, &slot, None).await?;
        loop {
            if let Some(answer) = slot.ask(self.clock.now(), &mut part)? {
                return Ok(answer);
            }
            tokio::task::yield_now().await;
            self.make_fit(workspace, &slot, None).await?;
        }
    }

    /// As `ask_held` before a question is asked: it counts as none.
    pub(crate) async fn look<T>(&self, workspace: WorkspaceId, question: impl FnOnce(&Loaded, Timestamp) -> T) -> Result<T, Failure> {
        let slot = self.slot(workspace);
        self.make_fit(workspace, &slot, None).await?;
        slot.ask(self.clock.now(), question)
    }

    /// Asks what is held at this moment, which is now, and may be trusted without asking anybody; `None` where that takes longer.
    pub(crate) fn ask_now<T>(&self, workspace: WorkspaceId, now: Timestamp, question: impl FnOnce(&Loaded, Timestamp) -> Option<T>) -> Option<T> {
        let slot = self.slots().get(&workspace).cloned()?;
        let answer = slot.ask_fresh(now, self.listening.load(Ordering::Acquire), RECHECK, question)?;
        self.note_use(&slot);
        self.meters.held.inc();
        Some(answer)
    }

    /// Asks what is held where it is of just this version, of whatever age: for who has read from the database that it is this one.
    pub(crate) fn ask_at<T>(&self, workspace: WorkspaceId, version: i64, question: impl FnOnce(&Policy) -> Option<T>) -> Option<T> {
        let slot = self.slots().get(&workspace).cloned()?;
        let answer = slot.ask(self.clock.now(), |held, _| (held.version == version).then(|| question(&held.policy)).flatten()).ok()??;
        self.note_use(&slot);
        self.meters.held.inc();
        Some(answer)
    }

    /// Tries something out on the workspace's policy that leaves it as it was.
    pub(crate) async fn try_out<T>(&self, workspace: WorkspaceId, trial: impl FnOnce(&mut Policy, Timestamp) -> T) -> Result<T, Failure> {
        let slot = self.slot(workspace);
        self.fit(workspace, &slot, None).await?;
        slot.try_out(self.clock.now(), trial)
    }

    /// Returns when the slot may answer, and counts what that took.
    async fn fit(&self, workspace: WorkspaceId, slot: &Slot, at_least: Option<i64>) -> Result<(), Failure> {
        let fit = self.make_fit(workspace, slot, at_least).await;
        match &fit {
            Ok(Fit::Held) => self.meters.held.inc(),
            Ok(Fit::Renewed) => self.meters.renewed.inc(),
            Err(failure) if failure.kind == FailureKind::Unavailable => self.meters.stale.inc(),
            // no such workspace, or no such version
            Err(_) => {}
        }
        fit.map(drop)
    }

    async fn make_fit(&self, workspace: WorkspaceId, slot: &Slot, at_least: Option<i64>) -> Result<Fit, Failure> {
        let too_old = |version: Option<i64>| version.is_none() || version < at_least;
        if !too_old(slot.version()) {
            let age = self.age(slot);
            if age <= RECHECK && !slot.is_behind() {
                return Ok(Fit::Held);
            }
            if age <= SOON {
                // whoever comes first asks; the others answer from what is known
                let Ok(guard) = slot.mending.try_lock() else { return Ok(Fit::Held) };
                return self.renewed(workspace, slot, guard).await.map(|()| Fit::Renewed);
            }
        }
        let guard = slot.mending.lock().await;
        if too_old(slot.version()) || slot.is_behind() || self.age(slot) > RECHECK {
            self.renewed(workspace, slot, guard).await?;
        }
        match (slot.version(), at_least) {
            (None, _) => Err(unavailable()),
            (Some(version), Some(wanted)) if version < wanted => {
                // only who was just told so may say that there is no such version
                if self.age(slot) > RECHECK || slot.failed_lately(self.clock.now(), RECHECK) {
                    return Err(unavailable());
                }
                Err(Failure::field(
                    "at_least",
                    format_args!("the policy is at version {version}, and no change returned {wanted}; pass a version that one did"),
                ))
            }
            (Some(_), _) => Ok(Fit::Renewed),
        }
    }

    /// Mends the slot; where that fails, what is known still answers as long as it may.
    async fn renewed(&self, workspace: WorkspaceId, slot: &Slot, _guard: tokio::sync::MutexGuard<'_, ()>) -> Result<(), Failure> {
        let now = self.clock.now();
        let outcome = if slot.version().is_some() && slot.failed_lately(now, RECHECK) { Err(Unmended::Failed) } else { self.mend(workspace, slot).await };
        match outcome {
            Ok(()) => Ok(()),
            Err(Unmended::Gone) => {
                self.slots().remove(&workspace);
                Err(Failure::not_found())
            }
            Err(Unmended::Failed) if slot.version().is_some() && self.age(slot) <= self.limits.staleness => Ok(()),
            Err(Unmended::Failed) => Err(unavailable()),
        }
    }

    /// Loads the policy, or catches it up. Its lock is held.
    async fn mend(&self, workspace: WorkspaceId, slot: &Slot) -> Result<(), Unmended> {
        let asked = self.clock.now();
        let mended = self.try_mend(workspace, slot).await;
        match &mended {
            Ok(()) => slot.confirm(asked),
            Err(Unmended::Failed) => {
                self.meters.failed.inc();
                slot.note_failure(asked);
            }
            Err(Unmended::Gone) => {}
        }
        mended
    }

    async fn try_mend(&self, workspace: WorkspaceId, slot: &Slot) -> Result<(), Unmended> {
        if let Some(version) = slot.version() {
            let since = tokio::time::timeout(PATIENCE, policy::since(&self.store, workspace, version));
            match since.await.unwrap_or(Err(StoreError::Busy)).map_err(|error| failed(workspace, &error))? {
                CaughtUp::Same => {
                    self.meters.caught_up.inc();
                    return Ok(());
                }
                CaughtUp::Updates { version, updates } => {
                    self.meters.caught_up.inc();
                    slot.update(version, updates);
                    return Ok(());
                }
                CaughtUp::Gone => return Err(Unmended::Gone),
                CaughtUp::TooMuch => {}
            }
        }
        let _permit = self.loads.acquire().await.map_err(|_| Unmended::Failed)?;
        let loaded = policy::load(&self.store, workspace, self.catalog.clone()).await.map_err(|error| failed(workspace, &error))?;
        slot.put(loaded.ok_or(Unmended::Gone)?);
        self.meters.loaded.inc();
        self.make_room(workspace);
        Ok(())
    }

    /// The workspace's place, made where it has none.
    fn slot(&self, workspace: WorkspaceId) -> Arc<Slot> {
        let mut slots = self.slots();
        if slots.get(&workspace).is_some_and(|slot| slot.is_broken()) {
            slots.remove(&workspace);
        }
        let slot = slots.entry(workspace).or_default().clone();
        self.note_use(&slot);
        slot
    }

    /// Nobody was asked about later. Where that is so already nothing is written: most servers are asked about one workspace, by all their threads.
    fn note_use(&self, slot: &Slot) {
        if slot.used.load(Ordering::Relaxed) != self.uses.load(Ordering::Relaxed) {
            slot.used.store(self.uses.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// Lets go of the least recently used until the rest fits; never of this one.
    fn make_room(&self, newest: WorkspaceId) {
        let mut slots = self.slots();
        let mut sum: u64 = slots.values().map(|slot| slot.weight()).sum();
        while sum > self.limits.memory {
            let oldest = slots.iter().filter(|(id, slot)| **id != newest && slot.version().is_some()).min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed));
            let Some((id, weight)) = oldest.map(|(id, slot)| (*id, slot.weight())) else { return };
            slots.remove(&id);
            sum = sum.saturating_sub(weight);
        }
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn age(&self, slot: &Slot) -> Span {
        slot.age(self.clock.now(), self.listening.load(Ordering::Acquire))
    }

    /// Which workspaces' policies are held.
    pub(crate) fn held(&self) -> Vec<WorkspaceId> {
        self.slots().iter().filter(|(_, slot)| slot.version().is_some()).map(|(id, _)| *id).collect()
    }

    /// How many policies are held, and about how many bytes they take.
    pub(crate) fn weight(&self) -> (usize, u64) {
        let slots = self.slots();
        let held = slots.values().filter(|slot| slot.version().is_some());
        held.fold((0, 0), |(count, bytes), slot| (count + 1, bytes + slot.weight()))
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Everything that was committed before this moment has been heard; `None` when nobody listens any more.
    pub(super) fn listened(&self, until: Option<Timestamp>) {
        self.listening.store(until.map_or(0, Timestamp::micros), Ordering::Release);
    }

    /// Another version is there: the slot, where it has one to catch up.
    pub(super) fn hear(&self, workspace: WorkspaceId, version: i64) -> bool {
        let Some(slot) = self.slots().get(&workspace).cloned() else { return false };
        if slot.version().is_some_and(|known| known >= version) {
            return false;
        }
        // until now it was the newest
        let listening = self.listening.load(Ordering::Acquire);
        if !slot.is_behind() && listening > slot.confirmed() {
            slot.confirm(Timestamp::from_micros(listening));
        }
        slot.hear(version);
        true
    }

    /// Catches the workspace up if it is held; says whether that went well.
    pub(super) async fn catch_up(&self, workspace: WorkspaceId) -> bool {
        let Some(slot) = self.slots().get(&workspace).cloned() else { return true };
        let _guard = slot.mending.lock().await;
        if slot.version().is_none() {
            return true;
        }
        match self.mend(workspace, &slot).await {
            Ok(()) => true,
            Err(Unmended::Gone) => self.slots().remove(&workspace).is_some(),
            Err(Unmended::Failed) => false,
        }
    }
}

impl Watcher for Cache {
    fn committed<'a>(&'a self, versions: &'a [(WorkspaceId, i64)]) -> BoxFuture<'a, ()> {
        async move {
            for (workspace, version) in versions {
                let Some(slot) = self.slots().get(workspace).cloned() else { continue };
                if slot.version().is_none() {
                    // being loaded, perhaps from before this commit
                    slot.hear(*version);
                } else if !matches!(tokio::time::timeout(PATIENCE * 2, self.catch_up(*workspace)).await, Ok(true)) {
                    slot.hear(*version);
                }
            }
        }
        .boxed()
    }
}

fn failed(workspace: WorkspaceId, error: &StoreError) -> Unmended {
    tracing::warn!(workspace.id = %workspace, %error, "a policy could not be brought up to date");
    Unmended::Failed
}
