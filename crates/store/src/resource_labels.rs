//! Which resource bears which label: one value per key, put on and taken off many at once. A resource whose labels change is at another
//! revision, so that whoever saves it from an older one is told.

use crate::{
    entity::{resource, resource_label},
    error::StoreError,
    policy_changes::Touched,
    sql::{MOST_IDS, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ResourceId, WorkspaceId},
    label::Label,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, OnConflict, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How many rows one statement puts.
const AT_ONCE: usize = 500;

/// The values of this key that these bear; those without one are left out.
pub async fn borne(db: &impl Db, workspace: WorkspaceId, resources: &[ResourceId], key: &str) -> Result<HashMap<ResourceId, String>, StoreError> {
    let mut borne = HashMap::with_capacity(resources.len());
    for ids in uuids(resources, ResourceId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([resource_label::Column::ResourceId, resource_label::Column::Value])
            .from(resource_label::Entity)
            .and_where(within(resource_label::Column::WorkspaceId, workspace))
            .and_where(resource_label::Column::Key.eq(key))
            .and_where(resource_label::Column::ResourceId.is_in(ids.iter().copied()))
            .take();
        borne.extend(tuples::<(Uuid, String)>(db, &select).await?.into_iter().map(|(id, value)| (ResourceId::from_uuid(id), value)));
    }
    Ok(borne)
}

/// Each of these bears the label, in the place of another of its key. [`StoreError::Reference`] when the workspace doesn't know it,
/// or one of the resources isn't there.
pub async fn put(tx: &WriteTx, workspace: WorkspaceId, resources: &[ResourceId], label: &Label) -> Result<(), StoreError> {
    resources.iter().for_each(|id| tx.touch(workspace, Touched::Resource(*id)));
    revise(tx, workspace, resources, label.key(), Some(label.value())).await?;
    // the workspace too: a row that another workspace has must break its reference, and not be changed from here
    let instead = OnConflict::columns([resource_label::Column::ResourceId, resource_label::Column::Key])
        .update_columns([resource_label::Column::WorkspaceId, resource_label::Column::Value])
        .to_owned();
    for ids in resources.chunks(AT_ONCE) {
        let mut insert = Query::insert();
        insert.into_table(resource_label::Entity).columns(resource_label::Column::iter()).on_conflict(instead.clone());
        for id in ids {
            let row = resource_label::Column::iter().map(|column| match column {
                resource_label::Column::WorkspaceId => Expr::val(workspace.uuid()),
                resource_label::Column::ResourceId => Expr::val(id.uuid()),
                resource_label::Column::Key => Expr::val(label.key()),
                resource_label::Column::Value => Expr::val(label.value()),
            });
            insert.values(row).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        }
        on(tx).execute(&insert).await?;
    }
    Ok(())
}

/// None of these bears a label of this key any more.
pub async fn take(tx: &WriteTx, workspace: WorkspaceId, resources: &[ResourceId], key: &str) -> Result<(), StoreError> {
    resources.iter().for_each(|id| tx.touch(workspace, Touched::Resource(*id)));
    revise(tx, workspace, resources, key, None).await?;
    for ids in uuids(resources, ResourceId::uuid).chunks(MOST_IDS) {
        resource_label::Entity::delete_many()
            .filter(within(resource_label::Column::WorkspaceId, workspace))
            .filter(resource_label::Column::Key.eq(key))
            .filter(resource_label::Column::ResourceId.is_in(ids.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    Ok(())
}

/// Counts the revision up of each of these whose label of this key is about to become this value, or to go, and is not so yet. No decision rests on
/// a revision; of the labels, whoever calls this tells.
async fn revise(tx: &WriteTx, workspace: WorkspaceId, resources: &[ResourceId], key: &str, value: Option<&str>) -> Result<(), StoreError> {
    let of_label = |column: resource_label::Column| Expr::col((resource_label::Entity, column));
    let mut borne = Query::select()
        .expr(Expr::val(1))
        .from(resource_label::Entity)
        .and_where(of_label(resource_label::Column::ResourceId).equals((resource::Entity, resource::Column::Id)))
        .and_where(of_label(resource_label::Column::Key).eq(key))
        .take();
    let changes = match value {
        Some(value) => Expr::exists(borne.and_where(of_label(resource_label::Column::Value).eq(value)).take()).not(),
        None => Expr::exists(borne),
    };
    for ids in uuids(resources, ResourceId::uuid).chunks(MOST_IDS) {
        resource::Entity::update_many()
            .col_expr(resource::Column::Revision, Expr::col(resource::Column::Revision).add(1))
            .filter(within(resource::Column::WorkspaceId, workspace))
            .filter(resource::Column::Id.is_in(ids.iter().copied()))
            .filter(changes.clone())
            .exec(on(tx))
            .await?;
    }
    Ok(())
}
