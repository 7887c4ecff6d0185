//! Who reaches what, as a picture: names from the store, a page of each side; what is reached from the policy in memory.

mod columns;
mod rows;
mod walk;

use crate::{access::WorkspaceOwner, refusal::stored, resources::known_type, services::Services};
use columns::Columns;
use domain::{
    access_map::{MapCell, MapColumn, MapPage, MapQuery, MapRow, MapRows, MapWho},
    failure::Failure,
    id::{GroupId, WorkspaceId},
    policy::{Policy, Subject},
};
use rows::Head;

/// A side of the map, and what lies before and behind it.
#[derive(Clone)]
struct Side<T> {
    items: Vec<T>,
    before: Option<String>,
    after: Option<String>,
    total: Option<u64>,
}

/// What the policy says of the rows.
struct Drawn {
    columns: Side<MapColumn>,
    /// Whether each is an owner, and its cells.
    rows: Vec<(bool, Vec<MapCell>)>,
    /// How many members there are in the group that was asked about.
    in_group: Option<u64>,
    keys: Vec<String>,
}

pub async fn page(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<MapPage, Failure> {
    let workspace = owner.workspace().id;
    if let Some(kind) = &query.kind {
        known_type(services, kind, "type")?;
    }
    let rows = rows::rows(services, owner, query).await?;
    let things = if columns::are_things(query) { Some(columns::things(services, owner, query).await?) } else { None };
    let group = match query.rows {
        MapRows::Members { group: Some(id) } => store::groups::named(&services.store, workspace, &[id]).await.map_err(stored)?.pop(),
        MapRows::Members { group: None } | MapRows::Groups | MapRows::Bands => None,
    };
    let in_group = group.as_ref().filter(|_| query.search.is_none()).map(|group| group.id);
    let drawn = match one_by_one(&rows.items) {
        Some(subjects) => of_each(services, workspace, query, things, &subjects, in_group).await?,
        None => walk::bands(services, workspace, query, things, &rows.items).await?,
    };
    let row = |(Head { who, name, note, .. }, (owner, cells)): (Head, (bool, Vec<MapCell>))| MapRow { who, name, note, owner, cells };
    Ok(MapPage {
        columns_total: drawn.columns.total.unwrap_or_default(),
        columns: drawn.columns.items,
        rows: rows.items.into_iter().zip(drawn.rows).map(row).collect(),
        rows_before: rows.before,
        rows_after: rows.after,
        columns_before: drawn.columns.before,
        columns_after: drawn.columns.after,
        rows_total: rows.total.or(drawn.in_group),
        keys: drawn.keys,
        group,
    })
}

/// Who stands in the rows, where none is a band.
fn one_by_one(rows: &[Head]) -> Option<Vec<Subject>> {
    let subject = |row: &Head| match row.who {
        MapWho::Subject(subject) => Some(subject),
        MapWho::Band { .. } => None,
    };
    rows.iter().map(subject).collect()
}

/// They are few: all are looked at in one go.
async fn of_each(
    services: &Services,
    workspace: WorkspaceId,
    query: &MapQuery,
    things: Option<Side<MapColumn>>,
    subjects: &[Subject],
    in_group: Option<GroupId>,
) -> Result<Drawn, Failure> {
    let ask = |policy: &Policy, now| {
        let mut columns = Columns::of(policy, query, things);
        let rows = subjects.iter().map(|subject| (policy.is_owner(*subject, now), columns.cells(*subject, now))).collect();
        let in_group = in_group.map(|group| policy.count_in_group(group) as u64);
        Drawn { columns: columns.side(), rows, in_group, keys: policy.label_keys() }
    };
    services.decisions.ask(workspace, None, ask).await.map(|(drawn, _)| drawn)
}
