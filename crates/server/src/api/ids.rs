//! Ids in addresses. What is no id leads nowhere: it is told as what isn't there, not as a mistake.

use super::dialect::{Dialect, Refused};
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
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let found = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(text)| text.parse().ok());
        let unknown = || Failure::new(FailureKind::NotFound, "there is nothing with this id in the workspace; ids are those that the lists give");
        found.map(Self).ok_or_else(|| Refused(Dialect::of(parts.uri.path()), unknown()))
    }
}
