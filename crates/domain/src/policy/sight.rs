//! What of a workspace's resources somebody sees: those to which they may do anything. And which of them they may change.

use super::{Covering, Policy, Subject, answer::Target, decide::Standing};
use crate::{catalog::Action, id::ResourceId, resource::ResourceType, time::Timestamp};
use std::collections::BTreeSet;

/// The resources that somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    Everything,
    /// Every one of these types, those to come included; and of other types just these, in order.
    Some {
        types: BTreeSet<ResourceType>,
        resources: Vec<ResourceId>,
        /// Of which types these resources are.
        among: BTreeSet<ResourceType>,
    },
}

impl Sight {
    /// Whether there is nothing to see, whatever the workspace holds.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Everything => false,
            Self::Some { types, resources, .. } => types.is_empty() && resources.is_empty(),
        }
    }

    #[must_use]
    pub fn sees(&self, kind: &ResourceType, id: ResourceId) -> bool {
        match self {
            Self::Everything => true,
            Self::Some { types, resources, .. } => types.contains(kind) || resources.binary_search(&id).is_ok(),
        }
    }

    /// What [`Policy::sight`] tells, by what was found for another question about the same policy at the same moment.
    #[must_use]
    pub fn among(covering: &mut Covering<'_>, subject: Subject, now: Timestamp) -> Self {
        let policy = covering.policy();
        if matches!(policy.standing(subject, now), Standing::Owner) {
            return Self::Everything;
        }
        let reaching = policy.reaching(subject, now);
        let of = |on_all: bool| reaching.iter().filter(move |held| held.on_all() == on_all);
        // to make new ones is no right to see those of others
        let roles = |held: &super::reach::Reaching<'_>| {
            let role = policy.catalog.role(held.role())?;
            let types: BTreeSet<&ResourceType> = role.permissions.iter().filter(|action| !action.is_create()).map(|action| &action.kind).collect();
            Some((role, types))
        };
        let types: BTreeSet<ResourceType> = of(true).filter_map(roles).flat_map(|(_, types)| types).cloned().collect();
        let (mut resources, mut among) = (Vec::new(), BTreeSet::new());
        for held in of(false) {
            let Some((role, kinds)) = roles(held) else { continue };
            for kind in kinds.into_iter().filter(|kind| !types.contains(*kind)) {
                let covered = covering.resources(held, kind, role.through_parent.contains(kind));
                if !covered.is_empty() {
                    among.insert(kind.clone());
                }
                resources.extend_from_slice(&covered);
            }
        }
        resources.sort_unstable();
        resources.dedup();
        Self::Some { types, resources, among }
    }
}

impl Policy {
    /// Owners see everything, strangers nothing.
    #[must_use]
    pub fn sight(&self, subject: Subject, now: Timestamp) -> Sight {
        Sight::among(&mut Covering::of(self), subject, now)
    }

    /// Whether this one is among what the subject sees.
    #[must_use]
    pub fn has_in_sight(&self, subject: Subject, resource: ResourceId, now: Timestamp) -> bool {
        let Some(entry) = self.kind_of(resource).and_then(|kind| self.catalog.kind(kind)) else { return false };
        let actions = entry.actions.iter().map(|verb| Action::new(&entry.id, verb)).filter(|action| !action.is_create());
        self.is_owner(subject, now) || actions.into_iter().any(|action| self.allows(subject, &action, &Target::Resource(resource), now))
    }

    /// Those of these that are here and that the subject may edit; for owners all that are here.
    #[must_use]
    pub fn editable(&self, subject: Subject, resources: &[ResourceId], now: Timestamp) -> BTreeSet<ResourceId> {
        let owner = self.is_owner(subject, now);
        let may = |id: &ResourceId| {
            let Some(kind) = self.kind_of(*id) else { return false };
            owner || self.allows(subject, &Action::new(kind, "edit"), &Target::Resource(*id), now)
        };
        resources.iter().copied().filter(may).collect()
    }

    /// Whether there is anything that the subject may edit, today or when it comes.
    #[must_use]
    pub fn edits_something(&self, subject: Subject, now: Timestamp) -> bool {
        let edits =
            |held: &super::reach::Reaching<'_>| self.catalog.role(held.role()).is_some_and(|role| role.permissions.iter().any(|action| action.verb == "edit"));
        self.is_owner(subject, now) || self.reaching(subject, now).iter().any(edits)
    }
}
