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
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use service::{
    Services,
    access::WorkspaceToken,
    once::{self, Kept, Standing},
    secrets,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers that are an answer's own, and come again with it.
const OWN: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// Runs the request, once if it has a key and writes.
pub async fn run(services: &Services, dialect: Dialect, mut token: WorkspaceToken, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(&KEY).filter(|_| asking::writes(request.method())) else { return asking::go(token, request, next).await };
    let key = match key.to_str().map_err(|_| String::new()).and_then(|text| OnceKey::parse(text).map_err(|error| error.to_string())) {
        Ok(key) => key,
        Err(words) => return dialect.malformed(if words.is_empty() { "the idempotency key is not ASCII" } else { &words }),
    };
    let (parts, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return dialect.malformed("the body ended before all of it was here, or is too long; send it again"),
    };
    let standing = once::begin(services, &mut token, key, fingerprint(&parts.method, &parts.uri.to_string(), &body)).await;
    match standing {
        Ok(Standing::New(once)) => {
            let response = asking::go(token, Request::from_parts(parts, Body::from(body)), next).await;
            kept(services, &once, response).await
        }
        Ok(Standing::Answered(answer)) => again(answer),
        Ok(Standing::Done { at, object }) => Problem::done_already(at, object.as_ref()).into_response_in(dialect),
        Ok(Standing::Another) => Problem::another_key().into_response_in(dialect),
        Err(failure) => dialect.refuse(failure),
    }
}

/// Method, address and body, told apart from each other.
fn fingerprint(method: &Method, uri: &str, body: &Bytes) -> [u8; 32] {
    secrets::hash_all(&[method.as_str().as_bytes(), uri.as_bytes(), body])
}

/// Keeps a good answer; a refusal did nothing, and may turn out otherwise the next time.
async fn kept(services: &Services, once: &Once, response: Response) -> Response {
    if !response.status().is_success() {
        return response;
    }
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
