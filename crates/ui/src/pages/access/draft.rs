//! Access as an editor holds it: roles that are chosen or not, scopes in the making, and how they become what is saved.

use domain::{
    access_context::AccessContext,
    catalog::{Catalog, Role, RoleId},
    failure::{Failure, FailureKind},
    grant::{Grant, GrantSpec, Scope, ScopeKind},
    group::{Group, GroupWish},
    id::{GrantId, GroupId, ResourceId},
    invite::{Invitation, Invite},
    label::Label,
    member::{GrantDraft, Member, MemberAccess, MemberKind},
    plan::Plan,
    text::Reason,
    time::Timestamp,
    token::{Token, TokenWish},
};
use std::collections::{BTreeSet, HashMap};

/// One scope of a role. It keeps what was chosen under each of the three forms, so that looking at another loses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeDraft {
    /// Names it while it is edited.
    pub key: u32,
    /// The grant it was read from.
    pub grant: Option<GrantId>,
    pub kind: ScopeKind,
    pub only: BTreeSet<ResourceId>,
    pub labels: BTreeSet<Label>,
    pub expires_at: Option<Timestamp>,
    pub reason: String,
}

impl ScopeDraft {
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.kind {
            ScopeKind::All => Scope::All,
            ScopeKind::Only => Scope::Only(self.only.clone()),
            ScopeKind::Labelled => Scope::Labelled(self.labels.clone()),
        }
    }

    /// As it stands; a reason that can't be taken is left out.
    fn spec(&self, role: &RoleId) -> GrantSpec {
        GrantSpec { role: role.clone(), scope: self.scope(), expires_at: self.expires_at, reason: Reason::parse(&self.reason).ok() }
    }
}

/// A role in the editor. One that is switched off remembers its scopes until the editor closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDraft {
    pub role: RoleId,
    pub on: bool,
    pub scopes: Vec<ScopeDraft>,
}

/// On what somebody asks for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    This(ResourceId),
    /// On something that could not be found by its name.
    Unclear,
    /// They named nothing.
    Open,
}

/// What can't be saved yet, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub role: RoleId,
    pub key: u32,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDraft {
    /// What a group or a token is called; people have names of their own.
    pub name: String,
    pub kind: MemberKind,
    pub pii: bool,
    pub roles: Vec<RoleDraft>,
    pub groups: BTreeSet<GroupId>,
    /// When a token ends.
    pub expires_at: Option<Timestamp>,
    next_key: u32,
}

impl Default for AccessDraft {
    fn default() -> Self {
        Self { name: String::new(), kind: MemberKind::Member, pii: false, roles: Vec::new(), groups: BTreeSet::new(), expires_at: None, next_key: 0 }
    }
}

impl From<&Member> for AccessDraft {
    fn from(member: &Member) -> Self {
        let groups = member.groups.iter().map(|group| group.id).collect();
        Self { kind: member.kind, pii: member.pii, groups, ..Self::default() }.holding(&member.grants)
    }
}

impl From<&Group> for AccessDraft {
    fn from(group: &Group) -> Self {
        Self { name: group.name.to_string(), pii: group.pii, ..Self::default() }.holding(&group.grants)
    }
}

impl From<&Token> for AccessDraft {
    fn from(token: &Token) -> Self {
        let kind = if token.owner_access { MemberKind::Owner } else { MemberKind::Member };
        Self { name: token.name.to_string(), kind, expires_at: token.expires_at, ..Self::default() }.holding(&token.grants)
    }
}

impl From<&Invite> for AccessDraft {
    fn from(invite: &Invite) -> Self {
        let mut draft = Self { kind: invite.kind, pii: invite.pii, groups: invite.groups.iter().copied().collect(), ..Self::default() };
        for spec in &invite.grants {
            draft.push(spec, None);
        }
        draft
    }
}

/// What makes one chosen scope different from another: the grant it stands for, role, scope, end and reason.
type Essence<'a> = (Option<GrantId>, &'a RoleId, Scope, Option<Timestamp>, &'a str);

