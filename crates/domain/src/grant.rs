//! A grant: a role and the scope in which it applies, perhaps until a moment and for a reason.

use crate::{
    catalog::RoleId,
    id::{GrantId, GroupId, InviteId, MemberId, ResourceId, TokenId},
    label::Label,
    resource::Resource,
    text::Reason,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many grants one holder may have: more are a sign that a group or a label is wanted.
pub const MOST_GRANTS: usize = 100;

/// Where a role applies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every resource of the role's types, those to come included.
    All,
    /// These and no others.
    Only(BTreeSet<ResourceId>),
    /// Those that bear every one of these labels.
    Labelled(BTreeSet<Label>),
}

/// The three forms of a scope, without what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    All,
    Only,
    Labelled,
}

impl ScopeKind {
    pub const EVERY: [Self; 3] = [Self::All, Self::Only, Self::Labelled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Only => "only",
            Self::Labelled => "labelled",
        }
    }

    /// The words by which a person chooses it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "All, including future",
            Self::Only => "Only these",
            Self::Labelled => "With labels",
        }
    }
}

impl Scope {
    #[must_use]
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::All => ScopeKind::All,
            Self::Only(_) => ScopeKind::Only,
            Self::Labelled(_) => ScopeKind::Labelled,
        }
    }

    /// Whether the scope covers this resource by itself (its type is the role's business, its parent the policy's).
    /// An empty scope covers nothing.
    #[must_use]
    pub fn covers(&self, resource: &Resource) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&resource.id),
            Self::Labelled(labels) => !labels.is_empty() && labels.iter().all(|label| resource.labels.contains(label)),
        }
    }

    /// Whether it names nothing, and so reaches nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::All => false,
            Self::Only(ids) => ids.is_empty(),
            Self::Labelled(labels) => labels.is_empty(),
        }
    }
}

/// A grant as somebody wishes it: before it is checked and stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GrantSpec {
    pub role: RoleId,
    pub scope: Scope,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl GrantSpec {
    #[must_use]
    pub const fn new(role: RoleId, scope: Scope) -> Self {
        Self { role, scope, expires_at: None, reason: None }
    }
}

/// A grant that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: GrantId,
    pub spec: GrantSpec,
}

impl Grant {
    /// The expiry is the first moment at which it no longer holds.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.spec.expires_at.is_some_and(|end| end <= now)
    }
}

/// Who holds a grant. An invite holds its grants until it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    Member(MemberId),
    Group(GroupId),
    Token(TokenId),
    Invite(InviteId),
}

/// A grant at a glance, as lists show it: "Source Admin (2 sources)".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantSummary {
    pub role: RoleId,
    pub scope: ScopeSummary,
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeSummary {
    All,
    Only(u32),
    Labelled(Vec<Label>),
}

impl ScopeSummary {
    /// `all`, `2 sources`, `environment:prod and region:apac`.
    #[must_use]
    pub fn words(&self, one: &str, many: &str) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Only(1) => format!("1 {one}"),
            Self::Only(n) => format!("{n} {many}"),
            Self::Labelled(labels) => labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
        }
    }
}

impl From<&Scope> for ScopeSummary {
    fn from(scope: &Scope) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::Only(ids) => Self::Only(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
            Scope::Labelled(labels) => Self::Labelled(labels.iter().cloned().collect()),
        }
    }
}

impl From<&GrantSpec> for GrantSummary {
    fn from(spec: &GrantSpec) -> Self {
        Self { role: spec.role.clone(), scope: (&spec.scope).into(), expires_at: spec.expires_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        resource::ResourceType,
        text::{ResourceKey, ResourceName},
    };
    use uuid::Uuid;

    const ONE: ResourceId = ResourceId::from_uuid(Uuid::from_u128(1));
    const OTHER: ResourceId = ResourceId::from_uuid(Uuid::from_u128(2));

    fn bearing(labels: &[&str]) -> Resource {
        Resource {
            id: ONE,
            kind: ResourceType::new("source"),
            key: ResourceKey::parse("one").unwrap(),
            name: ResourceName::parse("one").unwrap(),
            parent: None,
            labels: labels.iter().map(|text| Label::parse(text).unwrap()).collect(),
        }
    }

    fn labelled(labels: &[&str]) -> Scope {
        Scope::Labelled(labels.iter().map(|text| Label::parse(text).unwrap()).collect())
    }

    #[test]
    fn forms_of_scope_are_called_as_the_screen_promises() {
        assert_eq!(ScopeKind::EVERY.map(ScopeKind::title), ["All, including future", "Only these", "With labels"]);
    }

    #[test]
    fn a_scope_covers_what_it_says_and_nothing_when_empty() {
        let resource = bearing(&["environment:prod", "region:apac"]);
        assert!(Scope::All.covers(&resource) && !Scope::All.is_empty());
        assert!(Scope::Only([ONE, OTHER].into()).covers(&resource));
        assert!(!Scope::Only([OTHER].into()).covers(&resource));
        assert!(labelled(&["environment:prod"]).covers(&resource) && labelled(&["environment:prod", "region:apac"]).covers(&resource));
        assert!(!labelled(&["environment:prod", "region:emea"]).covers(&resource));
        for empty in [Scope::Only([].into()), labelled(&[])] {
            assert!(empty.is_empty() && !empty.covers(&resource) && !empty.covers(&bearing(&[])));
        }
    }

    #[test]
    fn a_grant_has_ended_at_the_very_moment_of_its_expiry() {
        let moment = Timestamp::from_micros(5);
        let spec = GrantSpec { expires_at: Some(moment), ..GrantSpec::new(RoleId::new("source_admin"), Scope::All) };
        let grant = Grant { id: GrantId::from_uuid(Uuid::from_u128(1)), spec };
        assert!(grant.is_expired(moment) && grant.is_expired(Timestamp::from_micros(6)));
        assert!(!grant.is_expired(Timestamp::from_micros(4)));
    }
}
