//! Questions and their answers: allowed with every reason, or denied with what is missing.

use super::Subject;
use crate::{
    catalog::{Action, RoleId},
    grant::ScopeKind,
    id::{GrantId, GroupId, ResourceId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// May this subject do this to that?
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    pub subject: Subject,
    pub action: Action,
    pub target: Target,
}

/// What is asked about: one thing, or its type as a whole (to create one, or where there is only one).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Resource(ResourceId),
    Type,
}

/// How a grant came to the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    Own,
    Group(GroupId),
}

/// One reason for an allowed decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An owner may do anything in the workspace; a token with owner access only until it ends.
    Owner {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
    /// A grant allows it; `through` names the parent by which the resource was reached. It allows nothing from `expires_at` on, which is
    /// the end of the grant or of the token that holds it, whichever comes first.
    Grant {
        grant: GrantId,
        role: RoleId,
        arrival: Arrival,
        through: Option<ResourceId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
}

/// What is missing where a decision is denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The subject, the resource or the action is not known here.
    Unknown,
    /// Any of these roles would allow it, with a scope that covers the target; none on this plan if empty.
    Roles { roles: Vec<RoleId>, held_but: Vec<Held> },
}

/// A grant that would have allowed it, but for this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub grant: GrantId,
    pub arrival: Arrival,
    pub but: But,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum But {
    Expired,
    /// The plan doesn't have the role, or not with this form of scope.
    Locked,
    OutOfScope,
    /// Creating needs the scope "all".
    NeedsAll,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Allowed(Vec<Reason>),
    Denied(Missing),
}

impl Decision {
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        match self {
            Self::Allowed(_) => true,
            Self::Denied(_) => false,
        }
    }
}

/// A role that would allow what was denied, and the forms of scope in which it could be given for that on this plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    pub role: RoleId,
    pub scopes: Vec<ScopeKind>,
}

/// A page of a list, in order. Nothing is left out: where there is more, `next` says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    pub found: Vec<T>,
    /// What to pass as `after` for the page behind this one.
    pub next: Option<T>,
}

impl<T> Listed<T> {
    /// Whether the list ends with this page.
    #[must_use]
    pub const fn complete(&self) -> bool {
        self.next.is_none()
    }
}
