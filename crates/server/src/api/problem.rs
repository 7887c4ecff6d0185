//! Refusals as `application/problem+json` (RFC 9457), and bodies that can't be read.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

/// A refusal on its way to a program.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    failure: Failure,
}

#[derive(Serialize)]
struct Body<'a> {
    /// What kind of refusal, for programs: it stays the same while the words may change.
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { status: StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), failure }
    }
}

impl Problem {
    pub fn failure(self) -> Failure {
        self.failure
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = match self.failure.kind {
            FailureKind::SignedOut => "unauthorized",
            FailureKind::Forbidden => "forbidden",
            FailureKind::NotFound => "not-found",
            FailureKind::Invalid => "invalid",
            FailureKind::Conflict => "conflict",
            FailureKind::Limited => "limited",
            FailureKind::Internal => "internal",
            FailureKind::Unavailable | FailureKind::Offline => "unavailable",
        };
        let body = Body {
            r#type: format!("urn:rolecall:problem:{kind}"),
            title: self.status.canonical_reason().unwrap_or("Refused"),
            status: self.status.as_u16(),
            detail: &self.failure.message,
            field: self.failure.field.as_deref(),
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
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
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(unread(&rejection)),
        }
    }
}

fn unread(rejection: &JsonRejection) -> Problem {
    let words = match rejection {
        JsonRejection::MissingJsonContentType(_) => "send JSON, with `Content-Type: application/json`".to_owned(),
        other => other.body_text(),
    };
    Problem { status: rejection.status(), failure: Failure::new(FailureKind::Invalid, words) }
}

pub async fn no_such_route() -> Problem {
    Failure::new(FailureKind::NotFound, "there is nothing at this address; see the API's list of addresses").into()
}
