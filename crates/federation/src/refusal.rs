//! Why a sign-in is refused, in words for whoever looks after the connection.

use std::fmt;

/// One reason for each variant. `Display` says what was wrong and what to do; [`Refusal::code`] is for logs and the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The provider made this sign-in for `{}`, and this connection is `{}`; at the provider, set the audience (entity ID, client ID) to the latter.", shown(.found), shown(.expected))]
    WrongAudience { expected: String, found: String },
    #[error("The answer comes from `{}`, and this connection expects `{}`; compare the issuer or entity ID with what the provider shows.", shown(.found), shown(.expected))]
    WrongIssuer { expected: String, found: String },
    #[error("The answer was meant for the address `{}`, and it came to `{}`; at the provider, set the address for answers to the latter.", shown(.found), shown(.expected))]
    WrongRecipient { expected: String, found: String },
    #[error("The answer was good until {at}, and it is {now} by this server's clock; sign in again, and if that happens again compare the clocks.")]
    Expired { at: String, now: String },
    #[error("The answer is good from {from} on, and it is {now} by this server's clock; compare the clocks.")]
    NotYetValid { from: String, now: String },
    #[error(
        "The answer is good until {until}, longer than a day: nobody remembers for so long that it was used; at the provider, let answers last for some minutes."
    )]
    LastsTooLong { until: String },
    #[error("This answer has been used before; sign in again from the beginning.")]
    Replayed,
    #[error("Nobody asked the provider for this sign-in; begin at the sign-in page, or allow sign-in that the provider starts.")]
    Unsolicited,
    #[error("The answer belongs to another sign-in than the one that was begun in this browser; sign in again from the beginning.")]
    WrongRequest,
    #[error("The state that came back is not the one that was sent out; sign in again from the beginning, in one window.")]
    StateMismatch,
    #[error("The nonce in the ID token is not the one that was sent out; sign in again from the beginning.")]
    NonceMismatch,
    #[error("The signature does not fit: the answer was changed on its way, or signed by another key; compare the certificates or keys with the provider's.")]
    BadSignature,
    #[error("Nothing in the answer is signed; at the provider, switch on signed assertions or signed responses.")]
    Unsigned,
    #[error("The answer is signed by a key that this connection does not know ({}); if the provider has renewed its key, take over its new certificate or metadata.", shown(.key))]
    UnknownKey { key: String },
    #[error("The answer is signed by {}, which is not safe; at the provider, choose SHA-256 with an RSA key of 2048 bits or more, or an elliptic curve.", shown(.found))]
    WeakAlgorithm { found: String },
    #[error("The ID `{}` stands twice in the answer, as in a forgery; report it to whoever runs the provider.", shown(.id))]
    DuplicateId { id: String },
    #[error("The message brings a document type (DTD), which is refused since it can hide entities; the provider must send it without.")]
    Dtd,
    #[error("The answer is encrypted, which is not supported; at the provider, switch the encryption of assertions off (they travel by TLS and are signed).")]
    Encrypted,
    #[error("The provider names people by a passing name that is another each time; at the provider, choose a persistent NameID or the email address.")]
    PassingName,
    #[error("The provider's two answers name two people (`{}` and `{}`); report it to whoever runs the provider.", shown(.token), shown(.userinfo))]
    OtherSubject { token: String, userinfo: String },
    #[error("The person cancelled at the provider, or was not let in there; sign in again, or ask whoever runs the provider for access to this application.")]
    Cancelled,
    #[error("The provider refused the sign-in and says: {}", shown(.why))]
    ProviderRefused { why: String },
    #[error("The provider does not accept this connection's client ID and secret ({}); enter the secret anew, and look whether it has run out.", shown(.why))]
    ClientRefused { why: String },
    #[error("The provider does not accept the code that came back ({}); sign in again from the beginning.", shown(.why))]
    CodeRefused { why: String },
    #[error("The provider can't be reached: {}; look whether it is up and whether this server may reach it.", shown(.why))]
    ProviderDown { why: String },
    #[error("The address `{}` leads into a private network; the operator of this server can allow that.", shown(.host))]
    PrivateAddress { host: String },
    #[error("The address `{}` is not one that begins with https://; use the provider's secure address.", shown(.url))]
    InsecureAddress { url: String },
    #[error("The message is longer than anything that a provider has to say.")]
    TooLong,
    #[error("The message can't be understood: {}.", shown(.what))]
    Malformed { what: String },
}

impl Refusal {
    /// Stays the same in all versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongAudience { .. } => "wrong-audience",
            Self::WrongIssuer { .. } => "wrong-issuer",
            Self::WrongRecipient { .. } => "wrong-recipient",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::LastsTooLong { .. } => "lasts-too-long",
            Self::Replayed => "replayed",
            Self::Unsolicited => "unsolicited",
            Self::WrongRequest => "wrong-request",
            Self::StateMismatch => "state-mismatch",
            Self::NonceMismatch => "nonce-mismatch",
            Self::BadSignature => "bad-signature",
            Self::Unsigned => "unsigned",
            Self::UnknownKey { .. } => "unknown-key",
            Self::WeakAlgorithm { .. } => "weak-algorithm",
            Self::DuplicateId { .. } => "duplicate-id",
            Self::Dtd => "dtd",
            Self::Encrypted => "encrypted",
            Self::PassingName => "passing-name",
            Self::OtherSubject { .. } => "other-subject",
            Self::Cancelled => "cancelled",
            Self::ProviderRefused { .. } => "provider-refused",
            Self::ClientRefused { .. } => "client-refused",
            Self::CodeRefused { .. } => "code-refused",
            Self::ProviderDown { .. } => "provider-down",
            Self::PrivateAddress { .. } => "private-address",
            Self::InsecureAddress { .. } => "insecure-address",
            Self::TooLong => "too-long",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// What can't be understood, as the end of a sentence.
    pub fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }
}

/// What a stranger wrote, short and on one line: it ends up in logs and on screens.
fn shown(text: &str) -> impl fmt::Display {
    const MOST: usize = 200;
    let clean = |c: char| if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c) { ' ' } else { c };
    let mut short: String = text.chars().take(MOST).map(clean).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_both_sides_and_the_cure() {
        let refusal = Refusal::WrongAudience { expected: "https://ours".into(), found: "https://theirs".into() };
        assert_eq!(
            refusal.to_string(),
            "The provider made this sign-in for `https://theirs`, and this connection is `https://ours`; at the provider, set the audience (entity ID, client ID) to the latter."
        );
    }

    #[test]
    fn what_strangers_write_stays_on_one_short_line() {
        let text = Refusal::ProviderRefused { why: format!("no\nentry\u{202e}{}", "x".repeat(5_000)) }.to_string();
        assert!(text.contains("no entry xxx") && text.ends_with('…') && text.len() < 300, "{text}");
    }
}
