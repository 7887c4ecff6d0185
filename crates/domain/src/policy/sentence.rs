//! Decisions as a person would say them. Names come from whoever asks: the policy knows only ids.

use super::{
    Policy, Subject,
    answer::{Arrival, But, Decision, Missing, Question, Reason, Remedy, Target},
};
use crate::{
    catalog::RoleId,
    grant::{ScopeKind, ScopeSummary},
    id::{GrantId, GroupId, ResourceId},
};

/// What may need a name in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    Group(GroupId),
    Resource(ResourceId),
}

/// Finds a name; without one, the id stands in its place.
pub type NameOf<'a> = &'a dyn Fn(Named) -> Option<String>;

/// Reasons or roles beyond these are counted, not told.
const TOLD: usize = 3;

impl Policy {
    /// `Allowed: Source Admin on environment:dev, through the group Data team` or `Denied: source:edit needs Source Admin …`.
    /// The decision is this policy's answer to this question.
    #[must_use]
    pub fn explain(&self, question: &Question, decision: &Decision, name_of: NameOf<'_>) -> String {
        format!("{}: {}", if decision.is_allowed() { "Allowed" } else { "Denied" }, self.because(question, decision, name_of))
    }

    /// The same without the answer itself, for who has said it already.
    #[must_use]
    pub fn because(&self, question: &Question, decision: &Decision, name_of: NameOf<'_>) -> String {
        match decision {
            Decision::Allowed(reasons) => told(reasons.iter().map(|reason| self.reason(question.subject, reason, name_of)), "; "),
            Decision::Denied(Missing::Unknown) => {
                self.unknown(question).unwrap_or_else(|| "the subject is not known in this workspace, or its access has ended".to_owned())
            }
            Decision::Denied(Missing::Roles { roles: _, held_but }) => {
                let remedies = self.remedies(&question.action, &question.target);
                let mut sentence = if remedies.is_empty() {
                    format!("no role allows {} on the {} plan; an owner may do it", question.action, self.plan.title())
                } else {
                    format!("{} needs {}", question.action, told(remedies.iter().map(|remedy| self.remedy(remedy)), " or "))
                };
                for held in held_but.iter().take(TOLD) {
                    sentence.push_str(&format!(
                        ". {} is held{}, but {}",
                        self.grant_words(question.subject, held.grant, None),
                        arrival(held.arrival, name_of),
                        but(held.but)
                    ));
                }
                sentence
            }
        }
    }

    fn reason(&self, subject: Subject, reason: &Reason, name_of: NameOf<'_>) -> String {
        match reason {
            Reason::Owner => "as an owner, who may do anything in the workspace".to_owned(),
            Reason::Grant { grant, role, arrival: way, through, expires_at: _ } => {
                let by = through.map(|parent| format!(", by what it hangs on, {}", name(Named::Resource(parent), name_of))).unwrap_or_default();
                format!("{}{by}{}", self.grant_words(subject, *grant, Some(role)), arrival(*way, name_of))
            }
        }
    }

    /// `Source Admin on environment:dev`.
    fn grant_words(&self, subject: Subject, grant: GrantId, role: Option<&RoleId>) -> String {
        // whether it has effect is the decision's business: here only its words
        let held = self.held(subject, crate::time::Timestamp::from_micros(i64::MIN)).into_iter().find(|held| held.id() == grant);
        let Some(role) = role.or_else(|| held.as_ref().map(super::reach::Reaching::role)) else { return "a grant".to_owned() };
        let scope = held.as_ref().map_or(String::new(), |held| format!(" on {}", self.scope_words(role, &held.scope())));
        format!("{}{scope}", self.role_name(role))
    }

    fn scope_words(&self, role: &RoleId, scope: &ScopeSummary) -> String {
        let entry = self.catalog.role(role).and_then(|role| role.main_type()).and_then(|kind| self.catalog.kind(kind));
        let (one, many) = entry.map_or(("resource", "resources"), |entry| (&entry.one, &entry.many));
        match scope {
            ScopeSummary::All => format!("all {many}"),
            ScopeSummary::Labelled(labels) if labels.is_empty() => "no label".to_owned(),
            ScopeSummary::Only(_) | ScopeSummary::Labelled(_) => scope.words(one, many),
        }
    }

    /// `Source Admin (all, only these, or with labels)`.
    fn remedy(&self, remedy: &Remedy) -> String {
        let forms: Vec<&str> = remedy.scopes.iter().map(|form| form_words(*form)).collect();
        format!("{} ({})", self.role_name(&remedy.role), forms.join(", or "))
    }

    fn role_name(&self, role: &RoleId) -> String {
        self.catalog.role(role).map_or_else(|| role.to_string(), |role| role.name.clone())
    }

    /// What in the question is not known here, other than the subject.
    fn unknown(&self, question: &Question) -> Option<String> {
        let Question { action, target, .. } = question;
        if !self.catalog.has_action(action) {
            return Some(format!("the catalogue has no action `{action}`"));
        }
        let Target::Resource(id) = target else { return None };
        match self.kind_of(*id) {
            None => Some(format!("there is no resource {id} in this workspace")),
            Some(kind) if *kind != action.kind => Some(format!("the resource is a {kind}, and `{action}` is about a {}", action.kind)),
            Some(_) => None,
        }
    }
}

fn told(parts: impl Iterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.collect();
    let first = parts.iter().take(TOLD).cloned().collect::<Vec<_>>().join(between);
    if parts.len() > TOLD { format!("{first}{between}{} more", parts.len() - TOLD) } else { first }
}

fn name(named: Named, name_of: NameOf<'_>) -> String {
    name_of(named).unwrap_or_else(|| match named {
        Named::Group(id) => id.to_string(),
        Named::Resource(id) => id.to_string(),
    })
}

fn arrival(arrival: Arrival, name_of: NameOf<'_>) -> String {
    match arrival {
        Arrival::Own => String::new(),
        Arrival::Group(group) => format!(", through the group {}", name(Named::Group(group), name_of)),
    }
}

const fn but(but: But) -> &'static str {
    match but {
        But::Expired => "has expired",
        But::Locked => "the plan does not have it",
        But::OutOfScope => "does not reach this",
        But::NeedsAll => "this needs it on all",
    }
}

const fn form_words(form: ScopeKind) -> &'static str {
    match form {
        ScopeKind::All => "on all",
        ScopeKind::Only => "on named ones",
        ScopeKind::Labelled => "by label",
    }
}
