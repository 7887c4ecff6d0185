//! What every call passes: whose token it is, how often that may call, and the media type and headers of the answer.

use super::{
    bearer,
    dialect::{Dialect, Refused},
    once,
    undisturbed::to_its_end,
};
use axum::{
    body::Bytes,
    extract::{FromRef, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use service::{
    Services,
    access::{AskingToken, ReadingOwner, RememberedToken, WorkspaceOwner, WorkspaceToken},
    limits::Usage,
    live::versions::VersionOf,
};
use std::{fmt::Write as _, sync::Arc};

/// Media types by which the reference's clients ask for what is JSON.
const VERSIONED: [&str; 3] = ["application/vnd.segment.v1+json", "application/vnd.segment.v1beta+json", "application/vnd.segment.v1alpha+json"];

/// What answers tell of the token's calls: how many it has made, how many it may still make, and in how many seconds as many as ever.
pub const USAGE: [HeaderName; 3] =
    [HeaderName::from_static("x-ratelimit-consumed"), HeaderName::from_static("x-ratelimit-remaining"), HeaderName::from_static("x-ratelimit-reset")];

/// What answers to writes tell: whoever passes it as `at_least` reads what they have written.
pub const POLICY_VERSION: HeaderName = HeaderName::from_static("policy-version");

/// For three numbers.
const ROOM: usize = 30;

/// Lets a call through to its route with the proof that its token gives; one that reads, with what is remembered of the token, which its route confirms.
pub async fn pass(State(services): State<Services>, request: Request, next: Next) -> Response {
    let dialect = Dialect::of(request.uri().path());
    let (mut parts, body) = request.into_parts();
    if !writes(&parts.method)
        && let Some(remembered) = bearer::remembered(&services, &parts)
    {
        let usage = services.limits.call(remembered.token());
        if let Some(refusal) = one_too_many(dialect, usage) {
            return refusal;
        }
        parts.extensions.insert(Arc::new(remembered));
        return counted(usage, next.run(Request::from_parts(parts, body)).await);
    }
    let token = match bearer::token(&services, &parts).await {
        Ok(token) => token,
        Err(failure) => return dialect.refuse(failure),
    };
    let usage = services.limits.call(token.token());
    if let Some(refusal) = one_too_many(dialect, usage) {
        return refusal;
    }
    let version = writes(&parts.method).then(|| VersionOf::workspace_of(&token));
    let request = Request::from_parts(parts, body);
    let mut response = if version.is_some() {
        let own = services.clone();
        to_its_end(&services, dialect, async move { once::run(&own, dialect, token, request, next).await }).await
    } else {
        go(token, request, next).await
    };
    if let Some(version) = version.filter(|_| response.status().is_success())
        && let Some(version) = version.now(&services).await
    {
        response.headers_mut().insert(POLICY_VERSION, HeaderValue::from(version));
    }
    counted(usage, response)
}

/// Lets a question about access through, which writes nothing and needs no more than who asks.
pub async fn ask(State(services): State<Services>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let token = match bearer::asking(&services, &parts).await {
        Ok(token) => token,
        Err(failure) => return Dialect::Ours.refuse(failure),
    };
    let usage = services.limits.question(token.token());
    if let Some(refusal) = one_too_many(Dialect::Ours, usage) {
        return refusal;
    }
    parts.extensions.insert(Arc::new(token));
    counted(usage, next.run(Request::from_parts(parts, body)).await)
}

/// Whether a request of this method may change something.
pub fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Hands the proof to the route.
pub async fn go(token: WorkspaceToken, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::new(token));
    next.run(request).await
}

fn one_too_many(dialect: Dialect, usage: Option<Usage>) -> Option<Response> {
    let Usage { most, wait, .. } = usage?;
    let wait = wait?;
    let message = format!("this token has called too often; wait {wait} s, or call less than {most} times a minute");
    Some(counted(usage, dialect.refuse(Failure::new(FailureKind::Limited, message))))
}

fn counted(usage: Option<Usage>, mut response: Response) -> Response {
    tell_usage(usage, response.headers_mut());
    response
}

/// Tells how much the token may still call, where that is counted. How much it may in all is the sum of what it has and what is left.
pub fn tell_usage(usage: Option<Usage>, headers: &mut HeaderMap) {
    let Some(Usage { most, left, whole_in, wait }) = usage else { return };
    // the numbers lie in one piece of memory: each by itself would take two
    let mut text = String::with_capacity(ROOM);
    let mut end_of = |number: u32| {
        let _ = write!(text, "{number}");
        text.len()
    };
    let ends = [end_of(most.saturating_sub(left)), end_of(left), end_of(whole_in)];
    let (text, mut start) = (Bytes::from(text), 0);
    for (name, end) in USAGE.into_iter().zip(ends) {
        if let Ok(value) = HeaderValue::from_maybe_shared(text.slice(start..end)) {
            headers.insert(name, value);
        }
        start = end;
    }
    if let Some(wait) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}

/// Gives every answer, refusals too, the media type that was asked for.
pub async fn dress(request: Request, next: Next) -> Response {
    let versioned = Some(request.headers()).filter(|_| Dialect::of(request.uri().path()) == Dialect::Reference).and_then(versioned);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if let Some(versioned) = versioned.filter(|_| is_json) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(versioned));
    }
    response
}

