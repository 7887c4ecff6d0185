//! Workspaces: the boundary of everything.

use crate::{
    id::{MemberId, WorkspaceId},
    member::MemberKind,
    plan::Plan,
    settings::WorkspaceRules,
    text::WorkspaceName,
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A workspace's name in URLs: 2 to 40 lower-case letters, digits and single hyphens, beginning and ending with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkspaceSlug(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be a workspace's URL name; use 2 to 40 lower-case letters, digits and hyphens")]
pub struct SlugError(pub String);

impl WorkspaceSlug {
    pub const MAX: usize = 40;

    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let fits = (2..=Self::MAX).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && text.split('-').all(|part| !part.is_empty());
        if fits { Ok(Self(text.to_owned())) } else { Err(SlugError(text.chars().take(60).collect())) }
    }

    /// A slug made of a name; where another workspace has it, `attempt` above 0 gives `acme-2`, `acme-3`, ….
    #[must_use]
    pub fn suggest(name: &WorkspaceName, attempt: u32) -> Self {
        let mut slug = String::new();
        for c in name.as_str().chars() {
            match c {
                c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(Self::MAX - 7);
        let base = slug.trim_matches('-');
        let base = if base.len() < 2 { "workspace" } else { base };
        Self(if attempt == 0 { base.to_owned() } else { format!("{base}-{}", attempt + 1) })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspaceSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WorkspaceSlug {
    type Error = SlugError;
    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl From<WorkspaceSlug> for String {
    fn from(slug: WorkspaceSlug) -> String {
        slug.0
    }
}

/// For how long a workspace that is to be deleted is closed, and can be kept after all.
pub const KEPT_FOR: Span = Span::days(7);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub slug: WorkspaceSlug,
    pub name: WorkspaceName,
    pub plan: Plan,
    /// Grows with every change that a decision could rest on.
    pub policy_version: i64,
    /// Not for browsers, like the revision: the settings' own page gets them by itself.
    #[serde(skip)]
    pub rules: WorkspaceRules,
    /// Grows with each change of its settings.
    #[serde(skip)]
    pub revision: i64,
    /// Whether its members must have come by single sign-on, but for those excepted. Its plan must have it, too: see [`asks_for_sso`](Self::asks_for_sso).
    #[serde(skip)]
    pub sso_required: bool,
    /// It is closed, and from this moment on it is deleted for good.
    pub deleted_at: Option<Timestamp>,
}

impl Workspace {
    /// A new one.
    #[must_use]
    pub fn new(id: WorkspaceId, slug: WorkspaceSlug, name: WorkspaceName, plan: Plan) -> Self {
        Self { id, slug, name, plan, policy_version: 0, rules: WorkspaceRules::default(), revision: 1, sso_required: false, deleted_at: None }
    }

    /// Whether who comes must have come by single sign-on. A plan that lost it asks for nothing: nobody could come that way any more.
    #[must_use]
    pub const fn asks_for_sso(&self) -> bool {
        self.sso_required && self.plan.has_sso()
    }

    /// Closed because it is to be deleted.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.deleted_at.is_some()
    }
}

/// A workspace as one of its members sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub workspace: Workspace,
    pub member: MemberId,
    pub kind: MemberKind,
}

/// How many there are of what the tabs count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceCounts {
    pub members: u64,
    pub invites: u64,
    pub groups: u64,
    pub tokens: u64,
    /// Requests for access that wait for an answer.
    pub requests: u64,
    /// Access reviews that wait for who asks.
    #[serde(default)]
    pub reviews: u64,
}

/// What would go with a workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceContents {
    pub members: u64,
    pub invites: u64,
    pub groups: u64,
    pub tokens: u64,
    pub resources: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_a_slug_for_any_name() {
        for (name, attempt, slug) in
            [("Acme", 0, "acme"), ("Acme, Inc.", 0, "acme-inc"), ("Acme", 1, "acme-2"), ("李", 0, "workspace"), ("  --A b--  ", 0, "a-b")]
        {
            let suggested = WorkspaceSlug::suggest(&WorkspaceName::parse(name).unwrap(), attempt);
            assert_eq!(suggested.as_str(), slug);
            assert!(WorkspaceSlug::parse(suggested.as_str()).is_ok());
        }
        let long = WorkspaceSlug::suggest(&WorkspaceName::parse(&"a".repeat(80)).unwrap(), 99_998);
        assert!(WorkspaceSlug::parse(long.as_str()).is_ok());
    }

    #[test]
    fn refuses_other_slugs() {
        for bad in ["", "a", "A-b", "-ab", "ab-", "a--b", "a b", &"a".repeat(41)] {
            assert!(WorkspaceSlug::parse(bad).is_err(), "{bad}");
        }
    }
}
