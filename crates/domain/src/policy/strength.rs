//! How strongly grants work with what they reach, and which of them reach alike, whoever holds them: for looks at many subjects.

use super::{Policy, answer::Arrival, reach::Reaching, rows::ScopeRow};
use crate::{
    access_map::of_work,
    catalog::{Role, TypeEntry},
    resource::ResourceType,
};
use uuid::Uuid;

/// A type, and where each of its verbs of work stands on a scale.
#[derive(Clone)]
pub(super) struct Kind {
    pub id: ResourceType,
    pub number: u16,
    verbs: Vec<(String, usize)>,
}

/// What is reached, by the place of the strongest verb.
pub(super) type Share = (usize, Vec<u32>);

/// What many subjects reach alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Owner,
    /// A role on all.
    All(u16),
    /// A labelled scope, which is one role's.
    Labelled(u32),
    /// A group's grant on named resources, which all in the group share.
    Only(Uuid),
}

impl Kind {
    pub fn of(policy: &Policy, entry: &TypeEntry, scale: &[String]) -> Option<Self> {
        let place = |verb: String| scale.iter().position(|known| *known == verb).map(|place| (verb, place));
        let number = policy.rules.find_kind(&entry.id)?;
        Some(Self { id: entry.id.clone(), number, verbs: of_work(entry).into_iter().filter_map(place).collect() })
    }

    /// The strongest that there is.
    fn strongest(&self) -> Option<usize> {
        self.verbs.iter().map(|(_, place)| *place).max()
    }

    /// The strongest that the role allows. To make new ones takes a grant on all.
    fn allowed(&self, role: &Role, on_all: bool) -> Option<usize> {
        let allowed =
            |verb: &String| (on_all || verb.as_str() != "create") && role.permissions.iter().any(|action| action.kind == self.id && action.verb == *verb);
        self.verbs.iter().filter(|(verb, _)| allowed(verb)).map(|(_, place)| *place).max()
    }
}

impl Source {
    /// Nothing for somebody's own grant on named resources, which nobody shares with them.
    pub fn of(held: &Reaching<'_>) -> Option<Self> {
        match (&held.row.scope, held.arrival) {
            (ScopeRow::All, Arrival::Own | Arrival::Group(_)) => Some(Self::All(held.row.role)),
            (ScopeRow::Labelled(scope), Arrival::Own | Arrival::Group(_)) => Some(Self::Labelled(*scope)),
            (ScopeRow::Only(_), Arrival::Group(_)) => Some(Self::Only(held.row.id)),
            (ScopeRow::Only(_), Arrival::Own) => None,
        }
    }
}

/// What an owner reaches of these types.
pub(super) fn everything(policy: &Policy, kinds: &[Kind]) -> Vec<Share> {
    let share = |kind: &Kind| Some((kind.strongest()?, policy.by_kind[usize::from(kind.number)].iter().collect()));
    kinds.iter().filter_map(share).collect()
}

/// What one grant reaches of these types.
pub(super) fn reached(policy: &Policy, kinds: &[Kind], held: &Reaching<'_>) -> Vec<Share> {
    let Some(role) = policy.catalog.role(held.role()) else { return Vec::new() };
    let share = |kind: &Kind| {
        let place = kind.allowed(role, held.on_all())?;
        Some((place, policy.covered(&held.row.scope, role.through_parent.contains(&kind.id), kind.number, None, usize::MAX)))
    };
    kinds.iter().filter_map(share).collect()
}
