//! Sign-ins by single sign-on that are under way. Each step uses up what brought it, so that nothing works twice.
//!
//! The steps here commit by themselves and leave no record: nobody has got anything yet. What comes of an attempt is recorded where it ends.

use crate::{
    connect::Store,
    entity::sso_attempt::{Column, Entity, Model},
    error::{StoreError, corrupt, hash},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{AccountId, AttemptId, ConnectionId, SignInId},
    sso::log::Purpose,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, UpdateMany, sea_query::Expr};
use std::str::FromStr;

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The browser is on its way to the provider.
    Begun,
    /// The provider answered; the browser is on its way to us.
    Answered,
    /// The holder of an account is asked to agree.
    Link,
    Done,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Answered => "answered",
            Self::Link => "link",
            Self::Done => "done",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no stage")]
pub struct StageError(String);

impl FromStr for Stage {
    type Err = StageError;
    fn from_str(text: &str) -> Result<Self, StageError> {
        [Self::Begun, Self::Answered, Self::Link, Self::Done].into_iter().find(|stage| stage.as_str() == text).ok_or_else(|| StageError(text.to_owned()))
    }
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: AttemptId,
    pub connection: ConnectionId,
    pub purpose: Purpose,
    pub stage: Stage,
    /// Of what brings it on.
    pub secret_hash: [u8; 32],
    /// Of the cookie of the browser that began it; nothing where the provider began.
    pub browser_hash: Option<[u8; 32]>,
    /// What the stage needs, sealed by the floor above.
    pub sealed: Option<Vec<u8>>,
    /// A path of ours to go on to.
    pub next: String,
    /// Who tests, or who is asked to be linked.
    pub account: Option<AccountId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the next stage is brought on by, and what it needs.
#[derive(Clone, Debug)]
pub struct Step {
    pub stage: Stage,
    pub secret_hash: [u8; 32],
    pub sealed: Option<Vec<u8>>,
    pub account: Option<AccountId>,
    pub expires_at: Timestamp,
}

pub async fn begin(store: &Store, new: &Attempt) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.uuid(),
        connection_id: new.connection.uuid(),
        purpose: new.purpose.as_str().to_owned(),
        stage: new.stage.as_str().to_owned(),
        secret_hash: new.secret_hash.to_vec(),
        browser_hash: new.browser_hash.map(|hash| hash.to_vec()),
        sealed: new.sealed.clone(),
        next_path: new.next.clone(),
        account_id: new.account.map(AccountId::uuid),
        created_at: new.created_at.micros(),
        expires_at: new.expires_at.micros(),
        refused_code: None,
        refused_as: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(store.writer()).await?;
    Ok(())
}

pub async fn by_secret(db: &impl Db, secret_hash: &[u8; 32]) -> Result<Option<Attempt>, StoreError> {
    Entity::find().filter(Column::SecretHash.eq(secret_hash.to_vec())).one(on(db)).await?.map(read).transpose()
}

pub async fn find(db: &impl Db, id: AttemptId) -> Result<Option<Attempt>, StoreError> {
    Entity::find_by_id(id.uuid()).one(on(db)).await?.map(read).transpose()
}

/// Uses up the stage that an attempt is at; `false` where somebody was first.
pub async fn use_up(store: &Store, attempt: &Attempt) -> Result<bool, StoreError> {
    let used = at(attempt.id, attempt.stage).col_expr(Column::Stage, Expr::val(Stage::Done.as_str())).exec(store.writer()).await?;
    Ok(used.rows_affected == 1)
}

/// The same in the change that it leads to.
pub async fn use_up_in(tx: &WriteTx, attempt: &Attempt) -> Result<bool, StoreError> {
    let used = at(attempt.id, attempt.stage).col_expr(Column::Stage, Expr::val(Stage::Done.as_str())).exec(on(tx)).await?;
    Ok(used.rows_affected == 1)
}

/// Goes on with an attempt whose stage was used up.
pub async fn go_on(store: &Store, id: AttemptId, to: &Step) -> Result<bool, StoreError> {
    Ok(stepped(id, to).exec(store.writer()).await?.rows_affected == 1)
}

/// Goes on with it in the change that records what came of it so far.
pub async fn go_on_in(tx: &WriteTx, id: AttemptId, to: &Step) -> Result<bool, StoreError> {
    Ok(stepped(id, to).exec(on(tx)).await?.rows_affected == 1)
}

fn stepped(id: AttemptId, to: &Step) -> UpdateMany<Entity> {
    at(id, Stage::Done)
        .col_expr(Column::Stage, Expr::val(to.stage.as_str()))
        .col_expr(Column::SecretHash, Expr::val(to.secret_hash.to_vec()))
        .col_expr(Column::Sealed, Expr::val(to.sealed.clone()))
        .col_expr(Column::AccountId, Expr::val(to.account.map(AccountId::uuid)))
        .col_expr(Column::ExpiresAt, Expr::val(to.expires_at.micros()))
}

/// Keeps what a test showed, for who began it to look at until then.
pub async fn keep_result(tx: &WriteTx, id: AttemptId, sealed: Vec<u8>, until: Timestamp) -> Result<(), StoreError> {
    at(id, Stage::Done).col_expr(Column::Sealed, Expr::val(sealed)).col_expr(Column::ExpiresAt, Expr::val(until.micros())).exec(on(tx)).await?;
    Ok(())
}

/// The entry of the log that tells of its refusal for this reason, if it was refused for it before.
pub async fn refused_as(db: &impl Db, id: AttemptId, code: &str) -> Result<Option<SignInId>, StoreError> {
    let row = Entity::find_by_id(id.uuid()).one(on(db)).await?.filter(|row| row.refused_code.as_deref() == Some(code));
    Ok(row.and_then(|row| row.refused_as).map(SignInId::from_uuid))
}

/// Notes which entry tells of its refusal; `false` where one for this reason does so already.
pub async fn note_refusal(tx: &WriteTx, id: AttemptId, code: &str, entry: SignInId) -> Result<bool, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::RefusedCode, Expr::val(code))
        .col_expr(Column::RefusedAs, Expr::val(entry.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::RefusedCode.is_null().or(Column::RefusedCode.ne(code)));
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

/// Lets go of those that are over; says how many.
pub async fn forget(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now.micros())).exec(store.writer()).await?.rows_affected)
}

/// Lets go of all of a connection, in the change after which none of them may go on.
pub async fn forget_connection(tx: &WriteTx, connection: ConnectionId) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::ConnectionId.eq(connection.uuid())).exec(on(tx)).await?.rows_affected)
}

fn at(id: AttemptId, stage: Stage) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id.uuid())).filter(Column::Stage.eq(stage.as_str()))
}

fn read(row: Model) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        id: AttemptId::from_uuid(row.id),
        connection: ConnectionId::from_uuid(row.connection_id),
        purpose: row.purpose.parse().map_err(corrupt("sso_attempts.purpose"))?,
        stage: row.stage.parse().map_err(corrupt("sso_attempts.stage"))?,
        secret_hash: hash(row.secret_hash, "sso_attempts.secret_hash")?,
        browser_hash: row.browser_hash.map(|bytes| hash(bytes, "sso_attempts.browser_hash")).transpose()?,
        sealed: row.sealed,
        next: row.next_path,
        account: row.account_id.map(AccountId::from_uuid),
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
    })
}
