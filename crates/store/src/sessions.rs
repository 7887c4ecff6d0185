//! Sessions: one sign-in on one device. The secret stays with the browser; here is its SHA-256.

use crate::{
    connect::Store,
    entity::{reset, session},
    error::StoreError,
    transaction::{Db, WriteTx, on},
};
use domain::{
    account::Session,
    id::{AccountId, SessionId},
    time::{Span, Timestamp},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{CaseStatement, Expr},
};

#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub account: AccountId,
    pub secret_hash: [u8; 32],
    pub device: String,
    pub address: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
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
    Ok(row.map(|row| Found {
        id: SessionId::from_uuid(row.id),
        account: AccountId::from_uuid(row.account_id),
        last_seen_at: Timestamp::from_micros(row.last_seen_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        longest_rest: Span::micros(row.longest_rest),
    }))
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
    Ok(rows.into_iter().map(read).collect())
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
    }
}
