//! Ids in addresses. What is no id leads nowhere: it is told as what isn't there, not as a mistake.

use super::refusal::Refusal;
use axum::extract::{FromRequestParts, Path};
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
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let found = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(text)| text.parse().ok());
        let unknown = || Failure::new(FailureKind::NotFound, "there is nothing with this id in the workspace; ids are those that the lists give");
        Ok(Self(found.ok_or_else(unknown)?))
    }
}
