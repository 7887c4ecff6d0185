//! Hears of other nodes' commits and keeps the policies true by them; listens anew, and catches up, whenever the connection is lost.

use crate::services::Services;
use std::time::Duration;
use store::{
    StoreError,
    policy_watch::{Heard, Listener},
};
use tokio::time::Instant;

/// How often a silent connection is asked for a sign of life.
const PULSE: Duration = Duration::from_millis(200);

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Listens until the server stops. Ends at once where the database tells nobody (SQLite); there, versions are checked.
pub async fn listen(services: Services) {
    let cache = &services.decisions;
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match cache.store().listen().await {
            Ok(None) => return,
            Ok(Some(listener)) => follow(&services, listener, &mut pause).await,
            Err(error) => error,
        };
        cache.listened(None);
        tracing::warn!(%error, pause_ms = pause.as_millis(), "other nodes' changes are not heard; versions are checked meanwhile");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn follow(services: &Services, mut listener: Listener, pause: &mut Duration) -> StoreError {
    let cache = &services.decisions;
    // what was committed before it listened was not heard
    for workspace in cache.held() {
        if !cache.catch_up(workspace).await {
            return StoreError::Busy;
        }
    }
    let mut pulse = Instant::now();
    loop {
        match tokio::time::timeout_at(pulse, listener.next()).await {
            Ok(Ok(heard)) => heed(services, heard),
            Ok(Err(error)) => return error,
            Err(_) => {
                let asked = cache.now();
                match listener.pulse().await {
                    Err(error) => return error,
                    Ok(heard) => heard.into_iter().for_each(|heard| heed(services, heard)),
                }
                cache.listened(Some(asked));
                *pause = FIRST_PAUSE;
                pulse = Instant::now() + PULSE;
            }
        }
    }
}

/// Beside the listening: a workspace that takes long must not keep others from being heard of.
fn heed(services: &Services, heard: Heard) {
    services.live.tell(heard.workspace, heard.version);
    if services.decisions.hear(heard.workspace, heard.version) {
        let cache = services.decisions.clone();
        tokio::spawn(async move { cache.catch_up(heard.workspace).await });
    }
}
