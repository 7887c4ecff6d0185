//! The audit trail: what was done, by whom, to what, and the seal that makes a change of the past visible.

use crate::{
    catalog::RoleId,
    grant::GrantSpec,
    group::GroupRef,
    id::{AccountId, AuditId, MemberId, TokenId, WorkspaceId},
    member::MemberKind,
    plan::Plan,
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The first entry of a chain is sealed with this.
pub const GENESIS: [u8; 32] = [0; 32];

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
    GroupCreated {
        name: String,
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

    /// What happened as the rest of a sentence that begins with the actor's name.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::AccountCreated { email } => format!("made an account for {email}"),
            Self::SignedIn { email } => format!("signed in as {email}"),
            Self::SignInFailed { email } => format!("failed to sign in as {email}"),
            Self::SignedOut => "signed out".to_owned(),
            Self::SessionEnded { .. } => "ended one of their sessions".to_owned(),
            Self::AllSessionsEnded { count } => format!("ended {count} of their sessions"),
            Self::PasswordChanged => "changed their password".to_owned(),
            Self::PasswordResetRequested { email } => format!("asked to set a new password for {email}"),
            Self::PasswordReset => "set a new password by mail".to_owned(),
            Self::WorkspaceCreated { name, .. } => format!("created the workspace {name}"),
            Self::WorkspaceSeeded { members, .. } => format!("filled the workspace with made-up data: {members} members"),
            Self::PlanChanged { before, after } => format!("changed the plan from {} to {}", before.title(), after.title()),
            Self::MembersInvited { emails, .. } if emails.len() == 1 => format!("invited {}", emails.first().map_or("", String::as_str)),
            Self::MembersInvited { emails, .. } => format!("invited {} people", emails.len()),
            Self::InviteResent { email } => format!("sent the invite to {email} again"),
            Self::InviteLinkCopied { email } => format!("copied the invite link of {email}"),
            Self::InviteRevoked { email } => format!("revoked the invite of {email}"),
            Self::InviteAccepted { email } => format!("accepted the invite to {email}"),
            Self::MemberAccessChanged { member, .. } => format!("changed the access of {member}"),
            Self::MemberRemoved { member, .. } => format!("removed {member}"),
            Self::MemberLeft { .. } => "left the workspace".to_owned(),
            Self::UsersExported { .. } => "downloaded the user list".to_owned(),
            Self::GroupCreated { name, .. } => format!("created the group {name}"),
            Self::GroupChanged { name_before, name, before, after } if name_before != name => {
                let more = if before == after { "" } else { " and changed its roles" };
                format!("renamed the group {name_before} to {name}{more}")
            }
            Self::GroupChanged { name, .. } => format!("changed the roles of the group {name}"),
            Self::GroupDeleted { name, members: 1, .. } => format!("deleted the group {name}, which had 1 member"),
            Self::GroupDeleted { name, members, .. } => format!("deleted the group {name}, which had {members} members"),
            Self::MemberJoinedGroup { member, group } => format!("added {member} to the group {}", group.name),
            Self::MemberLeftGroup { member, group } => format!("took {member} out of the group {}", group.name),
            Self::ResourceCreated { name, .. } => format!("registered {name}"),
            Self::LabelCreated { label } => format!("created the label {label}"),
            Self::TokenCreated { name, .. } => format!("created the token {name}"),
            Self::TokenChanged { name_before, name, before, after } if name_before != name => {
                let more = if before == after { "" } else { " and changed what it may do" };
                format!("renamed the token {name_before} to {name}{more}")
            }
            Self::TokenChanged { name, before, after, .. } if before.access == after.access => format!("changed when the token {name} ends"),
            Self::TokenChanged { name, .. } => format!("changed what the token {name} may do"),
            Self::TokenRotated { name, grace_seconds: 0 } => format!("gave the token {name} a new secret; the old one ended at once"),
            Self::TokenRotated { name, grace_seconds } => {
                format!("gave the token {name} a new secret; the old one works for {} more", Span::seconds(*grace_seconds).words())
            }
            Self::TokenRevoked { name } => format!("revoked the token {name}"),
            Self::GrantGiven { role, to } => format!("gave {role} to {to}"),
            Self::AccessRequested { role, resource, .. } => format!("asked for {}", wanted(role.as_ref(), resource.as_deref())),
            Self::AccessRequestApproved { member, role, resource } => {
                format!("approved the request of {member} for {}", wanted(role.as_ref(), resource.as_deref()))
            }
            Self::AccessRequestDeclined { member, role, resource, .. } => {
                format!("declined the request of {member} for {}", wanted(role.as_ref(), resource.as_deref()))
            }
            Self::AccessRequestWithdrawn { .. } => "took back their request for access".to_owned(),
        }
    }
}

/// `source_admin on Website`, `access`.
fn wanted(role: Option<&RoleId>, resource: Option<&str>) -> String {
    match (role, resource) {
        (Some(role), Some(resource)) => format!("{role} on {resource}"),
        (Some(role), None) => role.to_string(),
        (None, Some(resource)) => format!("access to {resource}"),
        (None, None) => "access".to_owned(),
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

/// What an entry's seal is made over: exactly the text that is stored, field by field, each with its length before it.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    pub id: AuditId,
    pub seq: i64,
    pub at: Timestamp,
    pub actor: &'a str,
    pub event: &'a str,
    pub object: &'a str,
    pub origin: &'a str,
}

impl Sealed<'_> {
    /// SHA-256 over the previous entry's seal and this entry.
    #[must_use]
    pub fn seal(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.id.uuid().as_bytes());
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.micros().to_be_bytes());
        for field in [self.actor, self.event, self.object, self.origin] {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().into()
    }
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
    fn the_seal_depends_on_every_field_and_on_what_came_before() {
        let entry = Sealed {
            id: AuditId::new(Timestamp::from_micros(1), [1; 10]),
            seq: 1,
            at: Timestamp::from_micros(7),
            actor: "a",
            event: "b",
            object: "c",
            origin: "d",
        };
        let seal = entry.seal(&GENESIS);
        assert_eq!(seal, entry.seal(&GENESIS));
        assert_ne!(seal, entry.seal(&[1; 32]));
        for other in [
            Sealed { seq: 2, ..entry },
            Sealed { at: Timestamp::from_micros(8), ..entry },
            Sealed { actor: "ab", event: "", ..entry },
            Sealed { origin: "", object: "cd", ..entry },
        ] {
            assert_ne!(seal, other.seal(&GENESIS));
        }
    }
}
