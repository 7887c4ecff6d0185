//! Tells products which version their workspace's policy has, so that what they remember of its answers is never older than they know.
//!
//! Whoever has a token of the workspace may follow; they learn numbers and nothing else. What is told was confirmed: where the database
//! can't be asked, the stream ends, and whoever follows rests on nothing that they remember.

use super::{Stir, stirred};
use crate::{access::WorkspaceToken, services::Services};
use domain::{
    failure::{Failure, FailureKind},
    id::{TokenId, WorkspaceId},
    time::Timestamp,
};
use futures::Stream;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How many streams one token may have open on a server at once.
pub const MOST_STREAMS: usize = 64;

/// How often the policy in memory is asked for its version. It asks the database by itself where nobody tells it of commits.
const BEAT: Duration = Duration::from_secs(1);

/// How often the token is looked at while nothing changes.
const LOOK: Duration = Duration::from_secs(15);

/// How long the database may take to say whether the token still works.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long it rests after it told something: of many commits, the newest is told.
const PACE: Duration = Duration::from_millis(20);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The policy has this version; the first says which it has now.
    Version(i64),
    /// The token or its workspace ended, and how.
    Gone(Failure),
}

/// Whose version a token may ask for, once it has written.
#[derive(Clone, Copy, Debug)]
pub struct VersionOf(WorkspaceId);

impl VersionOf {
    #[must_use]
    pub const fn workspace_of(token: &WorkspaceToken) -> Self {
        Self(token.workspace().id)
    }

    /// At least that of every change that was answered; `None` where the database can't say.
    pub async fn now(self, services: &Services) -> Option<i64> {
        store::workspaces::by_id(&services.store, self.0).await.ok().flatten().map(|workspace| workspace.policy_version)
    }
}

/// How many streams each token has open.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<TokenId, usize>>>);

/// One of a token's streams; its place is free again when this goes.
#[derive(Debug)]
struct Place {
    token: TokenId,
    places: Places,
}

impl Places {
    fn open(&self) -> MutexGuard<'_, HashMap<TokenId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, token: TokenId) -> Result<Place, Failure> {
        let mut open = self.open();
        let count = open.entry(token).or_default();
        if *count >= MOST_STREAMS {
            let message = format!("this token follows {MOST_STREAMS} times already, and more are not held open for it; let one stream serve each process");
            return Err(Failure::new(FailureKind::Limited, message));
        }
        *count += 1;
        Ok(Place { token, places: self.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.open();
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

/// Follows the policy of the token's workspace for as long as the secret works that it was shown.
pub async fn follow(services: &Services, token: WorkspaceToken) -> Result<impl Stream<Item = Told> + Send + use<>, Failure> {
    let place = services.live.places.take(token.token())?;
    let mut commits = services.live.commits.subscribe();
    let workspace = token.workspace().id;
    let mut until = works_until(services, &token).await?;
    let mut looked = Instant::now();
    let ((), mut known) = services.decisions.ask(workspace, None, |_, _| ()).await?;
    let services = services.clone();
    Ok(async_stream::stream! {
        let _place = place;
        yield Told::Version(known);
        loop {
            let at_least = match stirred(&services, &mut commits, workspace, known, BEAT).await {
                Stir::Told(version) => Some(version),
                Stir::Time => None,
                Stir::End => break,
            };
            let asked = async {
                let ((), version) = services.decisions.ask(workspace, at_least, |_, _| ()).await?;
                let is_due = version > known || looked.elapsed() >= LOOK || until.is_some_and(|end| end <= services.now());
                let until = if is_due { Some(works_until(&services, &token).await?) } else { None };
                Ok::<_, Failure>((version, until))
            };
            let version = match asked.await {
                Ok((version, None)) => version,
                Ok((version, Some(end))) => {
                    (looked, until) = (Instant::now(), end);
                    version
                }
                Err(failure) => {
                    if is_gone(&failure) {
                        yield Told::Gone(works_until(&services, &token).await.err().filter(is_gone).unwrap_or(failure));
                    }
                    break;
                }
            };
            if version > known {
                known = version;
                yield Told::Version(known);
                services.ending.rest(PACE, std::future::pending()).await;
            }
        }
    })
}

/// Until when the token works, if it ends by itself. A database that is silent about it doesn't vouch for it.
async fn works_until(services: &Services, token: &WorkspaceToken) -> Result<Option<Timestamp>, Failure> {
    let silent = || Failure::new(FailureKind::Unavailable, "the database does not say whether this token still works; try again in a moment");
    tokio::time::timeout(PATIENCE, token.works_until(services)).await.unwrap_or_else(|_| Err(silent()))
}

/// Whether the token or its workspace ended, rather than that nobody can say.
const fn is_gone(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::SignedOut | FailureKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_so_many_places_and_gets_them_back() {
        let places = Places::default();
        let token = |n: u8| TokenId::new(Timestamp::default(), [n; 10]);
        let mut taken: Vec<Place> = (0..MOST_STREAMS).map(|_| places.take(token(1)).unwrap()).collect();
        assert_eq!(places.take(token(1)).unwrap_err().kind, FailureKind::Limited);
        assert!(places.take(token(2)).is_ok());
        taken.pop();
        taken.push(places.take(token(1)).unwrap());
        drop(taken);
        assert!(places.open().is_empty());
    }
}
