//! Refusals as the reference's API words them: `{"errors": [{"type", "message", "field"}]}`; and bodies that can't be read.

use crate::api::by_name::ByName;
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
    errors: [Error<'a>; 1],
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
        let error = Error { r#type: self.kind(), message: &self.failure.message, field: self.failure.field.as_deref(), status: self.status.as_u16() };
        let mut response = (self.status, Json(Errors { errors: [error] })).into_response();
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

/// The words of the JSON reader, `invites[0].email: invalid type…`, with the place as the field.
fn wrong(words: &str) -> Refusal {
    let said = words.split_once("target type: ").map_or(words, |(_, said)| said);
    let said = said.split_once(" at line ").map_or(said, |(said, _)| said);
    let (place, said) = said.split_once(": ").filter(|(place, _)| !place.contains(' ')).unwrap_or(("", said));
    let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let parts: Vec<&str> = [Some(place), missing].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let failure = Failure::new(FailureKind::Invalid, said);
    Failure { field: Some(parts.join(".")).filter(|field| !field.is_empty()), ..failure }.into()
}

pub async fn no_such_route() -> Refusal {
    Failure::new(FailureKind::NotFound, "there is nothing at this address; see the API's list of addresses").into()
}

pub async fn no_such_method() -> Refusal {
    let failure = Failure::new(FailureKind::Invalid, "this address does not take this method; see the API's list of addresses");
    Refusal { status: StatusCode::METHOD_NOT_ALLOWED, failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_told_where_reading_stopped() {
        let field = |words: &str| wrong(words).failure.field;
        let head = "Failed to deserialize the JSON body into the target type: ";
        assert_eq!(field(&format!("{head}missing field `name` at line 1 column 2")).as_deref(), Some("name"));
        assert_eq!(field(&format!("{head}permissions[0]: missing field `roleId` at line 1 column 20")).as_deref(), Some("permissions[0].roleId"));
        assert_eq!(field(&format!("{head}emails[1]: invalid type: integer `4`, expected a string at line 1 column 9")).as_deref(), Some("emails[1]"));
        assert_eq!(field(&format!("{head}invalid type: sequence, expected struct X at line 1 column 9")), None);
    }
}
