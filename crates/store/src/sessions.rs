//! Sessions: one sign-in on one device. The secret stays with the browser; here is its SHA-256.

use crate::{
    connect::Store,
    entity::{reset, session, sso_connection, workspace},
    error::{StoreError, corrupt},
    sql::tuples,
    transaction::{Db, WriteTx, on},
};
use domain::{
    account::{Session, SsoOrigin},
    id::{AccountId, ConnectionId, SessionId, WorkspaceId},
    text::{ConnectionName, WorkspaceName},
    time::{Span, Timestamp},
};
use sea_orm::{
    ColumnTrait, DeleteMany, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub account: AccountId,
    pub secret_hash: [u8; 32],
    pub device: String,
    pub address: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// The connection that it came by; a password where there is none.
    pub came_by: Option<NewCameBy>,
}

/// How a session came in by single sign-on, as it is written.
#[derive(Clone, Debug)]
pub struct NewCameBy {
    pub connection: ConnectionId,
    /// What the provider calls whose session it is, and its own session there, for when it ends them.
    pub subject: String,
    pub session: Option<String>,
    pub only_here: bool,
}

/// The connection that a session came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameBy {
    pub connection: ConnectionId,
    /// Whose connection it is.
    pub workspace: WorkspaceId,
    /// It reaches that workspace alone: its provider doesn't speak for the account's address.
    pub only_here: bool,
}

/// A session that holds, found by its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub id: SessionId,
    pub account: AccountId,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// How long it went unused at the longest, until it was last seen.
    pub longest_rest: Span,
    pub came_by: Option<CameBy>,
}

impl Found {
    /// How long it went unused at the longest, the time up to now included. Its last moment may be noted up to a minute late: a rest is never
    /// taken for shorter than it was.
    #[must_use]
    pub fn rested(&self, now: Timestamp) -> Span {
        self.longest_rest.max(now.since(self.last_seen_at))
    }
}

pub async fn insert(tx: &WriteTx, new: &NewSession) -> Result<(), StoreError> {
    let row = session::Model {
        id: new.id.uuid(),
        account_id: new.account.uuid(),
        secret_hash: new.secret_hash.to_vec(),
        device: new.device.clone(),
        address: new.address.clone(),
        created_at: new.created_at.micros(),
        last_seen_at: new.created_at.micros(),
        expires_at: new.expires_at.micros(),
        longest_rest: 0,
        connection_id: new.came_by.as_ref().map(|came| came.connection.uuid()),
        provider_subject: new.came_by.as_ref().map(|came| came.subject.clone()),
        provider_session: new.came_by.as_ref().and_then(|came| came.session.clone()),
        only_here: new.came_by.as_ref().is_some_and(|came| came.only_here),
    };
    session::Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}

/// An expired one isn't found: its end is the first moment at which it no longer holds.
pub async fn find_by_secret(db: &impl Db, secret_hash: &[u8; 32], now: Timestamp) -> Result<Option<Found>, StoreError> {
    let row = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret_hash.to_vec()))
        .filter(session::Column::ExpiresAt.gt(now.micros()))
        .one(on(db))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let came_by = match row.connection_id {
        Some(connection) => came_by(db, connection, row.only_here).await?,
        None => None,
    };
    Ok(Some(Found {
        id: SessionId::from_uuid(row.id),
        account: AccountId::from_uuid(row.account_id),
        last_seen_at: Timestamp::from_micros(row.last_seen_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        longest_rest: Span::micros(row.longest_rest),
        came_by,
    }))
}

/// Whether the account's session holds still.
pub async fn stands(db: &impl Db, id: SessionId, account: AccountId, now: Timestamp) -> Result<bool, StoreError> {
    let those = session::Entity::find_by_id(id.uuid()).filter(session::Column::AccountId.eq(account.uuid()));
    Ok(those.filter(session::Column::ExpiresAt.gt(now.micros())).count(on(db)).await? > 0)
}

async fn came_by(db: &impl Db, connection: Uuid, only_here: bool) -> Result<Option<CameBy>, StoreError> {
    let select = sso_connection::Entity::find_by_id(connection).select_only().column(sso_connection::Column::WorkspaceId);
    let workspace: Option<Uuid> = select.into_tuple().one(on(db)).await?;
    Ok(workspace.map(|workspace| CameBy { connection: ConnectionId::from_uuid(connection), workspace: WorkspaceId::from_uuid(workspace), only_here }))
}

/// The account's sessions that hold, the one last seen first; none is marked as the current one.
pub async fn list(db: &impl Db, account: AccountId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let rows = session::Entity::find()
        .filter(session::Column::AccountId.eq(account.uuid()))
        .filter(session::Column::ExpiresAt.gt(now.micros()))
        .order_by_desc(session::Column::LastSeenAt)
        .order_by_desc(session::Column::Id)
        .all(on(db))
        .await?;
    let origins = origins(db, rows.iter().filter_map(|row| row.connection_id)).await?;
    let origin = |row: &session::Model| row.connection_id.and_then(|id| origins.get(&id).cloned());
    Ok(rows.into_iter().map(|row| Session { sso: origin(&row), ..read(row) }).collect())
}

