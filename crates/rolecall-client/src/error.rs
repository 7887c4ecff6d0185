//! What can go wrong, and what to do about it.

use serde::Deserialize;
use std::{fmt, time::Duration};

/// Why there is no answer. Each says in its words what to do next.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client was set up with something that can't work.
    #[error("{0}")]
    Setup(String),
    /// The server answered, and refused.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// No connection.
    #[error("{address} can't be reached: {cause}; {cure}")]
    #[non_exhaustive]
    Unreached {
        address: String,
        cause: String,
        cure: &'static str,
        /// Whether it stays so until something is done.
        lasts: bool,
    },
    /// No answer in time.
    #[error("{address} did not answer within {} ms; see whether it is overloaded, or give it more time", .after.as_millis())]
    #[non_exhaustive]
    TimedOut { address: String, after: Duration },
    /// What answers is something else.
    #[error("{address} does not answer as Rolecall does: {found}; check the address")]
    #[non_exhaustive]
    NotRolecall { address: String, found: String },
}

impl Error {
    /// The server's own words, where it is a refusal.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Setup(_) | Self::Unreached { .. } | Self::TimedOut { .. } | Self::NotRolecall { .. } => None,
        }
    }

    /// Whether trying again later may help.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Refused(problem) => matches!(problem.status, 429 | 502 | 503 | 504),
            Self::Unreached { lasts, .. } => !lasts,
            Self::TimedOut { .. } => true,
            Self::Setup(_) | Self::NotRolecall { .. } => false,
        }
    }
}

/// A refusal as the server sends it: `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    pub kind: ProblemKind,
    pub status: u16,
    pub title: String,
    /// A sentence that says what to do.
    pub detail: String,
    /// The field that it is about: `subject`, `checks[3].action`.
    pub field: Option<String>,
    /// By this id the server's log and audit trail know the request.
    pub request_id: Option<String>,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

/// What kind of refusal; it stays the same while the words may change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The token is missing, wrong, revoked or expired.
    Unauthorized,
    /// The token may not do this.
    Forbidden,
    NotFound,
    /// Something sent can't be taken.
    Invalid,
    /// A rule of the workspace stands against it.
    Conflict,
    /// It was changed by somebody else since the revision that was named.
    Stale,
    /// It was done already, and the answer was lost.
    AlreadyDone,
    /// The idempotency key came with another request.
    IdempotencyMismatch,
    /// Too many calls.
    Limited,
    /// Can't be answered now.
    Unavailable,
    /// The server's fault.
    Internal,
    /// One that this version of the client does not know, by its name.
    Other(String),
}

impl ProblemKind {
    fn parse(text: &str) -> Self {
        match text.rsplit(':').next().unwrap_or_default() {
            "unauthorized" => Self::Unauthorized,
            "forbidden" => Self::Forbidden,
            "not-found" => Self::NotFound,
            "invalid" | "malformed" | "too-long" => Self::Invalid,
            "stale" => Self::Stale,
            "already-done" => Self::AlreadyDone,
            "idempotency-mismatch" => Self::IdempotencyMismatch,
            "conflict" => Self::Conflict,
            "limited" => Self::Limited,
            "unavailable" => Self::Unavailable,
            "internal" => Self::Internal,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Where whoever stands in between answered, and said no kind.
    fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            412 => Self::Stale,
            400..=428 => Self::Invalid,
            429 => Self::Limited,
            502..=504 => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    r#type: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    field: Option<String>,
}

impl Problem {
    /// Reads a refusal; `None` where it is no Rolecall's and no gateway's.
    pub(crate) fn read(status: u16, body: &[u8], request_id: Option<String>, retry_after: Option<Duration>) -> Option<Self> {
        if let Ok(body) = serde_json::from_slice::<Body>(body) {
            let kind = ProblemKind::parse(&body.r#type);
            return Some(Self { kind, status, title: body.title, detail: body.detail, field: body.field, request_id, retry_after });
        }
        let words = match status {
            429 => "what stands in front of the server says that there are too many calls; wait, and call less often",
            502..=504 => "what stands in front of the server can't reach it; try again in a moment",
            _ => return None,
        };
        let kind = ProblemKind::of_status(status);
        Some(Self { kind, status, title: String::new(), detail: words.to_owned(), field: None, request_id, retry_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_with_its_kind_and_field() {
        let body =
            br#"{"type": "urn:rolecall:problem:invalid", "title": "Unprocessable", "status": 422, "detail": "Name two of one type.", "field": "resource"}"#;
        let problem = Problem::read(422, body, None, None).unwrap();
        assert_eq!((&problem.kind, problem.to_string().as_str()), (&ProblemKind::Invalid, "resource: Name two of one type."));
        assert!(!Error::Refused(Box::new(problem)).is_temporary());
    }

    #[test]
    fn a_gateway_is_told_from_something_else() {
        assert!(Error::Refused(Box::new(Problem::read(502, b"<html>", None, None).unwrap())).is_temporary());
        assert_eq!(Problem::read(404, b"<html>", None, None), None);
    }
}
