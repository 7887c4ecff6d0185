//! What a policy knows, read back out of its rows, and how much memory that takes.

use super::{
    Policy, PolicyGroup, PolicyMember, PolicyToken, Subject,
    decide::Standing,
    rows::{GrantRow, GroupRow, MemberRow, NONE, ResourceRow, ScopeRow, TokenRow},
};
use crate::{
    grant::{Grant, GrantSpec, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId, TokenId},
    label::Label,
    member::MemberKind,
    resource::ResourceType,
    time::Timestamp,
};

/// A resource, as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyResource {
    pub id: ResourceId,
    pub kind: ResourceType,
    pub parent: Option<ResourceId>,
    /// In order.
    pub labels: Vec<Label>,
}

/// How many of each a policy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub members: usize,
    pub groups: usize,
    pub tokens: usize,
    pub resources: usize,
    pub grants: usize,
}

impl Policy {
    /// The member as it was put, but for the reasons of grants: those are not kept.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<PolicyMember> {
        let row = &self.members[self.names.members.find(id.uuid())? as usize];
        Some(PolicyMember {
            id,
            kind: if row.owner { MemberKind::Owner } else { MemberKind::Member },
            pii: row.pii,
            grants: self.grants_in(&row.grants),
            groups: row.groups.iter().map(|group| self.names.group(group)).collect(),
        })
    }

    /// What a member who is here holds by themselves, as it was put but for the reasons.
    #[must_use]
    pub fn grants_of_member(&self, id: MemberId) -> Option<Vec<Grant>> {
        let number = self.names.members.find(id.uuid())?;
        Some(self.grants_in(&self.members[number as usize].grants))
    }

    /// The group as it was put, but for the reasons of grants.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<PolicyGroup> {
        let row = &self.groups[self.names.groups.find(id.uuid())? as usize];
        row.present.then(|| PolicyGroup { id, pii: row.pii, grants: self.grants_in(&row.grants) })
    }

    /// How many members are in the group.
    #[must_use]
    pub fn count_in_group(&self, id: GroupId) -> usize {
        self.names.groups.find(id.uuid()).map_or(0, |number| self.groups[number as usize].members.len())
    }

    /// The token as it was put, but for the reasons of grants.
    #[must_use]
    pub fn token(&self, id: TokenId) -> Option<PolicyToken> {
        let row = &self.tokens[self.names.tokens.find(id.uuid())? as usize];
        Some(PolicyToken { id, owner_access: row.owner_access, expires_at: row.expires_at, grants: self.grants_in(&row.grants) })
    }

    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<PolicyResource> {
        let row = self.present(id)?;
        let mut labels: Vec<Label> = row.labels.iter().filter_map(|label| self.labels.at(label)).cloned().collect();
        labels.sort();
        let parent = (row.parent != NONE).then(|| self.names.resource(row.parent));
        Some(PolicyResource { id, kind: self.rules.kind_at(row.kind)?.clone(), parent, labels })
    }

    /// The type of a resource that is there.
    #[must_use]
    pub fn kind_of(&self, id: ResourceId) -> Option<&ResourceType> {
        self.rules.kind_at(self.present(id)?.kind)
    }

    /// The member with this address, in lower case as [`EmailAddress`](crate::email::EmailAddress) has it.
    #[must_use]
    pub fn member_by_address(&self, address: &str) -> Option<MemberId> {
        self.addresses.find(0, address).map(|number| MemberId::from_uuid(self.names.members.at(number)))
    }

    /// The resource of this type that the product knows by this id.
    #[must_use]
    pub fn resource_by_key(&self, kind: &ResourceType, key: &str) -> Option<ResourceId> {
        self.keys.find(self.rules.find_kind(kind)?, key).map(|number| self.names.resource(number))
    }

    /// What a token may do beside its grants, at this moment: whether all that an owner may. Nothing where it isn't here, or has ended.
    #[must_use]
    pub fn token_access(&self, id: TokenId, now: Timestamp) -> Option<bool> {
        match self.standing(Subject::Token(id), now) {
            Standing::Owner => Some(true),
            Standing::Grants(..) => Some(false),
            Standing::Unknown => None,
        }
    }

    /// Every resource, type by type, each type's in the order of their ids.
    pub fn resources(&self) -> impl Iterator<Item = ResourceId> {
        self.by_kind.iter().flat_map(|resources| resources.iter().map(|number| self.names.resource(number)))
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            members: self.names.members.len(),
            groups: self.groups.iter().filter(|row| row.present).count(),
            tokens: self.names.tokens.len(),
            resources: self.resources.iter().filter(|row| row.present).count(),
            grants: self.grants,
        }
    }

    /// What it holds, in bytes, without what the allocator adds. Walks all of it: for limits and tables, not for decisions.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let ids = self.names.members.bytes()
            + self.names.groups.bytes()
            + self.names.tokens.bytes()
            + self.names.resources.bytes()
            + self.addresses.bytes()
            + self.keys.bytes();
        let rows = self.members.capacity() * size_of::<MemberRow>()
            + self.groups.capacity() * size_of::<GroupRow>()
            + self.tokens.capacity() * size_of::<TokenRow>()
            + self.resources.capacity() * size_of::<ResourceRow>();
        let members: usize = self.members.iter().map(|row| grant_bytes(&row.grants) + row.groups.bytes()).sum();
        let groups: usize = self.groups.iter().map(|row| grant_bytes(&row.grants) + row.members.bytes()).sum();
        let tokens: usize = self.tokens.iter().map(|row| grant_bytes(&row.grants)).sum();
        let resources: usize = self.resources.iter().map(|row| row.labels.bytes() + row.children.bytes() + row.holders.bytes()).sum();
        let lists: usize = self.by_kind.iter().chain(&self.held_on_all).chain([&self.owners]).map(super::set::Set::bytes).sum();
        ids + rows + members + groups + tokens + resources + lists + self.labels.bytes()
    }

    fn present(&self, id: ResourceId) -> Option<&ResourceRow> {
        let row = &self.resources[self.names.resources.find(id.uuid())? as usize];
        row.present.then_some(row)
    }

    fn grants_in(&self, rows: &[GrantRow]) -> Vec<Grant> {
        rows.iter().map(|row| self.grant(row)).collect()
    }

    pub(super) fn grant(&self, row: &GrantRow) -> Grant {
        let scope = match &row.scope {
            ScopeRow::All => Scope::All,
            ScopeRow::Only(resources) => Scope::Only(resources.iter().map(|resource| self.names.resource(resource)).collect()),
            ScopeRow::Labelled(scope) => Scope::Labelled(self.labels.of_scope(*scope).into_iter().collect()),
        };
        let spec = GrantSpec { expires_at: row.expires_at(), ..GrantSpec::new(self.rules.role_at(row.role).clone(), scope) };
        Grant { id: GrantId::from_uuid(row.id), spec }
    }
}

fn grant_bytes(rows: &[GrantRow]) -> usize {
    let scopes: usize = rows
        .iter()
        .map(|row| match &row.scope {
            ScopeRow::Only(resources) => resources.bytes(),
            ScopeRow::All | ScopeRow::Labelled(_) => 0,
        })
        .sum();
    size_of_val(rows) + scopes
}
