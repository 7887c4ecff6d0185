//! Changes in place: what was known of one thing gives way to what is known now, and the indexes with it.

use super::{
    GroupRow, MemberRow, Policy, PolicyGroup, PolicyMember, PolicyToken, Subject, TokenRow,
    holder::Known,
    rows::{GrantRow, NONE, ScopeRow, row_at},
    set::Set,
};
use crate::{
    email::EmailAddress,
    grant::{Grant, Scope},
    id::{GroupId, MemberId, ResourceId, TokenId},
    member::{MemberAccess, MemberKind},
    plan::Plan,
    resource::Resource,
    text::ResourceKey,
};
use std::collections::BTreeSet;

impl Policy {
    pub fn set_plan(&mut self, plan: Plan) {
        self.plan = plan;
        self.rules.set_plan(&self.catalog, plan);
    }

    /// Adds a member or puts what is known of them in place of what was.
    pub fn put_member(&mut self, member: PolicyMember) {
        let number = self.names.members.intern(member.id.uuid());
        let mut groups = Set::default();
        for group in &member.groups {
            let group = self.names.groups.intern(group.uuid());
            row_at(&mut self.groups, group);
            groups.insert(group, &|group| self.names.group_key(group));
        }
        let known = Known::Member(number);
        let before = std::mem::take(row_at(&mut self.members, number));
        for group in groups.iter() {
            self.groups[group as usize].members.insert(known.pack(), &|holder| self.names.holder_key(holder));
        }
        for group in before.groups.iter() {
            if groups.contains(group, &|group| self.names.group_key(group)) {
                continue;
            }
            self.groups[group as usize].members.remove(known.pack(), &|holder| self.names.holder_key(holder));
            self.release_group(group);
        }
        let owner = member.kind == MemberKind::Owner;
        self.note_owner(known, owner);
        let grants = self.exchange(before.grants, &member.grants, known);
        self.members[number as usize] = MemberRow { grants, groups, owner, pii: member.pii };
    }

    /// Asks about somebody with this access, as if they were here; nothing of them stays.
    pub fn with_trial<T>(&mut self, access: &MemberAccess, ask: impl FnOnce(&Self, Subject) -> T) -> T {
        // no member has this id
        let id = MemberId::from_uuid(uuid::Uuid::nil());
        self.put_member(access.as_member(id));
        let answer = ask(self, Subject::Member(id));
        self.remove_member(id);
        answer
    }

    pub fn remove_member(&mut self, id: MemberId) {
        let Some(number) = self.names.members.find(id.uuid()) else { return };
        self.put_member(PolicyMember { id, kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: BTreeSet::new() });
        self.addresses.remove(number);
        self.names.members.release(number);
    }

    /// Lets a member who is here be found by this address, and by no other.
    pub fn name_member(&mut self, id: MemberId, address: &EmailAddress) {
        if let Some(number) = self.names.members.find(id.uuid()) {
            self.addresses.put(number, 0, address.as_str());
        }
    }

    /// Lets a resource that is here be found by this id of the product's.
    pub fn name_resource(&mut self, id: ResourceId, key: &ResourceKey) {
        let Some(number) = self.names.resources.find(id.uuid()) else { return };
        let row = &self.resources[number as usize];
        if row.present {
            self.keys.put(number, row.kind, key.as_str());
        }
    }

    pub fn put_group(&mut self, group: PolicyGroup) {
        let number = self.names.groups.intern(group.id.uuid());
        let before = std::mem::take(row_at(&mut self.groups, number));
        let grants = self.exchange(before.grants, &group.grants, Known::Group(number));
        self.groups[number as usize] = GroupRow { grants, members: before.members, present: true, pii: group.pii };
    }

    /// Removes it, from its members too; that costs what it has members, not what the workspace has.
    pub fn remove_group(&mut self, id: GroupId) {
        let Some(number) = self.names.groups.find(id.uuid()) else { return };
        let before = std::mem::take(&mut self.groups[number as usize]);
        self.exchange(before.grants, &[], Known::Group(number));
        for holder in before.members.iter() {
            if let Known::Member(member) = Known::unpack(holder) {
                self.members[member as usize].groups.remove(number, &|group| self.names.group_key(group));
            }
        }
        self.names.groups.release(number);
    }

    pub fn put_token(&mut self, token: PolicyToken) {
        let number = self.names.tokens.intern(token.id.uuid());
        let known = Known::Token(number);
        let before = std::mem::take(row_at(&mut self.tokens, number));
        self.note_owner(known, token.owner_access);
        let grants = self.exchange(before.grants, &token.grants, known);
        self.tokens[number as usize] = TokenRow { grants, owner_access: token.owner_access, expires_at: token.expires_at };
    }

    pub fn remove_token(&mut self, id: TokenId) {
        let Some(number) = self.names.tokens.find(id.uuid()) else { return };
        self.put_token(PolicyToken { id, owner_access: false, expires_at: None, grants: Vec::new() });
        self.names.tokens.release(number);
    }

