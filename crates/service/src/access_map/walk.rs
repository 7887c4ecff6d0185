//! All members, band by band: a few of them at a time, so that commits and other questions have their turn in between.

use super::{
    Drawn, Side,
    columns::{self, Columns},
    rows::Head,
};
use crate::services::Services;
use domain::{
    access_map::{MapCell, MapColumn, MapQuery},
    failure::Failure,
    id::{MemberId, WorkspaceId},
    policy::{Crowd, Policy, Subject},
    time::Timestamp,
};

/// So many members are looked at in one go: a commit waits no longer than that takes.
const AT_ONCE: usize = 250;

/// So often all begins anew where the policy changed in between. After that the bands are of versions that follow each other.
const MOST_ANEW: u32 = 3;

/// What stands in the cells of these bands, which are all rows.
pub(super) async fn bands(
    services: &Services,
    workspace: WorkspaceId,
    query: &MapQuery,
    things: Option<Side<MapColumn>>,
    bands: &[Head],
) -> Result<Drawn, Failure> {
    let mut walk = Walk::along(query, things, bands);
    services.decisions.ask_in_parts(workspace, |held, now| walk.step(&held.policy, held.version, now)).await
}

struct Walk<'a> {
    query: &'a MapQuery,
    things: Option<Side<MapColumn>>,
    bands: usize,
    /// Some members of one band, and its place.
    parts: Vec<(usize, &'a [MemberId])>,
    /// How often it began anew.
    anew: u32,
    seen: Option<Seen>,
}

/// What was seen up to now.
struct Seen {
    /// Of the policy.
    version: i64,
    crowd: Crowd,
    drawn: Drawn,
    parts: usize,
}

impl<'a> Walk<'a> {
    fn along(query: &'a MapQuery, things: Option<Side<MapColumn>>, bands: &'a [Head]) -> Self {
        let of_band = |(place, band): (usize, &'a Head)| band.members.chunks(AT_ONCE).map(move |members| (place, members));
        Self { query, things, bands: bands.len(), parts: bands.iter().enumerate().flat_map(of_band).collect(), anew: 0, seen: None }
    }

    /// Looks at some more; gives what it came to once nobody is left.
    fn step(&mut self, policy: &Policy, version: i64, now: Timestamp) -> Option<Drawn> {
        let mut seen = match self.seen.take() {
            Some(seen) if seen.version == version => seen,
            Some(seen) if self.anew == MOST_ANEW => Seen { version, crowd: columns::crowd(policy, self.query, &seen.drawn.columns.items), ..seen },
            Some(_) => {
                self.anew += 1;
                self.begin(policy, version)
            }
            None => self.begin(policy, version),
        };
        // without a column there is nothing to look for
        let is_empty = seen.drawn.columns.items.is_empty();
        let Some((band, members)) = self.parts.get(seen.parts).filter(|_| !is_empty) else { return Some(seen.drawn) };
        let (_, cells) = &mut seen.drawn.rows[*band];
        for member in *members {
            for (cell, level) in cells.iter_mut().zip(seen.crowd.levels(policy, Subject::Member(*member), now)) {
                cell.level = cell.level.max(*level);
                cell.reached += u32::from(*level > 0);
            }
        }
        seen.parts += 1;
        if seen.parts == self.parts.len() {
            return Some(seen.drawn);
        }
        self.seen = Some(seen);
        None
    }

    fn begin(&self, policy: &Policy, version: i64) -> Seen {
        let columns = Columns::of(policy, self.query, self.things.clone()).side();
        let crowd = columns::crowd(policy, self.query, &columns.items);
        let row = (false, vec![MapCell::default(); columns.items.len()]);
        Seen { version, crowd, drawn: Drawn { rows: vec![row; self.bands], columns, in_group: None, keys: policy.label_keys() }, parts: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        access_map::{MapRows, MapThing, MapWho},
        catalog::Catalog,
        id::ResourceId,
        member::MemberKind,
        plan::Plan,
        policy::PolicyMember,
        resource::{Resource, ResourceType},
        text::{ResourceKey, ResourceName},
    };
    use std::{collections::BTreeSet, sync::Arc};
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn query() -> MapQuery {
        MapQuery { rows: MapRows::Bands, kind: None, label: None, by: None, search: None, rows_at: None, columns_at: None }
    }

    fn member(n: usize) -> MemberId {
        MemberId::from_uuid(Uuid::from_u128(n as u128 + 1))
    }

    /// So many owners, and a source.
    fn policy(members: usize) -> Policy {
        let mut policy = Policy::new(Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), Plan::Business);
        policy.put_resource(Resource {
            id: ResourceId::from_uuid(Uuid::from_u128(1)),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse("site").unwrap(),
            name: ResourceName::parse("Site").unwrap(),
            parent: None,
            labels: Vec::new(),
        });
        for n in 0..members {
            policy.put_member(PolicyMember { id: member(n), kind: MemberKind::Owner, pii: true, grants: Vec::new(), groups: BTreeSet::new() });
        }
        policy
    }

    fn heads(sizes: &[usize]) -> Vec<Head> {
        let mut from = 0_usize;
        let head = |size: &usize| {
            let members = (from..from + size).map(member).collect();
            from += size;
            Head { who: MapWho::Band { count: 0, after: None, place: 1 }, name: String::new(), note: String::new(), members }
        };
        sizes.iter().map(head).collect()
    }

    /// Steps until all are seen, with a version for each; gives how many steps that took, and how many of each band reach sources.
    fn walked(query: &MapQuery, things: Option<Side<MapColumn>>, version: impl Fn(usize) -> i64) -> (usize, Vec<u32>) {
        let (policy, heads) = (policy(620), heads(&[600, 20]));
        let mut walk = Walk::along(query, things, &heads);
        let (steps, drawn) = (1..99).find_map(|step| walk.step(&policy, version(step), NOW).map(|drawn| (step, drawn))).unwrap();
        let source = MapThing::Type(ResourceType::new("source"));
        let place = drawn.columns.items.iter().position(|column| column.thing == source);
        (steps, drawn.rows.iter().filter_map(|(_, cells)| Some(cells.get(place?)?.reached)).collect())
    }

    #[test]
    fn members_are_looked_at_a_few_at_a_time_and_each_once() {
        assert_eq!(walked(&query(), None, |_| 7), (4, vec![600, 20]), "250, 250, 100 and 20");
    }

    #[test]
    fn a_change_in_between_begins_anew_but_not_for_ever() {
        assert_eq!(walked(&query(), None, |step| if step < 3 { 7 } else { 8 }), (6, vec![600, 20]));
        // three steps are lost, then each counts
        let restless = |step: usize| i64::try_from(step).unwrap();
        assert_eq!(walked(&query(), None, restless), (7, vec![600, 20]));
    }

    #[test]
    fn nobody_is_looked_at_where_there_is_no_column() {
        let things = Side { items: Vec::new(), before: None, after: None, total: None };
        let of_a_type = MapQuery { kind: Some(ResourceType::new("warehouse")), ..query() };
        assert_eq!(walked(&of_a_type, Some(things), |_| 7), (1, Vec::new()));
    }
}