impl AccessDraft {
    fn holding(mut self, grants: &[Grant]) -> Self {
        for grant in grants {
            self.push(&grant.spec, Some(grant.id));
        }
        self
    }

    fn push(&mut self, spec: &GrantSpec, grant: Option<GrantId>) {
        let key = self.take_key();
        let (only, labels) = match &spec.scope {
            Scope::All => Default::default(),
            Scope::Only(ids) => (ids.clone(), BTreeSet::new()),
            Scope::Labelled(labels) => (BTreeSet::new(), labels.clone()),
        };
        let reason = spec.reason.as_ref().map(ToString::to_string).unwrap_or_default();
        let scope = ScopeDraft { key, grant, kind: spec.scope.kind(), only, labels, expires_at: spec.expires_at, reason };
        match self.roles.iter_mut().find(|draft| draft.role == spec.role) {
            Some(draft) => draft.scopes.push(scope),
            None => self.roles.push(RoleDraft { role: spec.role.clone(), on: true, scopes: vec![scope] }),
        }
    }

    fn take_key(&mut self) -> u32 {
        self.next_key += 1;
        self.next_key
    }

    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<&RoleDraft> {
        self.roles.iter().find(|draft| draft.role == *id)
    }

    #[cfg(test)]
    fn has(&self, id: &RoleId) -> bool {
        self.role(id).is_some_and(|draft| draft.on)
    }

    #[must_use]
    pub fn scope(&self, role: &RoleId, key: u32) -> Option<&ScopeDraft> {
        self.role(role)?.scopes.iter().find(|scope| scope.key == key)
    }

    /// Switches a role on or off. On again, it has the scopes that it had.
    pub fn choose(&mut self, role: &Role, plan: Plan, on: bool) {
        if on && self.role(&role.id).is_none_or(|draft| draft.scopes.is_empty()) {
            self.add_scope(role, plan);
        }
        if let Some(draft) = self.roles.iter_mut().find(|draft| draft.role == role.id) {
            draft.on = on;
        }
    }

    /// Fills in what somebody asks for, beside what is held; nothing where that is there already.
    pub fn give(&mut self, role: &Role, plan: Plan, on: Wanted) {
        let on_some = role.takes_on(ScopeKind::Only, plan);
        let only = match on {
            Wanted::This(resource) if on_some => Some(BTreeSet::from([resource])),
            Wanted::Unclear if on_some => Some(BTreeSet::new()),
            Wanted::This(_) | Wanted::Unclear | Wanted::Open => None,
        };
        let wanted = only.clone().map_or(Scope::All, Scope::Only);
        let held = self.role(&role.id).filter(|draft| draft.on && !draft.scopes.is_empty());
        let is_there = |scope: &ScopeDraft| scope.kind == ScopeKind::All || scope.scope() == wanted;
        if held.is_some_and(|draft| only.is_none() || draft.scopes.iter().any(is_there)) {
            return;
        }
        // what was switched off before stays off
        if held.is_none()
            && let Some(draft) = self.roles.iter_mut().find(|draft| draft.role == role.id)
        {
            draft.scopes.clear();
        }
        let key = self.add_scope(role, plan);
        if let Some(draft) = self.roles.iter_mut().find(|draft| draft.role == role.id) {
            draft.on = true;
        }
        if let Some(only) = only {
            self.edit(&role.id, key, |scope| {
                scope.kind = ScopeKind::Only;
                scope.only = only;
            });
        }
    }

