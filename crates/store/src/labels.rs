//! Labels that a workspace knows: only these can be put on resources and into grants.

use crate::{
    entity::label,
    error::{StoreError, corrupt},
    sql::{count_rows, insert_all, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{id::WorkspaceId, label::Label, text::LabelDescription, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Func, Order, Query},
};

mod list;

pub use list::{KnownLabel, bearers, find, page};

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

/// [`Constraint::Label`](crate::Constraint::Label) where the workspace has it already.
pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, label: &Label, description: Option<&LabelDescription>, now: Timestamp) -> Result<(), StoreError> {
    let row = label::Model {
        workspace_id: workspace.uuid(),
        key: label.key().to_owned(),
        value: label.value().to_owned(),
        description: description.map(ToString::to_string).unwrap_or_default(),
        created_at: now.micros(),
    };
    insert_all::<label::Entity>(tx, &[row]).await
}

/// False where the workspace doesn't know the label.
pub async fn describe(tx: &WriteTx, workspace: WorkspaceId, label: &Label, description: Option<&LabelDescription>) -> Result<bool, StoreError> {
    let text = description.map(ToString::to_string).unwrap_or_default();
    let update = label::Entity::update_many().col_expr(label::Column::Description, Expr::val(text)).filter(is(workspace, label));
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

/// False where the workspace doesn't know the label. [`StoreError::Reference`] while a resource bears it or a grant names it.
pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, label: &Label) -> Result<bool, StoreError> {
    Ok(label::Entity::delete_many().filter(is(workspace, label)).exec(on(tx)).await?.rows_affected == 1)
}

fn is(workspace: WorkspaceId, label: &Label) -> Condition {
    Condition::all().add(label::Column::WorkspaceId.eq(workspace.uuid())).add(label::Column::Key.eq(label.key())).add(label::Column::Value.eq(label.value()))
}

/// A label that the workspace knows whose key differs from this one's by case alone, or whose value does under the same key. A key or a label
/// that is there as it is written looks like no other: a workspace may have two spellings from long ago, and goes on with both.
pub async fn alike(db: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<Option<Label>, StoreError> {
    let lower = |column: label::Column, text: &str| Expr::expr(Func::lower(Expr::col(column))).eq(text.to_ascii_lowercase());
    let there = |those: Condition| Expr::exists(Query::select().column(label::Column::Key).from(label::Entity).cond_where(those).take());
    let key = Condition::all().add(label::Column::WorkspaceId.eq(workspace.uuid())).add(label::Column::Key.eq(label.key()));
    let by_key = Condition::all().add(lower(label::Column::Key, label.key())).add(there(key).not());
    let same_key = Condition::all().add(label::Column::Key.eq(label.key()));
    let by_value = same_key.add(lower(label::Column::Value, label.value())).add(there(is(workspace, label)).not());
    let select = Query::select()
        .columns([label::Column::Key, label::Column::Value])
        .from(label::Entity)
        .and_where(label::Column::WorkspaceId.eq(workspace.uuid()))
        .cond_where(Condition::any().add(by_key).add(by_value))
        .order_by(label::Column::Key, Order::Asc)
        .order_by(label::Column::Value, Order::Asc)
        .limit(1)
        .take();
    let rows: Vec<(String, String)> = tuples(db, &select).await?;
    rows.first().map(|(key, value)| Label::new(key, value).map_err(corrupt("labels"))).transpose()
}

/// How many labels the workspace has, the built-in ones included.
pub async fn count(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    let select = Query::select().expr(count_rows()).from(label::Entity).and_where(label::Column::WorkspaceId.eq(workspace.uuid())).take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// How many labels it has beside those that every workspace has.
pub async fn count_custom(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    let built_in = Label::built_in().iter().fold(Condition::any(), |any, label| any.add(is(workspace, label)));
    let select =
        Query::select().expr(count_rows()).from(label::Entity).and_where(label::Column::WorkspaceId.eq(workspace.uuid())).cond_where(built_in.not()).take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}
