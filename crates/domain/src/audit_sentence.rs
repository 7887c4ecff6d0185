//! What happened, in a sentence.

use crate::{
    audit::{Entry, Event, registered, relabelled},
    audit_words::role_name,
    catalog::{Catalog, RoleId},
    time::Span,
};

impl Entry {
    /// Who did it, as a sentence begins: `The operator`.
    #[must_use]
    pub fn subject(&self) -> String {
        let mut name = self.actor.name().chars();
        name.next().map(|first| first.to_uppercase().chain(name).collect()).unwrap_or_default()
    }

    /// `Amara invited bea@acme.test`
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} {}", self.subject(), self.event.sentence())
    }

    /// The same, with roles as the catalogue calls them.
    #[must_use]
    pub fn sentence_by(&self, catalog: &Catalog) -> String {
        format!("{} {}", self.subject(), self.event.sentence_by(catalog))
    }
}

impl Event {
    /// What happened as the rest of a sentence that begins with the actor's name. Roles stand in it by their ids.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.told(&RoleId::to_string)
    }

    /// The same, with roles as the catalogue calls them.
    #[must_use]
    pub fn sentence_by(&self, catalog: &Catalog) -> String {
        self.told(&|role: &RoleId| role_name(catalog, role))
    }

    fn told(&self, called: &dyn Fn(&RoleId) -> String) -> String {
        let wanted = |role: &Option<RoleId>, resource: &Option<String>| wanted(role.as_ref().map(called), resource.as_deref());
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
            Self::AddressProofSent { email } => format!("had a link mailed to prove {email}"),
            Self::AddressProven { email } => format!("proved that {email} is theirs"),
            Self::AccountRenamed { after, .. } => format!("is called {after} now"),
            Self::AccountDeleted { email, .. } => format!("deleted their account, {email}"),
            Self::WorkspaceCreated { name, .. } => format!("created the workspace {name}"),
            Self::WorkspaceSeeded { members, .. } => format!("filled the workspace with made-up data: {members} members"),
            Self::PlanChanged { before, after } => format!("changed the plan from {} to {}", before.title(), after.title()),
            Self::SettingsChanged { before, after } if before.name != after.name => format!("renamed the workspace to {}", after.name),
            Self::SettingsChanged { .. } => "changed the settings of the workspace".to_owned(),
            Self::WorkspaceClosed { name, deleted_at, .. } => {
                format!("closed the workspace {name}, to be deleted on {}", deleted_at.to_string().get(..10).unwrap_or_default())
            }
            Self::WorkspaceKept { name } => format!("kept the workspace {name} from being deleted"),
            Self::WorkspaceDeleted { name, .. } => format!("deleted the workspace {name} and all that was in it"),
            Self::MembersInvited { emails, .. } if emails.len() == 1 => format!("invited {}", emails.first().map_or("", String::as_str)),
            Self::MembersInvited { emails, .. } => format!("invited {} people", emails.len()),
            Self::InviteResent { email } => format!("sent the invite to {email} again"),
            Self::InviteLinkCopied { email } => format!("copied the invite link of {email}"),
            Self::InviteRevoked { email } => format!("revoked the invite of {email}"),
            Self::InviteReopened { email } => format!("took back that the invite of {email} was revoked"),
            Self::InviteAccepted { email } => format!("accepted the invite to {email}"),
            Self::MemberAccessChanged { member, .. } => format!("changed the access of {member}"),
            Self::MemberRemoved { member, .. } => format!("removed {member}"),
            Self::MemberLeft { .. } => "left the workspace".to_owned(),
            Self::MemberRestored { member, .. } => format!("took back that {member} was removed from the workspace"),
            Self::UsersExported { .. } => "downloaded the user list".to_owned(),
            Self::AuditExported { filter, .. } if filter.is_empty() => "downloaded the audit trail".to_owned(),
            Self::AuditExported { .. } => "downloaded a part of the audit trail".to_owned(),
            Self::AuditPruned { count, before, .. } => {
                let day = before.to_string().get(..10).unwrap_or_default().to_owned();
                format!("let {count} {} of the audit trail from before {day} go", if *count == 1 { "entry" } else { "entries" })
            }
            Self::WebhookCreated { url } => format!("created a webhook to {url}"),
            Self::WebhookChanged { after, .. } => format!("changed the webhook to {}", after.url),
            Self::WebhookSecretChanged { url } => format!("made a new secret for the webhook to {url}"),
            Self::WebhookDeleted { url } => format!("deleted the webhook to {url}"),
            Self::WebhookTested { url } => format!("sent a test to {url}"),
            Self::WebhookRedelivered { url, event } => format!("sent {event} to {url} again"),
            Self::WebhookSwitchedOff { url, .. } => format!("switched the webhook to {url} off"),
            Self::GroupCreated { name, .. } => format!("created the group {name}"),
            Self::GroupChanged { name_before, name, before, after } if name_before != name => {
                let more = if before == after { "" } else { " and changed its roles" };
                format!("renamed the group {name_before} to {name}{more}")
            }
            Self::GroupChanged { name, before, after, .. } if before.grants == after.grants => {
                format!("changed whether the group {name} sees personal data")
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
            Self::AccessRequested { role, resource, .. } => format!("asked for {}", wanted(role, resource)),
            Self::AccessRequestApproved { member, role, resource } => {
                format!("approved the request of {member} for {}", wanted(role, resource))
            }
            Self::AccessRequestDeclined { member, role, resource, .. } => {
                format!("declined the request of {member} for {}", wanted(role, resource))
            }
            Self::AccessRequestWithdrawn { role, resource, .. } => format!("took back their request for {}", wanted(role, resource)),
            Self::ResourceChanged { before, after, .. } => before.change(after),
            Self::ResourcesRegistered { created, changed } => registered(created, changed),
            Self::ResourceDeleted { name, .. } => format!("deleted {name}"),
            Self::ResourcesRelabelled { key, after, before } => relabelled(key, after.as_deref(), before),
            Self::LabelDescribed { label, .. } => format!("changed the description of the label {label}"),
            Self::LabelDeleted { label, .. } => format!("deleted the label {label}"),
            Self::ReviewStarted { name, .. } => format!("started the review {name}"),
            Self::ReviewChanged { name, .. } => format!("changed the review {name}"),
            Self::ReviewDecided { name, decision, count, whose } => decided(name, decision, *count, whose),
            Self::ReviewReminded { name, .. } => format!("reminded the reviewers of {name}"),
            Self::ReviewCancelled { name } => format!("cancelled the review {name}"),
            Self::ReviewExported { name } => format!("downloaded the record of the review {name}"),
            Self::ReviewSignedOff { name, revoked, .. } => format!("signed off the review {name}: {revoked} revoked"),
            Self::Sso(event) => event.sentence(),
        }
    }
}

