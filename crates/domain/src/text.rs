//! Names that people type: trimmed, one line, no control or invisible steering characters, of bounded length.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a name was refused; the message names the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("{0} is missing; type at least one character")]
    Empty(&'static str),
    #[error("{what} has {length} characters; use at most {most}")]
    TooLong { what: &'static str, length: usize, most: usize },
    #[error("{0} has a line break or an invisible control character; remove it")]
    Control(&'static str),
}

/// Characters that reorder or hide what follows them: they could make one name look like another.
fn steers(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Trims and checks one line of text of at most `most` characters.
pub fn line(what: &'static str, text: &str, most: usize) -> Result<String, NameError> {
    checked(what, text, most).map(str::to_owned)
}

/// The same without a copy of it.
fn checked<'a>(what: &'static str, text: &'a str, most: usize) -> Result<&'a str, NameError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NameError::Empty(what));
    }
    if text.len() > most {
        let length = text.chars().count();
        if length > most {
            return Err(NameError::TooLong { what, length, most });
        }
    }
    let is_plain = text.bytes().all(|byte| (b' '..0x7f).contains(&byte));
    if !is_plain && text.chars().any(|c| c.is_control() || steers(c)) {
        return Err(NameError::Control(what));
    }
    Ok(text)
}

/// The form of a name by which it is sorted and found again: lower case.
#[must_use]
pub fn key(text: &str) -> String {
    text.to_lowercase()
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($what:literal, $most:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub const MAX: usize = $most;

            pub fn parse(text: &str) -> Result<Self, NameError> {
                line($what, text, $most).map(Self)
            }

            /// What [`parse`](Self::parse) makes of it, as text and without a copy.
            pub fn check(text: &str) -> Result<&str, NameError> {
                checked($what, text, $most)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// By which it is sorted, and compared where case doesn't count.
            #[must_use]
            pub fn key(&self) -> String {
                key(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    )+};
}

names! {
    /// How a person is called.
    PersonName("the name", 100),
    /// How a workspace is called.
    WorkspaceName("the workspace name", 80),
    /// How a user group is called; unique in its workspace whatever the case.
    GroupName("the group name", 80),
    /// How a resource is called.
    ResourceName("the resource name", 200),
    /// The id by which the product beside Rolecall knows a resource.
    ResourceKey("the resource id", 200),
    /// What a label is for.
    LabelDescription("the description", 200),
    /// How an access review is called.
    ReviewName("the review's name", 120),
    /// How a token is called.
    TokenName("the token name", 80),
    /// How a connection to an identity provider is called.
    ConnectionName("the connection's name", 80),
    /// Why a grant was given, or a request made.
    Reason("the reason", 500),
    /// A resource as somebody calls it who may not know it.
    WantedResource("the resource", 200),
}

impl PersonName {
    /// What of a name fits, where nobody is there to type a shorter one: as many of its characters as one may have.
    pub fn shortened(text: &str) -> Result<Self, NameError> {
        let fits: String = text.trim().chars().take(Self::MAX).collect();
        Self::parse(&fits)
    }
}

/// A machine is told of by its token's name, which is shorter than a person's may be.
impl From<&TokenName> for PersonName {
    fn from(name: &TokenName) -> Self {
        Self(name.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_script_and_trims() {
        for name in ["Amara Okafor", "  José ", "محمد", "李小龍", "😀 Team", "=cmd()"] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name.trim());
        }
    }

    #[test]
    fn a_name_is_shortened_by_whole_characters() {
        let shortened = |text: &str| PersonName::shortened(text).unwrap().to_string();
        assert_eq!(shortened(" Bea "), "Bea");
        assert_eq!(shortened(&format!("{}éé", "x".repeat(99))), format!("{}é", "x".repeat(99)));
        assert_eq!(shortened(&"李".repeat(300)), "李".repeat(100));
        assert_eq!(shortened(&format!("{} Okafor", "x".repeat(99))), "x".repeat(99), "no name ends with a space");
        assert_eq!(PersonName::shortened(" "), Err(NameError::Empty("the name")));
        assert_eq!(PersonName::shortened("a\nb"), Err(NameError::Control("the name")));
    }

    #[test]
    fn refuses_what_can_not_be_a_name() {
        assert_eq!(PersonName::parse(" \t "), Err(NameError::Empty("the name")));
        assert!(matches!(PersonName::parse(&"x".repeat(101)), Err(NameError::TooLong { length: 101, most: 100, .. })));
        assert!(PersonName::parse(&"é".repeat(100)).is_ok());
        for bad in ["a\nb", "a\0b", "abc\u{202e}cba", "a\u{200b}b"] {
            assert_eq!(PersonName::parse(bad), Err(NameError::Control("the name")));
        }
    }
}
