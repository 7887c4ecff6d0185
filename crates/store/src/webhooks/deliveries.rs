//! Deliveries as a worker takes them: claimed for a while, then taken by their receiver, tried again, or given up.
//!
//! These commit by themselves and leave no record: they change nothing but a delivery's own fate and how its webhook fares, and the
//! change that caused it has its record.

use super::{Generation, generation, url};
use crate::{
    connect::Store,
    entity::{
        webhook,
        webhook_delivery::{Column, Entity, Model},
    },
    error::StoreError,
    outbox::{Backlog, read_backlog},
    transaction::on,
};
use domain::{
    id::{DeliveryId, WebhookId, WorkspaceId},
    time::{Span, Timestamp},
    webhook_url::WebhookUrl,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, UpdateMany,
    sea_query::{Expr, Func, LockBehavior, LockType, Query, Value},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How long a node has for a delivery that it took, before another may take it.
pub const CLAIM: Span = Span::minutes(5);

/// A delivery that was taken to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub workspace: WorkspaceId,
    pub url: WebhookUrl,
    pub secret: Generation,
    /// How often the webhook failed in a row, and since when.
    pub failures: i32,
    pub failing_since: Option<Timestamp>,
    pub event: String,
    pub payload: String,
    pub created_at: Timestamp,
    /// When it was put on its way, by its change or by hand.
    pub posted_at: Timestamp,
}

/// How an attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub status: Option<u16>,
    pub answer: String,
}

/// Whether anything waits whose time has come: asked before anything is written.
pub async fn waits(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    Ok(waiting(now).limit(1).one(on(store)).await?.is_some())
}

/// Takes at most `limit` deliveries whose time has come, the oldest first. Each is this caller's for [`CLAIM`].
pub async fn due(store: &Store, now: Timestamp, limit: u64) -> Result<Vec<Due>, StoreError> {
    let next = waiting(now).select_only().column(Column::Id).order_by_asc(Column::NextAt).order_by_asc(Column::CreatedAt).limit(limit);
    let next = next.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let mut taken = Entity::update_many()
        .col_expr(Column::NextAt, Expr::val(now.plus(CLAIM).micros()))
        .filter(Column::Id.in_subquery(next.into_query()))
        .exec_with_returning(store.writer())
        .await?;
    taken.sort_by_key(|row| (row.created_at, row.id));
    let ids: Vec<Uuid> = taken.iter().map(|row| row.webhook_id).collect();
    let webhooks = webhook::Entity::find().filter(webhook::Column::Id.is_in(ids)).all(on(store)).await?;
    let webhooks: HashMap<Uuid, webhook::Model> = webhooks.into_iter().map(|row| (row.id, row)).collect();
    // one that was deleted meanwhile took its deliveries with it
    taken.into_iter().filter_map(|row| webhooks.get(&row.webhook_id).map(|webhook| read(row, webhook))).collect()
}

/// What waits for its time and whose webhook is not paused.
fn waiting(now: Timestamp) -> Select<Entity> {
    let ready = Query::select()
        .column(webhook::Column::Id)
        .from(webhook::Entity)
        .and_where(webhook::Column::Enabled.eq(true))
        .and_where(webhook::Column::PausedUntil.lte(now.micros()))
        .take();
    Entity::find()
        .filter(Column::DeliveredAt.is_null())
        .filter(Column::FailedAt.is_null())
        .filter(Column::NextAt.lte(now.micros()))
        .filter(Column::WebhookId.in_subquery(ready))
}

/// Puts back what was taken and not tried: it is due at once, for whichever node comes next.
pub async fn put_back(store: &Store, untried: &[DeliveryId], now: Timestamp) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::NextAt, Expr::val(now.micros())).filter(Column::Id.is_in(untried.iter().map(|id| id.uuid())));
    update.filter(Column::DeliveredAt.is_null()).exec(store.writer()).await?;
    Ok(())
}

/// Deliveries that wait, those among them that are tried again.
pub async fn backlog(store: &Store) -> Result<Backlog, StoreError> {
    let waiting = Entity::find().filter(Column::DeliveredAt.is_null()).filter(Column::FailedAt.is_null());
    let counted = waiting.select_only().expr_as(Expr::col(Column::Id).count(), "waiting").expr_as(Expr::col(Column::CreatedAt).min(), "oldest");
    Ok(read_backlog(counted.into_tuple().one(store.reader()).await?))
}

