//! An email address, parsed once at the edge and compared without regard to case.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// A mailbox: RFC 5321's dot-string form with a domain of two labels or more, in lower case, at most 254 bytes.
/// Quoted local parts and address literals are refused: nobody types them on purpose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why an address was refused; the message names the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("the email address is missing; type one like `name@example.com`")]
    Empty,
    #[error("`{0}` has no `@`; an email address looks like `name@example.com`")]
    NoAt(String),
    #[error("`{0}` has a space or a character that email addresses can't have; remove it")]
    Character(String),
    #[error("the part before `@` in `{0}` is empty, too long, or has a dot at an end or two in a row")]
    Local(String),
    #[error("the part after `@` in `{0}` is not a domain; it looks like `example.com`")]
    Domain(String),
    #[error("`{start}…` has {length} characters; an email address has at most 254")]
    TooLong { start: String, length: usize },
}

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        Self::check(text).map(|text| Self(text.into_owned()))
    }

    /// What [`parse`](Self::parse) makes of it, as text; a copy is made only where something is in capitals.
    pub fn check(text: &str) -> Result<Cow<'_, str>, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if text.len() > 254 {
            return Err(EmailError::TooLong { start: text.chars().take(24).collect(), length: text.chars().count() });
        }
        let shown = || text.to_owned();
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(EmailError::Character(shown()));
        }
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| EmailError::NoAt(shown()))?;
        if !local.bytes().all(|byte| is_atom(byte) || byte == b'.') {
            return Err(EmailError::Character(shown()));
        }
        if local.len() > 64 || local.split('.').any(str::is_empty) {
            return Err(EmailError::Local(shown()));
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain(shown()));
        }
        Ok(if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// RFC 5322 `atext`.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    let fits = |label: &str| {
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-') && is_plain
    };
    let top = domain.rsplit_once('.').map(|(_, top)| top);
    top.is_some_and(|top| top.bytes().any(|byte| byte.is_ascii_alphabetic())) && domain.split('.').all(fits)
}

/// Reads many addresses as people paste them: one a line, or separated by commas, semicolons or spaces; `Name <a@b.c>` too.
/// Repeated addresses count once; what can't be read comes back with its reason, nothing is dropped.
#[must_use]
pub fn parse_many(text: &str) -> (Vec<EmailAddress>, Vec<EmailError>) {
    let mut good: Vec<EmailAddress> = Vec::new();
    let mut bad = Vec::new();
    for piece in text.split([',', ';', '\n', '\r']) {
        let piece = piece.trim();
        if piece.is_empty() {
            continue;
        }
        let bracketed = piece.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        let words: Vec<&str> = match bracketed {
            Some(address) => vec![address],
            // several addresses with nothing but spaces between them; one address with a space in it stays one mistake
            None if piece.split_whitespace().all(|word| word.contains('@')) => piece.split_whitespace().collect(),
            None => vec![piece],
        };
        for word in words {
            match EmailAddress::parse(word) {
                Ok(address) if good.contains(&address) => {}
                Ok(address) => good.push(address),
                Err(error) => bad.push(error),
            }
        }
    }
    (good, bad)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_addresses_without_regard_to_case() {
        assert_eq!(EmailAddress::parse(" Amara.O+x@Acme.TEST ").unwrap().as_str(), "amara.o+x@acme.test");
        assert_eq!(EmailAddress::parse("a@b.co").unwrap().domain(), "b.co");
    }

    #[test]
    fn refuses_what_is_no_address() {
        for bad in [
            "",
            "amara",
            "@acme.test",
            "a@",
            "a b@acme.test",
            "a@@b.test",
            "a@b",
            "a@b..c",
            ".a@b.co",
            "a..b@b.co",
            "a@-b.co",
            "a@1.2",
            "ä@b.co",
            "a@b.co\u{202e}",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
        let long = EmailAddress::parse(&format!("{}@b.co", "a".repeat(300))).unwrap_err();
        assert_eq!(long.to_string(), format!("`{}…` has 305 characters; an email address has at most 254", "a".repeat(24)));
        assert!(matches!(EmailAddress::parse(&format!("{}@b.co", "a".repeat(65))), Err(EmailError::Local(_))));
    }

    #[test]
    fn reads_a_pasted_list() {
        let (good, bad) = parse_many("a@b.co, Bea <b@b.co>;\nc@b.co d@b.co\nA@B.CO\nnot an address\n\n");
        assert_eq!(good.iter().map(EmailAddress::as_str).collect::<Vec<_>>(), ["a@b.co", "b@b.co", "c@b.co", "d@b.co"]);
        assert_eq!(bad.len(), 1);
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in ".{0,80}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
