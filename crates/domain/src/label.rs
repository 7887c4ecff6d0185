//! A label `key:value` on a resource; a resource bears at most one value per key.

use crate::{page::Page, text::LabelDescription, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Key and value begin with a letter; letters, digits, hyphen and underscore; at most 64 characters each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label {
    key: String,
    value: String,
}

/// Why a label was refused; the message names the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    #[error("`{0}` is not a label; write it as `key:value`")]
    NoColon(String),
    #[error("the label's {part} is missing; write it as `key:value`")]
    Empty { part: &'static str },
    #[error("the label's {part} has {length} characters; use at most 64")]
    TooLong { part: &'static str, length: usize },
    #[error("the label's {part} `{text}` must begin with a letter and go on with letters, digits, `-` or `_`")]
    Character { part: &'static str, text: String },
}

impl Label {
    pub const MAX_PART: usize = 64;

    pub fn parse(text: &str) -> Result<Self, LabelError> {
        let (key, value) = text.trim().split_once(':').ok_or_else(|| LabelError::NoColon(text.chars().take(80).collect()))?;
        Self::new(key, value)
    }

    /// Whether it can be a key: said by itself, so that a form tells of both its parts.
    pub fn check_key(text: &str) -> Result<(), LabelError> {
        part("key", text).map(drop)
    }

    pub fn check_value(text: &str) -> Result<(), LabelError> {
        part("value", text).map(drop)
    }

    pub fn new(key: &str, value: &str) -> Result<Self, LabelError> {
        Ok(Self { key: part("key", key)?, value: part("value", value)? })
    }

    /// `environment:dev` and `environment:prod`, with which every workspace starts.
    #[must_use]
    pub fn built_in() -> [Self; 2] {
        ["dev", "prod"].map(|value| Self { key: "environment".to_owned(), value: value.to_owned() })
    }

    #[must_use]
    pub fn is_built_in(&self) -> bool {
        Self::built_in().contains(self)
    }

    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

fn part(name: &'static str, text: &str) -> Result<String, LabelError> {
    if text.is_empty() {
        return Err(LabelError::Empty { part: name });
    }
    let length = text.chars().count();
    if length > Label::MAX_PART {
        return Err(LabelError::TooLong { part: name, length });
    }
    let fits = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !fits {
        return Err(LabelError::Character { part: name, text: text.to_owned() });
    }
    Ok(text.to_owned())
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, self.value)
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;
    fn try_from(text: String) -> Result<Self, LabelError> {
        Self::parse(&text)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> String {
        label.to_string()
    }
}

/// Whether something bears a label, or none of its key: `environment:dev`, `environment:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearing {
    With(Label),
    Without(String),
}

impl Bearing {
    /// As a URL has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix(':') {
            Some(key) => part("key", key).ok().map(Self::Without),
            None => Label::parse(text).ok().map(Self::With),
        }
    }

    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::With(label) => label.key(),
            Self::Without(key) => key,
        }
    }
}

impl fmt::Display for Bearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::With(label) => write!(f, "{label}"),
            Self::Without(key) => write!(f, "{key}:"),
        }
    }
}

/// A row of the Labels list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRow {
    pub label: Label,
    pub description: Option<LabelDescription>,
    /// How many resources bear it.
    pub resources: u64,
    /// How many grants name it.
    pub grants: u64,
    pub created_at: Timestamp,
}

impl LabelRow {
    /// Why it can't be deleted, if so: the rest of a sentence that begins with "it can't be deleted: ".
    #[must_use]
    pub fn kept_because(&self) -> Option<String> {
        let many = |n: u64, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
        if self.label.is_built_in() {
            return Some("every workspace has it".to_owned());
        }
        let (resources, grants) = (many(self.resources, "resource bears it", "resources bear it"), many(self.grants, "grant names it", "grants name it"));
        match (self.resources, self.grants) {
            (0, 0) => None,
            (_, 0) => Some(format!("{resources}; take it off first")),
            (0, _) => Some(format!("{grants}; change their scopes first")),
            (_, _) => Some(format!("{resources} and {grants}; take it off and change the grants' scopes first")),
        }
    }
}

/// A page of the Labels list, and whether there is room for another label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelList {
    pub page: Page<LabelRow>,
    pub room: LabelRoom,
}

/// How many labels a workspace has, beside what its plan allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRoom {
    /// Labels beside the built-in ones.
    pub custom: u64,
    /// `None` is no limit.
    pub most: Option<u64>,
}

impl LabelRoom {
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.custom >= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_shows() {
        let label = Label::parse("environment:dev").unwrap();
        assert_eq!((label.key(), label.value()), ("environment", "dev"));
        assert!(label.is_built_in());
        assert!(!Label::parse("region:apac_2").unwrap().is_built_in());
    }

    #[test]
    fn refuses_other_characters_and_lengths() {
        for bad in ["", "environment", ":dev", "environment:", "1a:b", "a:-b", "a b:c", "a:b:c", "é:b"] {
            assert!(Label::parse(bad).is_err(), "{bad}");
        }
        assert!(Label::parse(&format!("{}:b", "a".repeat(64))).is_ok());
        assert!(matches!(Label::parse(&format!("{}:b", "a".repeat(65))), Err(LabelError::TooLong { length: 65, .. })));
    }

    #[test]
    fn what_bears_a_label_or_none_of_its_key_survives_the_url() {
        for text in ["environment:dev", "environment:"] {
            let bearing = Bearing::parse(text).unwrap();
            assert_eq!((bearing.key(), bearing.to_string().as_str()), ("environment", text));
        }
        for bad in ["", ":", "environment", "1a:", "a:b:"] {
            assert_eq!(Bearing::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn says_why_a_label_is_kept() {
        let row = |label: &str, resources, grants| LabelRow {
            label: Label::parse(label).unwrap(),
            description: None,
            resources,
            grants,
            created_at: Timestamp::default(),
        };
        assert_eq!(row("region:apac", 0, 0).kept_because(), None);
        assert!(row("environment:dev", 0, 0).kept_because().unwrap().contains("every workspace"));
        assert_eq!(row("region:apac", 1, 0).kept_because().unwrap(), "1 resource bears it; take it off first");
        assert_eq!(row("region:apac", 0, 2).kept_because().unwrap(), "2 grants name it; change their scopes first");
        assert!(row("region:apac", 3, 1).kept_because().unwrap().starts_with("3 resources bear it and 1 grant names it"));
    }

    #[test]
    fn a_plan_without_a_limit_always_has_room() {
        assert!(LabelRoom { custom: 5, most: Some(5) }.is_full());
        assert!(!LabelRoom { custom: 4, most: Some(5) }.is_full());
        assert!(!LabelRoom { custom: 5_000, most: None }.is_full());
    }

    proptest! {
        #[test]
        fn reads_back_what_it_shows(text in "\\PC{0,40}") {
            if let Ok(label) = Label::parse(&text) {
                prop_assert_eq!(Label::parse(&label.to_string()), Ok(label));
            }
        }
    }
}
