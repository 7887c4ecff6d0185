//! What the services count as they work, and how they stand, for whoever watches the server. Never about a person or a workspace.

use crate::{
    services::Services,
    tally::{LIMITS, Tally, Timing},
};
use domain::{
    failure::{Failure, FailureKind},
    policy::Decision,
};
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use std::time::Duration;
use store::{StoreError, outbox::Backlog, pools::PoolUse};

/// A name and a value: of few values, all known here.
type Label = [(&'static str, &'static str); 1];

/// From two microseconds to a second: deciding takes the former, reading a whole policy first the latter.
static DECISION_SECONDS: [f64; LIMITS] = [2e-6, 5e-6, 1e-5, 2.5e-5, 1e-4, 5e-4, 2.5e-3, 1e-2, 0.1, 1.0];

/// How long the database may take to say what waits.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Meters {
    decisions: Family<Label, Tally>,
    allowed: Tally,
    denied: Tally,
    undecided: Tally,
    decision_seconds: Timing,
    sign_ins: Family<Label, Counter>,
    mails: Family<Label, Counter>,
    deliveries: Family<Label, Counter>,
}

impl Default for Meters {
    fn default() -> Self {
        let decisions: Family<Label, Tally> = Family::default();
        let of = |result| decisions.get_or_create_owned(&[("result", result)]);
        let (allowed, denied, undecided) = (of("allowed"), of("denied"), of("undecided"));
        let family = |results: &[&'static str]| {
            let family: Family<Label, Counter> = Family::default();
            // all are there from the start, at nought
            for result in results {
                family.get_or_create_owned(&[("result", result)]);
            }
            family
        };
        Self {
            decisions,
            allowed,
            denied,
            undecided,
            decision_seconds: Timing::new(&DECISION_SECONDS),
            sign_ins: family(&["succeeded", "failed", "limited", "error"]),
            mails: family(&["sent", "failed", "given_up"]),
            deliveries: family(&["delivered", "failed"]),
        }
    }
}

impl Meters {
    fn register(&self, registry: &mut Registry) {
        registry.register("rolecall_decisions", "Questions about access, by answer; undecided where the policy could not be had", self.decisions.clone());
        let about = "How long deciding took, of one question or of a batch, in seconds";
        registry.register("rolecall_decision_duration_seconds", about, self.decision_seconds.clone());
        registry.register("rolecall_sign_ins", "Tries to sign in, by result", self.sign_ins.clone());
        registry.register("rolecall_mails", "Mails that this process tried to send, by result; failed ones are tried again", self.mails.clone());
        let about = "Webhook deliveries that this process tried, by result; failed ones are tried again";
        registry.register("rolecall_webhook_deliveries", about, self.deliveries.clone());
    }

    /// Questions that were answered together, in so long.
    pub fn decided(&self, took: Duration, count: Count) {
        self.allowed.inc_by(count.allowed);
        self.denied.inc_by(count.denied);
        self.decision_seconds.observe(took);
    }

    pub(crate) fn undecided(&self, failure: &Failure) {
        if failure.kind == FailureKind::Unavailable {
            self.undecided.inc();
        }
    }

    pub(crate) fn signed_in<T>(&self, result: &Result<T, Failure>) {
        let result = match result {
            Ok(_) => "succeeded",
            Err(failure) => match failure.kind {
                FailureKind::Invalid => "failed",
                FailureKind::Limited => "limited",
                FailureKind::SignedOut
                | FailureKind::SsoRequired
                | FailureKind::Forbidden
                | FailureKind::NotFound
                | FailureKind::Conflict
                | FailureKind::Internal
                | FailureKind::Unavailable
                | FailureKind::Offline => "error",
            },
        };
        self.sign_ins.get_or_create_owned(&[("result", result)]).inc();
    }

    pub(crate) fn mailed(&self, result: &'static str) {
        self.mails.get_or_create_owned(&[("result", result)]).inc();
    }

    pub(crate) fn delivered(&self, taken: bool) {
        self.deliveries.get_or_create_owned(&[("result", if taken { "delivered" } else { "failed" })]).inc();
    }
}

/// Puts all that the services count where it is read.
pub fn register(services: &Services, registry: &mut Registry) {
    services.meters.register(registry);
    services.decisions.meters.register(registry);
}

/// How many of some answers were which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    allowed: u64,
    denied: u64,
}

impl Count {
    pub(crate) fn of<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Self {
        let mut count = Self::default();
        decisions.into_iter().for_each(|decision| count.add(decision));
        count
    }

    pub(crate) const fn add(&mut self, decision: &Decision) {
        match decision.is_allowed() {
            true => self.allowed += 1,
            false => self.denied += 1,
        }
    }
}

/// How the server stands at this moment.
#[derive(Debug)]
pub struct Standing {
    /// Workspaces whose policies are in memory.
    pub policies: usize,
    /// About how many bytes they take.
    pub policy_bytes: u64,
    /// Open pages and programs that are told of changes.
    pub streams: usize,
    pub pools: Vec<PoolUse>,
    /// What waits to go out; nothing is known where the database doesn't answer.
    pub waiting: Option<Waiting>,
}

#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub mails: Backlog,
    pub deliveries: Backlog,
    /// The age of the oldest of each, in seconds; 0 where none waits.
    pub oldest_mail: f64,
    pub oldest_delivery: f64,
}

/// Looks. Two short queries on indexes of what waits, and no more patience than a second.
pub async fn standing(services: &Services) -> Standing {
    let (policies, policy_bytes) = services.decisions.weight();
    let waiting = tokio::time::timeout(PATIENCE, waiting(services)).await.ok().and_then(Result::ok);
    Standing { policies, policy_bytes, streams: services.live.streams(), pools: services.store.pools(), waiting }
}

async fn waiting(services: &Services) -> Result<Waiting, StoreError> {
    let mails = store::outbox::backlog(&services.store).await?;
    let deliveries = store::webhooks::backlog(&services.store).await?;
    let now = services.now();
    let age =
        |backlog: Backlog| backlog.oldest.map_or(0.0, |oldest| Duration::from_micros((now.micros() - oldest.micros()).max(0).unsigned_abs()).as_secs_f64());
    Ok(Waiting { mails, deliveries, oldest_mail: age(mails), oldest_delivery: age(deliveries) })
}
