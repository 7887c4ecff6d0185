//! The Resources list: one type or all, searched, by labels and by what somebody may see, page by page along an index.

use super::{labels_of, of, whole};
use crate::{
    Backend,
    entity::{resource, resource_label},
    error::{StoreError, corrupt},
    keyset::{Rows as _, Window},
    narrowing::{Narrowest, Searched, found},
    sql::{MOST_IDS, Search, among, contains, contains_in, count_rows, models, tuples, uuids, within},
    transaction::{Db, on},
};
use domain::{
    id::{ResourceId, WorkspaceId},
    page::Page,
    policy::Sight,
    resource::{Resource, ResourceQuery, ResourceRef, ResourceType},
    text::ResourceName,
};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, Iterable,
    sea_query::{Expr, Func, Order, Query, SelectStatement},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Between type and name in a cursor's key: neither can hold it.
const SEPARATOR: char = '\n';

const ORDER: [resource::Column; 3] = [resource::Column::Kind, resource::Column::NameKey, resource::Column::Id];

/// One page in order of type and name.
pub async fn page(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight) -> Result<Page<Resource>, StoreError> {
    let mut window = Window::new(query.cursor.as_ref(), query.size, |key| {
        let (kind, name) = key.split_once(SEPARATOR)?;
        Some((kind.to_owned(), name.to_owned()))
    });
    let mut rows = read(db, workspace, query, sight, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, query, sight, &window).await?;
    }
    let mut page = window.page(rows, |row| (format!("{}{SEPARATOR}{}", row.kind, row.name_key), row.id));
    let whole_list = query.kind.is_none() && !query.is_narrowed() && *sight == Sight::Everything;
    page.total = if whole_list { Some(super::count(db, workspace).await?) } else { page.only() };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut labels = labels_of(db, workspace, &ids).await?;
    page.try_map(|row| whole(row, &mut labels))
}

async fn read(
    db: &impl Db,
    workspace: WorkspaceId,
    query: &ResourceQuery,
    sight: &Sight,
    window: &Window<(String, String)>,
) -> Result<Vec<resource::Model>, StoreError> {
    let backend = Backend::of(on(db));
    let ids = match (backend, Search::parse(query.search.as_deref())) {
        (Backend::Sqlite, Search::For(name)) => found(Searched::Resources, &[&name, &typed(query)]),
        (Backend::Sqlite | Backend::Postgres, _) => None,
    };
    let few = Narrowest::of(db, ids.into_iter().collect()).await?.filter(Narrowest::is_few);
    match statement(backend, workspace, query, sight, window, few.map(|few| few.ids)) {
        Some(select) => models(db, &select).await,
        None => Ok(Vec::new()),
    }
}

/// What was searched for, as a product's id may have it: those keep their case, and both databases lower the letters of ASCII only.
fn typed(query: &ResourceQuery) -> String {
    query.search.as_deref().unwrap_or_default().trim().to_ascii_lowercase()
}

/// `None` where nothing can be found.
pub(super) fn statement(
    backend: Backend,
    workspace: WorkspaceId,
    query: &ResourceQuery,
    sight: &Sight,
    window: &Window<(String, String)>,
    few: Option<SelectStatement>,
) -> Option<SelectStatement> {
    let mut select = match few {
        // what was found is read first and put in order then
        Some(ids) => Query::select()
            .columns(resource::Column::iter())
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, workspace))
            .and_where(Expr::col(resource::Column::Id).in_subquery(ids))
            .take(),
        None => of(workspace),
    };
    if !narrow(&mut select, backend, workspace, query, sight) {
        return None;
    }
    let ascending = window.ascending(false);
    if let Some(((kind, name), id)) = &window.from {
        let place = Expr::tuple(ORDER.map(Expr::col));
        let beside = Expr::tuple([Expr::val(kind.as_str()), Expr::val(name.as_str()), Expr::val(*id)]);
        select.and_where(if ascending { place.gt(beside) } else { place.lt(beside) });
    }
    for column in ORDER {
        select.order_by(column, if ascending { Order::Asc } else { Order::Desc });
    }
    Some(select.limit(window.limit() as u64).take())
}

/// The first of those that the list shows on all its pages.
pub async fn matching(db: &impl Db, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight, most: usize) -> Result<Vec<ResourceId>, StoreError> {
    let mut select = Query::select().column(resource::Column::Id).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(workspace.uuid())).take();
    if !narrow(&mut select, Backend::of(on(db)), workspace, query, sight) {
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
    if !narrow(&mut select, Backend::of(on(db)), workspace, query, sight) {
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
    if !narrow(&mut select, Backend::of(on(db)), workspace, &ResourceQuery::default(), sight) {
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

/// Leaves out what the query does not ask for and what is not to be seen. False where nothing is left, whatever the workspace holds.
fn narrow(select: &mut SelectStatement, backend: Backend, workspace: WorkspaceId, query: &ResourceQuery, sight: &Sight) -> bool {
    match Search::parse(query.search.as_deref()) {
        Search::Everything => {}
        Search::Nothing => return false,
        Search::For(name) => {
            let typed = typed(query);
            select.and_where(contains(resource::Column::NameKey, &name).or(contains_in(Func::lower(Expr::col(resource::Column::Key)).into(), &typed)));
        }
    }
    if let Some(kind) = &query.kind {
        select.and_where(resource::Column::Kind.eq(kind.as_str()));
    }
    if let Some(parent) = query.parent {
        select.and_where(resource::Column::ParentId.eq(parent.uuid()));
    }
    let keys: BTreeSet<&str> = query.labels.iter().map(domain::label::Label::key).chain(query.lacking.iter().map(String::as_str)).collect();
    for key in keys {
        let bearers = || {
            Query::select()
                .column(resource_label::Column::ResourceId)
                .from(resource_label::Entity)
                .and_where(resource_label::Column::WorkspaceId.eq(workspace.uuid()))
                .and_where(resource_label::Column::Key.eq(key))
                .take()
        };
        let mut any = Condition::any();
        let values: Vec<&str> = query.labels.iter().filter(|label| label.key() == key).map(domain::label::Label::value).collect();
        if !values.is_empty() {
            any = any.add(Expr::col(resource::Column::Id).in_subquery(bearers().and_where(resource_label::Column::Value.is_in(values)).take()));
        }
        if query.lacking.iter().any(|lacking| lacking == key) {
            any = any.add(Expr::col(resource::Column::Id).not_in_subquery(bearers()));
        }
        select.cond_where(any);
    }
    match sight {
        Sight::Everything => true,
        sight if sight.is_nothing() => false,
        Sight::Some { types, resources } => {
            let mut seen = Condition::any();
            if !types.is_empty() {
                seen = seen.add(resource::Column::Kind.is_in(types.iter().map(ResourceType::as_str)));
            }
            if !resources.is_empty() {
                seen = seen.add(among(backend, "id", &uuids(resources, ResourceId::uuid)));
            }
            select.cond_where(seen);
            true
        }
    }
}
