//! Answers: allowed or not, why in a sentence, the grants that allow it or what is missing.

use serde::{Deserialize, Serialize};

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    pub allowed: bool,
    /// Why, in a sentence for a person.
    pub why: String,
    /// The grants that allow it, the first of many; empty when denied.
    pub reasons: Vec<Reason>,
    /// How many more such grants there are.
    pub reasons_more: u32,
    /// What would have to be there; only when denied.
    pub missing: Option<Missing>,
    /// The version of the workspace's policy that it rests on.
    pub policy_version: i64,
    /// Whether it was remembered, and the server was not asked.
    pub from_cache: bool,
}

impl Decision {
    pub(crate) fn new(verdict: Verdict, policy_version: i64) -> Self {
        let Verdict { allowed, why, reasons, reasons_more, missing } = verdict;
        Self { allowed, why, reasons, reasons_more, missing, policy_version, from_cache: false }
    }

    /// The names of the roles that would allow it; empty when it is allowed, or no role would.
    pub fn roles_that_would(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().flat_map(|missing| missing.roles.iter().map(|role| role.name.as_str()))
    }

    /// When what allows it ends by itself, as RFC 3339. The policy's version stays the same then.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &str> {
        self.reasons.iter().filter_map(|reason| match reason {
            Reason::Owner { expires_at } | Reason::Grant { expires_at, .. } => expires_at.as_deref(),
            Reason::Other => None,
        })
    }
}

/// One reason for an allowed decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// An owner may do anything in the workspace.
    #[non_exhaustive]
    Owner {
        /// When the token that was asked about ends by itself, as RFC 3339.
        #[serde(default)]
        expires_at: Option<String>,
    },
    #[non_exhaustive]
    Grant {
        grant: String,
        role: String,
        role_name: String,
        /// The group by which the grant came; none for a grant of the subject's own.
        #[serde(default)]
        group: Option<String>,
        /// The parent by which the resource was reached, by Rolecall's id.
        #[serde(default)]
        through: Option<String>,
        /// When the grant ends by itself, or before it the token that holds it, as RFC 3339.
        #[serde(default)]
        expires_at: Option<String>,
    },
    /// A reason that this version of the client does not know.
    #[serde(other)]
    Other,
}

/// What would have to be there for it to be allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Missing {
    /// The subject or the resource is not in the workspace. Of resources only owner tokens are told so.
    pub unknown: bool,
    /// Roles that would allow it, with a scope that covers the resource.
    pub roles: Vec<Role>,
    /// Grants that would allow it but for something, the first of many.
    pub held: Vec<Held>,
    /// How many more such grants there are.
    pub held_more: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub id: String,
    pub name: String,
}

/// A grant that would have allowed it, but for this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Held {
    pub grant: String,
    #[serde(default)]
    pub group: Option<String>,
    /// `expired`, `locked`, `out_of_scope`, `needs_all`
    pub but: String,
}

/// As the server sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct Verdict {
    allowed: bool,
    #[serde(default)]
    why: String,
    #[serde(default)]
    reasons: Vec<Reason>,
    #[serde(default)]
    reasons_more: u32,
    #[serde(default)]
    missing: Option<Missing>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    pub(crate) policy_version: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Answers {
    pub(crate) results: Vec<Verdict>,
    pub(crate) policy_version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_knows_and_passes_over_what_it_does_not() {
        let text = r#"{"allowed": true, "why": "Source Admin", "policy_version": 7, "new": 1, "reasons": [
            {"type": "grant", "grant": "g", "role": "source_admin", "role_name": "Source Admin", "expires_at": "2026-12-01T00:00:00.000000Z"},
            {"type": "moon_phase", "full": true}]}"#;
        let answer: Answer = serde_json::from_str(text).unwrap();
        let decision = Decision::new(answer.verdict, answer.policy_version);
        assert_eq!(decision.ends().collect::<Vec<_>>(), ["2026-12-01T00:00:00.000000Z"]);
        assert_eq!((decision.reasons.len(), &decision.reasons[1]), (2, &Reason::Other));
    }
}
