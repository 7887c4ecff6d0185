//! What is said of a resource to who may not learn which there are: the same where it isn't here and where it is out of their reach.

use super::{
    Policy, Subject,
    answer::{Arrival, But, Decision, Held, Missing},
    decide::Standing,
    rows::{GrantRow, ScopeRow},
    rules::{ActionNumber, Say},
    set::Set,
};
use crate::{catalog::Action, grant::ScopeKind, id::GrantId, time::Timestamp};

impl Policy {
    /// Why the subject may not do this to some resource, whichever: it hangs on what they hold, and on no resource.
    #[must_use]
    pub fn deny_unseen(&self, subject: Subject, action: &Action, now: Timestamp) -> Decision {
        let (own, groups) = match self.standing(subject, now) {
            Standing::Grants(own, groups) => (own, groups),
            Standing::Owner | Standing::Unknown => return Decision::Denied(Missing::Unknown),
        };
        let Some(asked) = self.rules.action(action) else { return Decision::Denied(Missing::Unknown) };
        let says = self.rules.says(asked);
        let mut held_but = Vec::new();
        let mut near = |rows: &[GrantRow], arrival: Arrival| {
            held_but.extend(rows.iter().filter_map(|row| Some(Held { grant: GrantId::from_uuid(row.id), arrival, but: but(row, says, asked, now)? })));
        };
        near(own, Arrival::Own);
        for group in groups.into_iter().flat_map(Set::iter) {
            near(&self.groups[group as usize].grants, Arrival::Group(self.names.group(group)));
        }
        let reaches = |form: ScopeKind| form == ScopeKind::All || !asked.create;
        let would = says.iter().zip(&self.catalog.roles).filter(|(say, role)| {
            let mut forms = role.scopes.iter().map(|(form, _)| *form);
            say.allows() && forms.any(|form| say.unlocked(form) && reaches(form))
        });
        Decision::Denied(Missing::Roles { roles: would.map(|(_, role)| role.id.clone()).collect(), held_but })
    }
}

/// Why a grant of a role that allows it reaches no such resource. Nothing where it reaches all that there are.
fn but(row: &GrantRow, says: &[Say], asked: ActionNumber, now: Timestamp) -> Option<But> {
    let say = says.get(usize::from(row.role)).copied().filter(|say| say.allows())?;
    if row.is_expired(now) {
        return Some(But::Expired);
    }
    if !say.unlocked(row.scope.form()) {
        return Some(But::Locked);
    }
    match row.scope {
        ScopeRow::All => None,
        ScopeRow::Only(_) | ScopeRow::Labelled(_) if asked.create => Some(But::NeedsAll),
        ScopeRow::Only(_) | ScopeRow::Labelled(_) => Some(But::OutOfScope),
    }
}
