//! How `serve` ends: it says that it is not ready any more, takes nothing new, answers what it has begun, and waits no longer than it may.

use crate::config::DrainOptions;
use service::Services;
use std::{future::Future, time::Duration};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

/// How long connections to the database may take to close.
const CLOSING: Duration = Duration::from_secs(5);

/// How often the server was asked to end: by Ctrl-C, or by the service manager's SIGTERM.
#[derive(Clone, Debug)]
pub struct Asked(watch::Receiver<u32>);

impl Asked {
    /// From now on neither ends the process by itself.
    pub fn listen() -> std::io::Result<Self> {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let (tell, told) = watch::channel(0);
        tokio::spawn(async move {
            while let Some(()) = tokio::select! { heard = interrupt.recv() => heard, heard = terminate.recv() => heard } {
                tell.send_modify(|times| *times += 1);
            }
        });
        Ok(Self(told))
    }

    /// Waits until it was asked more often than this; says how often.
    async fn beyond(&mut self, times: u32) -> u32 {
        let now = self.0.wait_for(|now| *now > times).await.ok().map(|now| *now);
        match now {
            Some(now) => now,
            // nobody listens any more
            None => std::future::pending().await,
        }
    }
}

/// Returns when nothing new shall be taken: asked by a signal, and after the time that load balancers need to hear of it.
pub async fn begin(services: Services, options: DrainOptions, mut asked: Asked) {
    let times = asked.beyond(0).await;
    services.ending.leave();
    if !options.delay().is_zero() {
        tracing::info!(seconds = options.delay().as_secs(), "ending soon: /readyz says so");
        tokio::select! { () = tokio::time::sleep(options.delay()) => {}, _ = asked.beyond(times) => {} }
    }
    tracing::info!("ending: no new requests are taken");
    // open pages would be followed for ever; carriers of mail finish what they have in hand
    services.ending.begin();
}

/// Serves to the end, or for as long as what was begun may take; asked again, no longer.
pub async fn finish(services: &Services, options: DrainOptions, mut asked: Asked, serving: impl Future<Output = ()>, mut carriers: JoinSet<()>) {
    let all = async {
        serving.await;
        // of whoever hung up nobody waits for the answer, but what they wrote is done all the same
        services.ending.all_done().await;
        while carriers.join_next().await.is_some() {}
    };
    let overdue = async {
        services.ending.begun().await;
        let times = *asked.0.borrow();
        tokio::select! { () = tokio::time::sleep(options.limit()) => "the time for it is over", _ = asked.beyond(times) => "asked again" }
    };
    tokio::select! {
        () = all => {}
        why = overdue => tracing::warn!(why, "ended before everything was answered"),
    }
    if !matches!(tokio::time::timeout(CLOSING, services.store.close()).await, Ok(Ok(()))) {
        tracing::warn!("the database was not closed in time");
    }
    tracing::info!("ended");
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalog::Catalog;
    use futures::poll;
    use service::{Settings, secrets::SecretKey, setup};
    use std::{pin::pin, sync::Arc};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn a_write_whose_sender_is_gone_is_done_before_the_database_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let settings = Settings::usual("http://127.0.0.1:3000".to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap());
        let services = setup::open(&url, Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), settings).await.unwrap();
        let (go, on) = oneshot::channel::<()>();
        drop(services.ending.detach(on));
        let (_tell, told) = watch::channel(0);
        let options = DrainOptions { drain_delay: 0, drain_limit: 30 };
        let mut end = pin!(finish(&services, options, Asked(told), std::future::ready(()), JoinSet::new()));
        assert!(poll!(end.as_mut()).is_pending());
        service::health::ready(&services).await.unwrap();
        go.send(()).unwrap();
        end.await;
        assert!(service::health::ready(&services).await.is_err());
    }
}
