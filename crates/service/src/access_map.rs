//! Who reaches what, as a picture: names from the store, a page of each side; what is reached from the policy in memory.

use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    access_map::{MapCell, MapColumn, MapPage, MapQuery, MapRow, MapRows},
    catalog::{Action, TypeEntry},
    effective::EffectiveAccess,
    failure::Failure,
    id::ResourceId,
    member::{UserId, UserQuery, UserStatus},
    page::PageSize,
    policy::{Covering, Policy, Sight, Subject, Target},
    resource::ResourceQuery,
    time::Timestamp,
};

/// How many rows and columns are drawn at once.
const SIDE: u16 = 40;

/// A side of the map, and what lies before and behind it.
struct Side<T> {
    items: Vec<T>,
    before: Option<String>,
    after: Option<String>,
}

pub async fn page(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<MapPage, Failure> {
    let workspace = owner.workspace().id;
    let rows = rows(services, owner, query).await?;
    let columns = columns(services, owner, query).await?;
    let group = match query.rows {
        MapRows::Members { group: Some(id) } => store::groups::named(&services.store, workspace, &[id]).await.map_err(stored)?.pop(),
        MapRows::Members { group: None } | MapRows::Groups => None,
    };
    let ask = |policy: &Policy, now| {
        let mut columns = columns.items;
        for column in &mut columns {
            if column.resource.is_none() {
                column.total = policy.count_of_kind(&column.kind);
            }
        }
        let mut covering = Covering::of(policy);
        let row = |(subject, name, note): (Subject, String, String)| {
            let cells = cells(&mut covering, policy, now, subject, &columns);
            MapRow { subject, name, note, owner: policy.is_owner(subject, now), cells }
        };
        let rows = rows.items.into_iter().map(row).collect();
        (columns, rows)
    };
    let ((columns_drawn, rows_drawn), _) = services.decisions.ask(workspace, None, ask).await?;
    Ok(MapPage {
        columns: columns_drawn,
        rows: rows_drawn,
        rows_before: rows.before,
        rows_after: rows.after,
        columns_before: columns.before,
        columns_after: columns.after,
        group,
    })
}

async fn rows(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<Side<(Subject, String, String)>, Failure> {
    let workspace = owner.workspace().id;
    match query.rows {
        MapRows::Groups => {
            let page = store::groups::page(&services.store, workspace, query.search.as_deref(), query.rows_at.clone(), PageSize::new(SIDE)).await;
            let page = page.map_err(stored)?;
            let row = |group: domain::group::GroupRow| {
                let note = if group.members == 1 { "1 member".to_owned() } else { format!("{} members", group.members) };
                (Subject::Group(group.id), group.name.to_string(), note)
            };
            Ok(Side { items: page.rows.into_iter().map(row).collect(), before: page.previous, after: page.next })
        }
        MapRows::Members { group } => {
            let asked = UserQuery {
                search: query.search.clone(),
                statuses: vec![UserStatus::Active],
                groups: group.into_iter().collect(),
                cursor: query.rows_at.clone(),
                size: PageSize::new(SIDE),
                ..UserQuery::default()
            };
            let page = store::users::page(&services.store, workspace, &asked, services.now()).await.map_err(stored)?;
            let row = |user: domain::member::UserRow| {
                let UserId::Member(id) = user.id else { return None };
                let name = user.name.map_or_else(|| user.email.to_string(), |name| name.to_string());
                Some((Subject::Member(id), name, user.email.to_string()))
            };
            Ok(Side { items: page.rows.into_iter().filter_map(row).collect(), before: page.previous, after: page.next })
        }
    }
}

async fn columns(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<Side<MapColumn>, Failure> {
    let Some(kind) = &query.kind else {
        let column = |entry: &TypeEntry| MapColumn { kind: entry.id.clone(), resource: None, name: entry.many.clone(), verbs: of_work(entry), total: 0 };
        return Ok(Side { items: services.catalog.types.iter().map(column).collect(), before: None, after: None });
    };
    let entry = services.catalog.kind(kind).ok_or_else(|| Failure::field("type", format_args!("the catalogue has no type `{kind}`")))?;
    let asked = ResourceQuery { kind: Some(kind.clone()), cursor: query.columns_at.clone(), size: PageSize::new(SIDE), ..ResourceQuery::default() };
    let page = store::resources::page(&services.store, owner.workspace().id, &asked, &Sight::Everything).await.map_err(stored)?;
    let column = |resource: domain::resource::Resource| MapColumn {
        kind: kind.clone(),
        resource: Some(resource.id),
        name: resource.name.to_string(),
        verbs: of_work(entry),
        total: 1,
    };
    Ok(Side { items: page.rows.into_iter().map(column).collect(), before: page.previous, after: page.next })
}

/// What is done with a thing that is there: making and deleting go with editing.
fn of_work(entry: &TypeEntry) -> Vec<String> {
    let kept: Vec<String> = entry.actions.iter().filter(|verb| !matches!(verb.as_str(), "create" | "delete")).cloned().collect();
    if kept.is_empty() { entry.actions.clone() } else { kept }
}

fn cells(covering: &mut Covering<'_>, policy: &Policy, now: Timestamp, subject: Subject, columns: &[MapColumn]) -> Vec<MapCell> {
    // one look at all that they reach is worth it for types only
    let whole = columns.iter().any(|column| column.resource.is_none()).then(|| EffectiveAccess::among(covering, subject, now));
    let cell = |column: &MapColumn| match (column.resource, &whole) {
        (Some(id), _) => on_one(policy, now, subject, column, id),
        (None, Some(access)) => on_type(access, column),
        (None, None) => MapCell::default(),
    };
    columns.iter().map(cell).collect()
}

fn on_one(policy: &Policy, now: Timestamp, subject: Subject, column: &MapColumn, id: ResourceId) -> MapCell {
    let allowed = |verb: &String| policy.allows(subject, &Action::new(&column.kind, verb), &Target::Resource(id), now);
    let level = column.verbs.iter().rposition(allowed).map_or(0, |at| at + 1);
    MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: u32::from(level > 0) }
}

fn on_type(access: &EffectiveAccess, column: &MapColumn) -> MapCell {
    let reached: Vec<u32> = column.verbs.iter().map(|verb| access.count(&column.kind, verb)).collect();
    let level = reached.iter().rposition(|count| *count > 0).map_or(0, |at| at + 1);
    MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: reached.into_iter().max().unwrap_or_default() }
}
