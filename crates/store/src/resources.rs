//! Resources: things of a type in a workspace, with their labels.

use crate::{
    connect::Backend,
    entity::{resource, resource_label, workspace},
    error::{StoreError, corrupt},
    policy_changes::Touched,
    policy_rows::Which,
    sql::{MOST_IDS, among, amount, count as count_up, counted, insert_all, models, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ResourceId, WorkspaceId},
    label::Label,
    resource::{Resource, ResourceType},
    text::{ResourceKey, ResourceName},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Iterable,
    sea_query::{Order, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

mod change;
mod letters;
mod list;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails here is a failed test")]
mod plan_tests;
mod reading;
mod select;

pub use change::{Stored, change, find, remove, set_many};
pub use list::{by_type, count_matching, keys, matching, page, references, stored_page};

pub async fn count(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    counted(db, workspace, workspace::Column::Resources).await
}

/// All of them, in order of type and name: for the policy, and for browsers where there are few.
pub async fn all(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<Resource>, StoreError> {
    let mut select = of(workspace);
    for column in [resource::Column::Kind, resource::Column::NameKey, resource::Column::Id] {
        select.order_by(column, Order::Asc);
    }
    let rows: Vec<resource::Model> = models(db, &select).await?;
    let select = Query::select()
        .columns([resource_label::Column::ResourceId, resource_label::Column::Key, resource_label::Column::Value])
        .from(resource_label::Entity)
        .and_where(resource_label::Column::WorkspaceId.eq(workspace.uuid()))
        .take();
    let mut labels = gather(tuples(db, &select).await?)?;
    rows.into_iter().map(|row| whole(row, &mut labels)).collect()
}

/// Some of them, as the policy needs them.
pub(crate) async fn some(db: &impl Db, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<Resource>, StoreError> {
    let mut select = Query::select().columns(resource::Column::iter()).from(resource::Entity).take();
    which.narrow(&mut select, workspace, resource::Column::WorkspaceId, resource::Column::Id);
    let rows: Vec<resource::Model> = models(db, &select).await?;
    let mut labels = labels_of(db, workspace, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    rows.into_iter().map(|row| whole(row, &mut labels)).collect()
}

/// Those of these that are there.
pub async fn these(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId]) -> Result<Vec<Resource>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in uuids(ids, ResourceId::uuid).chunks(MOST_IDS) {
        found.extend(some(db, workspace, Which::These(ids)).await?);
    }
    Ok(found)
}

/// The resource that the product beside Rolecall knows by this id.
pub async fn by_key(db: &impl Db, workspace: WorkspaceId, kind: &ResourceType, key: &ResourceKey) -> Result<Option<Resource>, StoreError> {
    let mut select = of(workspace);
    select.and_where(resource::Column::Kind.eq(kind.as_str())).and_where(resource::Column::Key.eq(key.as_str()));
    let rows: Vec<resource::Model> = models(db, &select).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut labels = labels_of(db, workspace, &[row.id]).await?;
    whole(row, &mut labels).map(Some)
}

/// The ids of those of a type that the product knows by these ids of its own.
pub async fn ids_by_key(db: &impl Db, workspace: WorkspaceId, kind: &ResourceType, keys: &[&str]) -> Result<Vec<(String, ResourceId)>, StoreError> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in keys.chunks(MOST_IDS) {
        let select = Query::select()
            .columns([resource::Column::Key, resource::Column::Id])
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, workspace))
            .and_where(resource::Column::Kind.eq(kind.as_str()))
            .and_where(resource::Column::Key.is_in(keys.iter().copied()))
            .take();
        found.extend(tuples::<(String, Uuid)>(db, &select).await?.into_iter().map(|(key, id)| (key, ResourceId::from_uuid(id))));
    }
    Ok(found)
}

pub async fn by_id(db: &impl Db, workspace: WorkspaceId, id: ResourceId) -> Result<Option<Resource>, StoreError> {
    Ok(some(db, workspace, Which::These(&[id.uuid()])).await?.pop())
}

/// Those of these that are in the workspace.
pub async fn known(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId]) -> Result<Vec<ResourceId>, StoreError> {
    let mut known = Vec::with_capacity(ids.len());
    for ids in uuids(ids, ResourceId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .column(resource::Column::Id)
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, workspace))
            .and_where(resource::Column::Id.is_in(ids.iter().copied()))
            .take();
        known.extend(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| ResourceId::from_uuid(id)));
    }
    Ok(known)
}

