//! The audit trail: what was done, by whom, to what, and the seal that makes a change of the past visible.

pub use crate::audit_seal::{GENESIS, Sealed};

use crate::{
    catalog::RoleId,
    grant::GrantSpec,
    group::GroupRef,
    id::{AccountId, AuditId, MemberId, TokenId, WorkspaceId},
    member::MemberKind,
    plan::Plan,
    time::Timestamp,
    webhook::WebhookSnapshot,
};
use serde::{Deserialize, Serialize};

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

/// What happened. New kinds are added; those that were ever written keep their names and fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    AccountCreated {
        email: String,
    },
    SignedIn {
        email: String,
    },
    SignInFailed {
        email: String,
    },
    SignedOut,
    SessionEnded {
        session: String,
    },
    AllSessionsEnded {
        count: u64,
    },
    PasswordChanged,
    PasswordResetRequested {
        email: String,
    },
    PasswordReset,
    WorkspaceCreated {
        name: String,
        slug: String,
    },
    WorkspaceSeeded {
        members: u64,
        groups: u64,
        resources: u64,
    },
    PlanChanged {
        before: Plan,
        after: Plan,
    },
    MembersInvited {
        emails: Vec<String>,
        access: AccessSnapshot,
    },
    InviteResent {
        email: String,
    },
    InviteLinkCopied {
        email: String,
    },
    InviteRevoked {
        email: String,
    },
    InviteAccepted {
        email: String,
    },
    MemberAccessChanged {
        member: String,
        before: AccessSnapshot,
        after: AccessSnapshot,
    },
    MemberRemoved {
        member: String,
        email: String,
        before: AccessSnapshot,
    },
    MemberLeft {
        member: String,
        email: String,
        before: AccessSnapshot,
    },
    UsersExported {
        count: u64,
    },
    AuditExported {
        format: String,
        filter: String,
    },
    /// Entries up to `through` went because they were from before `before`; `seal` is the last one's, in hexadecimal.
    AuditPruned {
        count: u64,
        through: i64,
        seal: String,
        before: Timestamp,
    },
    WebhookCreated {
        url: String,
    },
    WebhookChanged {
        before: WebhookSnapshot,
        after: WebhookSnapshot,
    },
    WebhookSecretChanged {
        url: String,
    },
    WebhookDeleted {
        url: String,
    },
    WebhookTested {
        url: String,
    },
    WebhookRedelivered {
        url: String,
        event: String,
    },
    WebhookSwitchedOff {
        url: String,
        note: String,
    },
    GroupCreated {
        name: String,
        #[serde(default)]
        access: AccessSnapshot,
    },
    GroupChanged {
        name_before: String,
        name: String,
        before: AccessSnapshot,
        after: AccessSnapshot,
    },
    GroupDeleted {
        name: String,
        members: u64,
        before: AccessSnapshot,
    },
    MemberJoinedGroup {
        member: String,
        group: GroupRef,
    },
    MemberLeftGroup {
        member: String,
        group: GroupRef,
    },
    ResourceCreated {
        kind: String,
        key: String,
        name: String,
    },
    LabelCreated {
        label: String,
    },
    TokenCreated {
        name: String,
        #[serde(default)]
        access: AccessSnapshot,
        #[serde(default)]
        expires_at: Option<Timestamp>,
    },
    TokenChanged {
        name_before: String,
        name: String,
        before: TokenSnapshot,
        after: TokenSnapshot,
    },
    TokenRotated {
        name: String,
        grace_seconds: i64,
    },
    TokenRevoked {
        name: String,
    },
    GrantGiven {
        role: RoleId,
        to: String,
    },
    AccessRequested {
        member: String,
        role: Option<RoleId>,
        resource: Option<String>,
        reason: String,
    },
    AccessRequestApproved {
        member: String,
        role: Option<RoleId>,
        resource: Option<String>,
    },
    AccessRequestDeclined {
        member: String,
        role: Option<RoleId>,
        resource: Option<String>,
        answer: Option<String>,
    },
    AccessRequestWithdrawn {
        member: String,
    },
}

impl Event {
    /// The event's name as it is stored and filtered by: `member_removed`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AccountCreated { .. } => "account_created",
            Self::SignedIn { .. } => "signed_in",
            Self::SignInFailed { .. } => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::SessionEnded { .. } => "session_ended",
            Self::AllSessionsEnded { .. } => "all_sessions_ended",
            Self::PasswordChanged => "password_changed",
            Self::PasswordResetRequested { .. } => "password_reset_requested",
            Self::PasswordReset => "password_reset",
            Self::WorkspaceCreated { .. } => "workspace_created",
            Self::WorkspaceSeeded { .. } => "workspace_seeded",
            Self::PlanChanged { .. } => "plan_changed",
            Self::MembersInvited { .. } => "members_invited",
            Self::InviteResent { .. } => "invite_resent",
            Self::InviteLinkCopied { .. } => "invite_link_copied",
            Self::InviteRevoked { .. } => "invite_revoked",
            Self::InviteAccepted { .. } => "invite_accepted",
            Self::MemberAccessChanged { .. } => "member_access_changed",
            Self::MemberRemoved { .. } => "member_removed",
            Self::MemberLeft { .. } => "member_left",
            Self::UsersExported { .. } => "users_exported",
            Self::AuditExported { .. } => "audit_exported",
            Self::AuditPruned { .. } => "audit_pruned",
            Self::WebhookCreated { .. } => "webhook_created",
            Self::WebhookChanged { .. } => "webhook_changed",
            Self::WebhookSecretChanged { .. } => "webhook_secret_changed",
            Self::WebhookDeleted { .. } => "webhook_deleted",
            Self::WebhookTested { .. } => "webhook_tested",
            Self::WebhookRedelivered { .. } => "webhook_redelivered",
            Self::WebhookSwitchedOff { .. } => "webhook_switched_off",
            Self::GroupCreated { .. } => "group_created",
            Self::GroupChanged { .. } => "group_changed",
            Self::GroupDeleted { .. } => "group_deleted",
            Self::MemberJoinedGroup { .. } => "member_joined_group",
            Self::MemberLeftGroup { .. } => "member_left_group",
            Self::ResourceCreated { .. } => "resource_created",
            Self::LabelCreated { .. } => "label_created",
            Self::TokenCreated { .. } => "token_created",
            Self::TokenChanged { .. } => "token_changed",
            Self::TokenRotated { .. } => "token_rotated",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::GrantGiven { .. } => "grant_given",
            Self::AccessRequested { .. } => "access_requested",
            Self::AccessRequestApproved { .. } => "access_request_approved",
            Self::AccessRequestDeclined { .. } => "access_request_declined",
            Self::AccessRequestWithdrawn { .. } => "access_request_withdrawn",
        }
    }
}

/// What an event was done to, so that a thing's history can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// `member`, `invite`, `group`, `token`, `resource`, `workspace`, `account`.
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
