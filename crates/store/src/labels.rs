//! Labels that a workspace knows: only these can be put on resources and into grants.

use crate::{
    entity::label,
    error::{StoreError, corrupt},
    sql::{insert_all, tuples},
    transaction::{Db, WriteTx},
};
use domain::{id::WorkspaceId, label::Label, time::Timestamp};
use sea_orm::{
    ColumnTrait,
    sea_query::{Order, Query},
};

/// In order of key and value.
pub async fn all(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<Label>, StoreError> {
    let select = Query::select()
        .columns([label::Column::Key, label::Column::Value])
        .from(label::Entity)
        .and_where(label::Column::WorkspaceId.eq(workspace.uuid()))
        .order_by(label::Column::Key, Order::Asc)
        .order_by(label::Column::Value, Order::Asc)
        .take();
    let rows: Vec<(String, String)> = tuples(db, &select).await?;
    rows.into_iter().map(|(key, value)| Label::new(&key, &value).map_err(corrupt("labels"))).collect()
}

pub async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, labels: &[Label], now: Timestamp) -> Result<(), StoreError> {
    let row = |label: &Label| label::Model {
        workspace_id: workspace.uuid(),
        key: label.key().to_owned(),
        value: label.value().to_owned(),
        description: String::new(),
        created_at: now.micros(),
    };
    insert_all::<label::Entity>(tx, &labels.iter().map(row).collect::<Vec<_>>()).await
}
