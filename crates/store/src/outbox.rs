//! The outbox: a mail is put in with the change that it tells of, and is taken out by whichever node comes first.
//!
//! `due`, `sent`, `failed` and `put_back` commit by themselves and leave no record: they change nothing but the mail's own fate, and the change
//! that caused it has its record.

use crate::{
    connect::Store,
    entity::outbox_mail::{Column, Entity, Model},
    error::{StoreError, corrupt},
    sql::insert_all,
    transaction::WriteTx,
};
use domain::{
    email::EmailAddress,
    id::{MailId, WorkspaceId},
    time::{Span, Timestamp},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, UpdateMany,
    sea_query::{Expr, LockBehavior, LockType},
};

/// How long a node has for a mail that it took, before another may take it.
pub const CLAIM: Span = Span::minutes(5);

#[derive(Clone, Debug)]
pub struct NewMail {
    pub id: MailId,
    pub kind: String,
    pub workspace: Option<WorkspaceId>,
    pub recipient: EmailAddress,
    /// JSON; ids only, never a secret.
    pub payload: String,
    pub created_at: Timestamp,
}

/// A mail that was taken out to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMail {
    pub id: MailId,
    pub kind: String,
    pub workspace: Option<WorkspaceId>,
    pub recipient: EmailAddress,
    pub payload: String,
    pub created_at: Timestamp,
    /// This one included.
    pub attempts: i32,
}

/// Puts mails in; they go out once the change has committed.
pub async fn add(tx: &WriteTx, mails: &[NewMail]) -> Result<(), StoreError> {
    let row = |new: &NewMail| Model {
        id: new.id.uuid(),
        kind: new.kind.clone(),
        workspace_id: new.workspace.map(WorkspaceId::uuid),
        recipient: new.recipient.to_string(),
        payload: new.payload.clone(),
        created_at: new.created_at.micros(),
        attempts: 0,
        next_at: new.created_at.micros(),
        sent_at: None,
        failed_at: None,
        last_error: None,
    };
    insert_all::<Entity>(tx, &mails.iter().map(row).collect::<Vec<_>>()).await
}

/// Takes out at most `limit` mails whose time has come, the oldest first. Each is this caller's for [`CLAIM`]: two nodes never get the same.
pub async fn due(store: &Store, now: Timestamp, limit: u64) -> Result<Vec<OutboxMail>, StoreError> {
    let pending = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SentAt.is_null())
        .filter(Column::FailedAt.is_null())
        .filter(Column::NextAt.lte(now.micros()));
    let next = sea_orm::QueryOrder::order_by_asc(pending, Column::NextAt).limit(limit).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let taken = Entity::update_many()
        .col_expr(Column::NextAt, Expr::val(now.plus(CLAIM).micros()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.in_subquery(next.into_query()))
        .exec_with_returning(store.writer())
        .await?;
    let mut mails = taken.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    mails.sort_by_key(|mail| (mail.created_at, mail.id));
    Ok(mails)
}

/// The mail went out.
pub async fn sent(store: &Store, id: MailId, now: Timestamp) -> Result<(), StoreError> {
    only(id).col_expr(Column::SentAt, Expr::val(now.micros())).col_expr(Column::LastError, Expr::val(None::<String>)).exec(store.writer()).await?;
    Ok(())
}

/// The mail did not go out, for this reason: it is tried again at `next`, or given up.
pub async fn failed(store: &Store, id: MailId, now: Timestamp, next: Option<Timestamp>, reason: &str) -> Result<(), StoreError> {
    let fate = match next {
        Some(next) => only(id).col_expr(Column::NextAt, Expr::val(next.micros())),
        None => only(id).col_expr(Column::FailedAt, Expr::val(now.micros())),
    };
    fate.col_expr(Column::LastError, Expr::val(reason)).exec(store.writer()).await?;
    Ok(())
}

/// Puts back what was taken out and not tried: it is due at once, for whichever node comes next.
pub async fn put_back(store: &Store, untried: &[MailId], now: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NextAt, Expr::val(now.micros()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .filter(Column::Id.is_in(untried.iter().map(|id| id.uuid())))
        .filter(Column::SentAt.is_null())
        .exec(store.writer())
        .await?;
    Ok(())
}

/// What waits to go out: how much, and since when the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    pub waiting: u64,
    pub oldest: Option<Timestamp>,
}

/// Mails that wait, those among them that are tried again.
pub async fn backlog(store: &Store) -> Result<Backlog, StoreError> {
    let waiting = Entity::find().filter(Column::SentAt.is_null()).filter(Column::FailedAt.is_null());
    let counted = waiting.select_only().expr_as(Expr::col(Column::Id).count(), "waiting").expr_as(Expr::col(Column::CreatedAt).min(), "oldest");
    Ok(read_backlog(counted.into_tuple().one(store.reader()).await?))
}

/// The same as rows say it, of whatever waits.
pub(crate) fn read_backlog(row: Option<(i64, Option<i64>)>) -> Backlog {
    let (waiting, oldest) = row.unwrap_or_default();
    Backlog { waiting: waiting.unsigned_abs(), oldest: oldest.map(Timestamp::from_micros) }
}

fn only(id: MailId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id.uuid())).filter(Column::SentAt.is_null())
}

fn read(row: Model) -> Result<OutboxMail, StoreError> {
    Ok(OutboxMail {
        id: MailId::from_uuid(row.id),
        kind: row.kind,
        workspace: row.workspace_id.map(WorkspaceId::from_uuid),
        recipient: EmailAddress::try_from(row.recipient).map_err(corrupt("outbox.recipient"))?,
        payload: row.payload,
        created_at: Timestamp::from_micros(row.created_at),
        attempts: row.attempts,
    })
}
