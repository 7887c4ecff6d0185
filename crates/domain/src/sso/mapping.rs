//! Which groups the provider's claims or attributes put people into.

use crate::{id::GroupId, text::GroupName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many rules a connection may have, and how long a claim and its value may be.
pub const MOST_RULES: usize = 100;
pub const MOST_TEXT: usize = 300;

/// Whoever has this value of this claim is in this group. Both are compared as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingRule {
    pub claim: String,
    pub value: String,
    pub group: GroupId,
    /// The group's name, where a page shows the rule; what is sent with a wish is not looked at.
    #[serde(default)]
    pub group_name: Option<GroupName>,
}

impl MappingRule {
    /// `groups = data → Data`
    #[must_use]
    pub fn words(&self) -> String {
        let group = self.group_name.as_ref().map_or_else(|| self.group.to_string(), ToString::to_string);
        format!("{} = {} → {group}", self.claim, self.value)
    }
}

/// What rules make of somebody's claims. Groups that no rule names are nobody's business here: owners put people into them by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// They are in these.
    pub into: BTreeSet<GroupId>,
    /// They are not in these, which rules name too.
    pub out_of: BTreeSet<GroupId>,
}

impl Mapped {
    #[must_use]
    pub fn of(rules: &[MappingRule], claims: &[(String, Vec<String>)]) -> Self {
        let matches = |rule: &&MappingRule| claims.iter().any(|(claim, values)| *claim == rule.claim && values.contains(&rule.value));
        let into: BTreeSet<GroupId> = rules.iter().filter(matches).map(|rule| rule.group).collect();
        let out_of = rules.iter().map(|rule| rule.group).filter(|group| !into.contains(group)).collect();
        Self { into, out_of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_value_puts_into_its_group_and_its_absence_out_of_it() {
        let group = |n: u8| GroupId::new(Timestamp::default(), [n; 10]);
        let rule = |claim: &str, value: &str, to| MappingRule { claim: claim.to_owned(), value: value.to_owned(), group: to, group_name: None };
        let rules = [rule("groups", "data", group(1)), rule("team", "data", group(1)), rule("groups", "ops", group(2)), rule("groups", "Data", group(3))];
        let claims = [("groups".to_owned(), vec!["x".to_owned(), "data".to_owned()])];
        let mapped = Mapped::of(&rules, &claims);
        assert_eq!((mapped.into, mapped.out_of), ([group(1)].into(), [group(2), group(3)].into()));
        assert_eq!(Mapped::of(&[], &claims), Mapped::default());
        assert_eq!(Mapped::of(&rules, &[]).into, BTreeSet::new());
    }
}
