//! The layer before a handler.

use super::{Guard, PathValues, Refusal, ResourceOf};
use crate::decision::Decision;
use axum::{
    extract::{FromRequestParts as _, RawPathParams, Request},
    http::request::Parts,
    response::{IntoResponse as _, Response},
};
use futures::future::BoxFuture;
use std::{
    sync::Arc,
    task::{Context, Poll},
};
use tower_layer::Layer;
use tower_service::Service;

/// Lets those requests through whose caller may do this: [`Guard::requires`]. The handler finds the [`Decision`] in the request's
/// extensions.
#[derive(Clone, Debug)]
#[must_use]
pub struct Requires<R> {
    guard: Guard,
    action: Arc<str>,
    resource: R,
}

impl<R: ResourceOf> Requires<R> {
    pub(super) const fn new(guard: Guard, action: Arc<str>, resource: R) -> Self {
        Self { guard, action, resource }
    }

    async fn decide(&self, parts: &mut Parts) -> Result<Decision, Refusal> {
        let values = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Refusal::Misplaced)?;
        let values = PathValues(values.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        let caller = self.guard.caller(parts);
        let resource = self.resource.resource(&values).ok_or(Refusal::Misplaced)?;
        self.guard.decide(caller, &self.action, resource).await
    }
}

impl<S, R: ResourceOf> Layer<S> for Requires<R> {
    type Service = Guarded<S, R>;

    fn layer(&self, next: S) -> Self::Service {
        Guarded { next, rule: self.clone() }
    }
}

/// A handler behind its guard.
#[derive(Clone, Debug)]
pub struct Guarded<S, R> {
    next: S,
    rule: Requires<R>,
}

impl<S, R> Service<Request> for Guarded<S, R>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    R: ResourceOf,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.next.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // the one that is ready is called; the other will be asked whether it is
        let other = self.next.clone();
        let mut next = std::mem::replace(&mut self.next, other);
        let rule = self.rule.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match rule.decide(&mut parts).await {
                Ok(decision) => {
                    parts.extensions.insert(decision);
                    next.call(Request::from_parts(parts, body)).await
                }
                Err(refusal) => Ok(refusal.into_response()),
            }
        })
    }
}
