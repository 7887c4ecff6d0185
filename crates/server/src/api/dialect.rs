//! How a family of addresses words its refusals.

use super::{public::Refusal, v1::Problem};
use axum::response::{IntoResponse, Response};
use domain::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The reference's, under `/api`.
    Reference,
    /// Ours, under `/api/v1`.
    Ours,
}

/// A refusal by what all addresses share.
pub struct Refused(pub Dialect, pub Failure);

impl Dialect {
    /// Of a path under `/api`.
    pub fn of(path: &str) -> Self {
        let rest = path.strip_prefix("/api/v1").unwrap_or("-");
        if rest.is_empty() || rest.starts_with('/') { Self::Ours } else { Self::Reference }
    }

    pub fn refuse(self, failure: Failure) -> Response {
        Refused(self, failure).into_response()
    }

    /// A request that can't be read for what it is.
    pub fn malformed(self, message: &str) -> Response {
        match self {
            Self::Reference => Refusal::malformed(message).into_response(),
            Self::Ours => Problem::malformed(message).into_response(),
        }
    }

    /// More was sent than is taken at once.
    pub fn too_long(self, failure: &Failure) -> Response {
        match self {
            Self::Reference => Refusal::malformed(&failure.message).into_response(),
            Self::Ours => Problem::too_long(failure).into_response(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Dialect::Reference => Refusal::from(self.1).into_response(),
            Dialect::Ours => Problem::from(self.1).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_what_lies_below_v1() {
        for path in ["/api/v1", "/api/v1/", "/api/v1/check"] {
            assert_eq!(Dialect::of(path), Dialect::Ours, "{path}");
        }
        for path in ["/api", "/api/", "/api/users", "/api/v1x", "/api/v2/check"] {
            assert_eq!(Dialect::of(path), Dialect::Reference, "{path}");
        }
    }
}
