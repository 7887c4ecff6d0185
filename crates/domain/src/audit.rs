//! The audit trail: what was done, by whom, to what, and the seal that makes a change of the past visible.

pub use crate::audit_seal::{GENESIS, Sealed};

use crate::{
    grant::GrantSpec,
    group::GroupRef,
    id::{AccountId, AuditId, MemberId, OperationId, TokenId, WorkspaceId},
    member::MemberKind,
    once::Once,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

mod event;
mod resources;
mod sso;

pub use event::Event;
pub use resources::{BorneBefore, RegisteredSnapshot, ResourceSnapshot};
pub(crate) use resources::{registered, relabelled};
pub use sso::{LetGo, SsoEvent};

/// Which chain an entry stands in: a workspace's own, or the one of accounts (sign-ups and sign-ins).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    Accounts,
    Workspace(WorkspaceId),
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    Member {
        id: MemberId,
        name: String,
    },
    Account {
        id: AccountId,
        name: String,
    },
    Token {
        id: TokenId,
        name: String,
    },
    /// Somebody at the operator's command line.
    Operator,
    /// Rolecall itself, by time.
    System,
    /// Somebody not signed in.
    Anonymous,
}

impl Actor {
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Member { name, .. } | Self::Account { name, .. } | Self::Token { name, .. } => name,
            Self::Operator => "the operator",
            Self::System => "Rolecall",
            Self::Anonymous => "somebody not signed in",
        }
    }
}

/// A member's or group's access at one moment, for "before" and "after".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessSnapshot {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberKind>,
    pub pii: bool,
    pub grants: Vec<GrantSpec>,
    pub groups: Vec<GroupRef>,
}

/// What a token was at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSnapshot {
    pub access: AccessSnapshot,
    pub expires_at: Option<Timestamp>,
}

/// What of a review can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSnapshot {
    pub due_at: Timestamp,
    pub reviewers: Vec<String>,
}

/// What an event was done to, so that a thing's history can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// `member`, `invite`, `group`, `token`, `resource`, `workspace`, `account`, `review`,
    /// `connection`, `domain`.
    pub kind: String,
    pub id: uuid::Uuid,
}

impl Object {
    #[must_use]
    pub fn new(kind: &str, id: uuid::Uuid) -> Self {
        Self { kind: kind.to_owned(), id }
    }
}

/// Where a change came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The network address, as far as the server can tell.
    pub address: Option<String>,
    pub request: Option<String>,
    /// The change of many that this is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
}

/// What a write says of itself when it commits; the store adds place and seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub id: AuditId,
    pub at: Timestamp,
    pub chain: Chain,
    pub actor: Actor,
    pub event: Event,
    pub object: Option<Object>,
    pub origin: Origin,
    /// Set where the write must not happen again.
    pub once: Option<Once>,
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: AuditId,
    /// From 1, without a gap.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: Actor,
    pub event: Event,
    pub object: Option<Object>,
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;

    #[test]
    fn an_event_is_stored_under_its_name() {
        for event in [
            Event::SignedOut,
            Event::PlanChanged { before: Plan::Free, after: Plan::Business },
            Event::MembersInvited { emails: vec!["a@b.co".to_owned()], access: AccessSnapshot::default() },
        ] {
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json["type"], event.name());
            assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
            assert!(!event.sentence().is_empty());
        }
    }

    #[test]
    fn what_was_written_before_an_event_told_more_is_read() {
        for old in [r#"{"type":"group_created","name":"A"}"#, r#"{"type":"token_created","name":"A"}"#] {
            assert!(serde_json::from_str::<Event>(old).is_ok(), "{old}");
        }
    }
}
