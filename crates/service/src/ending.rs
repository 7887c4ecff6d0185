//! How a server ends: first it says that it leaves, then open pages are let go and whoever carries mail and webhooks finishes what is in hand.

use std::{future::Future, time::Duration};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::task::TaskTracker;

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
pub struct Ending {
    stage: watch::Sender<Stage>,
    /// What goes on though whoever began it may be gone.
    detached: TaskTracker,
}

impl Default for Ending {
    fn default() -> Self {
        Self { stage: watch::Sender::new(Stage::Serving), detached: TaskTracker::new() }
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
        *self.stage.borrow() >= Stage::Leaving
    }

    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.stage.borrow() >= Stage::Ending
    }

    /// Runs this by itself, so that it goes on when nobody waits for it any more.
    pub fn detach<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.detached.spawn(work)
    }

    /// Waits until all of that is done. What is detached meanwhile is waited for too.
    pub async fn all_done(&self) {
        self.detached.close();
        self.detached.wait().await;
    }

    /// Waits for the end to begin.
    pub async fn begun(&self) {
        let mut stages = self.stage.subscribe();
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
        self.stage.send_if_modified(|now| {
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

    #[tokio::test]
    async fn what_goes_on_by_itself_is_waited_for() {
        let ending = Ending::default();
        ending.all_done().await;
        let (go, on) = tokio::sync::oneshot::channel::<()>();
        drop(ending.detach(on));
        let mut end = std::pin::pin!(ending.all_done());
        assert!(futures::poll!(end.as_mut()).is_pending());
        go.send(()).unwrap();
        end.await;
    }
}