    /// Adds a further scope to a role: the role then applies where any of them does. Returns its key.
    pub fn add_scope(&mut self, role: &Role, plan: Plan) -> u32 {
        let key = self.take_key();
        let held = self.role(&role.id).map_or(0, |draft| draft.scopes.len());
        let usable = |kind: &ScopeKind| role.takes_on(*kind, plan);
        let taken = |kind: &ScopeKind| role.takes(*kind);
        // beside another scope, "all" would make that one pointless
        let kinds: &[ScopeKind] = if held == 0 { &ScopeKind::EVERY } else { &[ScopeKind::Only, ScopeKind::Labelled, ScopeKind::All] };
        let kind = kinds.iter().find(|kind| usable(kind)).or_else(|| kinds.iter().find(|kind| taken(kind))).copied().unwrap_or(ScopeKind::All);
        let scope = ScopeDraft { key, grant: None, kind, only: BTreeSet::new(), labels: BTreeSet::new(), expires_at: None, reason: String::new() };
        match self.roles.iter_mut().find(|draft| draft.role == role.id) {
            Some(draft) => draft.scopes.push(scope),
            None => self.roles.push(RoleDraft { role: role.id.clone(), on: true, scopes: vec![scope] }),
        }
        key
    }

    /// Takes a scope away; without its last one the role is off.
    pub fn remove_scope(&mut self, role: &RoleId, key: u32) {
        if let Some(draft) = self.roles.iter_mut().find(|draft| draft.role == *role) {
            draft.scopes.retain(|scope| scope.key != key);
            draft.on = !draft.scopes.is_empty();
        }
    }

    pub fn edit(&mut self, role: &RoleId, key: u32, change: impl FnOnce(&mut ScopeDraft)) {
        let scope = self.roles.iter_mut().find(|draft| draft.role == *role).and_then(|draft| draft.scopes.iter_mut().find(|scope| scope.key == key));
        if let Some(scope) = scope {
            change(scope);
        }
    }

    pub fn join(&mut self, group: GroupId, on: bool) {
        if on {
            self.groups.insert(group);
        } else {
            self.groups.remove(&group);
        }
    }

    fn chosen(&self) -> impl Iterator<Item = (&RoleId, &ScopeDraft)> {
        self.roles.iter().filter(|draft| draft.on).flat_map(|draft| draft.scopes.iter().map(move |scope| (&draft.role, scope)))
    }

    /// The access as it stands now, also while parts of it could not be saved yet.
    #[must_use]
    pub fn access(&self) -> MemberAccess {
        let grants = self.chosen().map(|(role, scope)| GrantDraft { id: scope.grant, spec: scope.spec(role) }).collect();
        MemberAccess { kind: self.kind, pii: self.pii, grants, groups: self.groups.iter().copied().collect() }
    }

    /// What a group is to be.
    #[must_use]
    pub fn group(&self) -> GroupWish {
        GroupWish { name: self.name.trim().to_owned(), pii: self.pii, grants: self.access().grants }
    }

    /// What a token is to be. One with owner access has no roles beside it.
    #[must_use]
    pub fn token(&self) -> TokenWish {
        let owner_access = self.kind == MemberKind::Owner;
        let grants = if owner_access { Vec::new() } else { self.access().grants };
        TokenWish { name: self.name.trim().to_owned(), owner_access, grants, expires_at: self.expires_at }
    }

    #[must_use]
    pub fn invitation(&self, emails: Vec<domain::email::EmailAddress>) -> Invitation {
        let access = self.access();
        let grants = access.grants.into_iter().map(|draft| draft.spec).collect();
        Invitation { emails, kind: access.kind, pii: access.pii, grants, groups: access.groups }
    }

