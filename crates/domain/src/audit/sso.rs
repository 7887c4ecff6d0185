//! What can happen around single sign-on, as it is stored and said.

use crate::{
    group::GroupRef,
    sso::{ConnectionSnapshot, domains::ProofMethod, require::RequirementSnapshot},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A part of [`Event`](super::Event), stored like all of it: under `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SsoEvent {
    SsoConnectionCreated {
        connection: ConnectionSnapshot,
    },
    SsoConnectionChanged {
        before: ConnectionSnapshot,
        after: ConnectionSnapshot,
        secret: bool,
        /// What was of the provider before, where it is another one now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        let_go: Option<LetGo>,
    },
    SsoConnectionSwitchedOn {
        name: String,
    },
    /// Sessions that came by it ended.
    SsoConnectionSwitchedOff {
        name: String,
        sessions: u64,
    },
    SsoConnectionDeleted {
        name: String,
        sessions: u64,
    },
    /// `refused` is why a sign-in would have been.
    SsoConnectionTested {
        name: String,
        who: Option<String>,
        refused: Option<String>,
    },
    SsoDomainAdded {
        domain: String,
    },
    SsoDomainProven {
        domain: String,
        by: ProofMethod,
    },
    SsoDomainRemoved {
        domain: String,
        proven: bool,
    },
    /// Its proof was not found any more; it lapses at that moment if it is not found again.
    SsoDomainProofMissing {
        domain: String,
        lapses_at: Timestamp,
    },
    /// It is proven no longer, since its proof was missing for too long.
    SsoDomainLapsed {
        domain: String,
        missing_since: Timestamp,
    },
    SsoRequirementChanged {
        before: RequirementSnapshot,
        after: RequirementSnapshot,
    },
    SsoSignedIn {
        connection: String,
        email: String,
    },
    SsoSignInRefused {
        connection: String,
        who: Option<String>,
        code: String,
        reason: String,
    },
    /// An answer that belongs to no sign-in that was begun here: no connection can be told.
    SsoAnswerRefused {
        code: String,
        reason: String,
    },
    SsoMemberJoined {
        member: String,
        email: String,
        connection: String,
        groups: Vec<GroupRef>,
    },
    SsoAccountLinked {
        connection: String,
        email: String,
        subject: String,
    },
    /// Its holder took the link off; sessions that came by it ended.
    SsoAccountUnlinked {
        connection: String,
        email: String,
        sessions: u64,
    },
    /// An account whose address nobody had shown to be theirs, or that was its former holder's: what others held of it ended, with its password.
    SsoAccountReclaimed {
        connection: String,
        email: String,
        let_go: LetGo,
    },
    SsoAccountRenamed {
        connection: String,
        before: String,
        after: String,
    },
    SsoAddressChanged {
        connection: String,
        before: String,
        after: String,
    },
    /// The provider ended these sessions.
    SsoSignedOut {
        connection: String,
        who: String,
        sessions: u64,
    },
    /// What came in the provider's name to end sessions was not accepted; `code` says of what kind the fault is.
    SsoSignOutRefused {
        connection: String,
        code: String,
        reason: String,
    },
}

/// What ended with something that it hung on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetGo {
    pub links: u64,
    pub sessions: u64,
}

impl LetGo {
    fn lines(self) -> impl Iterator<Item = String> {
        let line = |number: u64, one: &str| (number > 0).then(|| format!("{number} {one}{} ended", if number == 1 { "" } else { "s" }));
        [line(self.links, "link"), line(self.sessions, "session")].into_iter().flatten()
    }
}

impl SsoEvent {
    /// The event's name as it is stored and filtered by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SsoConnectionCreated { .. } => "sso_connection_created",
            Self::SsoConnectionChanged { .. } => "sso_connection_changed",
            Self::SsoConnectionSwitchedOn { .. } => "sso_connection_switched_on",
            Self::SsoConnectionSwitchedOff { .. } => "sso_connection_switched_off",
            Self::SsoConnectionDeleted { .. } => "sso_connection_deleted",
            Self::SsoConnectionTested { .. } => "sso_connection_tested",
            Self::SsoDomainAdded { .. } => "sso_domain_added",
            Self::SsoDomainProven { .. } => "sso_domain_proven",
            Self::SsoDomainRemoved { .. } => "sso_domain_removed",
            Self::SsoDomainProofMissing { .. } => "sso_domain_proof_missing",
            Self::SsoDomainLapsed { .. } => "sso_domain_lapsed",
            Self::SsoRequirementChanged { .. } => "sso_requirement_changed",
            Self::SsoSignedIn { .. } => "sso_signed_in",
            Self::SsoSignInRefused { .. } => "sso_sign_in_refused",
            Self::SsoAnswerRefused { .. } => "sso_answer_refused",
            Self::SsoMemberJoined { .. } => "sso_member_joined",
            Self::SsoAccountLinked { .. } => "sso_account_linked",
            Self::SsoAccountUnlinked { .. } => "sso_account_unlinked",
            Self::SsoAccountReclaimed { .. } => "sso_account_reclaimed",
            Self::SsoAccountRenamed { .. } => "sso_account_renamed",
            Self::SsoAddressChanged { .. } => "sso_address_changed",
            Self::SsoSignedOut { .. } => "sso_signed_out",
            Self::SsoSignOutRefused { .. } => "sso_sign_out_refused",
        }
    }

    /// What happened as the rest of a sentence that begins with the actor's name.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::SsoConnectionCreated { connection } => format!("made the connection {} ({})", connection.name, connection.protocol.title()),
            Self::SsoConnectionChanged { before, after, .. } if before.name != after.name => {
                format!("renamed the connection {} to {}", before.name, after.name)
            }
            Self::SsoConnectionChanged { after, .. } => format!("changed the connection {}", after.name),
            Self::SsoConnectionSwitchedOn { name } => format!("switched the connection {name} on"),
            Self::SsoConnectionSwitchedOff { name, .. } => format!("switched the connection {name} off"),
            Self::SsoConnectionDeleted { name, .. } => format!("deleted the connection {name}"),
            Self::SsoConnectionTested { name, refused: None, .. } => format!("tested the connection {name}: it works"),
            Self::SsoConnectionTested { name, .. } => format!("tested the connection {name}: it was refused"),
            Self::SsoDomainAdded { domain } => format!("added the domain {domain}"),
            Self::SsoDomainProven { domain, by } => format!("proved the domain {domain} {}", by.words()),
            Self::SsoDomainRemoved { domain, .. } => format!("removed the domain {domain}"),
            Self::SsoDomainProofMissing { domain, .. } => format!("did not find the proof of the domain {domain} any more"),
            Self::SsoDomainLapsed { domain, .. } => format!("let the domain {domain} lapse: its proof was missing for too long"),
            Self::SsoRequirementChanged { before, after } => match (before.required, after.required) {
                (false, true) => "required single sign-on".to_owned(),
                (true, false) => "required single sign-on no longer".to_owned(),
                (true, true) | (false, false) => "changed who is excepted from single sign-on".to_owned(),
            },
            Self::SsoSignedIn { connection, email } => format!("signed in as {email} by {connection}"),
            Self::SsoSignInRefused { connection, who, .. } => format!("was refused as {} by {connection}", who.as_deref().unwrap_or("nobody known")),
            Self::SsoAnswerRefused { .. } => "brought an answer to no sign-in of ours".to_owned(),
            Self::SsoMemberJoined { connection, .. } => format!("joined by {connection}"),
            Self::SsoAccountLinked { connection, email, .. } => format!("linked {email} with {connection}"),
            Self::SsoAccountUnlinked { connection, email, .. } => format!("unlinked {email} from {connection}"),
            Self::SsoAccountReclaimed { connection, email, .. } => format!("got the account of {email} by {connection}, without what others held of it"),
            Self::SsoAccountRenamed { after, .. } => format!("is called {after} now, as the provider says"),
            Self::SsoAddressChanged { after, .. } => format!("has the address {after} now, as the provider says"),
            Self::SsoSignedOut { connection, who, sessions } => {
                format!("ended {sessions} {} of {who}, as {connection} asked", if *sessions == 1 { "session" } else { "sessions" })
            }
            Self::SsoSignOutRefused { connection, .. } => format!("was to end sessions of {connection}, and was not believed"),
        }
    }

    /// The name of what it is about.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::SsoConnectionCreated { connection } => Some(&connection.name),
            Self::SsoConnectionChanged { after, .. } => Some(&after.name),
            Self::SsoConnectionSwitchedOn { name }
            | Self::SsoConnectionSwitchedOff { name, .. }
            | Self::SsoConnectionDeleted { name, .. }
            | Self::SsoConnectionTested { name, .. } => Some(name),
            Self::SsoDomainAdded { domain }
            | Self::SsoDomainProven { domain, .. }
            | Self::SsoDomainRemoved { domain, .. }
            | Self::SsoDomainProofMissing { domain, .. }
            | Self::SsoDomainLapsed { domain, .. } => Some(domain),
            Self::SsoSignedIn { email, .. }
            | Self::SsoAccountLinked { email, .. }
            | Self::SsoAccountUnlinked { email, .. }
            | Self::SsoAccountReclaimed { email, .. } => Some(email),
            Self::SsoSignInRefused { connection, .. } | Self::SsoSignOutRefused { connection, .. } => Some(connection),
            Self::SsoMemberJoined { member, .. } => Some(member),
            Self::SsoAccountRenamed { after, .. } | Self::SsoAddressChanged { after, .. } => Some(after),
            Self::SsoSignedOut { who, .. } => Some(who),
            Self::SsoRequirementChanged { .. } | Self::SsoAnswerRefused { .. } => None,
        }
    }

    /// What the sentence leaves out, a line each.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        let ended = |sessions: u64| (sessions > 0).then(|| format!("{sessions} {} ended", if sessions == 1 { "session" } else { "sessions" }));
        match self {
            Self::SsoConnectionChanged { before, after, secret, let_go } => {
                let mut lines = before.changes(after);
                lines.extend(secret.then(|| "another client secret".to_owned()));
                lines.extend(let_go.iter().flat_map(|let_go| let_go.lines()));
                lines
            }
            Self::SsoConnectionSwitchedOff { sessions, .. } | Self::SsoConnectionDeleted { sessions, .. } | Self::SsoAccountUnlinked { sessions, .. } => {
                ended(*sessions).into_iter().collect()
            }
            Self::SsoConnectionTested { who, refused, .. } => who.iter().chain(refused).cloned().collect(),
            Self::SsoDomainRemoved { proven: true, .. } => vec!["it was proven".to_owned()],
            Self::SsoDomainProofMissing { lapses_at, .. } => vec![format!("it lapses at {lapses_at}, if the proof is not found again")],
            Self::SsoDomainLapsed { missing_since, .. } => vec![format!("missing since {missing_since}")],
            Self::SsoRequirementChanged { before, after } => before.changes(after),
            Self::SsoSignInRefused { code, reason, .. } | Self::SsoSignOutRefused { code, reason, .. } | Self::SsoAnswerRefused { code, reason } => {
                vec![reason.clone(), code.clone()]
            }
            Self::SsoMemberJoined { email, groups, .. } => {
                std::iter::once(email.clone()).chain(groups.iter().map(|group| format!("+ group {}", group.name))).collect()
            }
            Self::SsoAccountLinked { subject, .. } => vec![format!("there they are {subject}")],
            Self::SsoAccountReclaimed { let_go, .. } => std::iter::once("the password that there was".to_owned()).chain(let_go.lines()).collect(),
            Self::SsoAccountRenamed { connection, before, .. } | Self::SsoAddressChanged { connection, before, .. } => {
                vec![format!("instead of {before}"), format!("by {connection}")]
            }
            Self::SsoConnectionCreated { .. }
            | Self::SsoConnectionSwitchedOn { .. }
            | Self::SsoDomainAdded { .. }
            | Self::SsoDomainProven { .. }
            | Self::SsoDomainRemoved { .. }
            | Self::SsoSignedIn { .. }
            | Self::SsoSignedOut { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Event;

    #[test]
    fn it_is_stored_like_every_event() {
        let refused = SsoEvent::SsoSignInRefused { connection: "Okta".to_owned(), who: None, code: "expired".to_owned(), reason: "Too late.".to_owned() };
        let event = Event::from(refused);
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!((json["type"].as_str(), json["code"].as_str()), (Some(event.name()), Some("expired")));
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        assert_eq!(event.sentence(), "was refused as nobody known by Okta");
        assert_eq!(event.about(), Some("Okta"));
    }

    #[test]
    fn a_requirement_is_told_by_what_became_different() {
        let is = |required, exceptions: &[&str]| RequirementSnapshot { required, exceptions: exceptions.iter().map(|name| (*name).to_owned()).collect() };
        let event = |before, after| SsoEvent::SsoRequirementChanged { before, after };
        assert_eq!(event(is(false, &[]), is(true, &["Bea"])).sentence(), "required single sign-on");
        let changed = event(is(true, &["Bea"]), is(true, &["Cai"]));
        assert_eq!(
            (changed.sentence().as_str(), changed.details()),
            ("changed who is excepted from single sign-on", vec!["+ exception Cai".to_owned(), "− exception Bea".to_owned()])
        );
    }
}
