//! Ids in addresses. What is no id leads nowhere: it is told as what isn't there, not as a mistake.

use super::dialect::{Dialect, Refused};
use axum::{
    extract::{FromRequestParts, Path},
    response::Response,
};
use domain::failure::{Failure, FailureKind};
use http::request::Parts;
use std::str::FromStr;

/// The one id of an address.
pub struct Id<T>(pub T);

impl<T, S> FromRequestParts<S> for Id<T>
where
    T: FromStr,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let found = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(text)| text.parse().ok());
        let unknown = || Failure::new(FailureKind::NotFound, "there is nothing with this id in the workspace; ids are those that the lists give");
        found.map(Self).ok_or_else(|| Refused(Dialect::of(parts.uri.path()), unknown()))
    }
}

/// Two texts of an address that name something together.
pub struct Pair(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for Pair {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let words = "this address can't be read as text; write what isn't ASCII as UTF-8, percent-encoded";
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((one, other))) => Ok(Self(one, other)),
            Err(_) => Err(Dialect::of(parts.uri.path()).malformed(words)),
        }
    }
}
