//! The address of something at an identity provider: an absolute URL, parsed once.

use crate::authority;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// `https://login.example.com/realms/acme`, in ASCII. A slash at its end stays: issuers are compared as they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderUrl(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderUrlError {
    #[error("the address is missing; copy it from the provider, it begins with https://")]
    Empty,
    #[error("the address has {0} characters; use at most {most}", most = ProviderUrl::MAX)]
    TooLong(usize),
    #[error("the address must begin with https://; copy it whole from the provider")]
    Scheme,
    #[error("the address has no host; copy it whole from the provider")]
    Host,
    #[error("the address holds a user or password before an `@`; leave them out")]
    User,
    #[error("the address holds `{0}`, which no address may hold; copy it again from the provider")]
    Character(char),
    #[error("the address ends with a part behind `#`, which servers never see; remove it")]
    Fragment,
}

impl ProviderUrl {
    pub const MAX: usize = 1_000;

    pub fn parse(text: &str) -> Result<Self, ProviderUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ProviderUrlError::Empty);
        }
        if text.len() > Self::MAX {
            return Err(ProviderUrlError::TooLong(text.chars().count()));
        }
        if let Some(bad) = authority::misplaced(text) {
            return Err(ProviderUrlError::Character(bad));
        }
        if text.contains('#') {
            return Err(ProviderUrlError::Fragment);
        }
        if !(text.starts_with("https://") || text.starts_with("http://")) {
            return Err(ProviderUrlError::Scheme);
        }
        let named = authority::of(text);
        if named.contains('@') {
            return Err(ProviderUrlError::User);
        }
        let (host, port) = authority::split(named);
        if !authority::is_host(host) || port.is_some_and(|port| !port.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(ProviderUrlError::Host);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The name or address of the server, without its port; brackets of an IPv6 address stay.
    #[must_use]
    pub fn host(&self) -> &str {
        authority::split(authority::of(&self.0)).0
    }

    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ProviderUrl {
    type Error = ProviderUrlError;
    fn try_from(text: String) -> Result<Self, ProviderUrlError> {
        Self::parse(&text)
    }
}

impl From<ProviderUrl> for String {
    fn from(url: ProviderUrl) -> String {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_providers_give() {
        for (text, host) in [
            ("https://acme.okta.com", "acme.okta.com"),
            (" https://login.microsoftonline.com/1-2/v2.0 ", "login.microsoftonline.com"),
            ("https://accounts.google.com/o/saml2/idp?idpid=C01", "accounts.google.com"),
            ("http://127.0.0.1:8080/realms/acme/", "127.0.0.1"),
            ("http://[::1]:8080/", "[::1]"),
        ] {
            let url = ProviderUrl::parse(text).unwrap();
            assert_eq!((url.host(), url.as_str()), (host, text.trim()), "{text}");
        }
        assert!(ProviderUrl::parse("http://[::1]:8080/").unwrap().ip().is_some_and(|ip| ip.is_loopback()));
    }

    #[test]
    fn refuses_what_is_none() {
        for (bad, error) in [
            ("", ProviderUrlError::Empty),
            ("acme.okta.com", ProviderUrlError::Scheme),
            ("ftp://acme.test", ProviderUrlError::Scheme),
            ("https://", ProviderUrlError::Host),
            ("https:///a", ProviderUrlError::Host),
            ("https://[::1/", ProviderUrlError::Host),
            ("https://a.test:b/", ProviderUrlError::Host),
            ("https://a b.test", ProviderUrlError::Character(' ')),
            ("https://u:p@a.test", ProviderUrlError::User),
            ("https://a.test/#x", ProviderUrlError::Fragment),
            ("https://a.test\r\nx: y", ProviderUrlError::Character('\r')),
        ] {
            assert_eq!(ProviderUrl::parse(bad), Err(error), "{bad}");
        }
        assert!(ProviderUrl::parse(&format!("https://a.test/{}", "x".repeat(1_000))).is_err());
    }
}
