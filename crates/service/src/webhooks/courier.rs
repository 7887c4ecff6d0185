//! Carries deliveries to their receivers: at once where all is well, later and later where not, and not at all after some days.

use super::{
    client::{Answer, Client},
    signing, switch_off,
};
use crate::{refusal::stored, services::Services};
use domain::{
    failure::Failure,
    id::{DeliveryId, WorkspaceId},
    time::Span,
};
use futures::{StreamExt as _, future::BoxFuture, stream};
use hyper::StatusCode;
use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::Duration,
};
use store::{
    policy_watch::Watcher,
    webhooks::{Attempt, Due},
};
use tokio::sync::Notify;

/// How many deliveries are taken at once: even if each takes its time, they are done before another node may take them.
const BATCH: u64 = 16;

/// How many receivers are written to at once.
const AT_ONCE: usize = 8;

/// How often is looked when nothing rings: other nodes' changes, and what is tried again.
const EVERY: Duration = Duration::from_secs(5);

/// How long a receiver rests after its first failure in a row, its second…; then as long as after the last.
const RESTS: [Span; 7] = [Span::seconds(10), Span::minutes(1), Span::minutes(5), Span::minutes(15), Span::hours(1), Span::hours(2), Span::hours(4)];

/// For how long a delivery is tried.
const TRIED_FOR: Span = Span::days(1);

/// After so long without any taken, a webhook is switched off.
const OFF_AFTER: Span = Span::days(5);

/// Rung by every commit of this process.
#[derive(Debug, Default)]
struct Bell(Notify);

impl Watcher for Bell {
    fn committed<'a>(&'a self, _: &'a [(WorkspaceId, i64)]) -> BoxFuture<'a, ()> {
        self.0.notify_one();
        Box::pin(std::future::ready(()))
    }
}

pub struct Courier {
    client: Client,
}

/// Without a way to speak TLS nothing can be sent.
#[derive(Debug, thiserror::Error)]
#[error("webhooks can't be sent: {0}")]
pub struct CourierError(#[from] tokio_rustls::rustls::Error);

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").finish_non_exhaustive()
    }
}

impl Courier {
    /// Whether it may go into private networks is the operator's to say.
    pub fn new(to_private: bool) -> Result<Self, CourierError> {
        Ok(Self { client: Client::new(to_private)? })
    }

    /// Carries until the server stops.
    pub async fn run(self, services: Services) {
        let bell = Arc::new(Bell::default());
        let rings: Weak<Bell> = Arc::downgrade(&bell);
        services.store.watch(rings);
        while !services.ending.has_begun() {
            match self.round(&services).await {
                Ok(0) => services.ending.rest(EVERY, bell.0.notified()).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "webhook deliveries could not be read");
                    services.ending.rest(EVERY, std::future::pending()).await;
                }
            }
        }
    }

    /// Tries what is due; says how many deliveries were taken.
    pub async fn round(&self, services: &Services) -> Result<usize, Failure> {
        if !store::webhooks::waits(&services.store, services.now()).await.map_err(stored)? {
            return Ok(0);
        }
        let due = store::webhooks::due(&services.store, services.now(), BATCH).await.map_err(stored)?;
        let taken = due.len();
        let mut receivers: BTreeMap<_, Vec<Due>> = BTreeMap::new();
        for one in due {
            receivers.entry(one.webhook).or_default().push(one);
        }
        let mut results = stream::iter(receivers.into_values()).map(|due| self.carry(services, due)).buffer_unordered(AT_ONCE);
        while let Some(result) = results.next().await {
            result?;
        }
        Ok(taken)
    }

    /// One receiver's, in their order; the first that isn't taken makes the others wait. When the server ends, the rest is put back.
    async fn carry(&self, services: &Services, due: Vec<Due>) -> Result<(), Failure> {
        for (place, one) in due.iter().enumerate() {
            if services.ending.has_begun() {
                let untried: Vec<DeliveryId> = due.iter().skip(place).map(|one| one.id).collect();
                store::webhooks::put_back(&services.store, &untried, services.now()).await.map_err(stored)?;
                break;
            }
            let tried = self.attempt(services, one).await;
            let now = services.now();
            let taken = tried.as_ref().is_ok_and(|answer| answer.status.is_success());
            let attempt = told(&tried);
            services.meters.delivered(taken);
            if taken {
                store::webhooks::delivered(&services.store, one, now, &attempt).await.map_err(stored)?;
                continue;
            }
            tracing::info!(webhook.id = %one.webhook, delivery.id = %one.id, status = attempt.status, failures = one.failures + 1, "a webhook did not take a delivery");
            let next = now.plus(rest(one.failures));
            store::webhooks::failed(&services.store, one, now, next, now.minus(TRIED_FOR), &attempt).await.map_err(stored)?;
            if let Some(note) = ends(one, &attempt, now) {
                let tx = services.store.begin().await.map_err(stored)?;
                switch_off(services, tx, one, &note).await?;
            }
            break;
        }
        Ok(())
    }

    async fn attempt(&self, services: &Services, due: &Due) -> Result<Answer, String> {
        let (id, now) = (format!("msg_{}", due.id.uuid().simple()), services.now());
        let timestamp = now.micros() / 1_000_000;
        let signatures = signing::signatures(&services.settings.secret_key, due.webhook, due.secret, now, &id, timestamp, &due.payload);
        let headers = [("webhook-id", id), ("webhook-timestamp", timestamp.to_string()), ("webhook-signature", signatures)];
        self.client.post(&due.url, &headers, due.payload.clone()).await.map_err(|error| error.to_string())
    }
}

/// What the log keeps of an attempt.
fn told(tried: &Result<Answer, String>) -> Attempt {
    match tried {
        Ok(Answer { status, text }) if status.is_redirection() => Attempt {
            status: Some(status.as_u16()),
            answer: format!("redirects are not followed; write the address that it leads to. {text}").trim().to_owned(),
        },
        Ok(Answer { status, text }) => Attempt { status: Some(status.as_u16()), answer: text.clone() },
        Err(why) => Attempt { status: None, answer: why.clone() },
    }
}

/// Why its webhook is switched off now, if it is.
fn ends(due: &Due, attempt: &Attempt, now: domain::time::Timestamp) -> Option<String> {
    if attempt.status == Some(StatusCode::GONE.as_u16()) {
        return Some("the receiver answered 410 Gone: it wants no more".to_owned());
    }
    let since = due.failing_since.filter(|since| since.plus(OFF_AFTER) <= now)?;
    Some(format!("the receiver has taken nothing since {}", since.to_string().get(..10).unwrap_or_default()))
}

/// After this many failures in a row before.
fn rest(failures: i32) -> Span {
    let at = usize::try_from(failures).unwrap_or_default().min(RESTS.len() - 1);
    RESTS[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_and_end() {
        assert_eq!(rest(0), Span::seconds(10));
        assert!((0..20).all(|n| rest(n) <= rest(n + 1)));
        assert_eq!(rest(100), Span::hours(4));
        // a delivery is tried several times before its day is over
        let sum: i64 = RESTS.iter().map(|rest| rest.as_seconds()).sum();
        assert!(sum < TRIED_FOR.as_seconds());
    }
}
