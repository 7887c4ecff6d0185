//! The rules of decisions written as directly as they can be: the numbers are those of the rules in the design. For tests alone.
//!
//! It scans everything, keeps no index, and shares no code with the compiled policy.

use crate::policy::{Arrival, But, Decision, Held, Missing, PolicyGroup, PolicyMember, PolicyToken, Reason, Subject, Target};
use crate::{
    catalog::{Action, Catalog, Role, RoleId},
    grant::{Grant, Scope},
    id::{GroupId, MemberId, ResourceId, TokenId},
    member::MemberKind,
    plan::Plan,
    resource::Resource,
    time::Timestamp,
};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Clone, Debug)]
pub struct Reference {
    pub catalog: Arc<Catalog>,
    pub plan: Plan,
    pub members: BTreeMap<MemberId, PolicyMember>,
    pub groups: BTreeMap<GroupId, PolicyGroup>,
    pub tokens: BTreeMap<TokenId, PolicyToken>,
    pub resources: BTreeMap<ResourceId, Resource>,
}

impl Reference {
    pub fn new(catalog: Arc<Catalog>, plan: Plan) -> Self {
        Self { catalog, plan, members: BTreeMap::new(), groups: BTreeMap::new(), tokens: BTreeMap::new(), resources: BTreeMap::new() }
    }

    pub fn remove_group(&mut self, id: GroupId) {
        self.groups.remove(&id);
        for member in self.members.values_mut() {
            member.groups.remove(&id);
        }
    }

    pub fn decide(&self, subject: Subject, action: &Action, target: &Target, now: Timestamp) -> Decision {
        let unknown = Decision::Denied(Missing::Unknown);
        if !self.catalog.types.iter().any(|entry| entry.id == action.kind && entry.actions.contains(&action.verb)) {
            return unknown;
        }
        let resource = match target {
            Target::Type => None,
            Target::Resource(id) => match self.resources.get(id) {
                Some(resource) if resource.kind == action.kind => Some(resource),
                Some(_) | None => return unknown,
            },
        };
        if !self.is_known(subject, now) {
            return unknown;
        }
        // 1
        if self.is_owner(subject, now) {
            return Decision::Allowed(vec![Reason::Owner { expires_at: self.end_of(subject) }]);
        }
        // 2, 7
        let mut reasons = Vec::new();
        let mut held_but = Vec::new();
        for (grant, arrival) in self.grants_of(subject) {
            let Some(role) = self.role(&grant.spec.role).filter(|role| role.permissions.contains(action)) else { continue };
            let covering = match resource {
                // 3
                Some(_) | None if action.verb == "create" => (grant.spec.scope == Scope::All).then_some(None),
                None => (grant.spec.scope == Scope::All).then_some(None),
                Some(resource) => self.covering(role, &grant.spec.scope, resource),
            };
            let but = match covering {
                None if resource.is_none() || action.verb == "create" => Some(But::NeedsAll),
                None => Some(But::OutOfScope),
                // 9: from its expiry on, at that very moment too, it doesn't hold
                Some(_) if grant.spec.expires_at.is_some_and(|end| now >= end) => Some(But::Expired),
                // 8
                Some(_) if !self.unlocked(role, &grant.spec.scope) => Some(But::Locked),
                Some(_) => None,
            };
            match (covering, but) {
                (Some(through), None) => {
                    // 9, and no longer than the token that holds it
                    let expires_at = [grant.spec.expires_at, self.end_of(subject)].into_iter().flatten().min();
                    reasons.push(Reason::Grant { grant: grant.id, role: role.id.clone(), arrival, through, expires_at });
                }
                (_, Some(but)) => held_but.push(Held { grant: grant.id, arrival, but }),
                (None, None) => unreachable!(),
            }
        }
        if reasons.is_empty() {
            return Decision::Denied(Missing::Roles { roles: self.roles_that_would(action, resource), held_but });
        }
        Decision::Allowed(reasons)
    }

    /// 5
    pub fn decide_connect(&self, subject: Subject, from: ResourceId, to: ResourceId, now: Timestamp) -> bool {
        [from, to].into_iter().all(|end| {
            self.resources.get(&end).is_some_and(|resource| {
                let edit = Action { kind: resource.kind.clone(), verb: "edit".to_owned() };
                self.decide(subject, &edit, &Target::Resource(end), now).is_allowed()
            })
        })
    }