/// The first of ours that is accepted; plain JSON where that is named, or nothing is.
fn versioned(headers: &HeaderMap) -> Option<&'static str> {
    let accepted = headers.get(header::ACCEPT)?.to_str().ok()?;
    let mut named = accepted.split(',').filter_map(|part| part.split(';').next()).map(str::trim);
    named.clone().all(|kind| kind != "application/json").then_some(())?;
    named.find_map(|kind| VERSIONED.into_iter().find(|versioned| *versioned == kind))
}

/// A revision that the address looks at is taken out of the request before its proof is. One that nobody looks at is refused, so that
/// whoever sent it does not believe that it guarded anything.
fn unheeded(parts: &Parts) -> Option<Response> {
    let is_there = writes(&parts.method) && parts.headers.contains_key(header::IF_MATCH);
    let words = "this address holds no revision against what it changes: `If-Match` would guard nothing here; leave the header out";
    is_there.then(|| Dialect::of(parts.uri.path()).malformed(words))
}

/// The proof that some token of the workspace calls.
pub struct Token(pub WorkspaceToken);

/// The proof that some token asks about access.
pub struct Asker(pub AskingToken);

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let token = parts.extensions.remove::<Arc<AskingToken>>().and_then(Arc::into_inner);
        token.map(Self).ok_or_else(|| Refused(Dialect::Ours, Failure::internal()))
    }
}

/// The proof that a token with owner access calls.
pub struct Owner(pub WorkspaceOwner);

/// A token with owner access, of which only what is read says whether it works still.
pub struct Reader(pub ReadingOwner);

/// Each call has one, and its route takes it.
fn taken<T: Send + Sync + 'static>(parts: &mut Parts) -> Option<T> {
    parts.extensions.remove::<Arc<T>>().and_then(Arc::into_inner)
}

async fn proof(parts: &mut Parts, services: &Services) -> Result<WorkspaceToken, Failure> {
    match taken::<RememberedToken>(parts) {
        Some(remembered) => remembered.confirmed(services).await,
        None => taken(parts).ok_or_else(Failure::internal),
    }
}

impl<S> FromRequestParts<S> for Token
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        if let Some(refusal) = unheeded(parts) {
            return Err(refusal);
        }
        let token = proof(parts, &Services::from_ref(state)).await;
        token.map(Self).map_err(|failure| Dialect::of(parts.uri.path()).refuse(failure))
    }
}

impl<S> FromRequestParts<S> for Owner
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let services = Services::from_ref(state);
        let owner = proof(parts, &services).await.and_then(|token| services.owner_by_token(token));
        let owner = owner.map_err(|failure| Dialect::of(parts.uri.path()).refuse(failure))?;
        // only now: who may not call learns nothing but that
        match unheeded(parts) {
            Some(refusal) => Err(refusal),
            None => Ok(Self(owner)),
        }
    }
}

impl<S> FromRequestParts<S> for Reader
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match taken::<RememberedToken>(parts) {
            Some(remembered) => Ok(Self(remembered.into())),
            None => Owner::from_request_parts(parts, state).await.map(|Owner(owner)| Self(owner.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_answered_to_whom_asks_for_one() {
        let answered = |accept: &'static str| versioned(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]));
        assert_eq!(answered("application/vnd.segment.v1+json"), Some(VERSIONED[0]));
        assert_eq!(answered("application/vnd.segment.v1alpha+json;q=1, */*"), Some(VERSIONED[2]));
        assert_eq!(answered("application/json, application/vnd.segment.v1+json"), None);
        assert_eq!(answered("*/*"), None);
        assert_eq!(versioned(&HeaderMap::new()), None);
    }
}