/// The receiver took it: its webhook fares well again.
pub async fn delivered(store: &Store, due: &Due, now: Timestamp, attempt: &Attempt) -> Result<(), StoreError> {
    tried(due, attempt).col_expr(Column::DeliveredAt, Expr::val(now.micros())).exec(store.writer()).await?;
    if due.failures > 0 || due.failing_since.is_some() {
        let update = webhook::Entity::update_many()
            .col_expr(webhook::Column::Failures, Expr::val(0))
            .col_expr(webhook::Column::FailingSince, Expr::val(Value::BigInt(None)))
            .col_expr(webhook::Column::PausedUntil, Expr::val(0_i64))
            .filter(webhook::Column::Id.eq(due.webhook.uuid()));
        update.exec(store.writer()).await?;
    }
    Ok(())
}

/// The receiver did not take it. Its webhook rests until `next`; what is older than `oldest` is given up, this one among it, and all else
/// that waits is tried then.
pub async fn failed(store: &Store, due: &Due, now: Timestamp, next: Timestamp, oldest: Timestamp, attempt: &Attempt) -> Result<(), StoreError> {
    tried(due, attempt).col_expr(Column::NextAt, Expr::val(next.micros())).exec(store.writer()).await?;
    webhook::Entity::update_many()
        .col_expr(webhook::Column::Failures, Expr::col(webhook::Column::Failures).add(1))
        .col_expr(webhook::Column::FailingSince, Expr::val(due.failing_since.unwrap_or(now).micros()))
        .col_expr(webhook::Column::PausedUntil, Expr::val(next.micros()))
        .filter(webhook::Column::Id.eq(due.webhook.uuid()))
        .exec(store.writer())
        .await?;
    give_up(store.writer(), due.webhook, Some((oldest, now)), "given up: the receiver took nothing for a day").await?;
    // those taken together with this one wait for the same moment
    let others = unsettled(due.webhook).col_expr(Column::NextAt, Expr::val(next.micros())).filter(Column::NextAt.gt(now.micros()));
    others.exec(store.writer()).await?;
    Ok(())
}

/// Settles what waits for a webhook as failed: all of it, or what was put on its way by a moment. An answer that was heard stays.
pub(super) async fn give_up(db: &impl ConnectionTrait, webhook: WebhookId, by: Option<(Timestamp, Timestamp)>, why: &str) -> Result<(), StoreError> {
    let mut update = unsettled(webhook).col_expr(Column::Answer, Func::coalesce([Expr::col(Column::Answer), Expr::val(why)]).into());
    update = match by {
        Some((oldest, now)) => update.col_expr(Column::FailedAt, Expr::val(now.micros())).filter(Column::PostedAt.lte(oldest.micros())),
        None => update.col_expr(Column::FailedAt, Expr::col(Column::NextAt)),
    };
    update.exec(db).await?;
    Ok(())
}

/// Lets what waits for a webhook wait no longer.
pub(super) async fn hurry(db: &impl ConnectionTrait, webhook: WebhookId) -> Result<(), StoreError> {
    unsettled(webhook).col_expr(Column::NextAt, Expr::col(Column::PostedAt)).exec(db).await?;
    Ok(())
}

/// Removes from the log what is older than this, at most so many; says how many.
pub async fn gone_by_age(store: &Store, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
    let old =
        Entity::find().select_only().column(Column::Id).filter(Column::CreatedAt.lt(before.micros())).order_by_asc(Column::CreatedAt).limit(limit).into_query();
    Ok(Entity::delete_many().filter(Column::Id.in_subquery(old)).exec(store.writer()).await?.rows_affected)
}

fn unsettled(webhook: WebhookId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::WebhookId.eq(webhook.uuid())).filter(Column::DeliveredAt.is_null()).filter(Column::FailedAt.is_null())
}

/// One attempt more, and what came of it.
fn tried(due: &Due, attempt: &Attempt) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Status, Expr::val(attempt.status.map(i32::from)))
        .col_expr(Column::Answer, Expr::val(attempt.answer.as_str()))
        .filter(Column::Id.eq(due.id.uuid()))
        .filter(Column::DeliveredAt.is_null())
}

fn read(row: Model, webhook: &webhook::Model) -> Result<Due, StoreError> {
    Ok(Due {
        id: DeliveryId::from_uuid(row.id),
        webhook: WebhookId::from_uuid(webhook.id),
        workspace: WorkspaceId::from_uuid(webhook.workspace_id),
        url: url(webhook)?,
        secret: generation(webhook),
        failures: webhook.failures,
        failing_since: webhook.failing_since.map(Timestamp::from_micros),
        event: row.event,
        payload: row.payload,
        created_at: Timestamp::from_micros(row.created_at),
        posted_at: Timestamp::from_micros(row.posted_at),
    })
}
