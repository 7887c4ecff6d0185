//! The door of the one question that products ask thousands of times a second: `POST /api/v1/check` is answered before the router wherever all
//! that this takes is in memory.
//!
//! The router and the layers before it take ten times as long for a request as the decision does. Here the same is done in a straight line, for
//! requests that have nothing unusual about them and for answers that are good. Everything else goes on to the router, which answers this
//! question too: refusals, tokens whose use is to be noted, policies that have to be asked after, whatever a browser sends.

use crate::{
    api::{self, AnsweredNow},
    headers::{self, Reader},
    metrics::Answered,
    origin,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
    response::Response,
    routing::future::RouteFuture,
};
use futures::future::{BoxFuture, Either};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use http_body_util::{BodyExt as _, Collected};
use service::Services;
use std::{
    convert::Infallible,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};
use tower::Service;

/// What is answered here.
pub const ROUTE: &str = "/api/v1/check";

/// A question is a few names long.
const MOST_BYTES: usize = 4 * 1024;

/// What programs don't send, and what has to be looked at where it is sent.
const UNUSUAL: [HeaderName; 5] = [header::COOKIE, header::ORIGIN, header::EXPECT, header::CONTENT_ENCODING, HeaderName::from_static("sec-fetch-site")];

/// Makes a visitor of each connection.
#[derive(Clone, Debug)]
pub struct Door {
    inside: Arc<Inside>,
    router: Router,
}

#[derive(Debug)]
struct Inside {
    services: Services,
    /// Of every answer; those of the question itself come besides.
    headers: HeaderMap,
    answered: Answered,
}

impl Door {
    /// Stands before this router, which answers all that is not answered here.
    #[must_use]
    pub fn new(services: &Services, router: Router, answered: Answered) -> Self {
        let mut fixed = HeaderMap::new();
        fixed.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers::secure(&mut fixed, Reader::Program, services.is_https());
        Self { inside: Arc::new(Inside { services: services.clone(), headers: fixed, answered }), router }
    }

    /// Whoever comes from this address.
    #[must_use]
    pub fn visitor(&self, from: SocketAddr) -> Visitor {
        Visitor { door: self.clone(), from }
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Visitor {
    door: Door,
    from: SocketAddr,
}

impl Service<Request> for Visitor {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<BoxFuture<'static, Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if is_usual(&request) { Either::Left(Box::pin(self.clone().asked(request))) } else { Either::Right(self.go_on(request)) }
    }
}

impl Visitor {
    fn go_on(&mut self, mut request: Request) -> RouteFuture<Infallible> {
        request.extensions_mut().insert(ConnectInfo(self.from));
        self.door.router.call(request)
    }

    async fn asked(mut self, request: Request) -> Result<Response, Infallible> {
        let begun = Instant::now();
        let (parts, body) = request.into_parts();
        // whoever hangs up in the middle of it hears no answer
        let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        let inside = &self.door.inside;
        // what makes this panic makes the router panic too, which knows what to do then
        let answer = catch_unwind(AssertUnwindSafe(|| inside.answer(&parts, &body, begun))).ok().flatten();
        match answer {
            Some(response) => {
                tracing::debug!(method = "POST", route = ROUTE, status = 200, ms = begun.elapsed().as_secs_f64() * 1_000.0, "answered");
                Ok(response)
            }
            None => self.go_on(Request::from_parts(parts, Body::from(body))).await,
        }
    }
}

/// Whether this is the question, with nothing about it that another should look at.
fn is_usual(request: &Request) -> bool {
    let headers = request.headers();
    let length = || headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse::<usize>().ok();
    request.method() == Method::POST
        && request.uri().path() == ROUTE
        && length().is_some_and(|length| length <= MOST_BYTES)
        && api::is_json(headers)
        && !headers.keys().any(|name| UNUSUAL.contains(name))
}

impl Inside {
    fn answer(&self, parts: &Parts, body: &Bytes, begun: Instant) -> Option<Response> {
        let AnsweredNow { answer, token, took } = api::check_now(&self.services, &parts.headers, body, begun)?;
        let usage = self.services.limits.question(token);
        if usage.is_some_and(|usage| usage.wait.is_some()) {
            return None;
        }
        // what is left to do takes no time that would be told
        self.answered.count(took);
        let id = HeaderValue::try_from(origin::id(&parts.headers)).ok();
        let mut response = Response::new(Body::from(answer));
        *response.headers_mut() = self.headers.clone();
        api::tell_usage(usage, response.headers_mut());
        origin::tell(id, Reader::Program, response.headers_mut());
        Some(response)
    }
}
