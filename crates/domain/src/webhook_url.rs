//! The address of a webhook: an absolute URL of a server, parsed once.

use crate::authority;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// `https://hooks.example.com/rolecall?key=1`, in ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    #[error("the address is missing; write it as https://hooks.example.com/rolecall")]
    Empty,
    #[error("the address has {0} characters; use at most {most}", most = WebhookUrl::MAX)]
    TooLong(usize),
    #[error("the address must begin with https://, as https://hooks.example.com/rolecall does")]
    Scheme,
    #[error("the address has no host; write it as https://hooks.example.com/rolecall")]
    Host,
    #[error("the address holds a user or password before an `@`; deliveries are signed instead, so leave them out")]
    User,
    #[error("the address holds `{0}`, which no address may hold; write it percent-encoded, or remove it")]
    Character(char),
    #[error("the address ends with a part behind `#`, which servers never see; remove it")]
    Fragment,
    #[error("the port in the address is not a number from 1 to 65535")]
    Port,
}

impl WebhookUrl {
    pub const MAX: usize = 1_000;

    pub fn parse(text: &str) -> Result<Self, WebhookUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(WebhookUrlError::Empty);
        }
        if text.len() > Self::MAX {
            return Err(WebhookUrlError::TooLong(text.chars().count()));
        }
        if let Some(bad) = authority::misplaced(text) {
            return Err(WebhookUrlError::Character(bad));
        }
        if text.contains('#') {
            return Err(WebhookUrlError::Fragment);
        }
        let (scheme, rest) = text.split_once("://").ok_or(WebhookUrlError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(WebhookUrlError::Scheme);
        }
        let (named, path) = rest.split_at(authority::of(text).len());
        if named.contains('@') {
            return Err(WebhookUrlError::User);
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let url = Self(format!("{scheme}://{}{slash}{path}", named.to_ascii_lowercase()));
        let (host, port) = authority::split(url.authority());
        if !authority::is_host(host) {
            return Err(WebhookUrlError::Host);
        }
        if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
            return Err(WebhookUrlError::Port);
        }
        Ok(url)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Without its query, which may hold a key: as records tell of it.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// Host, and port where it has one, as requests name them.
    #[must_use]
    pub fn authority(&self) -> &str {
        authority::of(&self.0)
    }

    /// The name to look up, or the number without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        authority::split(self.authority()).0.trim_matches(['[', ']'])
    }

    /// The host where it is a number already.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        let given = authority::split(self.authority()).1.and_then(|port| port.parse().ok());
        given.unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// What stands behind the host: path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("/", |at| &rest[at..])
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WebhookUrl {
    type Error = WebhookUrlError;
    fn try_from(text: String) -> Result<Self, WebhookUrlError> {
        Self::parse(&text)
    }
}

impl From<WebhookUrl> for String {
    fn from(url: WebhookUrl) -> String {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let url = WebhookUrl::parse(" HTTPS://Hooks.Example.com/A?b=c ").unwrap();
        assert_eq!((url.as_str(), url.host(), url.port(), url.target()), ("https://hooks.example.com/A?b=c", "hooks.example.com", 443, "/A?b=c"));
        assert_eq!(url.shown(), "https://hooks.example.com/A");
        let url = WebhookUrl::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!((url.as_str(), url.authority(), url.port(), url.target()), ("http://127.0.0.1:8080/", "127.0.0.1:8080", 8080, "/"));
        assert!(url.ip().is_some() && !url.is_https());
        let url = WebhookUrl::parse("https://[::1]:99?x").unwrap();
        assert_eq!((url.host(), url.port(), url.target(), url.authority()), ("::1", 99, "/?x", "[::1]:99"));
    }

    #[test]
    fn what_is_none_is_refused_with_the_cure() {
        for (bad, error) in [
            ("", WebhookUrlError::Empty),
            ("hooks.example.com", WebhookUrlError::Scheme),
            ("ftp://hooks.example.com", WebhookUrlError::Scheme),
            ("https://", WebhookUrlError::Host),
            ("https:///path", WebhookUrlError::Host),
            ("https://.example.com", WebhookUrlError::Host),
            ("https://a,b/", WebhookUrlError::Host),
            ("https://[::g]/", WebhookUrlError::Host),
            ("https://u:p@example.com/", WebhookUrlError::User),
            ("https://example.com:0/", WebhookUrlError::Port),
            ("https://example.com:99999/", WebhookUrlError::Port),
            ("https://example.com/#a", WebhookUrlError::Fragment),
            ("https://exämple.com/", WebhookUrlError::Character('ä')),
            ("https://example.com/a b", WebhookUrlError::Character(' ')),
            ("https://example.com\r\nhost: x", WebhookUrlError::Character('\r')),
        ] {
            assert_eq!(WebhookUrl::parse(bad), Err(error), "{bad}");
        }
        assert_eq!(WebhookUrl::parse(&format!("https://a.test/{}", "x".repeat(1_000))), Err(WebhookUrlError::TooLong(1_015)));
    }
}
