//! What can happen, as it is stored.

use super::{AccessSnapshot, BorneBefore, RegisteredSnapshot, ResourceSnapshot, ReviewSnapshot, SsoEvent, TokenSnapshot};
use crate::{
    catalog::RoleId, group::GroupRef, plan::Plan, settings::SettingsSnapshot, time::Timestamp, webhook::WebhookSnapshot, workspace::WorkspaceContents,
};
use serde::{Deserialize, Serialize};

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
    /// A link was mailed by which the account's address is shown to be its holder's.
    AddressProofSent {
        email: String,
    },
    AddressProven {
        email: String,
    },
    /// By its holder. It stands in the trail of accounts, and in that of each workspace that they are in.
    AccountRenamed {
        before: String,
        after: String,
    },
    /// By its holder, who was in so many workspaces.
    AccountDeleted {
        email: String,
        workspaces: u64,
    },
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
    SettingsChanged {
        before: SettingsSnapshot,
        after: SettingsSnapshot,
    },
    /// The workspace is closed, and at this moment it will be deleted.
    WorkspaceClosed {
        name: String,
        deleted_at: Timestamp,
        contents: WorkspaceContents,
    },
    WorkspaceKept {
        name: String,
    },
    /// All of it is gone, its own trail too: this stands in the one of accounts.
    WorkspaceDeleted {
        name: String,
        slug: String,
        contents: WorkspaceContents,
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
    /// A revocation was taken back.
    InviteReopened {
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
    /// A removal was taken back.
    MemberRestored {
        member: String,
        email: String,
        after: AccessSnapshot,
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
        role: Option<RoleId>,
        resource: Option<String>,
    },
    ResourceChanged {
        kind: String,
        key: String,
        before: ResourceSnapshot,
        after: ResourceSnapshot,
    },
    /// By a product, one or many at once.
    ResourcesRegistered {
        created: Vec<RegisteredSnapshot>,
        /// What they were, and what they are.
        changed: Vec<(RegisteredSnapshot, RegisteredSnapshot)>,
    },
    ResourceDeleted {
        kind: String,
        key: String,
        name: String,
        parent: Option<String>,
        labels: Vec<String>,
    },
    ResourcesRelabelled {
        key: String,
        after: Option<String>,
        before: Vec<BorneBefore>,
    },
    LabelDescribed {
        label: String,
        before: Option<String>,
        after: Option<String>,
    },
    LabelDeleted {
        label: String,
        description: Option<String>,
    },
    ReviewStarted {
        name: String,
        about: String,
        items: u64,
        due_at: Timestamp,
        reviewers: Vec<String>,
    },
    ReviewChanged {
        name: String,
        before: ReviewSnapshot,
        after: ReviewSnapshot,
    },
    /// Something was decided, a decision taken back, or a note written: `keep`, `revoke`, `undecided`, `note`.
    ReviewDecided {
        name: String,
        decision: String,
        count: u64,
        /// The first of them.
        whose: Vec<String>,
    },
    ReviewReminded {
        name: String,
        reviewers: Vec<String>,
    },
    ReviewCancelled {
        name: String,
    },
    ReviewExported {
        name: String,
    },
    /// `digest` is the record's SHA-256, in hexadecimal.
    ReviewSignedOff {
        name: String,
        kept: u64,
        revoked: u64,
        undecided: u64,
        stayed: u64,
        digest: String,
    },
    #[serde(untagged)]
    Sso(SsoEvent),
}

impl From<SsoEvent> for Event {
    fn from(event: SsoEvent) -> Self {
        Self::Sso(event)
    }
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
            Self::AddressProofSent { .. } => "address_proof_sent",
            Self::AddressProven { .. } => "address_proven",
            Self::AccountRenamed { .. } => "account_renamed",
            Self::AccountDeleted { .. } => "account_deleted",
            Self::WorkspaceCreated { .. } => "workspace_created",
            Self::WorkspaceSeeded { .. } => "workspace_seeded",
            Self::PlanChanged { .. } => "plan_changed",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::WorkspaceClosed { .. } => "workspace_closed",
            Self::WorkspaceKept { .. } => "workspace_kept",
            Self::WorkspaceDeleted { .. } => "workspace_deleted",
            Self::MembersInvited { .. } => "members_invited",
            Self::InviteResent { .. } => "invite_resent",
            Self::InviteLinkCopied { .. } => "invite_link_copied",
            Self::InviteRevoked { .. } => "invite_revoked",
            Self::InviteReopened { .. } => "invite_reopened",
            Self::InviteAccepted { .. } => "invite_accepted",
            Self::MemberAccessChanged { .. } => "member_access_changed",
            Self::MemberRemoved { .. } => "member_removed",
            Self::MemberLeft { .. } => "member_left",
            Self::MemberRestored { .. } => "member_restored",
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
            Self::ResourceChanged { .. } => "resource_changed",
            Self::ResourcesRegistered { .. } => "resources_registered",
            Self::ResourceDeleted { .. } => "resource_deleted",
            Self::ResourcesRelabelled { .. } => "resources_relabelled",
            Self::LabelDescribed { .. } => "label_described",
            Self::LabelDeleted { .. } => "label_deleted",
            Self::ReviewStarted { .. } => "review_started",
            Self::ReviewChanged { .. } => "review_changed",
            Self::ReviewDecided { .. } => "review_decided",
            Self::ReviewReminded { .. } => "review_reminded",
            Self::ReviewCancelled { .. } => "review_cancelled",
            Self::ReviewExported { .. } => "review_exported",
            Self::ReviewSignedOff { .. } => "review_signed_off",
            Self::Sso(event) => event.name(),
        }
    }
}
