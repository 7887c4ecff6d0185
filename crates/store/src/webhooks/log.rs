//! The log of what was sent to a webhook, and sending it again.

use crate::{
    entity::{
        webhook,
        webhook_delivery::{Column, Entity, Model},
    },
    error::{StoreError, corrupt},
    keyset::{Rows as _, Window},
    sql::models,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{DeliveryId, WebhookId},
    page::{Cursor, Page, PageSize},
    time::Timestamp,
    webhook::{DeliveryRow, DeliveryState},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, Query, Value},
};

/// A page of the log, the newest first. The webhook was found in its workspace before.
pub async fn deliveries(db: &impl Db, webhook: WebhookId, cursor: Option<&Cursor>, size: PageSize) -> Result<Page<DeliveryRow>, StoreError> {
    let window = Window::new(cursor, size, |key| key.parse::<i64>().ok());
    let mut select = Query::select();
    select.columns(Column::iter()).from(Entity).and_where(Column::WebhookId.eq(webhook.uuid()));
    window.read(&mut select, Column::CreatedAt, Column::Id, true);
    let rows: Vec<Model> = models(db, &select).await?;
    window.page(rows, |row| (row.created_at.to_string(), row.id)).try_map(|row| read(&row))
}

/// Puts a settled delivery on its way again, at once, whatever its webhook rests for. The kind of its event, where it is there and settled.
pub async fn redeliver(tx: &WriteTx, webhook: WebhookId, id: DeliveryId, at: Timestamp) -> Result<Option<String>, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::PostedAt, Expr::val(at.micros()))
        .col_expr(Column::NextAt, Expr::val(at.micros()))
        .col_expr(Column::DeliveredAt, Expr::val(Value::BigInt(None)))
        .col_expr(Column::FailedAt, Expr::val(Value::BigInt(None)))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::WebhookId.eq(webhook.uuid()))
        .filter(Column::DeliveredAt.is_not_null().or(Column::FailedAt.is_not_null()));
    let rows = update.exec_with_returning(on(tx)).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let awake = webhook::Entity::update_many().col_expr(webhook::Column::PausedUntil, Expr::val(0_i64)).filter(webhook::Column::Id.eq(webhook.uuid()));
    awake.exec(on(tx)).await?;
    Ok(Some(row.event))
}

fn read(row: &Model) -> Result<DeliveryRow, StoreError> {
    let (state, done_at) = match (row.delivered_at, row.failed_at) {
        (Some(at), _) => (DeliveryState::Delivered, Some(at)),
        (None, Some(at)) => (DeliveryState::Failed, Some(at)),
        (None, None) => (DeliveryState::Waiting, None),
    };
    Ok(DeliveryRow {
        id: DeliveryId::from_uuid(row.id),
        event: row.event.clone(),
        state,
        created_at: Timestamp::from_micros(row.created_at),
        attempts: u32::try_from(row.attempts).map_err(corrupt("webhook_deliveries.attempts"))?,
        status: row.status.map(u16::try_from).transpose().map_err(corrupt("webhook_deliveries.status"))?,
        answer: row.answer.clone(),
        next_at: (state == DeliveryState::Waiting).then(|| Timestamp::from_micros(row.next_at)),
        done_at: done_at.map(Timestamp::from_micros),
        payload: row.payload.clone(),
    })
}
