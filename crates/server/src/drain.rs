//! How `serve` ends: it says that it is not ready any more, takes nothing new, answers what it has begun, and waits no longer than it may.

use crate::config::DrainOptions;
use service::Services;
use std::{future::Future, time::Duration};
use tokio::{signal, task::JoinSet};

/// How long connections to the database may take to close.
const CLOSING: Duration = Duration::from_secs(5);

/// Returns when nothing new shall be taken: asked by a signal, and after the time that load balancers need to hear of it.
pub async fn begin(services: Services, options: DrainOptions) {
    asked_to_end().await;
    services.ending.leave();
    if !options.delay().is_zero() {
        tracing::info!(seconds = options.delay().as_secs(), "ending soon: /readyz says so");
        tokio::select! { () = tokio::time::sleep(options.delay()) => {}, () = asked_to_end() => {} }
    }
    tracing::info!("ending: no new requests are taken");
    // open pages would be followed for ever; carriers of mail finish what they have in hand
    services.ending.begin();
}

/// Serves to the end, or for as long as what was begun may take; asked again, no longer.
pub async fn finish<E>(services: &Services, options: DrainOptions, serving: impl Future<Output = Result<(), E>>, mut carriers: JoinSet<()>) -> Result<(), E> {
    let all = async {
        serving.await?;
        while carriers.join_next().await.is_some() {}
        Ok(())
    };
    let overdue = async {
        services.ending.begun().await;
        tokio::select! { () = tokio::time::sleep(options.limit()) => "the time for it is over", () = asked_to_end() => "asked again" }
    };
    tokio::select! {
        served = all => served?,
        why = overdue => tracing::warn!(why, "ended before everything was answered"),
    }
    if !matches!(tokio::time::timeout(CLOSING, services.store.close()).await, Ok(Ok(()))) {
        tracing::warn!("the database was not closed in time");
    }
    tracing::info!("ended");
    Ok(())
}

/// Ctrl-C, or the service manager's SIGTERM.
async fn asked_to_end() {
    let interrupt = async {
        let _ = signal::ctrl_c().await;
    };
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => drop(stream.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
