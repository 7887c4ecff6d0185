//! The Resources list: one type or all, searched, by labels and by what somebody may see, page by page along an index.

use super::{
    Stored, labels_of,
    select::{Listing, Looking, ORDER, SEPARATOR},
};
use crate::{
    entity::resource,
    error::{StoreError, corrupt},
    keyset::{Rows as _, Window},
    sql::{MOST_IDS, count_rows, tuples, uuids, within},
    transaction::Db,
};
use domain::{
    id::{ResourceId, WorkspaceId},
    page::Page,
    policy::Sight,
    resource::{Resource, ResourceQuery, ResourceRef, ResourceType},
    text::ResourceName,
};
use sea_orm::{
    ColumnTrait,
    sea_query::{Order, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// One page in order of type and name.
pub async fn page(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight) -> Result<Page<Resource>, StoreError> {
    Ok(stored_page(db, workspace, query, sight).await?.map(|stored| stored.resource))
}

/// The same with their revisions.
pub async fn stored_page(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight) -> Result<Page<Stored>, StoreError> {
    let mut window = Window::new(query.cursor.as_ref(), query.size, |key| {
        let (kind, name) = key.split_once(SEPARATOR)?;
        Some((kind.to_owned(), name.to_owned()))
    });
    let listing = Listing::new(db, workspace, query, sight);
    let mut rows = listing.read(db, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = listing.read(db, &window).await?;
    }
    let mut page = window.page(rows, |row| (format!("{}{SEPARATOR}{}", row.kind, row.name_key), row.id));
    let whole_list = query.kind.is_none() && !query.is_narrowed() && *sight == Sight::Everything;
    page.total = if whole_list { Some(super::count(db, workspace).await?) } else { page.only() };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut labels = labels_of(db, workspace, &ids).await?;
    page.try_map(|row| Stored::of(row, &mut labels))
}

/// The first of those that the list shows on all its pages.
pub async fn matching(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight, most: usize) -> Result<Vec<ResourceId>, StoreError> {
    let mut select = Query::select().column(resource::Column::Id).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(workspace.uuid())).take();
    if !Listing::new(db, workspace, query, sight).narrow(&mut select, Looking::Set) {
        return Ok(Vec::new());
    }
    for column in ORDER {
        select.order_by(column, Order::Asc);
    }
    let found: Vec<(Uuid,)> = tuples(db, select.limit(most as u64)).await?;
    Ok(found.into_iter().map(|(id,)| ResourceId::from_uuid(id)).collect())
}

/// How many the list shows on all its pages.
pub async fn count_matching(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight) -> Result<u64, StoreError> {
    let mut select = Query::select().expr(count_rows()).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(workspace.uuid())).take();
    if !Listing::new(db, workspace, query, sight).narrow(&mut select, Looking::Set) {
        return Ok(0);
    }
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// How many there are of each type, in order of the types' ids.
pub async fn by_type(db: &impl Db, workspace: WorkspaceId, sight: &Sight) -> Result<Vec<(ResourceType, u64)>, StoreError> {
    let mut select = Query::select()
        .column(resource::Column::Kind)
        .expr(count_rows())
        .from(resource::Entity)
        .and_where(resource::Column::WorkspaceId.eq(workspace.uuid()))
        .group_by_col(resource::Column::Kind)
        .order_by(resource::Column::Kind, Order::Asc)
        .take();
    if !Listing::new(db, workspace, &ResourceQuery::default(), sight).narrow(&mut select, Looking::Set) {
        return Ok(Vec::new());
    }
    let found: Vec<(String, i64)> = tuples(db, &select).await?;
    Ok(found.into_iter().map(|(kind, count)| (ResourceType::new(&kind), u64::try_from(count).unwrap_or(0))).collect())
}

/// How those of these that are there are called.
pub async fn references(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId]) -> Result<Vec<ResourceRef>, StoreError> {
    let found = texts(db, workspace, ids, resource::Column::Name).await?;
    let reference = |(id, kind, name): (Uuid, String, String)| {
        let name = ResourceName::parse(&name).map_err(corrupt("resources.name"))?;
        Ok(ResourceRef { id: ResourceId::from_uuid(id), kind: ResourceType::new(&kind), name })
    };
    found.into_iter().map(reference).collect()
}

/// Those of these that are there, as the product beside Rolecall knows them: `source:web-site`.
pub async fn keys(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId]) -> Result<HashMap<ResourceId, String>, StoreError> {
    let found = texts(db, workspace, ids, resource::Column::Key).await?;
    Ok(found.into_iter().map(|(id, kind, key)| (ResourceId::from_uuid(id), format!("{kind}:{key}"))).collect())
}

async fn texts(db: &impl Db, workspace: WorkspaceId, ids: &[ResourceId], column: resource::Column) -> Result<Vec<(Uuid, String, String)>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in uuids(ids, ResourceId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([resource::Column::Id, resource::Column::Kind, column])
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, workspace))
            .and_where(resource::Column::Id.is_in(ids.iter().copied()))
            .take();
        found.extend(tuples::<(Uuid, String, String)>(db, &select).await?);
    }
    Ok(found)
}
