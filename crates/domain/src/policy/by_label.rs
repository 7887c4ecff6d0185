//! What subjects reach of some resources, by the values of one key of labels: for pictures of many subjects, and very many resources.
//!
//! Resources are bits. What a scope covers is found once for all who hold it, and a cell is what a row's bits and a column's share.

use super::{Policy, Subject, reach::Reaching, rows::ScopeRow, set::Set};
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
    kinds: Vec<Kind<'a>>,
    /// What is worked with on any of them, the weakest first.
    verbs: Vec<String>,
    /// Those that are looked at.
    part: Bits,
    columns: Vec<Bits>,
    found: BTreeMap<Source, Levels>,
}

/// A type, and where each of its verbs stands among those of all.
struct Kind<'a> {
    id: &'a ResourceType,
    number: u16,
    verbs: Vec<(String, usize)>,
}

/// By the place of the strongest verb: what is reached so.
type Levels = BTreeMap<usize, Bits>;

/// What many rows reach alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Owner,
    /// A role on all.
    All(u16),
    /// A labelled scope, which is one role's.
    Labelled(u32),
}

impl<'a> ByLabel<'a> {
    /// Of this type, or of all of the catalogue; and only what bears the label or none of its key, where one is given.
    #[must_use]
    pub fn of(policy: &'a Policy, kind: Option<&ResourceType>, label: Option<&Bearing>) -> Self {
        let types = policy.catalog.types.iter().filter(|entry| kind.is_none_or(|kind| *kind == entry.id) && policy.count_of_kind(&entry.id) > 0);
        let types: Vec<(&'a TypeEntry, Vec<String>)> = types.map(|entry| (entry, of_work(entry))).collect();
        let verbs = one_scale(types.iter().map(|(_, verbs)| verbs.as_slice()));
        let place = |verb: String| verbs.iter().position(|known| *known == verb).map(|place| (verb, place));
        let row = |(entry, verbs): (&'a TypeEntry, Vec<String>)| {
            let number = policy.rules.find_kind(&entry.id)?;
            Some(Kind { id: &entry.id, number, verbs: verbs.into_iter().filter_map(place).collect() })
        };
        let kinds: Vec<Kind<'a>> = types.into_iter().filter_map(row).collect();
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
        let policy = self.policy;
        let mut levels = Levels::new();
        if policy.is_owner(subject, now) {
            add(&mut levels, self.found.entry(Source::Owner).or_insert_with(|| everything(policy, &self.kinds)));
        }
        for held in policy.reaching(subject, now) {
            let source = match &held.row.scope {
                ScopeRow::All => Source::All(held.row.role),
                ScopeRow::Labelled(scope) => Source::Labelled(*scope),
                ScopeRow::Only(_) => {
                    add(&mut levels, &reached(policy, &self.kinds, &held));
                    continue;
                }
            };
            add(&mut levels, self.found.entry(source).or_insert_with(|| reached(policy, &self.kinds, &held)));
        }
        let mut all = Bits::none_of(policy);
        levels.values().for_each(|bits| all.add(bits));
        let cell = |column: &Bits| {
            let level = levels.iter().rev().find(|(_, bits)| bits.meets(column)).map_or(0, |(place, _)| place + 1);
            MapCell { level: u8::try_from(level).unwrap_or(u8::MAX), reached: all.shared(column) }
        };
        self.columns.iter().map(cell).collect()
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

/// What an owner reaches: each thing by the strongest that its type knows.
fn everything(policy: &Policy, kinds: &[Kind<'_>]) -> Levels {
    let mut levels = Levels::new();
    for kind in kinds {
        if let Some(place) = kind.verbs.iter().map(|(_, place)| *place).max() {
            levels.entry(place).or_insert_with(|| Bits::none_of(policy)).put(policy.by_kind[usize::from(kind.number)].iter());
        }
    }
    levels
}

/// What one grant reaches.
fn reached(policy: &Policy, kinds: &[Kind<'_>], held: &Reaching<'_>) -> Levels {
    let mut levels = Levels::new();
    let Some(role) = policy.catalog.role(held.role()) else { return levels };
    for kind in kinds {
        // to make new ones takes a grant on all
        let allowed = |verb: &String| {
            (held.on_all() || verb.as_str() != "create") && role.permissions.iter().any(|action| action.kind == *kind.id && action.verb == *verb)
        };
        let Some(place) = kind.verbs.iter().filter(|(verb, _)| allowed(verb)).map(|(_, place)| *place).max() else { continue };
        let through = role.through_parent.contains(kind.id);
        let covered = policy.covered(&held.row.scope, through, kind.number, None, usize::MAX);
        levels.entry(place).or_insert_with(|| Bits::none_of(policy)).put(covered.into_iter());
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
struct Bits(Vec<u64>);

impl Bits {
    fn none_of(policy: &Policy) -> Self {
        Self(vec![0; policy.resources.len().div_ceil(64)])
    }

    fn put(&mut self, numbers: impl Iterator<Item = u32>) {
        for number in numbers {
            self.0[number as usize / 64] |= 1_u64 << (number % 64);
        }
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
