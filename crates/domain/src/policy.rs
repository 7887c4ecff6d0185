//! The one policy: may this subject do this to that, and why. Everything that asks "may?" asks here, in the browser and on the server.
//!
//! A policy holds what a workspace's decisions rest on, by id, and is changed in place by what changes there. It knows no clock:
//! `now` is passed in. Nothing is allowed by default; grants add up and nothing subtracts.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::{
    catalog::{Action, Catalog, Role, RoleId},
    grant::{Grant, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId, TokenId},
    member::MemberKind,
    plan::Plan,
    resource::Resource,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Member(MemberId),
    Group(GroupId),
    Token(TokenId),
}

/// What is asked about: one thing, or its type as a whole (to create one, or where there is only one).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Resource(ResourceId),
    Type,
}

/// How a grant came to the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    Own,
    Group(GroupId),
}

/// One reason for an allowed decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An owner may do anything in the workspace.
    Owner,
    /// A grant allows it; `through` names the parent by which the resource was reached.
    Grant { grant: GrantId, role: RoleId, arrival: Arrival, through: Option<ResourceId> },
}

/// What is missing where a decision is denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The subject, the resource or the action is not known here.
    Unknown,
    /// Any of these roles would allow it, with a scope that covers the target; none on this plan if empty.
    Roles { roles: Vec<RoleId>, held_but: Vec<Held> },
}

/// A grant that would have allowed it, but for this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub grant: GrantId,
    pub arrival: Arrival,
    pub but: But,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum But {
    Expired,
    /// The plan doesn't have the role, or not with this form of scope.
    Locked,
    OutOfScope,
    /// Creating needs the scope "all".
    NeedsAll,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Allowed(Vec<Reason>),
    Denied(Missing),
}

impl Decision {
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        match self {
            Self::Allowed(_) => true,
            Self::Denied(_) => false,
        }
    }
}

/// A member, as decisions need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyMember {
    pub id: MemberId,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<Grant>,
    pub groups: BTreeSet<GroupId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyGroup {
    pub id: GroupId,
    pub pii: bool,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyToken {
    pub id: TokenId,
    pub owner_access: bool,
    pub expires_at: Option<Timestamp>,
    pub grants: Vec<Grant>,
}

/// What the decisions of one workspace rest on.
#[derive(Clone, Debug)]
pub struct Policy {
    catalog: Arc<Catalog>,
    plan: Plan,
    members: HashMap<MemberId, PolicyMember>,
    groups: HashMap<GroupId, PolicyGroup>,
    tokens: HashMap<TokenId, PolicyToken>,
    resources: HashMap<ResourceId, Resource>,
}

/// A grant as it reaches a subject.
#[derive(Clone, Copy)]
pub(crate) struct Reaching<'a> {
    pub grant: &'a Grant,
    pub arrival: Arrival,
}

enum Standing<'a> {
    Owner,
    Grants(Vec<Reaching<'a>>),
    Unknown,
}