/// `decided to keep what Bea has, in the review Data`.
fn decided(review: &str, decision: &str, count: u64, whose: &[String]) -> String {
    let whose = match whose {
        [one] if count == 1 => one.clone(),
        _ => format!("{count} of them"),
    };
    match decision {
        "keep" => format!("decided to keep what {whose} has, in the review {review}"),
        "revoke" => format!("decided to revoke what {whose} has, in the review {review}"),
        "note" => format!("wrote a note on what {whose} has, in the review {review}"),
        _ => format!("took back what was decided about {whose}, in the review {review}"),
    }
}

/// `Source Admin on Website`, `access`.
fn wanted(role: Option<String>, resource: Option<&str>) -> String {
    match (role, resource) {
        (Some(role), Some(resource)) => format!("{role} on {resource}"),
        (Some(role), None) => role,
        (None, Some(resource)) => format!("access to {resource}"),
        (None, None) => "access".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_role_as_the_catalogue_does() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        let asked =
            |role: &str| Event::AccessRequestWithdrawn { member: "Bea".to_owned(), role: Some(RoleId::new(role)), resource: Some("Website".to_owned()) };
        assert_eq!(asked("source_admin").sentence_by(&catalog), "took back their request for Source Admin on Website");
        assert_eq!(asked("source_admin").sentence(), "took back their request for source_admin on Website");
        assert_eq!(asked("gone").sentence_by(&catalog), "took back their request for gone on Website");
        let none = Event::AccessRequestApproved { member: "Bea".to_owned(), role: None, resource: None };
        assert_eq!(none.sentence_by(&catalog), "approved the request of Bea for access");
    }
}
