//! Lets old entries of the audit trail go: from the beginning of each chain only, proven first, and recorded. And what was kept of
//! changes of many that can't be taken back any more.

use crate::{bulk, once, refusal::stored, services::Services};
use domain::{
    audit::{Actor, Chain, Event, Origin},
    failure::Failure,
    time::Span,
};
use std::time::Duration;

/// How often the server looks.
const EVERY: Duration = Duration::from_secs(3_600);

/// How much older than kept the oldest entry is when some go: so a chain is shortened once a day, and not for every entry.
const SLACK: Span = Span::days(1);

/// How many entries are removed at once; others may write in between.
const BATCH: u64 = 1_000;

/// Looks every hour until the server stops.
pub async fn run(services: Services) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&services).await {
            tracing::warn!(%error, "old entries of the audit trail could not be dropped");
        }
        if let Err(error) = bulk::forget(&services).await {
            tracing::warn!(%error, "what can't be taken back any more could not be forgotten");
        }
        if let Err(error) = once::forget(&services).await {
            tracing::warn!(%error, "answers to writes that happen once could not be forgotten");
        }
    }
}

/// Shortens every chain whose oldest entries are too old; says how many went.
pub async fn round(services: &Services) -> Result<u64, Failure> {
    let mut gone = 0;
    for chain in store::audit::chains(&services.store).await.map_err(stored)? {
        shorten(services, chain).await?;
        // what a process that was stopped left is swept by the next one
        loop {
            let swept = store::audit::sweep(&services.store, chain, BATCH).await.map_err(stored)?;
            gone += swept;
            if swept < BATCH {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(gone)
}

async fn shorten(services: &Services, chain: Chain) -> Result<(), Failure> {
    let days = services.settings.audit_days;
    if days == 0 {
        return Ok(());
    }
    let before = services.now().minus(Span::days(i64::from(days)));
    let Some(old) = store::audit::old(&services.store, chain, before.minus(SLACK), before).await.map_err(stored)? else { return Ok(()) };
    let faults = store::audit::verify_through(&services.store, chain, old.through).await.map_err(stored)?;
    if let Some(fault) = faults.first() {
        // what was tampered with is evidence
        tracing::error!(?chain, %fault, "the audit trail is not as it was written; nothing of it is dropped, see `rolecall audit verify`");
        return Ok(());
    }
    let seal = old.seal.iter().map(|byte| format!("{byte:02x}")).collect();
    let event = Event::AuditPruned { count: old.count().unsigned_abs(), through: old.through, seal, before };
    let tx = services.store.begin().await.map_err(stored)?;
    if store::audit::let_go(&tx, &old, services.now()).await.map_err(stored)? {
        tx.commit(services.record(chain, Actor::System, event, None, Origin::default())).await.map_err(stored)?;
    }
    Ok(())
}
