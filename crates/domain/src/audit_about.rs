//! What an event is about, by the name that it had then.

use crate::audit::Event;

impl Event {
    /// The name of the member, group, token, label or other thing; `None` where it is the workspace itself, or many.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::MemberAccessChanged { member, .. }
            | Self::MemberRemoved { member, .. }
            | Self::MemberLeft { member, .. }
            | Self::MemberRestored { member, .. }
            | Self::MemberJoinedGroup { member, .. }
            | Self::MemberLeftGroup { member, .. }
            | Self::AccessRequested { member, .. }
            | Self::AccessRequestApproved { member, .. }
            | Self::AccessRequestDeclined { member, .. }
            | Self::AccessRequestWithdrawn { member, .. } => Some(member),
            Self::GroupCreated { name, .. }
            | Self::GroupChanged { name, .. }
            | Self::GroupDeleted { name, .. }
            | Self::TokenCreated { name, .. }
            | Self::TokenChanged { name, .. }
            | Self::TokenRotated { name, .. }
            | Self::TokenRevoked { name }
            | Self::ResourceCreated { name, .. }
            | Self::ResourceDeleted { name, .. }
            | Self::ReviewStarted { name, .. }
            | Self::ReviewChanged { name, .. }
            | Self::ReviewDecided { name, .. }
            | Self::ReviewReminded { name, .. }
            | Self::ReviewCancelled { name }
            | Self::ReviewExported { name }
            | Self::ReviewSignedOff { name, .. } => Some(name),
            Self::ResourceChanged { key, .. } | Self::ResourcesRelabelled { key, .. } => Some(key),
            Self::ResourcesRegistered { created, changed } => match (created.as_slice(), changed.as_slice()) {
                ([only], []) | ([], [(_, only)]) => Some(&only.name),
                (_, _) => None,
            },
            Self::LabelCreated { label } | Self::LabelDescribed { label, .. } | Self::LabelDeleted { label, .. } => Some(label),
            Self::InviteResent { email }
            | Self::InviteLinkCopied { email }
            | Self::InviteRevoked { email }
            | Self::InviteReopened { email }
            | Self::InviteAccepted { email }
            | Self::AccountCreated { email }
            | Self::SignedIn { email }
            | Self::SignInFailed { email }
            | Self::PasswordResetRequested { email }
            | Self::AddressProofSent { email }
            | Self::AddressProven { email }
            | Self::AccountDeleted { email, .. } => Some(email),
            Self::AccountRenamed { after, .. } => Some(after),
            Self::MembersInvited { emails, .. } => {
                if let [email] = emails.as_slice() {
                    Some(email)
                } else {
                    None
                }
            }
            Self::WebhookCreated { url }
            | Self::WebhookSecretChanged { url }
            | Self::WebhookDeleted { url }
            | Self::WebhookTested { url }
            | Self::WebhookRedelivered { url, .. }
            | Self::WebhookSwitchedOff { url, .. } => Some(url),
            Self::GrantGiven { to, .. } => Some(to),
            Self::Sso(event) => event.about(),
            Self::SignedOut
            | Self::SessionEnded { .. }
            | Self::AllSessionsEnded { .. }
            | Self::PasswordChanged
            | Self::PasswordReset
            | Self::WorkspaceCreated { .. }
            | Self::WorkspaceSeeded { .. }
            | Self::PlanChanged { .. }
            | Self::SettingsChanged { .. }
            | Self::WorkspaceClosed { .. }
            | Self::WorkspaceKept { .. }
            | Self::WorkspaceDeleted { .. }
            | Self::UsersExported { .. }
            | Self::AuditExported { .. }
            | Self::AuditPruned { .. }
            | Self::WebhookChanged { .. } => None,
        }
    }
}
