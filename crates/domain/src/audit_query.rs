//! What is asked of the audit trail: by whom, what, on what and when; and how a URL says it.

use crate::{
    audit::{Actor, Entry, Object},
    audit_kinds,
    id::{AccountId, IdError, MemberId, OperationId, TokenId},
    page::{Cursor, Page, PageSize},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};
use uuid::Uuid;

/// How many actors, and how many kinds of events, one question may name.
pub const MOST_NAMED: usize = 100;

/// Somebody who did something: a name may change, an id does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    Member(MemberId),
    Account(AccountId),
    Token(TokenId),
    Operator,
    System,
    Anonymous,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoerError {
    #[error("`{0}` is nobody who does things; write `member:ID`, `token:ID`, `operator` or `system`")]
    Kind(String),
    #[error(transparent)]
    Id(#[from] IdError),
}

impl From<&Actor> for Doer {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Member { id, .. } => Self::Member(*id),
            Actor::Account { id, .. } => Self::Account(*id),
            Actor::Token { id, .. } => Self::Token(*id),
            Actor::Operator => Self::Operator,
            Actor::System => Self::System,
            Actor::Anonymous => Self::Anonymous,
        }
    }
}

/// `member:018f…`, `operator`.
impl fmt::Display for Doer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(id) => write!(f, "member:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

impl FromStr for Doer {
    type Err = DoerError;

    fn from_str(text: &str) -> Result<Self, DoerError> {
        let unknown = || DoerError::Kind(text.chars().take(60).collect());
        Ok(match text.split_once(':') {
            Some(("member", id)) => Self::Member(id.parse()?),
            Some(("account", id)) => Self::Account(id.parse()?),
            Some(("token", id)) => Self::Token(id.parse()?),
            Some(_) => return Err(unknown()),
            None => match text {
                "operator" => Self::Operator,
                "system" => Self::System,
                "anonymous" => Self::Anonymous,
                _ => return Err(unknown()),
            },
        })
    }
}

/// Which entries. What names nothing leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Any of these did it.
    pub actors: Vec<Doer>,
    /// Any of these happened, as [`Event::name`](crate::audit::Event::name) has it.
    pub events: Vec<String>,
    pub object: Option<Object>,
    /// It is a part of this change of many.
    #[serde(default)]
    pub operation: Option<OperationId>,
    /// It was done to this, of whatever kind.
    #[serde(default)]
    pub thing: Option<Uuid>,
    /// It was done to something of this kind.
    #[serde(default)]
    pub thing_kind: Option<String>,
    pub from: Option<Timestamp>,
    /// The first moment that is too late.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The moments from and until when, where they stand the wrong way round: nothing lies between them.
    #[must_use]
    pub fn crossed(&self) -> Option<(Timestamp, Timestamp)> {
        self.from.zip(self.until).filter(|(from, until)| from > until)
    }

    /// Takes in what a URL says: `actor` `member:018f…`, `event` `member_removed`, `object` `group:018f…`, `operation` `018f…`, `from` and
    /// `until` a moment or a day. Other names are nothing to it.
    pub fn take(&mut self, name: &str, value: &str) -> Result<(), FilterError> {
        match name {
            "actor" => self.actors.push(value.parse()?),
            "event" if audit_kinds::kind(value).is_none() => return Err(FilterError::Event(value.chars().take(60).collect())),
            "event" => self.events.push(value.to_owned()),
            "object" => {
                let (kind, id) = value.split_once(':').ok_or_else(|| FilterError::Object(value.chars().take(60).collect()))?;
                self.object = Some(Object::new(kind, Uuid::try_parse(id).map_err(|_| FilterError::Object(value.chars().take(60).collect()))?));
            }
            "operation" => self.operation = Some(value.parse()?),
            "from" => self.from = Some(moment("from", value)?),
            "until" => self.until = Some(moment("until", value)?),
            _ => {}
        }
        Ok(())
    }

    /// What [`take`](Self::take) reads, name by name.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let actors = self.actors.iter().map(|actor| ("actor", actor.to_string()));
        let events = self.events.iter().map(|event| ("event", event.clone()));
        let object = self.object.iter().map(|object| ("object", format!("{}:{}", object.kind, object.id)));
        let operation = self.operation.iter().map(|operation| ("operation", operation.to_string()));
        let from = self.from.iter().map(|from| ("from", from.to_string()));
        let until = self.until.iter().map(|until| ("until", until.to_string()));
        actors.chain(events).chain(object).chain(operation).chain(from).chain(until).collect()
    }

    /// `actor:operator event:plan_changed from:2026-11-01T00:00:00.000000Z`: what an export was narrowed to.
    #[must_use]
    pub fn words(&self) -> String {
        self.pairs().into_iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join(" ")
    }
}

