//! Who asks, by `Authorization: Bearer rc_ws_…` (RFC 6750). Cookies count for nothing here.

use domain::failure::{Failure, FailureKind};
use http::{header, request::Parts};
use service::{Services, access::WorkspaceToken, actor::Meta};

/// The proof that a token made the request.
pub async fn token(services: &Services, parts: &Parts) -> Result<WorkspaceToken, Failure> {
    let secret = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(secret);
    let secret = secret.ok_or_else(|| Failure::new(FailureKind::SignedOut, "send a token as `Authorization: Bearer rc_ws_…`"))?;
    let meta = parts.extensions.get::<Meta>().cloned().unwrap_or_default();
    services.token(secret, &meta).await
}

/// The scheme's name is not case-sensitive (RFC 9110).
fn secret(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
