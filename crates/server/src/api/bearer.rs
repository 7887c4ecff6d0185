//! Who asks, by `Authorization: Bearer rc_ws_…` (RFC 6750). Cookies count for nothing here.

use domain::failure::{Failure, FailureKind};
use http::{HeaderMap, header, request::Parts};
use service::{
    Services,
    access::{AskingToken, RememberedToken, WorkspaceToken},
    actor::Meta,
};
use std::borrow::Cow;

/// The proof that a token made the request.
pub async fn token(services: &Services, parts: &Parts) -> Result<WorkspaceToken, Failure> {
    let (secret, meta) = said(parts)?;
    services.token(secret, &meta).await
}

/// What is remembered of the token that made the request, good for reading.
pub fn remembered(services: &Services, parts: &Parts) -> Option<RememberedToken> {
    let (secret, meta) = said(parts).ok()?;
    services.remembered_token(secret, &meta)
}

/// The proof that a token asks about access.
pub async fn asking(services: &Services, parts: &Parts) -> Result<AskingToken, Failure> {
    let (secret, meta) = said(parts)?;
    services.asking_token(secret, &meta).await
}

/// The secret that a request shows.
pub fn secret_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(secret)
}

fn said(parts: &Parts) -> Result<(&str, Cow<'_, Meta>), Failure> {
    let secret = secret_of(&parts.headers).ok_or_else(|| Failure::new(FailureKind::SignedOut, "send a token as `Authorization: Bearer rc_ws_…`"))?;
    Ok((secret, parts.extensions.get::<Meta>().map_or_else(Cow::default, Cow::Borrowed)))
}

/// The scheme's name is not case-sensitive (RFC 9110).
fn secret(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
