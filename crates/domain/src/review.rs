//! Access reviews: whether everybody still needs what they have, asked of people who know, decided one by one, and signed off by an owner.
//!
//! Decisions are words until the sign-off: what is to be revoked ends then, all of it in one change. So a decision can be changed until
//! the end, and reviewers need not be owners.

use crate::{
    catalog::RoleId,
    failure::Failure,
    grant::Holder,
    id::{GroupId, MemberId, ReviewId},
    label::Label,
    text::{PersonName, ReviewName},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// The most that one review goes through.
pub const MOST_ITEMS: usize = 100_000;
pub const MOST_REVIEWERS: usize = 20;
/// The most reviews that a workspace has open.
pub const MOST_OPEN: u64 = 50;
/// How far ahead a review may be due.
pub const MOST_AHEAD: Span = Span::days(366);
/// How long before it is due reviewers are reminded.
pub const REMINDED_BEFORE: Span = Span::days(3);
/// How soon an owner may remind the reviewers again.
pub const REMIND_AGAIN: Span = Span::hours(12);

/// What is looked through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOf {
    /// Whether each member still belongs into the workspace.
    Everyone,
    /// Whether each member still belongs into the group.
    Group(GroupId),
    /// Whether each who holds the role by a grant of their own still needs it: members, groups and tokens.
    Role(RoleId),
    /// Whether each grant that names the label is still needed.
    Label(Label),
}

impl ReviewOf {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Group(_) => "group",
            Self::Role(_) => "role",
            Self::Label(_) => "label",
        }
    }
}

/// A review as an owner wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewWish {
    pub of: ReviewOf,
    pub name: String,
    pub due_at: Timestamp,
    pub reviewers: Vec<MemberId>,
}

/// What can be changed while it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewTerms {
    pub due_at: Timestamp,
    pub reviewers: Vec<MemberId>,
    /// Of the review that they were made from.
    pub revision: i64,
}

/// `due_at` has to lie ahead, and not too far.
pub fn due_in_time(due_at: Timestamp, now: Timestamp) -> Result<(), Failure> {
    if due_at <= now {
        return Err(Failure::field("due", "the due date lies in the past; choose a later day"));
    }
    if due_at > now.plus(MOST_AHEAD) {
        return Err(Failure::field("due", "the due date is more than a year away; choose an earlier day"));
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    Open,
    SignedOff,
    Cancelled,
}

impl ReviewState {
    pub const EVERY: [Self; 3] = [Self::Open, Self::SignedOff, Self::Cancelled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SignedOff => "signed_off",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::SignedOff => "Signed off",
            Self::Cancelled => "Cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|state| state.as_str() == text)
    }
}

/// Who looks through a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    pub id: MemberId,
    pub name: PersonName,
}

/// A review and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub name: ReviewName,
    pub of: ReviewOf,
    /// What it is about, in the words of the day it began: `the group Data`.
    pub about: String,
    pub state: ReviewState,
    pub started_at: Timestamp,
    pub started_by: PersonName,
    pub due_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<PersonName>,
    pub items: u64,
    pub kept: u64,
    pub revoked: u64,
    /// In order of their names.
    pub reviewers: Vec<Reviewer>,
    /// SHA-256 of the signed-off record, in hexadecimal; the audit trail has it too.
    pub digest: Option<String>,
    pub reminded_at: Option<Timestamp>,
    /// Grows with each change of due date or reviewers.
    pub revision: i64,
    /// Grows with each decision.
    pub decisions: i64,
    /// How many of those that are undecided who looks holds themselves: others have to decide about them.
    pub own_left: u64,
    /// What the sign-off did.
    pub done: Option<Done>,
}

/// What a sign-off did of what was to be revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub revoked: u64,
    /// It stays all the same: changed since, gone before, one's own.
    pub stayed: u64,
}

impl Review {
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.kept + self.revoked
    }

    #[must_use]
    pub const fn undecided(&self) -> u64 {
        self.items.saturating_sub(self.decided())
    }

    /// What who looks can still decide.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.undecided().saturating_sub(self.own_left)
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == ReviewState::Open
    }

    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_open() && self.due_at <= now
    }

    #[must_use]
    pub fn is_reviewer(&self, member: MemberId) -> bool {
        self.reviewers.iter().any(|reviewer| reviewer.id == member)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Undecided,
    Keep,
    Revoke,
}