/// Of which type those of these are that are in the workspace.
pub async fn kinds(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId]) -> Result<HashMap<ResourceId, ResourceType>, StoreError> {
    let mut kinds = HashMap::with_capacity(ids.len());
    for ids in uuids(ids, ResourceId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([resource::Column::Id, resource::Column::Kind])
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, workspace))
            .and_where(resource::Column::Id.is_in(ids.iter().copied()))
            .take();
        kinds.extend(tuples::<(Uuid, String)>(db, &select).await?.into_iter().map(|(id, kind)| (ResourceId::from_uuid(id), ResourceType::new(&kind))));
    }
    Ok(kinds)
}

/// Registers them with their labels, which the workspace must know. A parent stands before what hangs on it.
pub async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, resources: &[Resource], now: Timestamp) -> Result<(), StoreError> {
    let row = |resource: &Resource| resource::Model {
        id: resource.id.uuid(),
        workspace_id: workspace.uuid(),
        kind: resource.kind.as_str().to_owned(),
        key: resource.key.to_string(),
        name: resource.name.to_string(),
        name_key: resource.name.key(),
        parent_id: resource.parent.map(ResourceId::uuid),
        created_at: now.micros(),
        revision: 1,
    };
    resources.iter().for_each(|resource| tx.touch(workspace, Touched::Resource(resource.id)));
    insert_all::<resource::Entity>(tx, &resources.iter().map(row).collect::<Vec<_>>()).await?;
    let bears = |resource: &Resource, label: &Label| resource_label::Model {
        workspace_id: workspace.uuid(),
        resource_id: resource.id.uuid(),
        key: label.key().to_owned(),
        value: label.value().to_owned(),
    };
    let labels: Vec<_> = resources.iter().flat_map(|resource| resource.labels.iter().map(|label| bears(resource, label))).collect();
    insert_all::<resource_label::Entity>(tx, &labels).await?;
    let texts: Vec<(&str, String)> =
        resources.iter().flat_map(|one| [one.name.key(), one.key.to_string().to_ascii_lowercase()].map(|text| (one.kind.as_str(), text))).collect();
    letters::note(tx, workspace, &texts).await?;
    count_up(tx, workspace, workspace::Column::Resources, amount(resources.len())).await
}

fn of(workspace: WorkspaceId) -> SelectStatement {
    Query::select().columns(resource::Column::iter()).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(workspace.uuid())).take()
}

async fn labels_of(db: &impl Db, workspace: WorkspaceId, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Label>>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    gather(tuples(db, &labels_statement(Backend::of(on(db)), workspace, ids)).await?)
}

/// The ids travel as one text: with a parameter for each of some hundreds, PostgreSQL would sooner read every label of the workspace, and would
/// have to prepare the statement anew for each number of them.
fn labels_statement(backend: Backend, workspace: WorkspaceId, ids: &[Uuid]) -> SelectStatement {
    Query::select()
        .columns([resource_label::Column::ResourceId, resource_label::Column::Key, resource_label::Column::Value])
        .from(resource_label::Entity)
        .and_where(within(resource_label::Column::WorkspaceId, workspace))
        .and_where(match ids {
            [id] => resource_label::Column::ResourceId.eq(*id),
            ids => among(backend, "resource_id", ids),
        })
        .take()
}

fn gather(rows: Vec<(Uuid, String, String)>) -> Result<HashMap<Uuid, Vec<Label>>, StoreError> {
    let mut labels: HashMap<Uuid, Vec<Label>> = HashMap::new();
    for (resource, key, value) in rows {
        labels.entry(resource).or_default().push(Label::new(&key, &value).map_err(corrupt("resource_labels"))?);
    }
    labels.values_mut().for_each(|labels| labels.sort_unstable());
    Ok(labels)
}

fn whole(row: resource::Model, labels: &mut HashMap<Uuid, Vec<Label>>) -> Result<Resource, StoreError> {
    Ok(Resource {
        id: ResourceId::from_uuid(row.id),
        kind: ResourceType::new(&row.kind),
        key: ResourceKey::parse(&row.key).map_err(corrupt("resources.key"))?,
        name: ResourceName::parse(&row.name).map_err(corrupt("resources.name"))?,
        parent: row.parent_id.map(ResourceId::from_uuid),
        labels: labels.remove(&row.id).unwrap_or_default(),
    })
}