/// The names of these connections and their workspaces.
async fn origins(db: &impl Db, connections: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, SsoOrigin>, StoreError> {
    let ids: Vec<Uuid> = connections.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .column((sso_connection::Entity, sso_connection::Column::Id))
        .column((sso_connection::Entity, sso_connection::Column::Name))
        .column((workspace::Entity, workspace::Column::Name))
        .from(sso_connection::Entity)
        .inner_join(
            workspace::Entity,
            Expr::col((workspace::Entity, workspace::Column::Id)).equals((sso_connection::Entity, sso_connection::Column::WorkspaceId)),
        )
        .and_where(Expr::col((sso_connection::Entity, sso_connection::Column::Id)).is_in(ids))
        .take();
    let mut found = HashMap::new();
    for (id, connection, workspace) in tuples::<(Uuid, String, String)>(db, &select).await? {
        let connection = ConnectionName::parse(&connection).map_err(corrupt("sso_connections.name"))?;
        let workspace = WorkspaceName::parse(&workspace).map_err(corrupt("workspaces.name"))?;
        found.insert(id, SsoOrigin { connection, workspace });
    }
    Ok(found)
}

/// Whether the account had such a session.
pub async fn end(tx: &WriteTx, id: SessionId, account: AccountId) -> Result<bool, StoreError> {
    let ended =
        session::Entity::delete_many().filter(session::Column::Id.eq(id.uuid())).filter(session::Column::AccountId.eq(account.uuid())).exec(on(tx)).await?;
    Ok(ended.rows_affected == 1)
}

/// Ends all sessions of the account, perhaps but one; says how many.
pub async fn end_all(tx: &WriteTx, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError> {
    let mut all = session::Entity::delete_many().filter(session::Column::AccountId.eq(account.uuid()));
    if let Some(kept) = except {
        all = all.filter(session::Column::Id.ne(kept.uuid()));
    }
    Ok(all.exec(on(tx)).await?.rows_affected)
}

/// Ends all sessions that came by this connection; says how many.
pub async fn end_of_connection(tx: &WriteTx, connection: ConnectionId) -> Result<u64, StoreError> {
    Ok(of_connection(connection).exec(on(tx)).await?.rows_affected)
}

/// Ends those of them that are of this account; says how many.
pub async fn end_of_link(tx: &WriteTx, connection: ConnectionId, account: AccountId) -> Result<u64, StoreError> {
    Ok(of_connection(connection).filter(session::Column::AccountId.eq(account.uuid())).exec(on(tx)).await?.rows_affected)
}

/// Ends those of them that the provider says are over: all of somebody, or the one that it names; says how many.
pub async fn end_of_subject(tx: &WriteTx, connection: ConnectionId, subject: Option<&str>, session: Option<&str>) -> Result<u64, StoreError> {
    // a provider that names neither ends nothing
    if subject.is_none() && session.is_none() {
        return Ok(0);
    }
    let mut those = of_connection(connection);
    if let Some(subject) = subject {
        those = those.filter(session::Column::ProviderSubject.eq(subject));
    }
    if let Some(session) = session {
        those = those.filter(session::Column::ProviderSession.eq(session));
    }
    Ok(those.exec(on(tx)).await?.rows_affected)
}

/// How many sessions there are that came by this connection.
pub async fn count_of_connection(db: &impl Db, connection: ConnectionId, now: Timestamp) -> Result<u64, StoreError> {
    let those = session::Entity::find().filter(session::Column::ConnectionId.eq(connection.uuid()));
    Ok(those.filter(session::Column::ExpiresAt.gt(now.micros())).count(on(db)).await?)
}

fn of_connection(connection: ConnectionId) -> DeleteMany<session::Entity> {
    session::Entity::delete_many().filter(session::Column::ConnectionId.eq(connection.uuid()))
}

/// Notes that the session was used, and how long it had rested if that was its longest rest. Commits by itself and leaves no record:
/// nobody did anything but come back.
pub async fn touch(store: &Store, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    // by the row's own last moment: of two requests that come back together, the second must not hide what the first ended
    let rest = || Expr::val(now.micros()).sub(Expr::col(session::Column::LastSeenAt));
    let longest = || Expr::col(session::Column::LongestRest);
    session::Entity::update_many()
        .col_expr(session::Column::LongestRest, CaseStatement::new().case(rest().gt(longest()), rest()).finally(longest()).into())
        .col_expr(session::Column::LastSeenAt, Expr::val(now.micros()))
        .filter(session::Column::Id.eq(id.uuid()))
        .filter(session::Column::LastSeenAt.lt(now.micros()))
        .exec(store.writer())
        .await?;
    Ok(())
}

/// Drops sessions and password links that are over; says how many sessions. Commits by itself and leaves no record: they had ended already.
pub async fn purge_expired(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    let sessions = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now.micros())).exec(store.writer()).await?;
    reset::Entity::delete_many().filter(reset::Column::ExpiresAt.lte(now.micros())).exec(store.writer()).await?;
    Ok(sessions.rows_affected)
}

fn read(row: session::Model) -> Session {
    Session {
        id: SessionId::from_uuid(row.id),
        device: row.device,
        address: row.address,
        created_at: Timestamp::from_micros(row.created_at),
        last_seen_at: Timestamp::from_micros(row.last_seen_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        current: false,
        sso: None,
    }
}
