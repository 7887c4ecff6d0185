//! The rules of decisions, on rows: a few look-ups, and one pass over the grants that reach the subject.

use super::{
    Policy, Subject,
    answer::{Arrival, But, Decision, Held, Missing, Question, Reason, Remedy, Target},
    holder::Known,
    rows::{GrantRow, NONE, ResourceRow, ScopeRow},
    rules::{ActionNumber, Say},
    set::Set,
};
use crate::{
    catalog::{Action, Role, RoleId},
    grant::ScopeKind,
    id::{GrantId, ResourceId},
    time::Timestamp,
};

/// How the subject stands: above all grants, on grants, or nowhere.
pub(super) enum Standing<'a> {
    Owner,
    /// Their own, and the numbers of their groups in order.
    Grants(&'a [GrantRow], Option<&'a Set>),
    Unknown,
}

/// A question in numbers. No resource: the type as a whole.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub action: ActionNumber,
    pub resource: Option<u32>,
}

impl Policy {
    /// May the subject do this to the target at this moment?
    #[must_use]
    pub fn decide(&self, subject: Subject, action: &Action, target: &Target, now: Timestamp) -> Decision {
        let Some(asked) = self.asked(action, target) else {
            return Decision::Denied(Missing::Unknown);
        };
        let Some(known) = self.names.find(subject) else {
            return Decision::Denied(Missing::Unknown);
        };
        self.decided(known, asked, now)
    }

    /// The same of the member with this address, in lower case, and of the resource that the product knows by this id; and who and what they are.
    /// Each is looked for once. `None` where one of them is not known so.
    #[must_use]
    pub fn decide_called(&self, address: &str, action: &Action, key: &str, now: Timestamp) -> Option<(Subject, ResourceId, Decision)> {
        let action = self.rules.action(action)?;
        let known = Known::Member(self.addresses.find(0, address)?);
        let number = self.keys.find(action.kind, key)?;
        let row = &self.resources[number as usize];
        let decision = (row.present && row.kind == action.kind).then(|| self.decided(known, Asked { action, resource: Some(number) }, now))?;
        Some((self.names.subject(known), self.names.resource(number), decision))
    }

    fn decided(&self, known: Known, asked: Asked, now: Timestamp) -> Decision {
        let end = self.end_of(known);
        let (own, groups) = match self.standing_of(known, now) {
            Standing::Owner => return Decision::Allowed(vec![Reason::Owner { expires_at: end }]),
            Standing::Unknown => return Decision::Denied(Missing::Unknown),
            Standing::Grants(own, groups) => (own, groups),
        };
        let says = self.rules.says(asked.action);
        let mut reasons = Vec::new();
        let mut weigh = |rows: &[GrantRow], arrival: Arrival| {
            for row in rows {
                if let Some(through) = self.permits(row, says, asked, now) {
                    reasons.push(Reason::Grant {
                        grant: GrantId::from_uuid(row.id),
                        role: self.rules.role_at(row.role).clone(),
                        arrival,
                        through: through.map(|parent| self.names.resource(parent)),
                        expires_at: row.expires_at().into_iter().chain(end).min(),
                    });
                }
            }
        };
        weigh(own, Arrival::Own);
        for group in groups.into_iter().flat_map(Set::iter) {
            weigh(&self.groups[group as usize].grants, Arrival::Group(self.names.group(group)));
        }
        if !reasons.is_empty() {
            return Decision::Allowed(reasons);
        }
        // only now, as few are denied: which of the grants come near
        let mut held_but = Vec::new();
        let mut near = |rows: &[GrantRow], arrival: Arrival| {
            held_but
                .extend(rows.iter().filter_map(|row| Some(Held { grant: GrantId::from_uuid(row.id), arrival, but: self.falls_short(row, says, asked, now)? })));
        };
        near(own, Arrival::Own);
        for group in groups.into_iter().flat_map(Set::iter) {
            near(&self.groups[group as usize].grants, Arrival::Group(self.names.group(group)));
        }
        Decision::Denied(Missing::Roles { roles: self.roles_that_allow(asked), held_but })
    }

