//! `Idempotency-Key`: a write that is sent again is answered again, and done once.

use super::{asking, dialect::Dialect, v1::Problem};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{
    failure::{Failure, FailureKind},
    once::{Once, OnceKey},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery};
use http_body_util::{BodyExt as _, LengthLimitError};
use service::{
    Services,
    access::WorkspaceToken,
    once::{self, Kept, Standing},
    secrets,
};
use std::{error::Error, iter::successors, time::Duration};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Stands in an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers that are an answer's own, and come again with it.
const OWN: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// How often it is looked whether an answer that is made this moment has been kept, and how long between: a second in all.
const LOOKS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(50);

/// Runs a request that writes, once if it has a key.
pub async fn run(services: &Services, dialect: Dialect, mut token: WorkspaceToken, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(&KEY) else { return asking::go(token, request, next).await };
    let key = match key.to_str().map_err(|_| String::new()).and_then(|text| OnceKey::parse(text).map_err(|error| error.to_string())) {
        Ok(key) => key,
        Err(words) => return dialect.malformed(if words.is_empty() { "the idempotency key is not ASCII" } else { &words }),
    };
    let (parts, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if is_too_long(&error) => {
            return dialect.too_long(&Failure::new(FailureKind::Invalid, "this is more than is taken at once; send less"));
        }
        Err(_) => return dialect.malformed("the body ended before all of it was here; send it again"),
    };
    let standing = match once::begin(services, &mut token, key, fingerprint(&parts.method, &parts.uri, &body)).await {
        Ok(Standing::New(once)) => {
            let response = asking::go(token, Request::from_parts(parts, Body::from(body)), next).await;
            if response.status().is_success() {
                return kept(services, &once, response).await;
            }
            // the same request, sent at the same moment, may have been first, and what it left may be what this one was refused for
            return match settled(services, &once).await {
                Ok(Some(standing)) => told(dialect, standing).unwrap_or(response),
                Ok(None) | Err(_) => response,
            };
        }
        Ok(Standing::Done { once, .. }) => settled(services, &once).await.and_then(|standing| standing.ok_or_else(Failure::internal)),
        other => other,
    };
    match standing {
        Ok(standing) => told(dialect, standing).unwrap_or_else(|| dialect.refuse(Failure::internal())),
        Err(failure) => dialect.refuse(failure),
    }
}

/// What is answered without doing it; nothing where it has not been done.
fn told(dialect: Dialect, standing: Standing) -> Option<Response> {
    match standing {
        Standing::New(_) => None,
        Standing::Answered(answer) => Some(again(answer)),
        Standing::Done { at, object, .. } => Some(Problem::done_already(at, object.as_ref()).into_response_in(dialect)),
        Standing::Another => Some(Problem::another_key().into_response_in(dialect)),
    }
}

/// How it stands with a request that somebody sent before, or at the same moment. Where its answer is being made it is waited for a little.
async fn settled(services: &Services, once: &Once) -> Result<Option<Standing>, Failure> {
    for _ in 0..LOOKS {
        match once::meanwhile(services, once).await? {
            Some(Standing::Done { .. }) => tokio::time::sleep(BETWEEN).await,
            other => return Ok(other),
        }
    }
    once::meanwhile(services, once).await
}

fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    successors(Some(error), |&error| error.source()).any(<dyn Error>::is::<LengthLimitError>)
}

/// Method, address and body, told apart from each other. The host may be named in the address or beside it, and is no part of it.
fn fingerprint(method: &Method, uri: &Uri, body: &Bytes) -> [u8; 32] {
    let address = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    secrets::hash_all(&[method.as_str().as_bytes(), address.as_bytes(), body])
}

/// Keeps a good answer; a refusal did nothing, and may turn out otherwise the next time.
async fn kept(services: &Services, once: &Once, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Dialect::Ours.refuse(Failure::internal()) };
    let text = |name: &HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
    let answer = Kept { status: parts.status.as_u16(), headers: OWN.iter().filter_map(text).collect(), body: String::from_utf8_lossy(&body).into_owned() };
    if let Err(error) = once::keep(services, once, &answer).await {
        // done it is: whoever asks again is told so
        tracing::warn!(%error, "an answer could not be kept for whoever asks again");
    }
    Response::from_parts(parts, Body::from(body))
}

fn again(answer: Kept) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

impl Problem {
    /// In the words of whoever is asked.
    fn into_response_in(self, dialect: Dialect) -> Response {
        match dialect {
            Dialect::Ours => self.into_response(),
            Dialect::Reference => dialect.refuse(self.failure()),
        }
    }

    /// The server ended before the answer was made, or makes it this moment.
    fn done_already(at: domain::time::Timestamp, object: Option<&domain::audit::Object>) -> Self {
        let what = object.map(|object| format!(", to the {} `{}`", object.kind, object.id)).unwrap_or_default();
        let message = format!("this was done at {at}{what}, and its answer is not at hand; look at what you changed, it is as you asked");
        Self::of("already-done", StatusCode::CONFLICT, Failure::new(FailureKind::Conflict, message))
    }

    fn another_key() -> Self {
        let message = "this idempotency key was used for another request within a day; take a new key for each write";
        Self::of(
            "idempotency-mismatch",
            StatusCode::UNPROCESSABLE_ENTITY,
            Failure { field: Some("Idempotency-Key".to_owned()), ..Failure::new(FailureKind::Invalid, message) },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_the_same_by_whichever_host_it_came() {
        let of = |uri: &'static str, body: &'static str| fingerprint(&Method::POST, &Uri::from_static(uri), &Bytes::from_static(body.as_bytes()));
        assert_eq!(of("/api/groups?x=1", "{}"), of("http://rolecall.test/api/groups?x=1", "{}"));
        for (uri, body) in [("/api/groups?x=2", "{}"), ("/api/labels?x=1", "{}"), ("/api/groups?x=1", "")] {
            assert_ne!(of("/api/groups?x=1", "{}"), of(uri, body), "{uri} {body}");
        }
    }
}
