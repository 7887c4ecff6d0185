//! Who asks, by `Authorization: Bearer rc_ws_…` (RFC 6750). Cookies count for nothing here.

use domain::failure::{Failure, FailureKind};
use http::{HeaderMap, header, request::Parts};
use service::{
    Services,
    access::{AskingToken, RememberedToken, ShownSecret, WorkspaceToken},
    actor::Meta,
};
use std::{
    borrow::Cow,
    fmt,
    sync::{Mutex, PoisonError},
};

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

/// What was last shown on a connection: a program shows the same with each request. What it opens is looked up each time.
#[derive(Default)]
pub struct LastSecret(Mutex<Option<(Box<[u8]>, ShownSecret)>>);

impl LastSecret {
    pub fn shown(&self, headers: &HeaderMap) -> Option<ShownSecret> {
        let header = headers.get(header::AUTHORIZATION)?.as_bytes();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, shown)) = &*last
            && is_same(known, header)
        {
            return Some(*shown);
        }
        let shown = ShownSecret::of(secret_of(headers)?)?;
        *last = Some((header.into(), shown));
        Some(shown)
    }
}

/// Never says the secret.
impl fmt::Debug for LastSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastSecret")
    }
}

/// To the end, wherever they differ: a proxy brings requests of many by one connection, and how long it takes must not tell one of another's.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

/// The secret that a request shows.
fn secret_of(headers: &HeaderMap) -> Option<&str> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn whoever_comes_by_a_connection_is_known_by_what_they_show() {
        let last = LastSecret::default();
        let shown = |value: &str| last.shown(&HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())]));
        let [one, other] = ["1", "2"].map(|end| format!("rc_ws_{}{end}", "0".repeat(48)));
        for _ in 0..2 {
            for secret in [&one, &one, &other] {
                assert_eq!(shown(&format!("Bearer {secret}")), ShownSecret::of(secret));
            }
            // what is no token is not taken for the last one
            for wrong in [format!("Bearer {one}1"), format!("Basic {other}"), "Bearer".to_owned(), String::new()] {
                assert_eq!(shown(&wrong), None, "{wrong}");
            }
            assert_eq!(last.shown(&HeaderMap::new()), None);
        }
        assert!(ShownSecret::of(&one).is_some() && ShownSecret::of(&one) != ShownSecret::of(&other));
        assert_eq!(format!("{last:?}"), "LastSecret");
    }
}
