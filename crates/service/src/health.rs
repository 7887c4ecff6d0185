//! Whether the server can answer, and what it tidies up from time to time.

use crate::{refusal::stored, services::Services, webhooks};
use domain::failure::{Failure, FailureKind};
use std::time::Duration;

/// How long the database may take to say that it is there: whoever asks whether a server is ready waits no longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The database answers, and soon. Says nothing about anybody's data, so it needs no proof.
pub async fn ready(services: &Services) -> Result<(), Failure> {
    let late = |_| Failure::new(FailureKind::Unavailable, "the database takes too long to answer");
    tokio::time::timeout(PATIENCE, services.store.ping()).await.map_err(late)?.map_err(stored)
}

/// Every few minutes: forgets quiet callers in the limits, and drops sessions, links and webhook deliveries long over.
pub async fn tidy_up(services: Services) {
    let mut ticks = tokio::time::interval(Duration::from_secs(300));
    loop {
        ticks.tick().await;
        services.limits.forget_quiet();
        if let Err(error) = store::sessions::purge_expired(&services.store, services.now()).await {
            tracing::warn!(%error, "expired sessions could not be dropped");
        }
        if let Err(error) = webhooks::forget_old(&services).await {
            tracing::warn!(%error, "old webhook deliveries could not be dropped");
        }
    }
}