    /// Adds a resource or puts what is known of it in place of what was. Its names are not kept: no decision rests on them, and
    /// [`name_resource`](Self::name_resource) tells the one by which it is found.
    #[expect(clippy::needless_pass_by_value, reason = "the policy takes in what it is told, whatever it keeps of it")]
    pub fn put_resource(&mut self, resource: Resource) {
        let number = self.names.resources.intern(resource.id.uuid());
        let parent = resource.parent.map_or(NONE, |parent| {
            let parent = self.names.resources.intern(parent.uuid());
            row_at(&mut self.resources, parent);
            parent
        });
        let kind = self.rules.kind(&resource.kind);
        row_at(&mut self.by_kind, u32::from(kind));
        let before = row_at(&mut self.resources, number).clone();
        let names = &self.names;
        let key_of = |resource: u32| names.resource_key(resource);
        if before.present && before.kind != kind {
            self.by_kind[usize::from(before.kind)].remove(number, &key_of);
        }
        self.by_kind[usize::from(kind)].insert(number, &key_of);
        let mut labels = Set::default();
        for label in &resource.labels {
            labels.insert(self.labels.bear(label, number, &key_of), &super::labels::by_number);
        }
        for label in before.labels.iter().filter(|label| !labels.contains(*label, &super::labels::by_number)) {
            self.labels.shed(label, number, &key_of);
        }
        if parent != NONE {
            self.resources[parent as usize].children.insert(number, &key_of);
        }
        let row = &mut self.resources[number as usize];
        (row.present, row.kind, row.parent, row.labels) = (true, kind, parent, labels);
        if before.parent != NONE && before.parent != parent {
            self.resources[before.parent as usize].children.remove(number, &|resource| self.names.resource_key(resource));
            self.release_resource(before.parent);
        }
    }

    pub fn remove_resource(&mut self, id: ResourceId) {
        let Some(number) = self.names.resources.find(id.uuid()) else { return };
        let names = &self.names;
        let key_of = |resource: u32| names.resource_key(resource);
        let row = &mut self.resources[number as usize];
        if !row.present {
            return;
        }
        row.present = false;
        self.keys.remove(number);
        let (kind, parent, labels) = (row.kind, std::mem::replace(&mut row.parent, NONE), std::mem::take(&mut row.labels));
        self.by_kind[usize::from(kind)].remove(number, &key_of);
        for label in labels.iter() {
            self.labels.shed(label, number, &key_of);
        }
        if parent != NONE {
            self.resources[parent as usize].children.remove(number, &key_of);
            self.release_resource(parent);
        }
        self.release_resource(number);
    }

    /// Takes the old grants out of the indexes and puts the new ones in.
    fn exchange(&mut self, before: Box<[GrantRow]>, grants: &[Grant], holder: Known) -> Box<[GrantRow]> {
        let packed = holder.pack();
        // the new rows first, so that what both name is not forgotten in between
        let rows: Box<[GrantRow]> = grants.iter().map(|grant| self.grant_row(grant)).collect();
        for row in &before {
            match &row.scope {
                ScopeRow::All => {
                    self.held_on_all[usize::from(row.role)].remove(packed, &|holder| self.names.holder_key(holder));
                }
                ScopeRow::Labelled(scope) => {
                    self.labels.holders(*scope).remove(packed, &|holder| self.names.holder_key(holder));
                }
                ScopeRow::Only(resources) => {
                    for resource in resources.iter() {
                        self.resources[resource as usize].holders.remove(packed, &|holder| self.names.holder_key(holder));
                    }
                }
            }
        }
        for row in &rows {
            match &row.scope {
                ScopeRow::All => {
                    row_at(&mut self.held_on_all, u32::from(row.role)).insert(packed, &|holder| self.names.holder_key(holder));
                }
                ScopeRow::Labelled(scope) => {
                    self.labels.holders(*scope).insert(packed, &|holder| self.names.holder_key(holder));
                }
                ScopeRow::Only(resources) => {
                    for resource in resources.iter() {
                        self.resources[resource as usize].holders.insert(packed, &|holder| self.names.holder_key(holder));
                    }
                }
            }
        }
        self.grants = self.grants + rows.len() - before.len();
        self.role_uses.exchange(holder, &before, &rows);
        for row in before {
            match row.scope {
                ScopeRow::All => {}
                ScopeRow::Labelled(scope) => self.labels.drop_grant(scope),
                ScopeRow::Only(resources) => resources.iter().for_each(|resource| self.release_resource(resource)),
            }
        }
        rows
    }

    fn grant_row(&mut self, grant: &Grant) -> GrantRow {
        let role = self.rules.role(&grant.spec.role);
        let scope = match &grant.spec.scope {
            Scope::All => ScopeRow::All,
            Scope::Labelled(labels) => ScopeRow::Labelled(self.labels.hold(role, labels.iter())),
            Scope::Only(ids) => {
                let mut resources = Set::default();
                for id in ids {
                    let number = self.names.resources.intern(id.uuid());
                    row_at(&mut self.resources, number);
                    resources.insert(number, &|resource| self.names.resource_key(resource));
                }
                ScopeRow::Only(resources)
            }
        };
        GrantRow::new(grant.id.uuid(), role, scope, grant.spec.expires_at)
    }

    fn note_owner(&mut self, subject: Known, owner: bool) {
        let key_of = |holder: u32| self.names.holder_key(holder);
        if owner {
            self.owners.insert(subject.pack(), &key_of);
        } else {
            self.owners.remove(subject.pack(), &key_of);
        }
    }

    fn release_group(&mut self, number: u32) {
        let row = &self.groups[number as usize];
        if !row.present && row.members.is_empty() {
            self.names.groups.release(number);
        }
    }

    /// Forgets a resource that is not there, unless a scope or a child still names it.
    fn release_resource(&mut self, number: u32) {
        let row = &self.resources[number as usize];
        if !row.present && row.holders.is_empty() && row.children.is_empty() {
            self.names.resources.release(number);
        }
    }
}
