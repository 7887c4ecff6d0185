//! Who reaches what, as a picture: names from the store, a page of each side; what is reached from the policy in memory.

mod columns;

use crate::{access::WorkspaceOwner, refusal::stored, resources::known_type, services::Services};
use columns::Columns;
use domain::{
    access_map::{MapPage, MapQuery, MapRow, MapRows, SIDE},
    failure::Failure,
    member::{UserId, UserQuery, UserStatus},
    page::PageSize,
    policy::{Policy, Subject},
};

/// A side of the map, and what lies before and behind it.
struct Side<T> {
    items: Vec<T>,
    before: Option<String>,
    after: Option<String>,
    total: Option<u64>,
}

pub async fn page(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<MapPage, Failure> {
    let workspace = owner.workspace().id;
    if let Some(kind) = &query.kind {
        known_type(services, kind, "type")?;
    }
    let rows = rows(services, owner, query).await?;
    let things = match (&query.by, &query.kind, &query.label) {
        (None, Some(_), _) | (None, _, Some(_)) => Some(columns::things(services, owner, query).await?),
        (Some(_), _, _) | (None, None, None) => None,
    };
    let group = match query.rows {
        MapRows::Members { group: Some(id) } => store::groups::named(&services.store, workspace, &[id]).await.map_err(stored)?.pop(),
        MapRows::Members { group: None } | MapRows::Groups => None,
    };
    let in_group = group.as_ref().filter(|_| query.search.is_none()).map(|group| group.id);
    let ask = |policy: &Policy, now| {
        let mut columns = Columns::of(policy, query, things);
        let row = |(subject, name, note): (Subject, String, String)| {
            let cells = columns.cells(subject, now);
            MapRow { subject, name, note, owner: policy.is_owner(subject, now), cells }
        };
        let rows_drawn: Vec<MapRow> = rows.items.into_iter().map(row).collect();
        let rows_total = rows.total.or_else(|| in_group.map(|group| policy.count_in_group(group) as u64));
        (columns.side(), rows_drawn, rows_total, policy.label_keys())
    };
    let ((columns, rows_drawn, rows_total, keys), _) = services.decisions.ask(workspace, None, ask).await?;
    Ok(MapPage {
        columns_total: columns.total.unwrap_or_default(),
        columns: columns.items,
        rows: rows_drawn,
        rows_before: rows.before,
        rows_after: rows.after,
        columns_before: columns.before,
        columns_after: columns.after,
        rows_total,
        keys,
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
            Ok(Side { items: page.rows.into_iter().map(row).collect(), before: page.previous, after: page.next, total: page.total })
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
            Ok(Side { items: page.rows.into_iter().filter_map(row).collect(), before: page.previous, after: page.next, total: page.total })
        }
    }
}
