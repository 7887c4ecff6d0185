//! Decisions as a person would say them. Names come from whoever asks: the policy knows only ids.

use super::{
    Policy, Subject,
    answer::{Arrival, But, Decision, Missing, Question, Reason, Target},
    rows::ScopeRow,
};
use crate::{
    catalog::{Action, Role, RoleId},
    grant::ScopeKind,
    id::{GrantId, GroupId, ResourceId},
};
use std::fmt::{self, Write as _};

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

/// Most sentences are no longer, in bytes.
const LENGTH: usize = 160;

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
        let mut text = String::with_capacity(LENGTH);
        self.tell(&mut text, question.subject, &question.action, &question.target, decision, name_of);
        text
    }

    /// As [`because`](Self::because), of a question in pieces, and behind what stands in the text already.
    pub fn tell(&self, text: &mut String, subject: Subject, action: &Action, target: &Target, decision: &Decision, name_of: NameOf<'_>) {
        let mut words = Words { policy: self, name_of, text };
        match decision {
            Decision::Allowed(reasons) => words.list(reasons, "; ", |words, reason| words.reason(subject, reason)),
            Decision::Denied(Missing::Unknown) => match self.unknown(action, target) {
                Some(unknown) => words.text.push_str(&unknown),
                None => words.text.push_str("the subject is not known in this workspace, or its access has ended"),
            },
            Decision::Denied(Missing::Roles { roles: _, held_but }) => {
                if !words.remedies(action, target) {
                    words.put(format_args!("no role allows {action} on the {} plan; an owner may do it", self.plan.title()));
                }
                for held in held_but.iter().take(TOLD) {
                    words.text.push_str(". ");
                    words.grant(subject, held.grant, None);
                    words.text.push_str(" is held");
                    words.arrival(held.arrival);
                    words.put(format_args!(", but {}", but(held.but)));
                }
            }
        }
    }

    /// What in the question is not known here, other than the subject.
    fn unknown(&self, action: &Action, target: &Target) -> Option<String> {
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

/// A sentence that is being written.
struct Words<'a> {
    policy: &'a Policy,
    name_of: NameOf<'a>,
    text: &'a mut String,
}

impl Words<'_> {
    fn put(&mut self, words: fmt::Arguments<'_>) {
        // a text takes all
        let _ = self.text.write_fmt(words);
    }

    /// The first of them; the others are counted.
    fn list<T>(&mut self, all: &[T], between: &str, mut put: impl FnMut(&mut Self, &T)) {
        for (place, one) in all.iter().take(TOLD).enumerate() {
            if place > 0 {
                self.text.push_str(between);
            }
            put(self, one);
        }
        if all.len() > TOLD {
            self.put(format_args!("{between}{} more", all.len() - TOLD));
        }
    }

    fn reason(&mut self, subject: Subject, reason: &Reason) {
        match reason {
            Reason::Owner { expires_at: _ } => self.text.push_str("as an owner, who may do anything in the workspace"),
            Reason::Grant { grant, role, arrival, through, expires_at: _ } => {
                self.grant(subject, *grant, Some(role));
                if let Some(parent) = through {
                    self.text.push_str(", by what it hangs on, ");
                    self.name(Named::Resource(*parent));
                }
                self.arrival(*arrival);
            }
        }
    }

    /// `Source Admin on environment:dev`. Whether it has effect is the decision's business: here only its words.
    fn grant(&mut self, subject: Subject, grant: GrantId, role: Option<&RoleId>) {
        let policy = self.policy;
        let row = policy.find_grant(subject, grant);
        // by its number, which is its place among the catalogue's
        let known = row.map_or_else(|| role.and_then(|role| policy.catalog.role(role)), |row| policy.catalog.roles.get(usize::from(row.role)));
        self.text.push_str(match (known, role, row) {
            (Some(role), ..) => &role.name,
            (None, Some(role), _) => role.as_str(),
            (None, None, Some(row)) => policy.rules.role_at(row.role).as_str(),
            (None, None, None) => "a grant",
        });
        if let Some(row) = row {
            self.text.push_str(" on ");
            self.scope(known, &row.scope);
        }
    }

    fn scope(&mut self, role: Option<&Role>, scope: &ScopeRow) {
        let policy = self.policy;
        let entry = role.and_then(Role::main_type).and_then(|kind| policy.catalog.kind(kind));
        let (one, many) = entry.map_or(("resource", "resources"), |entry| (&entry.one, &entry.many));
        match scope {
            ScopeRow::All => ["all ", many].iter().for_each(|words| self.text.push_str(words)),
            ScopeRow::Only(named) => self.put(format_args!("{} {}", named.len(), if named.len() == 1 { one } else { many })),
            ScopeRow::Labelled(scope) => {
                let labels = policy.labels.scope(*scope).labels.iter().filter_map(|label| policy.labels.at(*label));
                let mut between = "";
                for label in labels {
                    [between, label.key(), ":", label.value()].iter().for_each(|words| self.text.push_str(words));
                    between = " and ";
                }
                if between.is_empty() {
                    self.text.push_str("no label");
                }
            }
        }
    }

    /// `source:edit needs Source Admin (on all, or on named ones, or by label) or …`; says nothing, and so, where no role would help.
    fn remedies(&mut self, action: &Action, target: &Target) -> bool {
        let policy = self.policy;
        let mut told = 0;
        let remedies = policy.asked(action, target).into_iter().flat_map(|asked| policy.remedies_for(asked));
        for (role, forms) in remedies {
            if told < TOLD {
                let needs = [action.kind.as_str(), ":", &action.verb, " needs "];
                let before = if told == 0 { needs.as_slice() } else { &[" or "] };
                before.iter().for_each(|words| self.text.push_str(words));
                self.text.push_str(&role.name);
                for (place, form) in forms.enumerate() {
                    self.text.push_str(if place == 0 { " (" } else { ", or " });
                    self.text.push_str(form_words(form));
                }
                self.text.push(')');
            }
            told += 1;
        }
        if told > TOLD {
            self.put(format_args!(" or {} more", told - TOLD));
        }
        told > 0
    }

    fn arrival(&mut self, arrival: Arrival) {
        if let Arrival::Group(group) = arrival {
            self.text.push_str(", through the group ");
            self.name(Named::Group(group));
        }
    }

    fn name(&mut self, named: Named) {
        match ((self.name_of)(named), named) {
            (Some(name), _) => self.text.push_str(&name),
            (None, Named::Group(id)) => self.put(format_args!("{id}")),
            (None, Named::Resource(id)) => self.put(format_args!("{id}")),
        }
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
