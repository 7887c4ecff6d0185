//! How often roles and labels are used: counted as the policy changes, so that nobody has to count through all grants.

use super::{Policy, holder::Known, rows::GrantRow};
use crate::{catalog::RoleId, label::Label};
use std::collections::BTreeSet;

/// How many hold something, and how many grants that makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub holders: u64,
    pub grants: u64,
}

/// Who holds a role, by kind of holder; what has no effect now counts too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoleUse {
    pub members: Tally,
    pub groups: Tally,
    pub tokens: Tally,
}

impl RoleUse {
    const fn of(&mut self, holder: Known) -> &mut Tally {
        match holder {
            Known::Member(_) => &mut self.members,
            Known::Group(_) => &mut self.groups,
            Known::Token(_) => &mut self.tokens,
        }
    }
}

/// What uses a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelUse {
    /// How many resources bear it.
    pub resources: u64,
    /// How many grants of members, groups and tokens name it.
    pub grants: u64,
}

/// By the role's number.
#[derive(Clone, Debug, Default)]
pub(super) struct RoleUses(Vec<RoleUse>);

impl RoleUses {
    /// A holder's grants give way to others.
    pub fn exchange(&mut self, holder: Known, before: &[GrantRow], after: &[GrantRow]) {
        let roles = |rows: &[GrantRow]| rows.iter().map(|row| row.role).collect::<BTreeSet<u16>>();
        for row in after {
            self.at(row.role, holder).grants += 1;
        }
        for role in roles(after) {
            self.at(role, holder).holders += 1;
        }
        for row in before {
            self.at(row.role, holder).grants -= 1;
        }
        for role in roles(before) {
            self.at(role, holder).holders -= 1;
        }
    }

    fn at(&mut self, role: u16, holder: Known) -> &mut Tally {
        let role = usize::from(role);
        if role >= self.0.len() {
            self.0.resize(role + 1, RoleUse::default());
        }
        self.0[role].of(holder)
    }
}

impl Policy {
    #[must_use]
    pub fn role_use(&self, role: &RoleId) -> RoleUse {
        let number = self.rules.find_role(role).map(usize::from);
        number.and_then(|number| self.role_uses.0.get(number)).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn label_use(&self, label: &Label) -> LabelUse {
        let (resources, grants) = self.labels.uses(label);
        LabelUse { resources: resources as u64, grants: grants.into() }
    }

    /// The keys of labels that some resource bears, in order.
    #[must_use]
    pub fn label_keys(&self) -> Vec<String> {
        self.labels.keys_in_use().into_iter().map(str::to_owned).collect()
    }
}