/// A filter that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error(transparent)]
    Actor(#[from] DoerError),
    #[error("`{0}` is no kind of event; write one such as `member_removed`")]
    Event(String),
    #[error("`{0}` is no object; write `member:ID`, `group:ID` or `token:ID`")]
    Object(String),
    #[error(transparent)]
    Operation(#[from] IdError),
    #[error("{name} `{value}` is no moment; write it as 2026-11-23 or 2026-11-23T09:30:00Z")]
    Moment { name: &'static str, value: String },
}

fn moment(name: &'static str, value: &str) -> Result<Timestamp, FilterError> {
    let parsed = Timestamp::parse(value).or_else(|| Timestamp::parse(&format!("{value}T00:00:00Z")));
    parsed.ok_or_else(|| FilterError::Moment { name, value: value.chars().take(60).collect() })
}

/// A page of the trail, the newest entry first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    pub filter: AuditFilter,
    pub cursor: Option<Cursor>,
    pub size: PageSize,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self { filter: AuditFilter::default(), cursor: None, size: PageSize::SCREEN }
    }
}

/// What the question left, and which of the things that it tells of are there still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub page: Page<Entry>,
    /// Members, groups, tokens, resources, reviews, webhooks and connections of the workspace, by id.
    pub here: BTreeSet<Uuid>,
    /// For how many days entries are kept; 0 keeps them for good.
    pub kept_days: u32,
}

/// Somebody that the trail can be narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDoer {
    pub doer: Doer,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doer_survives_the_url() {
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        for doer in [
            Doer::Member(id.parse().unwrap()),
            Doer::Account(id.parse().unwrap()),
            Doer::Token(id.parse().unwrap()),
            Doer::Operator,
            Doer::System,
            Doer::Anonymous,
        ] {
            assert_eq!(doer.to_string().parse(), Ok(doer));
        }
        for bad in ["", "member", "member:", "member:x", "group:018f3c1e-6d5a-7b3c-8d4e-0123456789ab", "somebody"] {
            assert!(bad.parse::<Doer>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_filter_survives_the_url() {
        let mut filter = AuditFilter::default();
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        let (of_member, of_group) = (format!("member:{id}"), format!("group:{id}"));
        for (name, value) in [
            ("actor", "operator"),
            ("actor", of_member.as_str()),
            ("event", "plan_changed"),
            ("object", of_group.as_str()),
            ("operation", id),
            ("from", "2026-11-01"),
            ("until", "2026-11-02T01:00:00+01:00"),
            ("q", "x"),
        ] {
            filter.take(name, value).unwrap();
        }
        let mut again = AuditFilter::default();
        for (name, value) in filter.pairs() {
            again.take(name, &value).unwrap();
        }
        assert_eq!((again, filter.actors.len(), filter.until), (filter.clone(), 2, Timestamp::parse("2026-11-02T00:00:00Z")));
        assert!(filter.words().ends_with("from:2026-11-01T00:00:00.000000Z until:2026-11-02T00:00:00.000000Z"), "{}", filter.words());
        assert!(AuditFilter::default().is_empty() && !filter.is_empty());
    }

    #[test]
    fn nonsense_is_named() {
        for (name, value, says) in [
            ("actor", "eve", "`eve` is nobody"),
            ("event", "nothing", "`nothing` is no kind of event"),
            ("object", "member", "`member` is no object"),
            ("operation", "x", "`x` is not an id"),
            ("from", "yesterday", "from `yesterday` is no moment"),
        ] {
            let error = AuditFilter::default().take(name, value).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
