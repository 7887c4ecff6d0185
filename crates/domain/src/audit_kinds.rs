//! The kinds of events in plain words, for filters and for whoever chooses what to hear of.

/// A kind: its name as stored and filtered by, what it is called, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub title: &'static str,
    /// Whether it stands in the trail of a workspace; else in that of accounts.
    pub of_workspace: bool,
}

const fn here(name: &'static str, title: &'static str) -> Kind {
    Kind { name, title, of_workspace: true }
}

const fn of_accounts(name: &'static str, title: &'static str) -> Kind {
    Kind { name, title, of_workspace: false }
}

/// Every kind there is, in the order in which people look for them.
pub const KINDS: [Kind; 92] = [
    here("member_access_changed", "Access changed"),
    here("access_requested", "Access asked for"),
    here("access_request_approved", "Request approved"),
    here("access_request_declined", "Request declined"),
    here("access_request_withdrawn", "Request taken back"),
    here("grant_given", "Role given"),
    here("member_removed", "Member removed"),
    here("member_left", "Member left"),
    here("member_restored", "Removal taken back"),
    here("account_renamed", "Name changed"),
    here("members_invited", "People invited"),
    here("invite_accepted", "Invite accepted"),
    here("invite_resent", "Invite sent again"),
    here("invite_link_copied", "Invite link copied"),
    here("invite_revoked", "Invite revoked"),
    here("invite_reopened", "Revocation taken back"),
    here("group_created", "Group created"),
    here("group_changed", "Group changed"),
    here("group_deleted", "Group deleted"),
    here("member_joined_group", "Added to a group"),
    here("member_left_group", "Taken out of a group"),
    here("token_created", "Token created"),
    here("token_changed", "Token changed"),
    here("token_rotated", "Token rotated"),
    here("token_revoked", "Token revoked"),
    here("resource_created", "Resource registered"),
    here("resources_registered", "Resources registered or changed"),
    here("resource_changed", "Resource changed"),
    here("resource_deleted", "Resource deleted"),
    here("resources_relabelled", "Labels changed on resources"),
    here("label_created", "Label created"),
    here("label_described", "Label described"),
    here("label_deleted", "Label deleted"),
    here("review_started", "Review started"),
    here("review_changed", "Review changed"),
    here("review_decided", "Decided in a review"),
    here("review_reminded", "Reviewers reminded"),
    here("review_cancelled", "Review cancelled"),
    here("review_signed_off", "Review signed off"),
    here("review_exported", "Review downloaded"),
    here("users_exported", "User list downloaded"),
    here("audit_exported", "Audit trail downloaded"),
    here("audit_pruned", "Old entries dropped"),
    here("webhook_created", "Webhook created"),
    here("webhook_changed", "Webhook changed"),
    here("webhook_secret_changed", "Webhook secret changed"),
    here("webhook_deleted", "Webhook deleted"),
    here("webhook_tested", "Webhook tested"),
    here("webhook_redelivered", "Webhook sent again"),
    here("webhook_switched_off", "Webhook switched off"),
    here("sso_signed_in", "Signed in by single sign-on"),
    here("sso_sign_in_refused", "Single sign-on refused"),
    here("sso_member_joined", "Joined by single sign-on"),
    here("sso_account_linked", "Account linked"),
    here("sso_account_unlinked", "Account unlinked"),
    here("sso_account_reclaimed", "Account given to its holder"),
    here("sso_signed_out", "Signed out by the provider"),
    here("sso_sign_out_refused", "Sign-out by the provider refused"),
    here("sso_requirement_changed", "Single sign-on required or not"),
    here("sso_connection_created", "Connection made"),
    here("sso_connection_changed", "Connection changed"),
    here("sso_connection_switched_on", "Connection switched on"),
    here("sso_connection_switched_off", "Connection switched off"),
    here("sso_connection_deleted", "Connection deleted"),
    here("sso_connection_tested", "Connection tested"),
    here("sso_domain_added", "Domain added"),
    here("sso_domain_proven", "Domain proven"),
    here("sso_domain_removed", "Domain removed"),
    here("sso_domain_proof_missing", "Proof of a domain missing"),
    here("sso_domain_lapsed", "Domain lapsed"),
    here("plan_changed", "Plan changed"),
    here("settings_changed", "Settings changed"),
    here("workspace_closed", "Workspace closed"),
    here("workspace_kept", "Workspace kept"),
    here("workspace_created", "Workspace created"),
    here("workspace_seeded", "Made-up data added"),
    of_accounts("account_created", "Account made"),
    of_accounts("account_deleted", "Account deleted"),
    of_accounts("signed_in", "Signed in"),
    of_accounts("sign_in_failed", "Sign-in failed"),
    of_accounts("signed_out", "Signed out"),
    of_accounts("session_ended", "Session ended"),
    of_accounts("all_sessions_ended", "All sessions ended"),
    of_accounts("password_changed", "Password changed"),
    of_accounts("password_reset_requested", "New password asked for"),
    of_accounts("password_reset", "New password set"),
    of_accounts("address_proof_sent", "Link mailed to prove an address"),
    of_accounts("address_proven", "Address proven"),
    of_accounts("sso_account_renamed", "Renamed by the provider"),
    of_accounts("sso_address_changed", "Address changed by the provider"),
    of_accounts("sso_answer_refused", "Answer to no sign-in refused"),
    of_accounts("workspace_deleted", "Workspace deleted"),
];

/// What can happen in a workspace.
pub fn of_workspace() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| kind.of_workspace)
}

/// The kind of this name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Whoever adds an event gives it plain words here.
    #[test]
    fn every_event_has_its_words() {
        let sources = [(include_str!("audit/event.rs"), "impl Event {"), (include_str!("audit/sso.rs"), "pub fn name(&self)")];
        let names = |(source, begin): (&'static str, &str)| source.split_once(begin).unwrap().1.split_once("\n    }\n").unwrap().0;
        let listed = sources.map(names).into_iter().flat_map(|names| names.split("=> \"").skip(1));
        let there: BTreeSet<&str> = listed.filter_map(|rest| rest.split('"').next()).collect();
        let known: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(there, known);
        assert_eq!(known.len(), KINDS.len(), "a name stands here twice");
        assert_eq!(KINDS.iter().map(|kind| kind.title).collect::<BTreeSet<_>>().len(), KINDS.len(), "a title stands here twice");
    }

    #[test]
    fn a_kind_is_found_by_its_name() {
        assert_eq!(kind("plan_changed").map(|kind| kind.title), Some("Plan changed"));
        assert_eq!(kind("nothing"), None);
        assert!(of_workspace().all(|kind| kind.name != "signed_in"));
    }
}
