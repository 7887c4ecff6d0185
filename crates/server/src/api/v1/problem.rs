//! Refusals as `application/problem+json` (RFC 9457), and bodies that can't be read.

use crate::api::{by_name::ByName, reading};
use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use domain::{
    failure::{Failure, FailureKind},
    save::Stale,
};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// A refusal on its way to a program.
#[derive(Debug)]
pub struct Problem {
    kind: &'static str,
    status: StatusCode,
    failure: Failure,
}

/// A refusal (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body<'a> {
    /// What kind of refusal, for programs: it stays the same while the words may change.
    #[schema(example = "urn:rolecall:problem:invalid")]
    r#type: String,
    title: &'a str,
    status: u16,
    /// A sentence for a person: what is wrong, and what to do.
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Where in what was sent it is wrong.
    #[schema(nullable = false)]
    field: Option<&'a str>,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::SignedOut | FailureKind::SsoRequired => "unauthorized",
            FailureKind::Forbidden => "forbidden",
            FailureKind::NotFound => "not-found",
            FailureKind::Invalid => "invalid",
            FailureKind::Conflict => "conflict",
            FailureKind::Limited => "limited",
            FailureKind::Internal => "internal",
            FailureKind::Unavailable | FailureKind::Offline => "unavailable",
        };
        Self::of(kind, StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), failure)
    }
}

impl Problem {
    pub const fn of(kind: &'static str, status: StatusCode, failure: Failure) -> Self {
        Self { kind, status, failure }
    }

    pub fn failure(self) -> Failure {
        self.failure
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// As it is told.
    pub fn body(&self) -> Body<'_> {
        Body {
            r#type: format!("urn:rolecall:problem:{}", self.kind),
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            detail: &self.failure.message,
            field: self.failure.field.as_deref(),
        }
    }

    /// What was sent can't be read as a request.
    pub fn malformed(message: impl std::fmt::Display) -> Self {
        Self::of("malformed", StatusCode::BAD_REQUEST, Failure::new(FailureKind::Invalid, message))
    }

    /// What was sent is not said to be JSON.
    pub fn no_json() -> Self {
        let failure = Failure::new(FailureKind::Invalid, "send JSON, with `Content-Type: application/json`");
        Self::of("invalid", StatusCode::UNSUPPORTED_MEDIA_TYPE, failure)
    }

    /// More was sent than is taken at once.
    pub fn too_long(failure: &Failure) -> Self {
        Self::of("too-long", StatusCode::PAYLOAD_TOO_LARGE, failure.clone())
    }
}

impl From<Stale> for Problem {
    fn from(Stale(at): Stale) -> Self {
        let message = match at {
            Some(revision) => format!("this was changed meanwhile and is at revision {revision} now; read it again, and send your change with that revision"),
            None => "there is nothing here to be changed; leave `If-Match` out to make it".to_owned(),
        };
        let failure = Failure { field: Some("If-Match".to_owned()), ..Failure::new(FailureKind::Conflict, message) };
        Self::of("stale", StatusCode::PRECONDITION_FAILED, failure)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            // whoever knows better says so after
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"rolecall\""));
        }
        response
    }
}

/// A JSON body; what can't be read is refused with the place where reading stopped.
pub struct Asked<T>(pub T);

impl<T, S> FromRequest<S> for Asked<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<ByName<T>>::from_request(request, state).await {
            Ok(Json(ByName(body))) => Ok(Self(body)),
            Err(rejection) => Err(unread(&rejection)),
        }
    }
}

/// What is said of a body that can't be read.
pub fn unread(rejection: &JsonRejection) -> Problem {
    if matches!(rejection, JsonRejection::MissingJsonContentType(_)) {
        return Problem::no_json();
    }
    let words = rejection.body_text();
    let kind = match rejection.status() {
        StatusCode::BAD_REQUEST => "malformed",
        StatusCode::PAYLOAD_TOO_LARGE => return Problem::too_long(&Failure::new(FailureKind::Invalid, "this is more than is taken at once; send less")),
        _ => "invalid",
    };
    let field = match rejection {
        JsonRejection::JsonDataError(_) => reading::parts(&words).0,
        _ => None,
    };
    Problem::of(kind, rejection.status(), Failure { field, ..Failure::new(FailureKind::Invalid, words) })
}

pub async fn no_such_method() -> Problem {
    let failure = Failure::new(FailureKind::Invalid, "this address does not take this method; see the API's description at /api/docs");
    Problem::of("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, failure)
}

pub async fn no_such_route() -> Problem {
    Failure::new(FailureKind::NotFound, "there is nothing at this address; see the API's list of addresses").into()
}
