//! Webhooks: addresses that are told of a workspace's events. Their secrets are derived, so none is here.

mod deliveries;
mod log;
mod post;

pub use deliveries::{Attempt, CLAIM, Due, backlog, delivered, due, failed, gone_by_age, put_back, waits};
pub use log::{deliveries, redeliver};
pub(crate) use post::post;

use crate::{
    entity::webhook::{Column, Entity, Model},
    error::{StoreError, corrupt},
    sql::insert_all,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{WebhookId, WorkspaceId},
    text::PersonName,
    time::Timestamp,
    webhook::Webhook,
    webhook_url::WebhookUrl,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, Select, UpdateMany,
    sea_query::{Expr, Value},
};

/// What can be set of a webhook.
#[derive(Clone, Debug)]
pub struct Setting {
    pub url: WebhookUrl,
    pub description: String,
    pub events: Vec<String>,
    pub enabled: bool,
}

#[derive(Clone, Debug)]
pub struct NewWebhook {
    pub id: WebhookId,
    pub setting: Setting,
    pub created_by: Option<PersonName>,
    pub created_at: Timestamp,
}

/// What a secret is derived from: its generation, and when that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    pub number: i32,
    pub since: Option<Timestamp>,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewWebhook) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        url: new.setting.url.to_string(),
        description: new.setting.description.clone(),
        events: new.setting.events.join(" "),
        enabled: new.setting.enabled,
        note: None,
        generation: 1,
        rotated_at: None,
        created_by_name: new.created_by.as_ref().map(ToString::to_string),
        created_at: new.created_at.micros(),
        failures: 0,
        failing_since: None,
        paused_until: 0,
        revision: 1,
    };
    insert_all::<Entity>(tx, &[row]).await
}

/// All of a workspace, the oldest first; there are few.
pub async fn all(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<Webhook>, StoreError> {
    let rows = of(workspace).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(on(db)).await?;
    rows.iter().map(read).collect()
}

pub async fn count(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    Ok(of(workspace).count(on(db)).await?)
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    of(workspace).filter(Column::Id.eq(id.uuid())).one(on(db)).await?.as_ref().map(read).transpose()
}

/// Sets all of it and forgets how it failed, so that what waits is tried at once; `false` where it isn't there at this revision.
pub async fn set(tx: &WriteTx, workspace: WorkspaceId, id: WebhookId, revision: i64, to: &Setting) -> Result<bool, StoreError> {
    let update = only(workspace, id)
        .col_expr(Column::Url, Expr::val(to.url.as_str()))
        .col_expr(Column::Description, Expr::val(to.description.as_str()))
        .col_expr(Column::Events, Expr::val(to.events.join(" ")))
        .col_expr(Column::Enabled, Expr::val(to.enabled))
        .col_expr(Column::Note, Expr::val(None::<String>))
        .filter(Column::Revision.eq(revision));
    let changed = forgiven(update).exec(on(tx)).await?.rows_affected == 1;
    match (changed, to.enabled) {
        (true, true) => deliveries::hurry(on(tx), id).await?,
        (true, false) => deliveries::give_up(on(tx), id, None, "the webhook was switched off").await?,
        (false, _) => {}
    }
    Ok(changed)
}

/// Switches it off with a note that says why; what still waited is given up.
pub async fn switch_off(tx: &WriteTx, workspace: WorkspaceId, id: WebhookId, note: &str) -> Result<bool, StoreError> {
    let update = only(workspace, id)
        .col_expr(Column::Enabled, Expr::val(false))
        .col_expr(Column::Note, Expr::val(note))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Enabled.eq(true));
    let changed = update.exec(on(tx)).await?.rows_affected == 1;
    if changed {
        deliveries::give_up(on(tx), id, None, "the webhook was switched off").await?;
    }
    Ok(changed)
}

/// The next generation of its secret, where it is there.
pub async fn rotate(tx: &WriteTx, workspace: WorkspaceId, id: WebhookId, at: Timestamp) -> Result<Option<Generation>, StoreError> {
    let update = only(workspace, id)
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .col_expr(Column::RotatedAt, Expr::val(at.micros()))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1));
    let rows = update.exec_with_returning(on(tx)).await?;
    Ok(rows.first().map(generation))
}

/// Removes it with its log.
pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, id: WebhookId) -> Result<bool, StoreError> {
    let gone = Entity::delete_many().filter(Column::WorkspaceId.eq(workspace.uuid())).filter(Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(gone.rows_affected == 1)
}

fn of(workspace: WorkspaceId) -> Select<Entity> {
    Entity::find().filter(Column::WorkspaceId.eq(workspace.uuid()))
}

fn only(workspace: WorkspaceId, id: WebhookId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::WorkspaceId.eq(workspace.uuid())).filter(Column::Id.eq(id.uuid()))
}

/// As if it had never failed, and as a change that others see.
fn forgiven(update: UpdateMany<Entity>) -> UpdateMany<Entity> {
    update
        .col_expr(Column::Failures, Expr::val(0))
        .col_expr(Column::FailingSince, Expr::val(Value::BigInt(None)))
        .col_expr(Column::PausedUntil, Expr::val(0_i64))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
}

fn generation(row: &Model) -> Generation {
    Generation { number: row.generation, since: row.rotated_at.map(Timestamp::from_micros) }
}

fn events(row: &Model) -> Vec<String> {
    row.events.split_whitespace().map(str::to_owned).collect()
}

fn url(row: &Model) -> Result<WebhookUrl, StoreError> {
    WebhookUrl::parse(&row.url).map_err(corrupt("webhooks.url"))
}

fn read(row: &Model) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        id: WebhookId::from_uuid(row.id),
        url: url(row)?,
        description: row.description.clone(),
        events: events(row),
        enabled: row.enabled,
        note: row.note.clone(),
        created_at: Timestamp::from_micros(row.created_at),
        created_by: row.created_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("webhooks.created_by_name"))?,
        failing_since: row.failing_since.map(Timestamp::from_micros),
        paused_until: (row.paused_until > 0).then(|| Timestamp::from_micros(row.paused_until)),
        revision: row.revision,
    })
}
