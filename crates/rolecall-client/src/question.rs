//! Questions in the words that the server takes: who, does what, to what.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who: a user, a group or a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// A person by their address.
    #[must_use]
    pub fn email(address: impl fmt::Display) -> Self {
        Self(format!("email:{address}"))
    }

    /// A member by the id that Rolecall gave them.
    #[must_use]
    pub fn user(id: impl fmt::Display) -> Self {
        Self(format!("user:{id}"))
    }

    #[must_use]
    pub fn group(id: impl fmt::Display) -> Self {
        Self(format!("group:{id}"))
    }

    #[must_use]
    pub fn token(id: impl fmt::Display) -> Self {
        Self(format!("token:{id}"))
    }
}

/// What is acted on: one thing by the product's id or by Rolecall's, or a type as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resource(String);

impl Resource {
    /// `source:website`
    #[must_use]
    pub fn one(kind: impl fmt::Display, id: impl fmt::Display) -> Self {
        Self(format!("{kind}:{id}"))
    }

    /// A type as a whole: to create one of them, or where there is only one.
    #[must_use]
    pub fn all(kind: impl fmt::Display) -> Self {
        Self(kind.to_string())
    }
}

macro_rules! is_text {
    ($($Text:ident)+) => {$(
        impl $Text {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Text {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Already in the server's words.
        impl From<&str> for $Text {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        /// Already in the server's words.
        impl From<String> for $Text {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

is_text! { Subject Resource }

/// May this subject do this to that?
///
/// ```
/// use rolecall_client::{Question, Resource, Subject};
///
/// let question = Question::new(Subject::email("bea@acme.test"), "source:edit", Resource::one("source", "website"));
/// assert_eq!(question, Question::new("email:bea@acme.test", "source:edit", "source:website"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    pub subject: Subject,
    /// `source:edit`
    pub action: String,
    pub resource: Resource,
}

impl Question {
    #[must_use]
    pub fn new(subject: impl Into<Subject>, action: impl Into<String>, resource: impl Into<Resource>) -> Self {
        Self { subject: subject.into(), action: action.into(), resource: resource.into() }
    }
}
