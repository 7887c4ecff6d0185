//! Refusals as the reference's API words them: `{"errors": [{"type", "message", "field"}]}`; and bodies that can't be read.

use crate::api::{by_name::ByName, reading};
use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    failure: Failure,
}

/// A refusal: what is wrong, and where.
#[derive(Serialize, ToSchema)]
pub struct Errors<'a> {
    /// All that is wrong: one where it is about no field, else one for each field that is known to be.
    errors: Vec<Error<'a>>,
}

#[derive(Serialize, ToSchema)]
struct Error<'a> {
    /// For programs: it stays the same while the words may change.
    r#type: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
    status: u16,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { status: StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), failure }
    }
}

impl Refusal {
    /// What was sent is no request that this API knows.
    pub fn malformed(message: impl std::fmt::Display) -> Self {
        Self { status: StatusCode::BAD_REQUEST, failure: Failure::new(FailureKind::Invalid, message) }
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// As it is told.
    pub fn body(&self) -> Errors<'_> {
        let error = |field, message| Error { r#type: self.kind(), message, field, status: self.status.as_u16() };
        let first = error(self.failure.field.as_deref(), self.failure.message.as_str());
        let also = self.failure.also.iter().map(|wrong| error(Some(wrong.field.as_str()), wrong.message.as_str()));
        Errors { errors: std::iter::once(first).chain(also).collect() }
    }

    const fn kind(&self) -> &'static str {
        match (self.status, self.failure.kind) {
            (StatusCode::BAD_REQUEST, _) => "bad-request",
            (StatusCode::METHOD_NOT_ALLOWED, _) => "method-not-allowed",
            (_, FailureKind::SignedOut | FailureKind::SsoRequired) => "unauthorized",
            (_, FailureKind::Forbidden) => "forbidden",
            (_, FailureKind::NotFound) => "not-found",
            (_, FailureKind::Invalid) => "validation",
            (_, FailureKind::Conflict) => "conflict",
            (_, FailureKind::Limited) => "rate-limit",
            (_, FailureKind::Internal) => "server",
            (_, FailureKind::Unavailable | FailureKind::Offline) => "unavailable",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
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

/// A JSON body; what can't be read is refused with the field where reading stopped.
pub struct Sent<T>(pub T);

impl<T, S> FromRequest<S> for Sent<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::<ByName<T>>::from_request(request, state).await {
            Ok(Json(ByName(body))) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(wrong(&error.body_text())),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Refusal::malformed("send JSON, with `Content-Type: application/json`")),
            Err(other) => Err(Refusal::malformed(other.body_text())),
        }
    }
}

/// What is said of a body that was read up to a place.
fn wrong(words: &str) -> Refusal {
    let (field, said) = reading::parts(words);
    Failure { field, ..Failure::new(FailureKind::Invalid, said) }.into()
}

pub async fn no_such_route() -> Refusal {
    Failure::new(FailureKind::NotFound, "there is nothing at this address; see the API's list of addresses").into()
}

pub async fn no_such_method() -> Refusal {
    let failure = Failure::new(FailureKind::Invalid, "this address does not take this method; see the API's list of addresses");
    Refusal { status: StatusCode::METHOD_NOT_ALLOWED, failure }
}