    /// Whether saving would change anything. Words that can't be saved count as a change.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let rest = |draft: &Self| (draft.kind, draft.pii, draft.expires_at);
        self.name.trim() != other.name.trim() || rest(self) != rest(other) || self.groups != other.groups || self.essence() != other.essence()
    }

    /// Its grants as they would be stored, in an order of their own.
    fn essence(&self) -> Vec<Essence<'_>> {
        let mut grants: Vec<_> = self.chosen().map(|(role, scope)| (scope.grant, role, scope.scope(), scope.expires_at, scope.reason.trim())).collect();
        grants.sort();
        grants
    }

    /// What stands against saving. What is held already may stay as it is, whatever the plan.
    #[must_use]
    pub fn problems(&self, context: &AccessContext, held: &[Grant]) -> Vec<Problem> {
        let held: HashMap<GrantId, &GrantSpec> = held.iter().map(|grant| (grant.id, &grant.spec)).collect();
        let mut seen: Vec<(&RoleId, Scope)> = Vec::new();
        let mut problems = Vec::new();
        for (role, scope) in self.chosen() {
            let spec = scope.spec(role);
            let before = scope.grant.and_then(|id| held.get(&id).copied());
            let unchanged = before.is_some_and(|before| *before == spec);
            let message = reason_problem(&scope.reason)
                .or_else(|| (!unchanged).then(|| context.catalog.check_grant(&spec, context.plan).err().map(|error| sentence(&error.to_string()))).flatten())
                .or_else(|| {
                    let past = scope.expires_at.is_some_and(|end| end <= context.now) && before.is_none_or(|before| before.expires_at != scope.expires_at);
                    past.then(|| "This end lies in the past. Choose a later one, or leave it empty.".to_owned())
                })
                .or_else(|| seen.contains(&(role, spec.scope.clone())).then(|| "This scope is there twice. Change one or remove it.".to_owned()));
            if let Some(message) = message {
                problems.push(Problem { role: role.clone(), key: scope.key, message });
            }
            seen.push((role, spec.scope));
        }
        problems
    }

    /// Gives every scope a key that `other` never had, so that nothing on screen takes one for the other. What is just the same grant there
    /// keeps its key, and who works in it their place.
    #[must_use]
    pub fn with_keys_after(mut self, other: &Self) -> Self {
        let past = other.next_key;
        for draft in &mut self.roles {
            for scope in &mut draft.scopes {
                let is_same = |known: &&ScopeDraft| known.grant.is_some() && **known == ScopeDraft { key: known.key, ..scope.clone() };
                let same = other.role(&draft.role).and_then(|before| before.scopes.iter().find(is_same));
                scope.key = same.map_or(scope.key + past, |same| same.key);
            }
        }
        self.next_key += past;
        self
    }

    /// Puts the draft on what somebody else has saved since: grants that are gone there are new again here.
    pub fn rebase(&mut self, theirs: &[Grant]) {
        let there: BTreeSet<GrantId> = theirs.iter().map(|grant| grant.id).collect();
        for scope in self.roles.iter_mut().flat_map(|draft| draft.scopes.iter_mut()) {
            scope.grant = scope.grant.filter(|id| there.contains(id));
        }
    }
}

fn reason_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    Reason::parse(text).err().map(|error| sentence(&error.to_string()))
}

/// Errors are lower case without a full stop, and quote by backticks; people read sentences, and what they typed as they typed it.
#[must_use]
pub fn sentence(text: &str) -> String {
    Failure::new(FailureKind::Invalid, text).quoted().message
}

/// Why a role can't be given on this plan.
#[must_use]
pub fn locked_role(role: &Role, plan: Plan) -> Option<String> {
    (!role.is_unlocked(plan)).then(|| needs(role.plans.iter().min().copied()))
}

/// Why a form of scope can't be given on this plan, where the role itself can.
#[must_use]
pub fn locked_scope(role: &Role, kind: ScopeKind, plan: Plan) -> Option<String> {
    (!role.takes_on(kind, plan)).then(|| needs(role.least_plan(kind)))
}

fn needs(plan: Option<Plan>) -> String {
    format!("Needs the {} plan", plan.unwrap_or(Plan::Business).title())
}

/// Why a grant has no effect now, if it hasn't.
#[must_use]
pub fn without_effect(catalog: &Catalog, plan: Plan, now: Timestamp, spec: &GrantSpec) -> Option<String> {
    let role = catalog.role(&spec.role)?;
    if spec.expires_at.is_some_and(|end| end <= now) {
        return Some("Expired".to_owned());
    }
    locked_role(role, plan).or_else(|| locked_scope(role, spec.scope.kind(), plan))
}

#[cfg(test)]
mod tests;
