//! Effective access: all that a subject reaches, by type and by what they may do there, and how a change of it reads.

use crate::{
    catalog::RoleId,
    grant::{Scope, ScopeSummary},
    id::{GrantId, ResourceId},
    policy::{Arrival, Policy, Subject},
    resource::ResourceType,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Covered {
    all: bool,
    resources: BTreeSet<ResourceId>,
}

/// What a change gives and takes, for one type and one thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub kind: ResourceType,
    pub verb: String,
    pub gained: u32,
    pub lost: u32,
}

impl EffectiveAccess {
    #[must_use]
    pub fn of(policy: &Policy, subject: Subject, now: Timestamp) -> Self {
        let mut access = Self { owner: policy.is_owner(subject, now), pii: policy.has_pii_access(subject), ..Self::default() };
        if access.owner {
            for entry in &policy.catalog().types {
                for verb in &entry.actions {
                    let resources = policy.resources().filter(|resource| resource.kind == entry.id).map(|resource| resource.id).collect();
                    access.covered.insert((entry.id.clone(), verb.clone()), Covered { all: true, resources });
                }
            }
            return access;
        }
        for held in policy.grants_of(subject, now) {
            let Some(role) = policy.catalog().role(&held.grant.spec.role) else { continue };
            if !policy.is_effective(held.grant, now) {
                continue;
            }
            let all = held.grant.spec.scope == Scope::All;
            for kind in role.types() {
                let Some(entry) = policy.catalog().kind(kind) else { continue };
                let resources: BTreeSet<ResourceId> = policy
                    .resources()
                    .filter(|resource| resource.kind == *kind && policy.coverage(role, held.grant, resource).is_some())
                    .map(|resource| resource.id)
                    .collect();
                let verbs: Vec<&String> = entry
                    .actions
                    .iter()
                    .filter(|verb| role.permissions.iter().any(|action| action.kind == *kind && action.verb == **verb))
                    .filter(|verb| all || verb.as_str() != "create")
                    .collect();
                for verb in &verbs {
                    let covered = access.covered.entry((kind.clone(), (*verb).clone())).or_default();
                    covered.all |= all;
                    covered.resources.extend(&resources);
                }
                // `create` and `delete` go with editing: the line names the strongest way to work with what is there
                let strongest = verbs.iter().rev().find(|verb| !matches!(verb.as_str(), "create" | "delete")).or(verbs.last());
                if let Some(verb) = strongest {
                    access.reaches.push(Reach {
                        kind: kind.clone(),
                        verb: (*verb).clone(),
                        all,
                        count: count(resources.len()),
                        grant: held.grant.id,
                        role: role.id.clone(),
                        arrival: held.arrival,
                        scope: (&held.grant.spec.scope).into(),
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
            let gained = count(is.resources.difference(&was.resources).count());
            let lost = count(was.resources.difference(&is.resources).count());
            if gained > 0 || lost > 0 {
                changes.push(Change { kind: key.0.clone(), verb: key.1.clone(), gained, lost });
            }
        }
        changes
    }

    /// Whether this verb is allowed on this resource.
    #[must_use]
    pub fn covers(&self, kind: &ResourceType, verb: &str, resource: ResourceId) -> bool {
        self.covered.get(&(kind.clone(), verb.to_owned())).is_some_and(|covered| covered.resources.contains(&resource))
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
