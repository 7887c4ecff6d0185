//! How a server ends: first it says that it leaves, then open pages are let go and whoever carries mail and webhooks finishes what is in hand.

use std::{future::Future, time::Duration};
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    /// Still answers everybody, but wants to be asked no more.
    Leaving,
    /// Takes nothing new.
    Ending,
}

/// One per server.
#[derive(Debug)]
pub struct Ending(watch::Sender<Stage>);

impl Default for Ending {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Serving))
    }
}

impl Ending {
    /// From now on the server isn't ready for more.
    pub fn leave(&self) {
        self.reach(Stage::Leaving);
    }

    /// What goes on by itself ends now.
    pub fn begin(&self) {
        self.reach(Stage::Ending);
    }

    #[must_use]
    pub fn is_leaving(&self) -> bool {
        *self.0.borrow() >= Stage::Leaving
    }

    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() >= Stage::Ending
    }

    /// Waits for the end to begin.
    pub async fn begun(&self) {
        let mut stages = self.0.subscribe();
        // the sender lives as long as we are borrowed
        let _ = stages.wait_for(|stage| *stage >= Stage::Ending).await;
    }

    /// Waits for the bell, for so long at most, and not beyond the beginning of the end.
    pub(crate) async fn rest(&self, most: Duration, bell: impl Future<Output = ()>) {
        tokio::select! {
            () = self.begun() => {}
            () = bell => {}
            () = tokio::time::sleep(most) => {}
        }
    }

    fn reach(&self, stage: Stage) {
        self.0.send_if_modified(|now| {
            let further = *now < stage;
            *now = (*now).max(stage);
            further
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_is_no_way_back() {
        let ending = Ending::default();
        assert!(!ending.is_leaving() && !ending.has_begun());
        ending.leave();
        assert!(ending.is_leaving() && !ending.has_begun());
        ending.begin();
        ending.leave();
        assert!(ending.has_begun());
        ending.begun().await;
        ending.rest(Duration::from_secs(3_600), std::future::pending()).await;
    }
}
