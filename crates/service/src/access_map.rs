//! Who reaches what, as a picture: names from the store, a page of each side; what is reached from the policy in memory.

mod columns;
mod rows;

use crate::{access::WorkspaceOwner, refusal::stored, resources::known_type, services::Services};
use columns::Columns;
use domain::{
    access_map::{MapPage, MapQuery, MapRow, MapRows, MapWho},
    failure::Failure,
    policy::Policy,
};
use rows::Head;

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
    let rows = rows::rows(services, owner, query).await?;
    let things = match (&query.by, &query.kind, &query.label) {
        (None, Some(_), _) | (None, _, Some(_)) => Some(columns::things(services, owner, query).await?),
        (Some(_), _, _) | (None, None, None) => None,
    };
    let group = match query.rows {
        MapRows::Members { group: Some(id) } => store::groups::named(&services.store, workspace, &[id]).await.map_err(stored)?.pop(),
        MapRows::Members { group: None } | MapRows::Groups | MapRows::Bands => None,
    };
    let in_group = group.as_ref().filter(|_| query.search.is_none()).map(|group| group.id);
    let ask = |policy: &Policy, now| {
        let mut columns = Columns::of(policy, query, things);
        let row = |Head { who, name, note, members }: Head| {
            let (owner, cells) = match who {
                MapWho::Subject(subject) => (policy.is_owner(subject, now), columns.cells(subject, now)),
                MapWho::Band { .. } => (false, columns.of_many(&members, now)),
            };
            MapRow { who, name, note, owner, cells }
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
