//! What subjects reach of some resources, by the values of one key of labels: for pictures of many subjects, and very many resources.
//!
//! Resources are bits. What a scope covers is found once for all who hold it, and a cell is what a row's bits and a column's share.

use super::{
    Policy, Subject,
    crowd::Crowd,
    set::Set,
    strength::{Kind, Share, Source, everything, reached},
};
use crate::{
    access_map::{MapCell, of_work, one_scale},
    catalog::TypeEntry,
    label::Bearing,
    resource::ResourceType,
    time::Timestamp,
};
use std::collections::BTreeMap;

/// Looks at the resources of one type or all, with a label or not.
pub struct ByLabel<'a> {
    policy: &'a Policy,
    kinds: Vec<Kind>,
    /// What is worked with on any of them, the weakest first.
    verbs: Vec<String>,
    /// Those that are looked at.
    part: Bits,
    columns: Vec<Bits>,
    pub(super) found: BTreeMap<Source, Levels>,
}

/// By the place of the strongest verb: what is reached so.
pub(super) type Levels = BTreeMap<usize, Bits>;

impl<'a> ByLabel<'a> {
    /// Of this type, or of all of the catalogue; and only what bears the label or none of its key, where one is given.
    #[must_use]
    pub fn of(policy: &'a Policy, kind: Option<&ResourceType>, label: Option<&Bearing>) -> Self {
        let types = policy.catalog.types.iter().filter(|entry| kind.is_none_or(|kind| *kind == entry.id) && policy.count_of_kind(&entry.id) > 0);
        let types: Vec<(&'a TypeEntry, Vec<String>)> = types.map(|entry| (entry, of_work(entry))).collect();
        let verbs = one_scale(types.iter().map(|(_, verbs)| verbs.as_slice()));
        let kinds: Vec<Kind> = types.iter().filter_map(|(entry, _)| Kind::of(policy, entry, &verbs)).collect();
        let mut part = Bits::none_of(policy);
        for kind in &kinds {
            part.put(policy.by_kind[usize::from(kind.number)].iter());
        }
        let mut by_label = Self { policy, kinds, verbs, part, columns: Vec::new(), found: BTreeMap::new() };
        if let Some(label) = label {
            by_label.part = by_label.bearing(label);
        }
        by_label
    }

    #[must_use]
    pub fn verbs(&self) -> &[String] {
        &self.verbs
    }

    /// How many are looked at.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.part.shared(&self.part)
    }

    /// The values of this key that some of them bear, in order, and last what bears none; each with how many that are.
    #[must_use]
    pub fn values(&self, key: &str) -> Vec<(Bearing, u32)> {
        let mut rest = self.count();
        let mut values = Vec::new();
        for (label, bearers) in self.policy.labels.of_key(key) {
            let here = bearers.iter().filter(|resource| self.part.has(*resource)).count();
            if let Some(here) = u32::try_from(here).ok().filter(|here| *here > 0) {
                rest = rest.saturating_sub(here);
                values.push((Bearing::With(label.clone()), here));
            }
        }
        values.push((Bearing::Without(key.to_owned()), rest));
        values
    }

    /// Puts these in the columns.
    pub fn stand<'b>(&mut self, columns: impl Iterator<Item = &'b Bearing>) {
        self.columns = columns.map(|bearing| self.bearing(bearing)).collect();
    }

    /// One for each column.
    #[must_use]
    pub fn cells(&mut self, subject: Subject, now: Timestamp) -> Vec<MapCell> {
        let (policy, kinds) = (self.policy, &self.kinds);
        let mut levels = Levels::new();
        if policy.is_owner(subject, now) {
            let all = self.found.entry(Source::Owner).or_insert_with(|| gathered(policy, everything(policy, kinds)));
            add(&mut levels, all);
        }
        for held in policy.in_effect(subject, now) {
            match Source::of(&held) {
                Some(source) => add(&mut levels, self.found.entry(source).or_insert_with(|| gathered(policy, reached(policy, kinds, &held)))),
                None => add(&mut levels, &gathered(policy, reached(policy, kinds, &held))),
            }
        }
        let mut all = Bits::none_of(policy);
        levels.values().for_each(|bits| all.add(bits));
        let cell = |column: &Bits| {
            let level = levels.iter().rev().find(|(_, bits)| bits.meets(column)).map_or(0, |(place, _)| place + 1);
            MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: all.shared(column) }
        };
        self.columns.iter().map(cell).collect()
    }

    /// For looks at many subjects with the same columns.
    #[must_use]
    pub fn crowd(&self) -> Crowd {
        let mut crowd = Crowd::new(self.policy, self.kinds.clone(), self.columns.len());
        self.columns.iter().enumerate().for_each(|(place, column)| crowd.stand(place, column.numbers()));
        crowd
    }

    fn bearing(&self, bearing: &Bearing) -> Bits {
        let mut bearers = Bits::none_of(self.policy);
        match bearing {
            Bearing::With(label) => {
                bearers.put(self.policy.labels.bearers(label).into_iter().flat_map(Set::iter));
                bearers.keep(&self.part);
                bearers
            }
            Bearing::Without(key) => {
                self.policy.labels.of_key(key).for_each(|(_, set)| bearers.put(set.iter()));
                let mut others = self.part.clone();
                others.leave(&bearers);
                others
            }
        }
    }
}

fn gathered(policy: &Policy, shares: Vec<Share>) -> Levels {
    let mut levels = Levels::new();
    for (place, resources) in shares {
        levels.entry(place).or_insert_with(|| Bits::none_of(policy)).put(resources.into_iter());
    }
    levels
}

fn add(levels: &mut Levels, more: &Levels) {
    for (place, bits) in more {
        match levels.get_mut(place) {
            Some(mine) => mine.add(bits),
            None => {
                levels.insert(*place, bits.clone());
            }
        }
    }
}

/// Resources by their numbers, one bit each. All sets of one policy are of one length.
#[derive(Clone)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn none_of(policy: &Policy) -> Self {
        Self(vec![0; policy.resources.len().div_ceil(64)])
    }

    fn put(&mut self, numbers: impl Iterator<Item = u32>) {
        for number in numbers {
            self.0[number as usize / 64] |= 1_u64 << (number % 64);
        }
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        (0_u32..).take(self.0.len() * 64).filter(move |number| self.has(*number))
    }

    fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] & (1_u64 << (number % 64)) != 0
    }

    fn add(&mut self, more: &Self) {
        self.0.iter_mut().zip(&more.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn keep(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    fn leave(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(mine, theirs)| *mine &= !theirs);
    }

    fn meets(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// How many are in both.
    fn shared(&self, others: &Self) -> u32 {
        self.0.iter().zip(&others.0).map(|(mine, theirs)| (mine & theirs).count_ones()).sum()
    }
}
