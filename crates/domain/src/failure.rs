//! A refusal as people and clients get it: what kind, which field, and a sentence that says what to do.

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// Signed in, but not as this workspace asks: by single sign-on. Other workspaces are open to the same session.
    SsoRequired,
    /// Known, but not theirs to do.
    Forbidden,
    /// Not there, or not theirs to know of.
    NotFound,
    /// Something typed can't be taken.
    Invalid,
    /// Somebody else changed it first, or a rule of the workspace stands against it.
    Conflict,
    /// Too many tries; wait.
    Limited,
    /// Ours to mend.
    Internal,
    /// Can't be answered now; trying again helps.
    Unavailable,
    /// The server could not be reached, or its answer was lost on the way; only the browser makes these.
    Offline,
}

impl FailureKind {
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut | Self::SsoRequired => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Invalid => 422,
            Self::Limited => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Offline => 503,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// The field that the message is about, as forms and the API name it.
    pub field: Option<String>,
    /// A sentence for a person, with its first letter and full stop.
    pub message: String,
    /// What is wrong with other fields of the same form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<WrongField>,
}

/// A field that can't be taken, beside the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongField {
    pub field: String,
    pub message: String,
}

/// Both of them, or all that stands against either: a form tells at once what is wrong with it. What is about no field of it stands alone.
pub fn both<A, B>(first: Result<A, Failure>, second: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
        (Err(first), Err(second)) => Err(first.with(second)),
    }
}

impl Failure {
    #[must_use]
    pub fn new(kind: FailureKind, message: impl fmt::Display) -> Self {
        Self { kind, field: None, message: sentence(&message.to_string()), also: Vec::new() }
    }

    /// Refuses what was typed into a field.
    #[must_use]
    pub fn field(field: &str, message: impl fmt::Display) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(FailureKind::Invalid, message) }
    }

    #[must_use]
    pub fn internal() -> Self {
        Self::new(FailureKind::Internal, "something went wrong on our side and nothing was changed; try again, and tell the operator if it stays")
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(FailureKind::NotFound, "this page does not exist, or you have no access to it")
    }

    /// With its fields called otherwise, as the one who sent them knows them.
    #[must_use]
    pub fn renamed(self, name: impl Fn(String) -> String) -> Self {
        let also = self.also.into_iter().map(|wrong| WrongField { field: name(wrong.field), ..wrong }).collect();
        Self { field: self.field.map(&name), also, ..self }
    }

    /// As the console shows it.
    #[must_use]
    pub fn quoted(self) -> Self {
        let also = self.also.into_iter().map(|wrong| WrongField { message: quoted(&wrong.message), ..wrong }).collect();
        Self { message: quoted(&self.message), also, ..self }
    }

    /// This one, with what the other says of its fields; or the one of them that is about no field, alone.
    fn with(mut self, other: Self) -> Self {
        if self.field.is_none() {
            return self;
        }
        match other {
            Self { field: None, .. } => other,
            Self { field: Some(field), message, also, .. } => {
                self.also.push(WrongField { field, message });
                self.also.extend(also);
                self
            }
        }
    }
}

/// Errors quote by backticks, as programs and the command line show them; people read quotation marks. A backtick that neither begins a word nor
/// ends one is somebody's own, and stays.
#[must_use]
pub fn quoted(text: &str) -> String {
    let (mut quoted, mut before, mut inside) = (String::with_capacity(text.len()), None::<char>, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_mark = c == '`' && if inside { chars.peek().is_none_or(|next| ends(*next)) } else { before.is_none_or(begins) };
        inside ^= is_mark;
        quoted.push(match (is_mark, inside) {
            (false, _) => c,
            (true, true) => '“',
            (true, false) => '”',
        });
        before = Some(c);
    }
    quoted
}

/// Whether a quotation may begin after this.
fn begins(before: char) -> bool {
    before.is_whitespace() || matches!(before, '(' | '[' | '{')
}

/// Whether a quotation may end before this.
fn ends(next: char) -> bool {
    next != '`' && !next.is_alphanumeric()
}

/// Errors are written lower case and without a full stop; people read sentences.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_in_sentences() {
        assert_eq!(Failure::field("email", "the address is missing").message, "The address is missing.");
        assert_eq!(Failure::new(FailureKind::Conflict, "Gone?").message, "Gone?");
    }

    #[test]
    fn a_form_tells_all_that_is_wrong_with_it() {
        let wrong = |field: &str| Err::<(), _>(Failure::field(field, "`x` is wrong"));
        assert_eq!(both(Ok::<_, Failure>(1), Ok(2)), Ok((1, 2)));
        let failure = both(both(Ok(1), wrong("slug")), both(wrong("idle"), wrong("days"))).unwrap_err().quoted();
        assert_eq!(failure.field.as_deref(), Some("slug"));
        assert_eq!(
            failure.also.iter().map(|also| (also.field.as_str(), also.message.as_str())).collect::<Vec<_>>(),
            [("idle", "“x” is wrong."), ("days", "“x” is wrong.")]
        );
    }

    #[test]
    fn what_is_about_no_field_stands_alone() {
        let (wrong, busy) = (Failure::field("slug", "taken"), Failure::new(FailureKind::Unavailable, "busy"));
        assert_eq!(both(Err::<(), _>(wrong.clone()), Err::<(), _>(busy.clone())), Err(busy.clone()));
        assert_eq!(both(Err::<(), _>(busy.clone()), Err::<(), _>(wrong)), Err(busy));
    }

    #[test]
    fn a_backtick_in_what_somebody_typed_turns_no_other_around() {
        for (text, read) in [
            ("`a` and (`b`), not `c`: `d`.", "“a” and (“b”), not “c”: “d”."),
            ("`it`s` is not `b`", "“it`s” is not “b”"),
            ("`a `b` is not `c`", "“a `b” is not “c”"),
            ("`a`` is not `c`", "“a`” is not “c”"),
            ("`a` b` is not `c`", "“a” b` is not “c”"),
            ("it`s not `c`", "it`s not “c”"),
            ("`` is not `c`, `d`’s", "“” is not “c”, “d”’s"),
        ] {
            assert_eq!(quoted(text), read);
        }
    }

    #[test]
    fn people_read_quotation_marks() {
        let failure = Failure::field("role", "there is no role `Sorcerer` or `Owl`");
        assert_eq!(failure.message, "There is no role `Sorcerer` or `Owl`.");
        assert_eq!(failure.quoted().message, "There is no role “Sorcerer” or “Owl”.");
    }
}