    pub fn sees_personal_data(&self, subject: Subject, id: ResourceId, now: Timestamp) -> bool {
        let flagged = |group: &GroupId| self.groups.get(group).is_some_and(|group| group.pii);
        let has = match subject {
            Subject::Member(id) => self.members.get(&id).is_some_and(|it| it.kind == MemberKind::Owner || it.pii || it.groups.iter().any(flagged)),
            Subject::Group(id) => flagged(&id),
            Subject::Token(id) => self.tokens.get(&id).is_some_and(|token| token.owner_access),
        };
        has && self.resources.get(&id).is_some_and(|resource| {
            let read = Action { kind: resource.kind.clone(), verb: "read".to_owned() };
            self.decide(subject, &read, &Target::Resource(id), now).is_allowed()
        })
    }

    /// Members, then tokens.
    pub fn everybody(&self) -> Vec<Subject> {
        self.members.keys().map(|id| Subject::Member(*id)).chain(self.tokens.keys().map(|id| Subject::Token(*id))).collect()
    }

    fn is_known(&self, subject: Subject, now: Timestamp) -> bool {
        match subject {
            Subject::Member(id) => self.members.contains_key(&id),
            Subject::Group(id) => self.groups.contains_key(&id),
            Subject::Token(id) => self.tokens.get(&id).is_some_and(|token| token.expires_at.is_none_or(|end| now < end)),
        }
    }

    fn end_of(&self, subject: Subject) -> Option<Timestamp> {
        match subject {
            Subject::Token(id) => self.tokens.get(&id).and_then(|token| token.expires_at),
            Subject::Member(_) | Subject::Group(_) => None,
        }
    }

    fn is_owner(&self, subject: Subject, now: Timestamp) -> bool {
        self.is_known(subject, now)
            && match subject {
                Subject::Member(id) => self.members[&id].kind == MemberKind::Owner,
                Subject::Group(_) => false,
                Subject::Token(id) => self.tokens[&id].owner_access,
            }
    }

    fn grants_of(&self, subject: Subject) -> Vec<(&Grant, Arrival)> {
        let mut all = Vec::new();
        match subject {
            Subject::Member(id) => {
                let member = &self.members[&id];
                all.extend(member.grants.iter().map(|grant| (grant, Arrival::Own)));
                for group in member.groups.iter().filter_map(|id| self.groups.get(id)) {
                    all.extend(group.grants.iter().map(|grant| (grant, Arrival::Group(group.id))));
                }
            }
            Subject::Group(id) => all.extend(self.groups[&id].grants.iter().map(|grant| (grant, Arrival::Own))),
            Subject::Token(id) => all.extend(self.tokens[&id].grants.iter().map(|grant| (grant, Arrival::Own))),
        }
        all
    }

    fn role(&self, id: &RoleId) -> Option<&Role> {
        self.catalog.roles.iter().find(|role| role.id == *id)
    }

    /// By itself, or (6) by its parent.
    fn covering(&self, role: &Role, scope: &Scope, resource: &Resource) -> Option<Option<ResourceId>> {
        if in_scope(scope, resource) {
            return Some(None);
        }
        let parent = resource.parent.and_then(|parent| self.resources.get(&parent))?;
        (role.through_parent.contains(&resource.kind) && in_scope(scope, parent)).then_some(Some(parent.id))
    }

    fn unlocked(&self, role: &Role, scope: &Scope) -> bool {
        role.plans.contains(&self.plan) && role.scopes.iter().any(|(form, plans)| *form == scope.kind() && plans.contains(&self.plan))
    }

    /// The roles of which some scope, put together from what is there, would allow it.
    fn roles_that_would(&self, action: &Action, resource: Option<&Resource>) -> Vec<RoleId> {
        let would = |role: &&Role| {
            let mut scopes = vec![Scope::All];
            if let Some(resource) = resource.filter(|_| action.verb != "create") {
                scopes.push(Scope::Only([resource.id].into()));
                for bearer in [Some(resource), resource.parent.and_then(|parent| self.resources.get(&parent))].into_iter().flatten() {
                    scopes.push(Scope::Labelled(bearer.labels.iter().cloned().collect()));
                }
            }
            let covers = |scope: &Scope| resource.is_none_or(|resource| self.covering(role, scope, resource).is_some());
            role.permissions.contains(action) && scopes.iter().any(|scope| self.unlocked(role, scope) && covers(scope))
        };
        self.catalog.roles.iter().filter(would).map(|role| role.id.clone()).collect()
    }
}

/// 4: every one of the labels; none of them is no reach.
fn in_scope(scope: &Scope, resource: &Resource) -> bool {
    match scope {
        Scope::All => true,
        Scope::Only(named) => named.contains(&resource.id),
        Scope::Labelled(labels) => !labels.is_empty() && labels.iter().all(|label| resource.labels.contains(label)),
    }
}
