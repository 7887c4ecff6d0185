//! Where statements run: reads on the store or inside a change, writes inside a change only, and a change ends by its record.

use crate::{
    audit,
    connect::Store,
    entity::workspace,
    error::StoreError,
    once,
    policy_changes::{self, Touched, Touches},
    policy_watch::Watchers,
    webhooks,
};
use domain::{
    audit::{Chain, Record},
    id::WorkspaceId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, StreamTrait, sea_query::Expr};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// What reads run on: `&Store`, the `&WriteTx` of a change that needs to see its own writes, or a `&Snapshot`.
pub trait Db: sealed::Sealed + Sync {}

impl Db for Store {}
impl Db for WriteTx {}
impl Db for Snapshot {}

mod sealed {
    use super::{ConnectionTrait, StreamTrait};

    pub trait Sealed {
        type Handle: ConnectionTrait + StreamTrait;
        fn handle(&self, key: Key) -> &Self::Handle;
    }

    /// Only this crate can make one, so only this crate gets at the handle.
    #[derive(Clone, Copy, Debug)]
    pub struct Key(pub(super) ());
}

impl sealed::Sealed for Store {
    type Handle = DatabaseConnection;
    fn handle(&self, _: sealed::Key) -> &DatabaseConnection {
        self.reader()
    }
}

impl sealed::Sealed for WriteTx {
    type Handle = DatabaseTransaction;
    fn handle(&self, _: sealed::Key) -> &DatabaseTransaction {
        &self.tx
    }
}

impl sealed::Sealed for Snapshot {
    type Handle = DatabaseTransaction;
    fn handle(&self, _: sealed::Key) -> &DatabaseTransaction {
        &self.0
    }
}

/// The handle that SeaORM takes: `account::Entity::find().one(on(db))`.
pub(crate) fn on<D: Db>(db: &D) -> &D::Handle {
    db.handle(sealed::Key(()))
}

/// A change under way. Dropping it undoes it; only [`commit`](Self::commit) keeps it, with its record.
#[must_use = "a change that isn't committed is undone"]
#[derive(Debug)]
pub struct WriteTx {
    tx: DatabaseTransaction,
    /// What decisions rest on and this change touched, by workspace.
    touched: Mutex<BTreeMap<Uuid, Touches>>,
    /// Of those changes that may be under way at once; let go when this one has ended.
    turn: Option<OwnedSemaphorePermit>,
    watchers: Watchers,
}

/// Reads that all see the database as it was at one moment.
#[derive(Debug)]
pub struct Snapshot(DatabaseTransaction);

impl Snapshot {
    pub(crate) const fn new(tx: DatabaseTransaction) -> Self {
        Self(tx)
    }
}

/// What a commit tells: the workspace's policy is now at least this new. `None` where no workspace was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub policy_version: Option<i64>,
}

impl WriteTx {
    pub(crate) const fn new(tx: DatabaseTransaction, turn: Option<OwnedSemaphorePermit>, watchers: Watchers) -> Self {
        Self { tx, touched: Mutex::new(BTreeMap::new()), turn, watchers }
    }

    /// Notes that this change touches something that decisions rest on. The commit tells it to everybody who holds the policy.
    pub(crate) fn touch(&self, workspace: WorkspaceId, touched: Touched) {
        let mut all = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(workspace.uuid()).or_default().add(touched);
    }

    /// Writes the record into its chain and on its way to the webhooks that hear of it, counts the workspace's policy version up with what this change touched, and keeps all of it, or
    /// nothing. What is to happen once is noted with it. Policies that this process holds have taken the change in when it returns.
    pub async fn commit(self, record: Record) -> Result<Committed, StoreError> {
        self.commit_all(record, Vec::new()).await
    }

    /// Like [`commit`](Self::commit) for a change of several records; they stand in their chains in this order.
    /// Each workspace's policy version grows by one; the first record's is told.
    pub async fn commit_all(self, first: Record, rest: Vec<Record>) -> Result<Committed, StoreError> {
        self.commit_telling(first, rest, &|_: usize| ()).await
    }

    /// The same, and tells how many of the records are written, each time that some are.
    pub async fn commit_telling(self, first: Record, rest: Vec<Record>, written: &(dyn Fn(usize) + Send + Sync)) -> Result<Committed, StoreError> {
        let told = workspace_of(&first);
        let records: Vec<Record> = std::iter::once(first).chain(rest).collect();
        let mut workspaces = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        for id in records.iter().filter_map(workspace_of) {
            workspaces.entry(id).or_default();
        }
        let mut policy_version = None;
        let mut versions = Vec::with_capacity(workspaces.len());
        // workspaces before chains, and both in order of their ids: two commits never wait for each other in a circle
        for (id, touches) in &workspaces {
            let version = self.next_version(*id).await?;
            policy_changes::write(&self, *id, version, touches).await?;
            versions.push((WorkspaceId::from_uuid(*id), version));
            if told == Some(*id) {
                policy_version = Some(version);
            }
        }
        if let Some(first) = records.iter().find(|record| record.once.is_some()) {
            once::keep(&self, first).await?;
        }
        let entries = audit::append(&self, records, written).await?;
        webhooks::post(&self, &entries).await?;
        self.tx.commit().await?;
        drop(self.turn);
        self.watchers.committed(&versions).await;
        Ok(Committed { policy_version })
    }

    async fn next_version(&self, id: Uuid) -> Result<i64, StoreError> {
        let version = workspace::Column::PolicyVersion;
        let updated = workspace::Entity::update_many()
            .col_expr(version, Expr::col(version).add(1))
            .filter(workspace::Column::Id.eq(id))
            .exec_with_returning(&self.tx)
            .await?;
        let workspace = updated.first().ok_or_else(|| StoreError::Corrupt(format!("a change is recorded for the workspace {id}, which isn't there")))?;
        Ok(workspace.policy_version)
    }
}

fn workspace_of(record: &Record) -> Option<Uuid> {
    match record.chain {
        Chain::Workspace(id) => Some(id.uuid()),
        Chain::Accounts => None,
    }
}
