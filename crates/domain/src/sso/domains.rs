//! Domains that a workspace proves to be its own: who signs in with an address under one is known by the workspace's provider.

use crate::{
    email::EmailAddress,
    id::DomainId,
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How many domains a workspace may have.
pub const MOST_DOMAINS: usize = 50;

/// For how long a domain can be proven after it was added.
pub const PROOF_LASTS: Span = Span::days(14);

/// How long the proof of a proven domain may be missing until it lapses.
pub const PROOF_GRACE: Span = Span::days(7);

/// How often the server looks whether the proof of a proven domain is still there.
pub const PROOF_LOOKED_FOR: Span = Span::days(1);

/// What the record or the tag is called that proves a domain.
pub const PROOF_NAME: &str = "rolecall-domain-verification";

/// A domain as it stands behind the `@` of an address: lower case, two labels or more, in ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    #[error("the domain is missing; type one like `example.com`")]
    Empty,
    #[error("`{0}` is an address; type only what stands behind its `@`")]
    Address(String),
    #[error("`{0}` has letters outside of ASCII; type the form that begins with `xn--`, which your registrar shows")]
    International(String),
    #[error("`{0}` is not a domain; it looks like `example.com`")]
    Shape(String),
}

impl DomainName {
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let text = text.trim();
        let shown = || text.chars().take(100).collect::<String>();
        if text.is_empty() {
            return Err(DomainNameError::Empty);
        }
        if text.contains('@') {
            return Err(DomainNameError::Address(shown()));
        }
        if !text.is_ascii() {
            return Err(DomainNameError::International(shown()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        // whatever an address may end with, and nothing else
        let address = EmailAddress::parse(&format!("x@{name}")).map_err(|_| DomainNameError::Shape(shown()))?;
        Ok(Self(address.domain().to_owned()))
    }

    /// The one that an address is under.
    #[must_use]
    pub fn of(address: &EmailAddress) -> Self {
        Self(address.domain().to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DomainName {
    type Error = DomainNameError;
    fn try_from(text: String) -> Result<Self, DomainNameError> {
        Self::parse(&text)
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> String {
        name.0
    }
}

/// How a domain was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofMethod {
    /// A TXT record of the domain.
    Dns,
    /// A meta tag on the domain's page.
    MetaTag,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `dns` nor `meta_tag`")]
pub struct ProofMethodError(pub String);

impl ProofMethod {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::MetaTag => "meta_tag",
        }
    }

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Dns => "by a DNS record",
            Self::MetaTag => "by a tag on its page",
        }
    }
}

impl FromStr for ProofMethod {
    type Err = ProofMethodError;
    fn from_str(text: &str) -> Result<Self, ProofMethodError> {
        [Self::Dns, Self::MetaTag].into_iter().find(|method| method.as_str() == text).ok_or_else(|| ProofMethodError(text.to_owned()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// Its proof is waited for until this moment.
    Pending {
        until: Timestamp,
    },
    Proven {
        since: Timestamp,
        by: ProofMethod,
    },
    /// It was not proven in time; adding it again gives a new proof to show.
    Expired,
}

/// A domain of a workspace with what must be shown to prove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceDomain {
    pub id: DomainId,
    pub name: DomainName,
    pub state: DomainState,
    /// No secret: everybody can read it where it is shown.
    pub token: String,
    pub created_at: Timestamp,
    /// When its proof was last looked for.
    pub checked_at: Option<Timestamp>,
    /// What was found instead of the proof, when it was last looked for in vain.
    pub note: Option<String>,
    /// Since when the proof of a proven domain is not found any more.
    #[serde(default)]
    pub failing_since: Option<Timestamp>,
}

impl WorkspaceDomain {
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        matches!(self.state, DomainState::Proven { .. })
    }

    /// From when on it is proven no longer, if its proof is not found again by then.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Timestamp> {
        self.failing_since.filter(|_| self.is_proven()).map(|since| since.plus(PROOF_GRACE))
    }

    /// The whole value of the TXT record.
    #[must_use]
    pub fn txt_record(&self) -> String {
        txt_record(&self.token)
    }

    /// The whole tag, for the head of the domain's first page.
    #[must_use]
    pub fn meta_tag(&self) -> String {
        format!("<meta name=\"{PROOF_NAME}\" content=\"{}\">", self.token)
    }
}

#[must_use]
pub fn txt_record(token: &str) -> String {
    format!("{PROOF_NAME}={token}")
}

/// What came of looking for a domain's proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    pub domain: WorkspaceDomain,
    /// Whether it was found now.
    pub found: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_domains_without_regard_to_case() {
        for (text, name) in [("Acme.COM", "acme.com"), (" mail.acme.co.uk. ", "mail.acme.co.uk"), ("xn--bcher-kva.example", "xn--bcher-kva.example")] {
            assert_eq!(DomainName::parse(text).unwrap().as_str(), name);
        }
        let address = EmailAddress::parse("Bea@Acme.Test").unwrap();
        assert_eq!(DomainName::of(&address), DomainName::parse("acme.test").unwrap());
    }

    #[test]
    fn refuses_what_is_none_with_its_cure() {
        assert_eq!(DomainName::parse(" "), Err(DomainNameError::Empty));
        assert!(matches!(DomainName::parse("bea@acme.test"), Err(DomainNameError::Address(_))));
        assert!(DomainName::parse("bücher.example").unwrap_err().to_string().contains("xn--"));
        for bad in ["acme", "https://acme.test", "acme.test/x", "-a.test", "a..b", "1.2.3.4", "a b.test", "*.acme.test"] {
            assert!(matches!(DomainName::parse(bad), Err(DomainNameError::Shape(_))), "{bad}");
        }
    }
}
