//! Why a request is not let through, as `application/problem+json` (RFC 9457).

use crate::{decision::Decision, error::Error};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Why a request is not let through.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is signed in: 401.
    Anonymous,
    /// They may not: 403, with the reason.
    Denied(Box<Decision>),
    /// There can't be such a caller, or what it is about: 403.
    Unknown,
    /// They may not, and shall not know of it: 404.
    Hidden,
    /// Nobody can decide now: 503.
    Undecided(Error),
    /// The guard names a parameter that the route's path doesn't have: 500.
    Misplaced,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    /// The roles that would allow it, by name: what to ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<&'a str>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, detail) = match &self {
            Self::Anonymous => (StatusCode::UNAUTHORIZED, "unauthorized", "Sign in first.".to_owned()),
            Self::Denied(decision) => (StatusCode::FORBIDDEN, "forbidden", format!("You may not do this: {}.", decision.why.trim_end_matches('.'))),
            Self::Unknown => (StatusCode::FORBIDDEN, "forbidden", "You may not do this: nothing is known by that name.".to_owned()),
            Self::Hidden => (StatusCode::NOT_FOUND, "not-found", "There is nothing here.".to_owned()),
            Self::Undecided(error) => {
                // what is wrong between us and the server is no business of the caller's
                tracing::error!(%error, "access could not be decided, and a request was refused");
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Whether you may do this can't be decided now; try again in a moment.".to_owned())
            }
            Self::Misplaced => {
                tracing::error!("a route's guard names a parameter that its path doesn't have, and a request was refused");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.".to_owned())
            }
        };
        let roles = if let Self::Denied(decision) = &self { decision.roles_that_would().collect() } else { Vec::new() };
        let kind = format!("urn:rolecall:problem:{kind}");
        let body = Body { r#type: &kind, title: status.canonical_reason().unwrap_or_default(), status: status.as_u16(), detail: &detail, roles };
        // texts and numbers can always be written
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], json).into_response();
        let wait = if let Self::Undecided(error) = &self { error.problem().and_then(|problem| problem.retry_after) } else { None };
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}
