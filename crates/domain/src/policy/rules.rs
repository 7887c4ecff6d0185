//! The catalogue, compiled for a plan: for each action, one byte per role that says whether and in which forms of scope it allows it.

use crate::{
    catalog::{Action, Catalog, RoleId},
    grant::ScopeKind,
    plan::Plan,
    resource::ResourceType,
};
use std::collections::BTreeMap;

/// What a role says about an action on the plan at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Say(u8);

impl Say {
    const ALLOWS: u8 = 1;
    const THROUGH: u8 = 2;

    pub const fn allows(self) -> bool {
        self.0 & Self::ALLOWS != 0
    }

    /// Whether it reaches the action's type through the parent.
    pub const fn through(self) -> bool {
        self.0 & Self::THROUGH != 0
    }

    pub const fn unlocked(self, form: ScopeKind) -> bool {
        self.0 & Self::form(form) != 0
    }

    /// Reaches through the parent, and says nothing else.
    pub const fn through_parent() -> Self {
        Self(Self::THROUGH)
    }

    const fn form(form: ScopeKind) -> u8 {
        match form {
            ScopeKind::All => 4,
            ScopeKind::Only => 8,
            ScopeKind::Labelled => 16,
        }
    }
}

/// An action of the catalogue by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ActionNumber {
    pub kind: u16,
    pub create: bool,
    index: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// The catalogue's types, then those that only resources name.
    kinds: Vec<ResourceType>,
    /// By a hash of the name: the number plus one, or nothing. Its length is a power of two, more than twice what is in it.
    kind_places: Vec<u16>,
    /// By type: the number of its first action and their verbs. Only the catalogue's.
    verbs: Vec<(usize, Vec<String>)>,
    /// The catalogue's roles, then those that only grants name and that allow nothing.
    roles: Vec<RoleId>,
    role_numbers: BTreeMap<RoleId, u16>,
    /// How many roles each row of `says` has: the catalogue's.
    width: usize,
    says: Vec<Say>,
}

impl Rules {
    pub fn new(catalog: &Catalog, plan: Plan) -> Self {
        let mut rules = Self::default();
        let mut actions = 0;
        for entry in &catalog.types {
            rules.kind(&entry.id);
            rules.verbs.push((actions, entry.actions.clone()));
            actions += entry.actions.len();
        }
        for role in &catalog.roles {
            rules.role(&role.id);
        }
        rules.width = catalog.roles.len();
        rules.set_plan(catalog, plan);
        rules
    }

    pub fn set_plan(&mut self, catalog: &Catalog, plan: Plan) {
        self.says.clear();
        for entry in &catalog.types {
            for verb in &entry.actions {
                let action = Action::new(&entry.id, verb);
                for role in &catalog.roles {
                    let mut say = 0;
                    if role.allows(&action) {
                        say |= Say::ALLOWS;
                    }
                    if role.through_parent.contains(&entry.id) {
                        say |= Say::THROUGH;
                    }
                    for form in ScopeKind::EVERY {
                        if role.is_unlocked(plan) && role.takes_on(form, plan) {
                            say |= Say::form(form);
                        }
                    }
                    self.says.push(Say(say));
                }
            }
        }
    }

    /// Its number; the type is taken in where it is new.
    pub fn kind(&mut self, kind: &ResourceType) -> u16 {
        if let Some(number) = self.find_kind(kind) {
            return number;
        }
        self.kinds.push(kind.clone());
        if self.kinds.len() * 2 > self.kind_places.len() {
            self.kind_places = vec![0; (self.kinds.len() * 4).next_power_of_two()];
            for number in 0..self.kinds.len() {
                self.seat_kind(number);
            }
        } else {
            self.seat_kind(self.kinds.len() - 1);
        }
        u16::try_from(self.kinds.len() - 1).unwrap_or(u16::MAX)
    }

    fn seat_kind(&mut self, number: usize) {
        let mask = self.kind_places.len() - 1;
        let mut place = hash(self.kinds[number].as_str()) & mask;
        while self.kind_places[place] != 0 {
            place = (place + 1) & mask;
        }
        self.kind_places[place] = u16::try_from(number + 1).unwrap_or(u16::MAX);
    }

    pub fn kind_at(&self, number: u16) -> Option<&ResourceType> {
        self.kinds.get(usize::from(number))
    }

    pub fn find_kind(&self, kind: &ResourceType) -> Option<u16> {
        let mask = self.kind_places.len().checked_sub(1)?;
        let mut place = hash(kind.as_str()) & mask;
        loop {
            let number = self.kind_places[place].checked_sub(1)?;
            if self.kinds[usize::from(number)] == *kind {
                return Some(number);
            }
            place = (place + 1) & mask;
        }
    }

    /// Its number; the role is taken in where it is new.
    pub fn role(&mut self, role: &RoleId) -> u16 {
        if let Some(number) = self.role_numbers.get(role) {
            return *number;
        }
        let number = u16::try_from(self.roles.len()).unwrap_or(u16::MAX);
        self.roles.push(role.clone());
        self.role_numbers.insert(role.clone(), number);
        number
    }

    pub fn find_role(&self, role: &RoleId) -> Option<u16> {
        self.role_numbers.get(role).copied()
    }

    pub fn role_at(&self, number: u16) -> &RoleId {
        &self.roles[usize::from(number)]
    }

    pub fn action(&self, action: &Action) -> Option<ActionNumber> {
        let kind = self.find_kind(&action.kind)?;
        let (first, verbs) = self.verbs.get(usize::from(kind))?;
        let place = verbs.iter().position(|verb| *verb == action.verb)?;
        Some(ActionNumber { kind, create: action.is_create(), index: first + place })
    }

    /// What each of the catalogue's roles says about it.
    pub fn says(&self, action: ActionNumber) -> &[Say] {
        let from = action.index * self.width;
        &self.says[from..from + self.width]
    }
}

/// Names differ in length, beginning or end more often than not; where they don't, the next place is tried.
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or_default(), bytes.last().copied().unwrap_or_default());
    bytes.len().wrapping_mul(37) ^ usize::from(first).wrapping_mul(11) ^ usize::from(last).wrapping_mul(131)
}
