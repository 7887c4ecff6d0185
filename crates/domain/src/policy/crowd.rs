//! What many subjects reach at best, column by column: for pictures of all members at once.
//!
//! A resource stands in one column at most. What many reach alike is found once for all of them. A crowd keeps nothing of the policy but
//! numbers, so that it can be put away between looks; it is good for just the state of the policy that it was made of.

use super::{
    Policy, Subject,
    strength::{Kind, Share, Source, everything, reached},
};
use crate::{access_map::of_work, id::ResourceId, time::Timestamp};
use std::collections::BTreeMap;

/// In no column.
const NOWHERE: u32 = u32::MAX;

/// Looks at one subject after the other.
pub struct Crowd {
    kinds: Vec<Kind>,
    /// By resource: its column.
    places: Vec<u32>,
    found: BTreeMap<Source, Vec<u8>>,
    /// Of the one who is looked at.
    levels: Vec<u8>,
}

impl Crowd {
    pub(super) fn new(policy: &Policy, kinds: Vec<Kind>, columns: usize) -> Self {
        Self { kinds, places: vec![NOWHERE; policy.resources.len()], found: BTreeMap::new(), levels: vec![0; columns] }
    }

    /// The catalogue's types in the columns.
    #[must_use]
    pub fn of_types(policy: &Policy) -> Self {
        let types = &policy.catalog.types;
        let mut crowd = Self::new(policy, Vec::new(), types.len());
        for (column, entry) in types.iter().enumerate() {
            if let Some(kind) = Kind::of(policy, entry, &of_work(entry)) {
                crowd.stand(column, policy.by_kind[usize::from(kind.number)].iter());
                crowd.kinds.push(kind);
            }
        }
        crowd
    }

    /// These things in the columns.
    #[must_use]
    pub fn of_things(policy: &Policy, things: &[ResourceId]) -> Self {
        let types = policy.catalog.types.iter().filter(|entry| things.iter().any(|thing| policy.kind_of(*thing) == Some(&entry.id)));
        let kinds = types.filter_map(|entry| Kind::of(policy, entry, &of_work(entry))).collect();
        let mut crowd = Self::new(policy, kinds, things.len());
        for (column, thing) in things.iter().enumerate() {
            crowd.stand(column, policy.names.resources.find(thing.uuid()).into_iter());
        }
        crowd
    }

    /// Puts resources in a column.
    pub(super) fn stand(&mut self, column: usize, resources: impl Iterator<Item = u32>) {
        let column = u32::try_from(column).unwrap_or(NOWHERE);
        for resource in resources {
            self.places[resource as usize] = column;
        }
    }

    /// In each column 0 for nothing, else the place of the strongest verb, from 1.
    #[must_use]
    pub fn levels(&mut self, policy: &Policy, subject: Subject, now: Timestamp) -> &[u8] {
        let Self { kinds, places, found, levels } = self;
        let (kinds, places, columns) = (&*kinds, &*places, levels.len());
        levels.fill(0);
        let best = |shares: Vec<Share>| {
            let mut best = vec![0_u8; columns];
            mark(&mut best, places, shares);
            best
        };
        if policy.is_owner(subject, now) {
            raise(levels, found.entry(Source::Owner).or_insert_with(|| best(everything(policy, kinds))));
        }
        for held in policy.in_effect(subject, now) {
            match Source::of(&held) {
                Some(source) => raise(levels, found.entry(source).or_insert_with(|| best(reached(policy, kinds, &held)))),
                None => mark(levels, places, reached(policy, kinds, &held)),
            }
        }
        levels
    }
}

fn mark(levels: &mut [u8], places: &[u32], shares: Vec<Share>) {
    for (place, resources) in shares {
        let level = u8::try_from(place + 1).unwrap_or(u8::MAX);
        for resource in resources {
            let column = places.get(resource as usize).copied().unwrap_or(NOWHERE);
            if let Some(known) = levels.get_mut(column as usize) {
                *known = level.max(*known);
            }
        }
    }
}

fn raise(levels: &mut [u8], more: &[u8]) {
    levels.iter_mut().zip(more).for_each(|(level, other)| *level = (*level).max(*other));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{Catalog, RoleId},
        grant::{Grant, GrantSpec, Scope},
        id::{GrantId, GroupId, MemberId},
        member::MemberKind,
        plan::Plan,
        policy::{ByLabel, PolicyGroup, PolicyMember},
        resource::{Resource, ResourceType},
        text::{ResourceKey, ResourceName},
    };
    use std::sync::Arc;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);

    #[test]
    fn what_a_group_gives_is_found_once_for_all_in_it() {
        let mut policy = Policy::new(Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), Plan::Business);
        let (site, team) = (ResourceId::from_uuid(Uuid::from_u128(1)), GroupId::from_uuid(Uuid::from_u128(2)));
        policy.put_resource(Resource {
            id: site,
            kind: ResourceType::new("source"),
            key: ResourceKey::parse("site").unwrap(),
            name: ResourceName::parse("Site").unwrap(),
            parent: None,
            labels: Vec::new(),
        });
        let on_site = |n: u128, role: &str| {
            let spec = GrantSpec::new(RoleId::new(role), Scope::Only([site].into()));
            Grant { id: GrantId::from_uuid(Uuid::from_u128(n)), spec }
        };
        policy.put_group(PolicyGroup { id: team, pii: false, grants: vec![on_site(3, "source_admin")] });
        let members = [10, 11, 12].map(|n| MemberId::from_uuid(Uuid::from_u128(n)));
        for (member, grants) in members.iter().zip([Vec::new(), Vec::new(), vec![on_site(4, "source_read_only")]]) {
            policy.put_member(PolicyMember { id: *member, kind: MemberKind::Member, pii: false, grants, groups: [team].into() });
        }
        let mut crowd = Crowd::of_things(&policy, &[site]);
        let mut by_label = ByLabel::of(&policy, None, None);
        for member in members {
            assert_eq!(crowd.levels(&policy, Subject::Member(member), NOW), [2]);
            let _ = by_label.cells(Subject::Member(member), NOW);
        }
        let by_the_group = [Source::Only(Uuid::from_u128(3))];
        assert_eq!(crowd.found.keys().copied().collect::<Vec<_>>(), by_the_group, "and nobody's own is kept");
        assert_eq!(by_label.found.keys().copied().collect::<Vec<_>>(), by_the_group);
    }
}