    /// The same answer without its reasons.
    #[must_use]
    pub fn allows(&self, subject: Subject, action: &Action, target: &Target, now: Timestamp) -> bool {
        self.asked(action, target).is_some_and(|asked| self.names.find(subject).is_some_and(|known| self.known_allows(known, asked, now)))
    }

    /// Each question's own answer, in the questions' order.
    #[must_use]
    pub fn decide_all(&self, questions: &[Question], now: Timestamp) -> Vec<Decision> {
        questions.iter().map(|question| self.decide(question.subject, &question.action, &question.target, now)).collect()
    }

    /// Connecting two things (a source to a warehouse) needs `edit` on both; the first that is denied says what is missing.
    #[must_use]
    pub fn decide_connect(&self, subject: Subject, from: ResourceId, to: ResourceId, now: Timestamp) -> Decision {
        let mut reasons = Vec::new();
        for end in [from, to] {
            let Some(kind) = self.kind_of(end) else {
                return Decision::Denied(Missing::Unknown);
            };
            match self.decide(subject, &Action::new(kind, "edit"), &Target::Resource(end), now) {
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

    /// The roles that would allow it on this plan, in the catalogue's order, with the forms of scope that could cover the target.
    /// Empty where no role would, or nothing of the kind is known.
    #[must_use]
    pub fn remedies(&self, action: &Action, target: &Target) -> Vec<Remedy> {
        let remedy = |(role, forms): (&Role, _)| Remedy { role: role.id.clone(), scopes: Iterator::collect(forms) };
        self.asked(action, target).map(|asked| self.remedies_for(asked).map(remedy).collect()).unwrap_or_default()
    }

    #[must_use]
    pub fn is_owner(&self, subject: Subject, now: Timestamp) -> bool {
        matches!(self.standing(subject, now), Standing::Owner)
    }

    /// The question in numbers, where action and target are known and belong together.
    pub(super) fn asked(&self, action: &Action, target: &Target) -> Option<Asked> {
        let action = self.rules.action(action)?;
        let resource = match target {
            Target::Type => None,
            Target::Resource(id) => {
                let number = self.names.resources.find(id.uuid())?;
                let row = &self.resources[number as usize];
                if !row.present || row.kind != action.kind {
                    return None;
                }
                Some(number)
            }
        };
        Some(Asked { action, resource })
    }

    pub(super) fn known_allows(&self, known: Known, asked: Asked, now: Timestamp) -> bool {
        match self.standing_of(known, now) {
            Standing::Owner => true,
            Standing::Unknown => false,
            Standing::Grants(own, groups) => {
                let says = self.rules.says(asked.action);
                let allows = |rows: &[GrantRow]| rows.iter().any(|row| self.permits(row, says, asked, now).is_some());
                allows(own) || groups.is_some_and(|groups| groups.iter().any(|group| allows(&self.groups[group as usize].grants)))
            }
        }
    }

    pub(super) fn standing(&self, subject: Subject, now: Timestamp) -> Standing<'_> {
        self.names.find(subject).map_or(Standing::Unknown, |known| self.standing_of(known, now))
    }

    fn standing_of(&self, known: Known, now: Timestamp) -> Standing<'_> {
        match known {
            Known::Member(number) => {
                let row = &self.members[number as usize];
                if row.owner { Standing::Owner } else { Standing::Grants(&row.grants, Some(&row.groups)) }
            }
            Known::Group(number) => {
                let row = &self.groups[number as usize];
                if row.present { Standing::Grants(&row.grants, None) } else { Standing::Unknown }
            }
            Known::Token(number) => {
                let row = &self.tokens[number as usize];
                if row.expires_at.is_some_and(|end| end <= now) {
                    Standing::Unknown
                } else if row.owner_access {
                    Standing::Owner
                } else {
                    Standing::Grants(&row.grants, None)
                }
            }
        }
    }

    /// When the subject itself ends, whatever its grants say: only tokens do.
    fn end_of(&self, known: Known) -> Option<Timestamp> {
        match known {
            Known::Token(number) => self.tokens[number as usize].expires_at,
            Known::Member(_) | Known::Group(_) => None,
        }
    }

    /// Whether the grant allows it, and through which parent, if through one. What costs least is looked at first.
    fn permits(&self, row: &GrantRow, says: &[Say], asked: Asked, now: Timestamp) -> Option<Option<u32>> {
        let say = says.get(usize::from(row.role)).copied().unwrap_or_default();
        if !say.allows() || !say.unlocked(row.scope.form()) || row.is_expired(now) {
            return None;
        }
        match (&row.scope, asked.resource) {
            (ScopeRow::All, Some(_) | None) => Some(None),
            (ScopeRow::Only(_) | ScopeRow::Labelled(_), Some(resource)) if !asked.action.create => self.coverage(&row.scope, say, resource),
            // a new thing, or the type as a whole: only a grant on all of it says anything about it
            (ScopeRow::Only(_) | ScopeRow::Labelled(_), Some(_) | None) => None,
        }
    }

    /// Why a grant that doesn't allow it comes near: its role would. Nothing where the role is another's business.
    fn falls_short(&self, row: &GrantRow, says: &[Say], asked: Asked, now: Timestamp) -> Option<But> {
        let say = says.get(usize::from(row.role)).copied().unwrap_or_default();
        if !say.allows() {
            return None;
        }
        let covered = match (&row.scope, asked.resource) {
            (ScopeRow::All, Some(_) | None) => true,
            (ScopeRow::Only(_) | ScopeRow::Labelled(_), Some(resource)) if !asked.action.create => self.coverage(&row.scope, say, resource).is_some(),
            (ScopeRow::Only(_) | ScopeRow::Labelled(_), Some(_) | None) => return Some(But::NeedsAll),
        };
        if !covered {
            return Some(But::OutOfScope);
        }
        Some(if row.is_expired(now) { But::Expired } else { But::Locked })
    }

    /// Whether the scope covers the resource: by itself, or through the parent it hangs on when the role says so.
    pub(super) fn coverage(&self, scope: &ScopeRow, say: Say, resource: u32) -> Option<Option<u32>> {
        let row = &self.resources[resource as usize];
        if self.covers(scope, resource, row) {
            return Some(None);
        }
        if !say.through() || row.parent == NONE {
            return None;
        }
        let parent = &self.resources[row.parent as usize];
        (parent.present && self.covers(scope, row.parent, parent)).then_some(Some(row.parent))
    }

    pub(super) fn covers(&self, scope: &ScopeRow, resource: u32, row: &ResourceRow) -> bool {
        match scope {
            ScopeRow::All => true,
            ScopeRow::Only(resources) => resources.contains(resource, &|resource| self.names.resource_key(resource)),
            ScopeRow::Labelled(scope) => self.labels.covers(*scope, &row.labels),
        }
    }

    fn roles_that_allow(&self, asked: Asked) -> Vec<RoleId> {
        self.remedies_for(asked).map(|(role, _)| role.id.clone()).collect()
    }

    /// The roles that would allow it, each with the forms of scope in which it could be given for that.
    pub(super) fn remedies_for(&self, asked: Asked) -> impl Iterator<Item = (&Role, impl Iterator<Item = ScopeKind> + Clone)> {
        self.roles_and_forms(asked).filter(|(_, forms)| forms.clone().next().is_some())
    }

    /// The roles that allow it, each with the forms of scope in which it would do so here; some with none.
    fn roles_and_forms(&self, asked: Asked) -> impl Iterator<Item = (&Role, impl Iterator<Item = ScopeKind> + Clone)> {
        let labelled = move |say: Say, resource: u32| {
            let row = &self.resources[resource as usize];
            let parent = say.through().then(|| self.resources.get(row.parent as usize)).flatten();
            !row.labels.is_empty() || parent.is_some_and(|parent| !parent.labels.is_empty())
        };
        let covers = move |say: Say, form: ScopeKind| match (form, asked.resource) {
            (ScopeKind::All, Some(_) | None) => true,
            (ScopeKind::Only | ScopeKind::Labelled, None) => false,
            (ScopeKind::Only, Some(_)) => !asked.action.create,
            (ScopeKind::Labelled, Some(resource)) => !asked.action.create && labelled(say, resource),
        };
        let says = self.rules.says(asked.action).iter().copied().zip(&self.catalog.roles);
        says.filter(|(say, _)| say.allows())
            .map(move |(say, role)| (role, role.scopes.iter().map(|(form, _)| *form).filter(move |form| say.unlocked(*form) && covers(say, *form))))
    }
}
