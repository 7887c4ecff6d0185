//! The downloaded user list: one user with all they hold, in words that need nothing else to be read.

use crate::{
    catalog::RoleId,
    email::EmailAddress,
    label::Label,
    member::{MemberKind, UserId, UserStanding},
    resource::ResourceType,
    text::{GroupName, PersonName, Reason, ResourceKey, ResourceName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A member, or somebody invited, with every grant they hold by themselves or by a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRow {
    pub id: UserId,
    /// Empty for an invite.
    pub name: Option<PersonName>,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    /// When they joined and were last seen, or how their invite stands.
    pub standing: UserStanding,
    /// In order of their names.
    pub groups: Vec<GroupName>,
    /// Their own first, then group by group.
    pub grants: Vec<ExportGrant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportGrant {
    pub role: RoleId,
    pub scope: ExportScope,
    pub expires_at: Option<Timestamp>,
    pub reason: Option<Reason>,
    pub granted: Granted,
}

/// How a grant reached the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granted {
    Own,
    Group(GroupName),
}

/// Where a role applies, with names in place of ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportScope {
    All,
    Only(Vec<ExportResource>),
    Labelled(Vec<Label>),
}

/// A resource as the product beside Rolecall knows it, and as people do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExportResource {
    pub kind: ResourceType,
    pub name: ResourceName,
    pub key: ResourceKey,
}

impl Granted {
    /// `own`, or the group's name.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Own => "own",
            Self::Group(name) => name.as_str(),
        }
    }
}

impl ExportScope {
    /// `all`, `Website (source:web-1); Orders (source:ord)`, `environment:prod and region:apac`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Only(resources) => {
                let named: Vec<String> = resources.iter().map(|it| format!("{} ({}:{})", it.name, it.kind, it.key)).collect();
                named.join("; ")
            }
            Self::Labelled(labels) => labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(name: &str, key: &str) -> ExportResource {
        ExportResource { kind: ResourceType::new("source"), name: ResourceName::parse(name).unwrap(), key: ResourceKey::parse(key).unwrap() }
    }

    #[test]
    fn a_scope_reads_without_the_workspace_at_hand() {
        let label = |text| Label::parse(text).unwrap();
        assert_eq!(ExportScope::All.words(), "all");
        assert_eq!(ExportScope::Only(vec![resource("Website", "web-1"), resource("Orders", "ord")]).words(), "Website (source:web-1); Orders (source:ord)");
        assert_eq!(ExportScope::Labelled(vec![label("environment:prod"), label("region:apac")]).words(), "environment:prod and region:apac");
    }

    #[test]
    fn a_grant_says_how_it_came() {
        assert_eq!(Granted::Own.words(), "own");
        assert_eq!(Granted::Group(GroupName::parse("Data team").unwrap()).words(), "Data team");
    }
}
