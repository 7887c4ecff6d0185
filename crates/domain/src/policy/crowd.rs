//! What many subjects reach at best, column by column: for pictures of all members at once.
//!
//! A resource stands in one column at most. What a role on all or a labelled scope reaches is found once for all who hold it.

use super::{
    Policy, Subject,
    strength::{Kind, Share, Source, everything, reached},
};
use crate::{access_map::of_work, id::ResourceId, time::Timestamp};
use std::collections::BTreeMap;

/// In no column.
const NOWHERE: u32 = u32::MAX;

/// Looks at one subject after the other.
pub struct Crowd<'a> {
    policy: &'a Policy,
    kinds: Vec<Kind<'a>>,
    /// By resource: its column.
    places: Vec<u32>,
    columns: usize,
    found: BTreeMap<Source, Vec<u8>>,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(policy: &'a Policy, kinds: Vec<Kind<'a>>, columns: usize) -> Self {
        Self { policy, kinds, places: vec![NOWHERE; policy.resources.len()], columns, found: BTreeMap::new() }
    }

    /// The catalogue's types in the columns.
    #[must_use]
    pub fn of_types(policy: &'a Policy) -> Self {
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
    pub fn of_things(policy: &'a Policy, things: &[ResourceId]) -> Self {
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
    pub fn levels(&mut self, subject: Subject, now: Timestamp) -> Vec<u8> {
        let (policy, kinds, places, columns) = (self.policy, &self.kinds, &self.places, self.columns);
        let mut levels = vec![0; columns];
        if policy.is_owner(subject, now) {
            let all = self.found.entry(Source::Owner).or_insert_with(|| best(places, columns, everything(policy, kinds)));
            raise(&mut levels, all);
        }
        for held in policy.reaching(subject, now) {
            match Source::of(&held) {
                Some(source) => raise(&mut levels, self.found.entry(source).or_insert_with(|| best(places, columns, reached(policy, kinds, &held)))),
                None => raise(&mut levels, &best(places, columns, reached(policy, kinds, &held))),
            }
        }
        levels
    }
}

fn best(places: &[u32], columns: usize, shares: Vec<Share>) -> Vec<u8> {
    let mut levels = vec![0; columns];
    for (place, resources) in shares {
        let level = u8::try_from(place + 1).unwrap_or(u8::MAX);
        for resource in resources {
            if let Some(known) = levels.get_mut(places[resource as usize] as usize) {
                *known = level.max(*known);
            }
        }
    }
    levels
}

fn raise(levels: &mut [u8], more: &[u8]) {
    levels.iter_mut().zip(more).for_each(|(level, other)| *level = (*level).max(*other));
}
