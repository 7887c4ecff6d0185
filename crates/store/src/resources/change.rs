//! One resource: read with its revision, renamed or moved, removed; and many of them renamed or moved at once.

use crate::{
    entity::{resource, workspace},
    error::StoreError,
    policy_changes::Touched,
    sql::{count, models, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ResourceId, WorkspaceId},
    label::Label,
    resource::Resource,
    text::ResourceName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{CaseStatement, Expr},
};
use std::collections::HashMap;
use uuid::Uuid;

/// A resource as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub resource: Resource,
    pub created_at: Timestamp,
    pub revision: i64,
}

impl Stored {
    /// The labels are read after the row: what changed in between is at a later revision than is told, and never the other way round.
    pub(super) fn of(row: resource::Model, labels: &mut HashMap<Uuid, Vec<Label>>) -> Result<Self, StoreError> {
        let (created_at, revision) = (Timestamp::from_micros(row.created_at), row.revision);
        Ok(Self { resource: super::whole(row, labels)?, created_at, revision })
    }
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: ResourceId) -> Result<Option<Stored>, StoreError> {
    let mut select = super::of(workspace);
    let rows: Vec<resource::Model> = models(db, select.and_where(resource::Column::Id.eq(id.uuid()))).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut labels = super::labels_of(db, workspace, &[row.id]).await?;
    Stored::of(row, &mut labels).map(Some)
}

/// Gives it this name and lets it hang on this parent, if it is still at this revision.
/// [`StoreError::Reference`] when the parent isn't in the workspace.
pub async fn change(
    tx: &WriteTx,
    workspace: WorkspaceId,
    id: ResourceId,
    revision: i64,
    name: &ResourceName,
    parent: Option<ResourceId>,
) -> Result<bool, StoreError> {
    let updated = resource::Entity::update_many()
        .col_expr(resource::Column::Name, Expr::val(name.as_str()))
        .col_expr(resource::Column::NameKey, Expr::val(name.key()))
        .col_expr(resource::Column::ParentId, Expr::val(parent.map(ResourceId::uuid)))
        .col_expr(resource::Column::Revision, Expr::col(resource::Column::Revision).add(1))
        .filter(resource::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(resource::Column::Id.eq(id.uuid()))
        .filter(resource::Column::Revision.eq(revision))
        .exec(on(tx))
        .await?;
    if updated.rows_affected == 1 {
        tx.touch(workspace, Touched::Resource(id));
        let kind = super::kinds(tx, workspace, &[id]).await?.remove(&id);
        if let Some(kind) = kind {
            super::letters::note(tx, workspace, &[(kind.as_str(), name.key())]).await?;
        }
    }
    Ok(updated.rows_affected == 1)
}

/// How many one statement changes: it looks through all of them for each.
const AT_ONCE: usize = 250;

/// Gives each of these its name and parent, whatever its revision. They are in the workspace, whose lock is held.
pub async fn set_many(tx: &WriteTx, workspace: WorkspaceId, resources: &[Resource]) -> Result<(), StoreError> {
    for some in resources.chunks(AT_ONCE) {
        let (mut name, mut key, mut parent) = (CaseStatement::new(), CaseStatement::new(), CaseStatement::new());
        for resource in some {
            let this = || Expr::col(resource::Column::Id).eq(resource.id.uuid());
            name = name.case(this(), resource.name.as_str());
            key = key.case(this(), resource.name.key());
            parent = parent.case(this(), Expr::val(resource.parent.map(ResourceId::uuid)));
            tx.touch(workspace, Touched::Resource(resource.id));
        }
        resource::Entity::update_many()
            .col_expr(resource::Column::Name, name.into())
            .col_expr(resource::Column::NameKey, key.into())
            .col_expr(resource::Column::ParentId, parent.into())
            .col_expr(resource::Column::Revision, Expr::col(resource::Column::Revision).add(1))
            .filter(within(resource::Column::WorkspaceId, workspace))
            .filter(resource::Column::Id.is_in(some.iter().map(|resource| resource.id.uuid())))
            .exec(on(tx))
            .await?;
        let names: Vec<(&str, String)> = some.iter().map(|resource| (resource.kind.as_str(), resource.name.key())).collect();
        super::letters::note(tx, workspace, &names).await?;
    }
    Ok(())
}

/// Removes it with its labels; false when it isn't there. [`StoreError::Reference`] while others hang on it. Grants that name it
/// lose it: whoever calls this makes sure that there are none.
pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, id: ResourceId) -> Result<bool, StoreError> {
    let delete = resource::Entity::delete_many().filter(within(resource::Column::WorkspaceId, workspace)).filter(resource::Column::Id.eq(id.uuid()));
    if delete.exec(on(tx)).await?.rows_affected == 0 {
        return Ok(false);
    }
    tx.touch(workspace, Touched::Resource(id));
    count(tx, workspace, workspace::Column::Resources, -1).await?;
    Ok(true)
}