impl Decision {
    pub const EVERY: [Self; 3] = [Self::Undecided, Self::Keep, Self::Revoke];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Keep => "keep",
            Self::Revoke => "revoke",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Undecided => "To decide",
            Self::Keep => "Keep",
            Self::Revoke => "Revoke",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|decision| decision.as_str() == text)
    }
}

/// What became of an item at the sign-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Kept,
    Revoked,
    /// Nobody decided: it stays.
    Undecided,
    /// It had ended before.
    Gone,
    /// It was changed after the review began, so it is not what was looked at: it stays.
    Changed,
    /// Who signs off can't remove themselves.
    Yourself,
}

impl Outcome {
    pub const EVERY: [Self; 6] = [Self::Kept, Self::Revoked, Self::Undecided, Self::Gone, Self::Changed, Self::Yourself];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Revoked => "revoked",
            Self::Undecided => "undecided",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Yourself => "yourself",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Kept => "Kept",
            Self::Revoked => "Revoked",
            Self::Undecided => "Stays: not decided",
            Self::Gone => "Had ended before",
            Self::Changed => "Stays: changed since the review began",
            Self::Yourself => "Stays: nobody removes themselves",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Who or what holds the access: a word for lists and the record.
#[must_use]
pub const fn holder_title(holder: Holder) -> &'static str {
    match holder {
        Holder::Member(_) => "Member",
        Holder::Group(_) => "Group",
        Holder::Token(_) => "Token",
        Holder::Invite(_) => "Invite",
    }
}

/// One thing to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// Its place in the review, and its id there: those who were not seen for longest come first.
    pub place: i64,
    pub holder: Holder,
    pub name: String,
    pub email: Option<String>,
    /// What they have: `Source Admin (all)`.
    pub access: String,
    /// When they were last here, or the token was last used.
    pub last_used_at: Option<Timestamp>,
    pub decision: Decision,
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub note: Option<String>,
    pub outcome: Option<Outcome>,
}

/// Which items a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemQuery {
    pub decision: Option<Decision>,
    pub search: Option<String>,
    pub cursor: Option<crate::page::Cursor>,
}

/// A page of a list of items, and the decisions that it shows: another number with every one that is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPage {
    pub page: crate::page::Page<ReviewItem>,
    pub decisions: i64,
}

/// What somebody was shown of the list that they decide about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsSeen {
    pub count: u64,
    pub decisions: i64,
}

/// Which items are decided at once: these places, or all that a list shows.
pub type ItemSelection = crate::page::Selection<i64, ItemQuery>;

/// What a decision of many came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub changed: u64,
    /// Whether one's own access was among them, which others decide about.
    pub own_left_out: bool,
}

/// How a sign-off ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOff {
    pub kept: u64,
    pub revoked: u64,
    pub undecided: u64,
    /// To be revoked, and yet it stays: changed since, gone before.
    pub stayed: u64,
}

/// What a sign-off would do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOffPreview {
    pub kept: u64,
    pub revoked: u64,
    pub undecided: u64,
    /// The first of those whose access ends.
    pub whose: Vec<String>,
    /// How many owners are among those who are removed.
    pub owners: u64,
    /// Which decisions these are; when others were made since, a sign-off does nothing.
    pub decisions: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_the_database_read_back() {
        assert!(ReviewState::EVERY.into_iter().all(|it| ReviewState::parse(it.as_str()) == Some(it)));
        assert!(Decision::EVERY.into_iter().all(|it| Decision::parse(it.as_str()) == Some(it)));
        assert!(Outcome::EVERY.into_iter().all(|it| Outcome::parse(it.as_str()) == Some(it)));
        assert_eq!(ReviewState::parse("done"), None);
    }

    #[test]
    fn a_due_date_lies_ahead_and_within_a_year() {
        let now = Timestamp::from_micros(1_000_000);
        assert!(due_in_time(now, now).is_err());
        assert!(due_in_time(now.plus(Span::seconds(1)), now).is_ok());
        assert!(due_in_time(now.plus(MOST_AHEAD), now).is_ok());
        assert!(due_in_time(now.plus(MOST_AHEAD).plus(Span::seconds(1)), now).is_err());
    }
}
