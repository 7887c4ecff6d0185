//! Effective access: all that a subject reaches, by type and by what they may do there, and how a change of it reads.

use crate::{
    catalog::{Catalog, RoleId},
    grant::ScopeSummary,
    id::{GrantId, GroupId, ResourceId},
    policy::{Arrival, Covering, Policy, Subject},
    resource::ResourceType,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// One line of effective access: by this grant the subject may do this to these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub kind: ResourceType,
    /// The strongest thing that the grant allows there.
    pub verb: String,
    /// All of the type, those to come included.
    pub all: bool,
    /// How many there are today.
    pub count: u32,
    pub grant: GrantId,
    pub role: RoleId,
    pub arrival: Arrival,
    pub scope: ScopeSummary,
}

/// All that a subject reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectiveAccess {
    /// Everything in the workspace, and who may reach it.
    pub owner: bool,
    pub pii: bool,
    pub reaches: Vec<Reach>,
    /// What they may do, by type and verb. Not sent: recomputed by whoever compares.
    #[serde(skip)]
    covered: BTreeMap<(ResourceType, String), Covered>,
}

/// Either all of the type, those to come included, or these. All are counted and not listed: there may be very many.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Covered {
    All(u32),
    /// In order, each once.
    These(Arc<[ResourceId]>),
}

impl Default for Covered {
    fn default() -> Self {
        Self::These(Arc::default())
    }
}

impl Covered {
    /// Takes in more, which are in order too.
    fn add(&mut self, more: &Arc<[ResourceId]>) {
        let Self::These(resources) = self else { return };
        if resources.is_empty() {
            *resources = more.clone();
        } else if !Arc::ptr_eq(resources, more) && resources != more {
            let mut all = [&**resources, &**more].concat();
            all.sort();
            all.dedup();
            *resources = all.into();
        }
    }

    /// How many there are today.
    fn count(&self) -> u32 {
        match self {
            Self::All(count) => *count,
            Self::These(resources) => count(resources.len()),
        }
    }

    /// How many of these are not among the others, which are of the same type.
    fn beyond(&self, others: &Self) -> u32 {
        match (self, others) {
            (_, Self::All(_)) => 0,
            (Self::All(all), Self::These(others)) => all.saturating_sub(count(others.len())),
            (Self::These(resources), Self::These(others)) if resources == others => 0,
            (Self::These(resources), Self::These(others)) => {
                let mut rest = others.iter().peekable();
                let is_new = |resource: &&ResourceId| {
                    while rest.next_if(|other| other < resource).is_some() {}
                    rest.peek() != Some(resource)
                };
                count(resources.iter().filter(is_new).count())
            }
        }
    }
}

/// What a change gives and takes, for one type and one thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub kind: ResourceType,
    pub verb: String,
    pub gained: u32,
    pub lost: u32,
}

impl Change {
    /// `gains source:edit on 3 sources`, `loses space:read on 1 space`, or both.
    #[must_use]
    pub fn words(&self, catalog: &Catalog) -> String {
        let entry = catalog.kind(&self.kind);
        let on = |n: u32| {
            let noun = entry.map_or(self.kind.as_str(), |entry| if n == 1 { &entry.one } else { &entry.many });
            format!("{}:{} on {n} {noun}", self.kind, self.verb)
        };
        match (self.gained, self.lost) {
            (gained, 0) => format!("gains {}", on(gained)),
            (0, lost) => format!("loses {}", on(lost)),
            (gained, lost) => format!("gains {}, loses {}", on(gained), on(lost)),
        }
    }
}

impl EffectiveAccess {
    #[must_use]
    pub fn of(policy: &Policy, subject: Subject, now: Timestamp) -> Self {
        Self::among(&mut Covering::of(policy), subject, now)
    }

    /// The same of one among many subjects.
    #[must_use]
    pub fn among(covering: &mut Covering<'_>, subject: Subject, now: Timestamp) -> Self {
        Self::by(covering, subject, now, |_| true)
    }

    /// What the subject would reach without this group's grants.
    #[must_use]
    pub fn without_group(covering: &mut Covering<'_>, subject: Subject, group: GroupId, now: Timestamp) -> Self {
        let pii = covering.policy().has_pii_access_without(subject, group);
        Self { pii, ..Self::by(covering, subject, now, |arrival| arrival != Arrival::Group(group)) }
    }

    /// Whether anything of `more` is not here: a thing, all things to come, or personal data in them.
    #[must_use]
    pub fn is_less_than(&self, more: &Self) -> bool {
        let nothing = Covered::default();
        let lacks = |(key, covered): (&(ResourceType, String), &Covered)| {
            let mine = self.covered.get(key).unwrap_or(&nothing);
            matches!((covered, mine), (Covered::All(_), Covered::These(_))) || covered.beyond(mine) > 0
        };
        more.pii && !self.pii || more.covered.iter().any(lacks)
    }

