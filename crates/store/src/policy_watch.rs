//! Tells who holds policies that a commit changed one: in this process before the commit returns, and on PostgreSQL from other nodes.

use crate::{error::StoreError, policy_changes::CHANNEL};
use domain::id::WorkspaceId;
use futures::future::BoxFuture;
use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{
        self, Executor as _,
        postgres::{PgListener, PgNotification, PgPoolOptions},
    },
};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};
use uuid::Uuid;

/// How long a connection for listening, or an answer on it, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Holds policies of this process, and wants them true.
pub trait Watcher: Send + Sync {
    /// These workspaces have these versions now. The commit waits for it.
    fn committed<'a>(&'a self, versions: &'a [(WorkspaceId, i64)]) -> BoxFuture<'a, ()>;
}

/// Those who watch one store; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Watchers(Arc<RwLock<Vec<Weak<dyn Watcher>>>>);

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchers").finish_non_exhaustive()
    }
}

impl Watchers {
    pub(crate) fn add(&self, watcher: Weak<dyn Watcher>) {
        let mut watchers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.strong_count() > 0);
        watchers.push(watcher);
    }

    pub(crate) async fn committed(&self, versions: &[(WorkspaceId, i64)]) {
        if versions.is_empty() {
            return;
        }
        let watchers: Vec<_> = self.0.read().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect();
        for watcher in watchers {
            watcher.committed(versions).await;
        }
    }
}

/// Hears of every node's commits, in their order.
pub struct Listener(PgListener);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

/// Another version of a workspace's policy is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub workspace: WorkspaceId,
    pub version: i64,
}

impl Listener {
    pub(crate) async fn connect(database: &DatabaseConnection) -> Result<Self, StoreError> {
        let options = (*database.get_postgres_connection_pool().connect_options()).clone();
        // a connection of its own: it is never free for anything else
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(PATIENCE);
        let pool = pool.connect_with(options).await.map_err(failed)?;
        let mut listener = PgListener::connect_with(&pool).await.map_err(failed)?;
        listener.ignore_pool_close_event(true);
        // what was said while it was away is lost: whoever listens must know, and ask
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await.map_err(failed)?;
        Ok(Self(listener))
    }

    /// The next commit that is heard of. An error is the end: what is committed from then on is not heard; listen anew and ask what was
    /// missed. Nothing is lost where this is dropped while it waits.
    pub async fn next(&mut self) -> Result<Heard, StoreError> {
        loop {
            match self.0.try_recv().await.map_err(failed)? {
                None => return Err(StoreError::Busy),
                Some(notification) => {
                    if let Some(heard) = parse(&notification) {
                        return Ok(heard);
                    }
                }
            }
        }
    }

    /// Asks the database for a sign of life. What was committed before the question is among what this gives.
    pub async fn pulse(&mut self) -> Result<Vec<Heard>, StoreError> {
        match tokio::time::timeout(PATIENCE, self.0.execute("SELECT 1")).await {
            Err(_) => return Err(StoreError::Busy),
            Ok(answer) => {
                answer.map_err(failed)?;
            }
        }
        let mut heard = Vec::new();
        while let Some(notification) = self.0.next_buffered() {
            heard.extend(parse(&notification));
        }
        Ok(heard)
    }
}

fn parse(notification: &PgNotification) -> Option<Heard> {
    let (workspace, version) = notification.payload().split_once(' ')?;
    Some(Heard { workspace: WorkspaceId::from_uuid(Uuid::try_parse(workspace).ok()?), version: version.parse().ok()? })
}

fn failed(error: sqlx::Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}
