//! A question about access as people and programs write it: `user:ID`, `email:ADDRESS`, `group:ID`, `token:ID` · `source:ID`.

use crate::{
    email::{EmailAddress, EmailError},
    id::{GroupId, IdError, MemberId, TokenId},
    policy::Subject,
    resource::ResourceType,
    text::{NameError, ResourceKey},
};
use serde::{Deserialize, Serialize};

/// Somebody who may do it, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacher {
    /// A member or a token.
    pub subject: Subject,
    pub name: String,
    /// The address of a member.
    pub email: Option<EmailAddress>,
    pub why: String,
}

/// Some of those who may do it, in the order of their ids; `next` leads to those behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reachers {
    pub rows: Vec<Reacher>,
    pub next: Option<Subject>,
}

/// Who is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectName {
    Id(Subject),
    Email(EmailAddress),
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetName {
    /// By the product's id or by ours.
    Resource(ResourceType, ResourceKey),
    /// The type as a whole.
    Type(ResourceType),
}

/// An answer as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub allowed: bool,
    /// `Source Admin on environment:dev, through the group Data team`.
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("`{0}` names nobody; write `email:ADDRESS`, `user:ID`, `group:ID` or `token:ID`")]
    Subject(String),
    #[error("`{0}` names nothing; write `source:ID`, by your product's id or Rolecall's, or the type alone: `source`")]
    Target(String),
    #[error("{0}")]
    Id(#[from] IdError),
    #[error("{0}")]
    Email(#[from] EmailError),
    #[error("{0}")]
    Key(#[from] NameError),
}

/// Who is asked about, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectText<'a> {
    Id(Subject),
    /// An address that nobody has checked: one that somebody is known by is sound.
    Email(&'a str),
}

/// What is asked about, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetText<'a> {
    /// The type, and the product's id or ours, checked.
    Resource(&'a str, &'a str),
    Type(&'a str),
}

impl<'a> SubjectText<'a> {
    pub fn parse(text: &'a str) -> Result<Self, QuestionError> {
        let unknown = || QuestionError::Subject(shortened(text));
        let (kind, name) = text.trim().split_once(':').ok_or_else(unknown)?;
        Ok(match kind {
            "user" => Self::Id(Subject::Member(name.parse::<MemberId>()?)),
            "group" => Self::Id(Subject::Group(name.parse::<GroupId>()?)),
            "token" => Self::Id(Subject::Token(name.parse::<TokenId>()?)),
            "email" => Self::Email(name),
            _ => return Err(unknown()),
        })
    }
}

impl<'a> TargetText<'a> {
    pub fn parse(text: &'a str) -> Result<Self, QuestionError> {
        let (kind, key) = text.trim().split_once(':').map_or((text.trim(), None), |(kind, key)| (kind, Some(key)));
        if kind.is_empty() || key == Some("") || !kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return Err(QuestionError::Target(shortened(text)));
        }
        Ok(match key {
            None => Self::Type(kind),
            Some(key) => Self::Resource(kind, ResourceKey::check(key)?),
        })
    }

    #[must_use]
    pub const fn kind(&self) -> &'a str {
        match self {
            Self::Resource(kind, _) | Self::Type(kind) => kind,
        }
    }
}

impl SubjectName {
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        Ok(match SubjectText::parse(text)? {
            SubjectText::Id(subject) => Self::Id(subject),
            SubjectText::Email(address) => Self::Email(EmailAddress::parse(address)?),
        })
    }
}

impl TargetName {
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        Ok(match TargetText::parse(text)? {
            TargetText::Type(kind) => Self::Type(ResourceType::new(kind)),
            TargetText::Resource(kind, key) => Self::Resource(ResourceType::new(kind), ResourceKey::parse(key)?),
        })
    }

    #[must_use]
    pub const fn kind(&self) -> &ResourceType {
        match self {
            Self::Resource(kind, _) | Self::Type(kind) => kind,
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_form() {
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        assert_eq!(SubjectName::parse(&format!("user:{id}")).unwrap(), SubjectName::Id(Subject::Member(id.parse().unwrap())));
        assert_eq!(SubjectName::parse(&format!("group:{id}")).unwrap(), SubjectName::Id(Subject::Group(id.parse().unwrap())));
        assert_eq!(SubjectName::parse(&format!("token:{id}")).unwrap(), SubjectName::Id(Subject::Token(id.parse().unwrap())));
        assert_eq!(SubjectName::parse("email:Bea@acme.test").unwrap(), SubjectName::Email(EmailAddress::parse("bea@acme.test").unwrap()));
        assert_eq!(TargetName::parse("source").unwrap(), TargetName::Type(ResourceType::new("source")));
        let site = TargetName::parse("source:dev:site").unwrap();
        assert_eq!(site, TargetName::Resource(ResourceType::new("source"), ResourceKey::parse("dev:site").unwrap()));
    }

    #[test]
    fn refuses_all_else() {
        for bad in ["", "bea", "user:", "user:42", "email:bea", "account:018f3c1e-6d5a-7b3c-8d4e-0123456789ab"] {
            assert!(SubjectName::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", ":", "source:", "Source:x", ":x"] {
            assert!(TargetName::parse(bad).is_err(), "{bad}");
        }
    }
}
