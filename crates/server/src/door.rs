//! The door of the one question that products ask thousands of times a second: `POST /api/v1/check` is answered before the router wherever all
//! that this takes is in memory.
//!
//! The router and the layers before it take ten times as long for a request as the decision does. Here the same is done in a straight line, for
//! requests that have nothing unusual about them and for answers that are good. Everything else goes on to the router, which answers this
//! question too: refusals, tokens whose use is to be noted, policies that have to be asked after, whatever a browser sends.

use crate::{
    api::{self, AnsweredNow, LastSecret},
    headers::{self, Reader},
    metrics::Answered,
    origin,
};
use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    response::Response,
};
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use service::Services;
use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
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
pub struct Door(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    services: Services,
    router: Router,
    /// Of every answer, those of the question itself among them with something in their place: no answer's map has to grow.
    headers: HeaderMap,
    answered: Answered,
}

impl Door {
    /// Stands before this router, which answers all that is not answered here.
    #[must_use]
    pub fn new(services: &Services, router: Router, answered: Answered) -> Self {
        let mut prepared = HeaderMap::new();
        prepared.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers::secure(&mut prepared, Reader::Program, services.is_https());
        api::tell_usage(services.limits.unused_questions(), &mut prepared);
        origin::tell(Some(HeaderValue::from_static("")), Reader::Program, &mut prepared);
        Self(Arc::new(Inside { services: services.clone(), router, headers: prepared, answered }))
    }

    /// Whoever comes from this address.
    #[must_use]
    pub fn visitor(&self, from: SocketAddr) -> Visitor {
        Visitor(Arc::new(Connection { door: self.0.clone(), from, last: LastSecret::default() }))
    }
}

/// One connection. What all share is counted once for it, not with every request: many threads would count at one place.
#[derive(Clone, Debug)]
pub struct Visitor(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    door: Arc<Inside>,
    from: SocketAddr,
    last: LastSecret,
}

impl<B> Service<Request<B>> for Visitor
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<B>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering<B> {
        if is_usual(&request) {
            return Answering(State::Reading { connection: self.0.clone(), request, said: Said::default(), begun: Instant::now() });
        }
        Answering(State::Elsewhere(self.0.elsewhere(request.map(Body::new))))
    }
}

/// The answer to a request.
pub struct Answering<B>(State<B>);

#[allow(clippy::large_enum_variant, reason = "the large one is what nearly every question is, and to put it elsewhere would take longer")]
enum State<B> {
    /// The question is read, to be answered here if that can be.
    Reading {
        connection: Arc<Connection>,
        request: Request<B>,
        said: Said,
        begun: Instant,
    },
    Elsewhere(BoxFuture<'static, Result<Response, Infallible>>),
    Answered,
}

impl<B> Future for Answering<B>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let state = &mut self.0;
        match state {
            State::Reading { request, said, .. } => ready!(said.read(request.body_mut(), context)),
            State::Elsewhere(answer) => return answer.as_mut().poll(context),
            State::Answered => return Poll::Pending,
        }
        let State::Reading { connection, request, said, begun } = std::mem::replace(state, State::Answered) else { return Poll::Pending };
        let body = said.into_bytes();
        // what makes this panic makes the router panic too, which knows what to do then
        let answer = catch_unwind(AssertUnwindSafe(|| connection.answer(request.headers(), &body, begun))).ok().flatten();
        if let Some(response) = answer {
            // what it says is looked for only where it is written
            tracing::debug!(
                id = origin::told(response.headers()),
                method = "POST",
                route = ROUTE,
                status = 200,
                ms = begun.elapsed().as_secs_f64() * 1_000.0,
                "answered"
            );
            return Poll::Ready(Ok(response));
        }
        let mut answer = connection.elsewhere(request.map(|_| Body::from(body)));
        let first = answer.as_mut().poll(context);
        *state = State::Elsewhere(answer);
        first
    }
}

/// What was read of a body so far: mostly it comes in one piece.
#[derive(Debug, Default)]
struct Said {
    first: Bytes,
    more: Vec<u8>,
}

impl Said {
    /// Ready when all of it is there. Whoever hangs up in the middle of it hears no answer, and has said nothing.
    fn read<B>(&mut self, body: &mut B, context: &mut Context<'_>) -> Poll<()>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        while !body.is_end_stream() {
            match ready!(Pin::new(&mut *body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.hear(data);
                    }
                }
                Some(Err(_)) => {
                    *self = Self::default();
                    break;
                }
                None => break,
            }
        }
        Poll::Ready(())
    }

    fn hear(&mut self, data: Bytes) {
        if self.first.is_empty() {
            self.first = data;
            return;
        }
        if self.more.is_empty() {
            self.more.extend_from_slice(&self.first);
        }
        self.more.extend_from_slice(&data);
    }

    fn into_bytes(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.into() }
    }
}

/// Whether this is the question, with nothing about it that another should look at.
fn is_usual<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let length = || headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse::<usize>().ok();
    request.method() == Method::POST
        && request.uri().path() == ROUTE
        && length().is_some_and(|length| length <= MOST_BYTES)
        && api::is_json(headers)
        && !headers.keys().any(|name| UNUSUAL.contains(name))
}

impl Connection {
    fn elsewhere(&self, mut request: Request<Body>) -> BoxFuture<'static, Result<Response, Infallible>> {
        request.extensions_mut().insert(ConnectInfo(self.from));
        Box::pin(self.door.router.clone().call(request))
    }

    fn answer(&self, headers: &HeaderMap, body: &[u8], begun: Instant) -> Option<Response> {
        let Inside { services, headers: prepared, answered, .. } = &*self.door;
        let AnsweredNow { answer, token, took, count } = api::check_now(services, &self.last, headers, body, begun)?;
        let usage = services.limits.question(token);
        if usage.is_some_and(|usage| usage.wait.is_some()) {
            return None;
        }
        // what is left to do takes no time that would be told
        services.meters.decided(took, count);
        answered.count(took);
        let id = HeaderValue::try_from(origin::id(headers)).ok();
        let mut response = Response::new(Body::from(answer));
        *response.headers_mut() = prepared.clone();
        api::tell_usage(usage, response.headers_mut());
        origin::tell(id, Reader::Program, response.headers_mut());
        Some(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_put_together() {
        let said = |pieces: &[&'static str]| {
            let mut said = Said::default();
            pieces.iter().for_each(|piece| said.hear(Bytes::from_static(piece.as_bytes())));
            String::from_utf8(said.into_bytes().to_vec()).unwrap()
        };
        assert_eq!([said(&[]), said(&["all"]), said(&["", "one", "", "two", "three"])], ["", "all", "onetwothree"]);
    }
}