impl Policy {
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, plan: Plan) -> Self {
        Self { catalog, plan, members: HashMap::new(), groups: HashMap::new(), tokens: HashMap::new(), resources: HashMap::new() }
    }

    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    #[must_use]
    pub const fn plan(&self) -> Plan {
        self.plan
    }

    pub const fn set_plan(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// Adds a member or puts what is known of them in place of what was.
    pub fn put_member(&mut self, member: PolicyMember) {
        self.members.insert(member.id, member);
    }

    pub fn remove_member(&mut self, id: MemberId) {
        self.members.remove(&id);
    }

    pub fn put_group(&mut self, group: PolicyGroup) {
        self.groups.insert(group.id, group);
    }

    pub fn remove_group(&mut self, id: GroupId) {
        self.groups.remove(&id);
        for member in self.members.values_mut() {
            member.groups.remove(&id);
        }
    }

    pub fn put_token(&mut self, token: PolicyToken) {
        self.tokens.insert(token.id, token);
    }

    pub fn remove_token(&mut self, id: TokenId) {
        self.tokens.remove(&id);
    }

    pub fn put_resource(&mut self, resource: Resource) {
        self.resources.insert(resource.id, resource);
    }

    pub fn remove_resource(&mut self, id: ResourceId) {
        self.resources.remove(&id);
    }

    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.get(&id)
    }

    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&PolicyMember> {
        self.members.get(&id)
    }

    /// May the subject do this to the target at this moment?
    #[must_use]
    pub fn decide(&self, subject: Subject, action: &Action, target: &Target, now: Timestamp) -> Decision {
        let resource = match target {
            Target::Type => None,
            Target::Resource(id) => match self.resources.get(id) {
                Some(resource) if resource.kind == action.kind => Some(resource),
                Some(_) | None => return Decision::Denied(Missing::Unknown),
            },
        };
        if !self.catalog.has_action(action) {
            return Decision::Denied(Missing::Unknown);
        }
        let grants = match self.standing(subject, now) {
            Standing::Owner => return Decision::Allowed(vec![Reason::Owner]),
            Standing::Unknown => return Decision::Denied(Missing::Unknown),
            Standing::Grants(grants) => grants,
        };
        let mut reasons = Vec::new();
        let mut held_but = Vec::new();
        for Reaching { grant, arrival } in grants {
            match self.answer(grant, action, resource, now) {
                Answer::Allows(through) => {
                    reasons.push(Reason::Grant { grant: grant.id, role: grant.spec.role.clone(), arrival, through });
                }
                Answer::But(but) => held_but.push(Held { grant: grant.id, arrival, but }),
                Answer::OtherRole => {}
            }
        }
        if reasons.is_empty() {
            return Decision::Denied(Missing::Roles { roles: self.roles_that_allow(action), held_but });
        }
        Decision::Allowed(reasons)
    }

    /// Connecting two things (a source to a warehouse) needs `edit` on both; the first that is denied says what is missing.
    #[must_use]
    pub fn decide_connect(&self, subject: Subject, from: ResourceId, to: ResourceId, now: Timestamp) -> Decision {
        let mut reasons = Vec::new();
        for end in [from, to] {
            let Some(resource) = self.resources.get(&end) else {
                return Decision::Denied(Missing::Unknown);
            };
            match self.decide(subject, &Action::new(&resource.kind, "edit"), &Target::Resource(end), now) {
                Decision::Allowed(more) => {
                    for reason in more {
                        if !reasons.contains(&reason) {
                            reasons.push(reason);
                        }
                    }
                }
                denied @ Decision::Denied(_) => return denied,
            }
        }
        Decision::Allowed(reasons)
    }

    /// May the subject see personal data in this resource? Only inside what they already reach.
    #[must_use]
    pub fn sees_personal_data(&self, subject: Subject, resource: ResourceId, now: Timestamp) -> bool {
        let Some(kind) = self.resources.get(&resource).map(|found| &found.kind) else {
            return false;
        };
        let reaches = self.decide(subject, &Action::new(kind, "read"), &Target::Resource(resource), now).is_allowed();
        reaches && self.has_pii_access(subject)
    }

    #[must_use]
    pub fn has_pii_access(&self, subject: Subject) -> bool {
        match subject {
            Subject::Member(id) => self.members.get(&id).is_some_and(|member| {
                member.kind == MemberKind::Owner || member.pii || member.groups.iter().any(|group| self.groups.get(group).is_some_and(|group| group.pii))
            }),
            Subject::Group(id) => self.groups.get(&id).is_some_and(|group| group.pii),
            Subject::Token(id) => self.tokens.get(&id).is_some_and(|token| token.owner_access),
        }
    }

    #[must_use]
    pub fn is_owner(&self, subject: Subject, now: Timestamp) -> bool {
        matches!(self.standing(subject, now), Standing::Owner)
    }

    /// The subject's grants, own ones first, then those of their groups in the groups' order. Empty for owners and strangers.
    pub(crate) fn grants_of(&self, subject: Subject, now: Timestamp) -> Vec<Reaching<'_>> {
        match self.standing(subject, now) {
            Standing::Grants(grants) => grants,
            Standing::Owner | Standing::Unknown => Vec::new(),
        }
    }

    /// Whether the grant has effect at all: not expired, and unlocked by the plan.
    #[must_use]
    pub fn is_effective(&self, grant: &Grant, now: Timestamp) -> bool {
        !grant.is_expired(now) && self.catalog.is_unlocked(&grant.spec, self.plan)
    }

    /// Whether the grant covers the resource: by itself, or through the parent it hangs on when the role says so.
    pub(crate) fn coverage(&self, role: &Role, grant: &Grant, resource: &Resource) -> Option<Option<ResourceId>> {
        if grant.spec.scope.covers(resource) {
            return Some(None);
        }
        if !role.through_parent.contains(&resource.kind) {
            return None;
        }
        let parent = self.resources.get(&resource.parent?)?;
        grant.spec.scope.covers(parent).then_some(Some(parent.id))
    }

    fn standing(&self, subject: Subject, now: Timestamp) -> Standing<'_> {
        match subject {
            Subject::Member(id) => match self.members.get(&id) {
                None => Standing::Unknown,
                Some(member) => match member.kind {
                    MemberKind::Owner => Standing::Owner,
                    MemberKind::Member => {
                        let mut grants = own(&member.grants);
                        for group in member.groups.iter().filter_map(|id| self.groups.get(id)) {
                            grants.extend(group.grants.iter().map(|grant| Reaching { grant, arrival: Arrival::Group(group.id) }));
                        }
                        Standing::Grants(grants)
                    }
                },
            },
            Subject::Group(id) => self.groups.get(&id).map_or(Standing::Unknown, |group| Standing::Grants(own(&group.grants))),
            Subject::Token(id) => match self.tokens.get(&id) {
                None => Standing::Unknown,
                Some(token) if token.expires_at.is_some_and(|end| end <= now) => Standing::Unknown,
                Some(token) if token.owner_access => Standing::Owner,
                Some(token) => Standing::Grants(own(&token.grants)),
            },
        }
    }

    fn answer(&self, grant: &Grant, action: &Action, resource: Option<&Resource>, now: Timestamp) -> Answer {
        let Some(role) = self.catalog.role(&grant.spec.role) else {
            return Answer::OtherRole;
        };
        if !role.allows(action) {
            return Answer::OtherRole;
        }
        let through = match resource {
            Some(resource) if !action.is_create() => match self.coverage(role, grant, resource) {
                Some(through) => through,
                None => return Answer::But(But::OutOfScope),
            },
            // a new thing, or the type as a whole: only a grant on all of it says anything about it
            Some(_) | None if grant.spec.scope != Scope::All => return Answer::But(But::NeedsAll),
            Some(_) | None => None,
        };
        if grant.is_expired(now) {
            return Answer::But(But::Expired);
        }
        if !self.catalog.is_unlocked(&grant.spec, self.plan) {
            return Answer::But(But::Locked);
        }
        Answer::Allows(through)
    }

    /// The roles that would allow it on this plan, in the catalogue's order.
    fn roles_that_allow(&self, action: &Action) -> Vec<RoleId> {
        self.catalog.roles.iter().filter(|role| role.is_unlocked(self.plan) && role.allows(action)).map(|role| role.id.clone()).collect()
    }
}

fn own(grants: &[Grant]) -> Vec<Reaching<'_>> {
    grants.iter().map(|grant| Reaching { grant, arrival: Arrival::Own }).collect()
}

enum Answer {
    /// Through which parent, if through one.
    Allows(Option<ResourceId>),
    But(But),
    OtherRole,
}

#[cfg(test)]
mod tests;
