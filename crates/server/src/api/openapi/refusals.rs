//! The refusals that the description tells of. Each is made by the code that answers, so that its status and its name are those that are sent.

use crate::api::{dialect::Dialect, public::Refusal, v1::Problem};
use domain::{
    failure::{Failure, FailureKind},
    save::Stale,
};
use serde_json::Value;
use utoipa::openapi::{Content, Ref, Response, ResponseBuilder};

/// What decides how a call may be refused.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub dialect: Dialect,
    pub has_body: bool,
    pub takes_json: bool,
    pub writes: bool,
    /// It looks at `If-Match`.
    pub is_guarded: bool,
}

const MALFORMED: &str = "It can't be read as a request";

/// The reference's clients know this one for all that is not read to its end.
const MALFORMED_BODY: &str = "It can't be read as a request, is more than is taken at once, or of another type than this address takes";

const LOST_WRITE: &str = "Ours to mend; it may be done all the same: look, or send it again where it had an `Idempotency-Key`";

const FAILURES: [(FailureKind, &str); 6] = [
    (FailureKind::SignedOut, "No token, or one that doesn't work"),
    (FailureKind::Forbidden, "The token may not do this"),
    (FailureKind::NotFound, "It isn't there, or the token may not know of it"),
    (FailureKind::Invalid, "A field can't be taken: the answer names it, and the cure"),
    (FailureKind::Limited, "Called too often: wait as long as `retry-after` says"),
    (FailureKind::Unavailable, "Not now: try again in a moment"),
];

/// The refusals of such a call, by their status.
pub fn all(call: Call) -> Vec<(String, Response)> {
    let conflict = call.writes.then_some((FailureKind::Conflict, "Something stands against it: the sentence says what"));
    let internal = (FailureKind::Internal, if call.writes { LOST_WRITE } else { "Ours to mend" });
    let failures = FAILURES.into_iter().chain(conflict).chain([internal]).map(|(kind, meaning)| (meaning, Failure::new(kind, sentence(meaning))));
    match call.dialect {
        Dialect::Reference => {
            let malformed = if call.has_body { MALFORMED_BODY } else { MALFORMED };
            let mut all: Vec<(&str, Refusal)> = failures.map(|(meaning, failure)| (meaning, failure.into())).collect();
            all.push((malformed, Refusal::malformed(sentence(malformed))));
            all.into_iter().map(|(meaning, refusal)| (refusal.status().as_str().to_owned(), theirs(meaning, &refusal))).collect()
        }
        Dialect::Ours => {
            let mut all: Vec<(&str, Problem)> = failures.map(|(meaning, failure)| (meaning, failure.into())).collect();
            all.push((MALFORMED, Problem::malformed(sentence(MALFORMED))));
            if call.has_body {
                let meaning = "More than is taken at once";
                all.push((meaning, Problem::too_long(&Failure::new(FailureKind::Invalid, sentence(meaning)))));
            }
            if call.takes_json {
                all.push(("The body is of another type than this address takes", Problem::no_json()));
            }
            if call.is_guarded {
                all.push(("It was changed since the revision in `If-Match`", Stale(Some(7)).into()));
            }
            all.into_iter().map(|(meaning, problem)| (problem.status().as_str().to_owned(), ours(meaning, &problem))).collect()
        }
    }
}

fn sentence(meaning: &str) -> String {
    format!("{meaning}.")
}

fn ours(meaning: &str, problem: &Problem) -> Response {
    response(meaning, "application/problem+json", "Problem", serde_json::to_value(problem.body()).ok())
}

fn theirs(meaning: &str, refusal: &Refusal) -> Response {
    response(meaning, "application/json", "Errors", serde_json::to_value(refusal.body()).ok())
}

fn response(meaning: &str, media: &str, schema: &str, example: Option<Value>) -> Response {
    let content = Content::builder().schema(Some(Ref::from_schema_name(schema))).example(example).build();
    ResponseBuilder::new().description(meaning).content(media, content).build()
}