    fn by(covering: &mut Covering<'_>, subject: Subject, now: Timestamp, counts: impl Fn(Arrival) -> bool) -> Self {
        let policy = covering.policy();
        let mut access = Self { owner: policy.is_owner(subject, now), pii: policy.has_pii_access(subject), ..Self::default() };
        if access.owner {
            for entry in &policy.catalog().types {
                let all = policy.count_of_kind(&entry.id);
                for verb in &entry.actions {
                    access.covered.insert((entry.id.clone(), verb.clone()), Covered::All(all));
                }
            }
            return access;
        }
        for held in policy.reaching(subject, now).into_iter().filter(|held| counts(held.arrival)) {
            let Some(role) = policy.catalog().role(held.role()) else { continue };
            let all = held.on_all();
            for kind in role.types() {
                let Some(entry) = policy.catalog().kind(kind) else { continue };
                let covers = match all {
                    true => Covered::All(policy.count_of_kind(kind)),
                    false => Covered::These(covering.resources(&held, kind, role.through_parent.contains(kind))),
                };
                let verbs: Vec<&String> = entry
                    .actions
                    .iter()
                    .filter(|verb| role.permissions.iter().any(|action| action.kind == *kind && action.verb == **verb))
                    .filter(|verb| all || verb.as_str() != "create")
                    .collect();
                for verb in &verbs {
                    let covered = access.covered.entry((kind.clone(), (*verb).clone())).or_default();
                    match &covers {
                        Covered::All(_) => *covered = covers.clone(),
                        Covered::These(resources) => covered.add(resources),
                    }
                }
                // `create` and `delete` go with editing: the line names the strongest way to work with what is there
                let strongest = verbs.iter().rev().find(|verb| !matches!(verb.as_str(), "create" | "delete")).or(verbs.last());
                if let Some(verb) = strongest {
                    access.reaches.push(Reach {
                        kind: kind.clone(),
                        verb: (*verb).clone(),
                        all,
                        count: covers.count(),
                        grant: held.id(),
                        role: role.id.clone(),
                        arrival: held.arrival,
                        scope: held.scope(),
                    });
                }
            }
        }
        access
    }

    /// Whether nothing is reached: minimal access.
    #[must_use]
    pub const fn is_minimal(&self) -> bool {
        !self.owner && self.reaches.is_empty()
    }

    /// What going from `before` to `after` gives and takes, type by type, only where something changes.
    #[must_use]
    pub fn diff(before: &Self, after: &Self) -> Vec<Change> {
        let keys: BTreeSet<&(ResourceType, String)> = before.covered.keys().chain(after.covered.keys()).collect();
        let nothing = Covered::default();
        let mut changes = Vec::new();
        for key in keys {
            let (was, is) = (before.covered.get(key).unwrap_or(&nothing), after.covered.get(key).unwrap_or(&nothing));
            let (gained, lost) = (is.beyond(was), was.beyond(is));
            if gained > 0 || lost > 0 {
                changes.push(Change { kind: key.0.clone(), verb: key.1.clone(), gained, lost });
            }
        }
        changes
    }

    /// On how many of a type this is allowed.
    #[must_use]
    pub fn count(&self, kind: &ResourceType, verb: &str) -> u32 {
        self.covered.get(&(kind.clone(), verb.to_owned())).map_or(0, Covered::count)
    }

    /// Whether this verb is allowed on this resource, which is one of the type.
    #[must_use]
    pub fn covers(&self, kind: &ResourceType, verb: &str, resource: ResourceId) -> bool {
        self.covered.get(&(kind.clone(), verb.to_owned())).is_some_and(|covered| match covered {
            Covered::All(_) => true,
            Covered::These(resources) => resources.binary_search(&resource).is_ok(),
        })
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_covered_adds_up_and_is_told_apart() {
        let id = |n: u8| ResourceId::new(Timestamp::default(), [n; 10]);
        let these = |ns: &[u8]| ns.iter().map(|n| id(*n)).collect::<Arc<[ResourceId]>>();
        let sets: [&[u8]; 6] = [&[], &[1], &[1, 2, 3], &[2, 4], &[5, 6], &[1, 2, 3, 4, 5, 6, 7]];
        for one in sets {
            for other in sets {
                let mut both = Covered::default();
                both.add(&these(one));
                both.add(&these(other));
                let all: BTreeSet<&u8> = one.iter().chain(other).collect();
                assert_eq!(both, Covered::These(all.into_iter().map(|n| id(*n)).collect()), "{one:?} {other:?}");
                let beyond = one.iter().filter(|n| !other.contains(n)).count();
                assert_eq!(Covered::These(these(one)).beyond(&Covered::These(these(other))), count(beyond), "{one:?} {other:?}");
            }
        }
    }
}
