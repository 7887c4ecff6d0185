//! Changes of many users at once, with what each was before: kept until they can't be taken back any more.

use crate::{
    connect::Store,
    entity::{bulk_item, bulk_operation},
    error::{StoreError, corrupt},
    sql::insert_all,
    transaction::{Db, WriteTx, on},
};
use domain::{
    bulk::{Before, BulkDone},
    id::{MemberId, OperationId, WorkspaceId},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};

/// Keeps a change that `member` makes, with what everybody was whom it touches.
pub async fn keep(tx: &WriteTx, workspace: WorkspaceId, member: MemberId, done: &BulkDone, before: &[Before]) -> Result<(), StoreError> {
    let row = bulk_operation::Model {
        id: done.id.uuid(),
        workspace_id: workspace.uuid(),
        member_id: member.uuid(),
        summary: done.summary.clone(),
        undo_until: done.undo_until.micros(),
        undone_at: None,
    };
    bulk_operation::Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    let item = |before: &Before| {
        let before_json = serde_json::to_string(before).map_err(|error| StoreError::Corrupt(format!("what was before can't be written: {error}")))?;
        Ok(bulk_item::Model { operation_id: done.id.uuid(), object_id: before.uuid(), before_json })
    };
    insert_all::<bulk_item::Entity>(tx, &before.iter().map(item).collect::<Result<Vec<_>, StoreError>>()?).await
}

/// The newest changes of this member that can still be taken back, the newest first; `most` at most.
pub async fn latest(db: &impl Db, workspace: WorkspaceId, member: MemberId, now: Timestamp, most: u64) -> Result<Vec<BulkDone>, StoreError> {
    let found = bulk_operation::Entity::find()
        .filter(bulk_operation::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(bulk_operation::Column::MemberId.eq(member.uuid()))
        .filter(bulk_operation::Column::UndoUntil.gt(now.micros()))
        .filter(bulk_operation::Column::UndoneAt.is_null())
        .order_by_desc(bulk_operation::Column::UndoUntil)
        .order_by_desc(bulk_operation::Column::Id)
        .limit(most)
        .all(on(db))
        .await?;
    Ok(found.into_iter().map(read).collect())
}

/// A change that was not taken back yet, whatever its time.
pub async fn find(db: &impl Db, workspace: WorkspaceId, id: OperationId) -> Result<Option<BulkDone>, StoreError> {
    let found = bulk_operation::Entity::find_by_id(id.uuid())
        .filter(bulk_operation::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(bulk_operation::Column::UndoneAt.is_null())
        .one(on(db))
        .await?;
    Ok(found.map(read))
}

fn read(row: bulk_operation::Model) -> BulkDone {
    BulkDone { id: OperationId::from_uuid(row.id), summary: row.summary, undo_until: Timestamp::from_micros(row.undo_until) }
}

/// What everybody was whom the change touched.
pub async fn before(db: &impl Db, id: OperationId) -> Result<Vec<Before>, StoreError> {
    let rows = bulk_item::Entity::find().filter(bulk_item::Column::OperationId.eq(id.uuid())).order_by_asc(bulk_item::Column::ObjectId).all(on(db)).await?;
    rows.into_iter().map(|row| serde_json::from_str(&row.before_json).map_err(corrupt("bulk_items.before_json"))).collect()
}

/// Notes that the change was taken back; false when it was already.
pub async fn set_undone(tx: &WriteTx, workspace: WorkspaceId, id: OperationId, now: Timestamp) -> Result<bool, StoreError> {
    let updated = bulk_operation::Entity::update_many()
        .col_expr(bulk_operation::Column::UndoneAt, Expr::val(now.micros()))
        .filter(bulk_operation::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(bulk_operation::Column::Id.eq(id.uuid()))
        .filter(bulk_operation::Column::UndoneAt.is_null())
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Forgets one change whose time is over; false when there is none. Commits by itself and leaves no record: nothing is changed by it.
pub async fn forget_one(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    let over = Query::select()
        .column(bulk_operation::Column::Id)
        .from(bulk_operation::Entity)
        .and_where(bulk_operation::Column::UndoUntil.lte(now.micros()))
        .limit(1)
        .take();
    let gone = bulk_operation::Entity::delete_many().filter(Expr::col(bulk_operation::Column::Id).in_subquery(over)).exec(store.writer()).await?;
    Ok(gone.rows_affected > 0)
}
