//! Guards routes of an [axum](https://docs.rs/axum) application: who may not do it does not reach the handler.
//!
//! ```
//! use axum::{Extension, Router, http::request::Parts, routing::patch};
//! use rolecall_client::{Client, Decision, Subject, guard::Guard};
//!
//! // what your own authentication put there
//! #[derive(Clone)]
//! struct SignedIn {
//!     email: String,
//! }
//!
//! fn caller(parts: &Parts) -> Option<Subject> {
//!     parts.extensions.get::<SignedIn>().map(|signed_in| Subject::email(&signed_in.email))
//! }
//!
//! async fn edit(Extension(decision): Extension<Decision>) -> String {
//!     format!("edited: {}", decision.why)
//! }
//!
//! fn routes(client: Client) -> Router {
//!     let guard = Guard::new(client, caller);
//!     Router::new().route("/sources/{id}", patch(edit).route_layer(guard.requires("source:edit", "source:{id}")))
//! }
//! ```
//!
//! Nothing is let through that was not allowed: who is not known gets 401, who may not gets 403 with the reason (or 404, by
//! [`Guard::hiding`]), and 503 while nobody can decide. A caller or a thing that can't be one is denied, too. Each is
//! `application/problem+json` (RFC 9457).

mod layer;
mod refusal;

pub use layer::{Guarded, Requires};
pub use refusal::Refusal;

use crate::{
    client::Client,
    decision::Decision,
    error::{Error, ProblemKind},
    question::{Resource, Subject},
};
use axum::http::request::Parts;
use std::sync::Arc;

type Caller = dyn Fn(&Parts) -> Option<Subject> + Send + Sync;

/// Asks for each request whether its caller may.
#[derive(Clone)]
pub struct Guard {
    client: Client,
    caller: Arc<Caller>,
    hides: bool,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("client", &self.client).field("hides", &self.hides).finish_non_exhaustive()
    }
}

impl Guard {
    /// `caller` says who makes a request, by what the product's own authentication left there; `None` where nobody is signed in.
    #[must_use]
    pub fn new(client: Client, caller: impl Fn(&Parts) -> Option<Subject> + Send + Sync + 'static) -> Self {
        Self { client, caller: Arc::new(caller), hides: false }
    }

    /// The same, but who may not do it is told that there is nothing: where even its name is private.
    #[must_use]
    pub fn hiding(self) -> Self {
        Self { hides: true, ..self }
    }

    /// A layer for a route: `patch(edit).route_layer(guard.requires("source:edit", "source:{id}"))`.
    ///
    /// The resource is a text in which parameters of the path stand, or a closure over them: `|path: &PathValues| …`.
    pub fn requires<R: ResourceOf>(&self, action: impl Into<Arc<str>>, resource: R) -> Requires<R> {
        Requires::new(self.clone(), action.into(), resource)
    }

    /// The same in a handler, for what only it knows: `guard.check(&parts, "source:edit", Resource::one("source", body.source)).await?`
    /// in one that answers with a [`Refusal`].
    pub async fn check(&self, parts: &Parts, action: &str, resource: impl Into<Resource>) -> Result<Decision, Refusal> {
        self.decide(self.caller(parts), action, resource.into()).await
    }

    fn caller(&self, parts: &Parts) -> Option<Subject> {
        (self.caller)(parts)
    }

    async fn decide(&self, caller: Option<Subject>, action: &str, resource: Resource) -> Result<Decision, Refusal> {
        let subject = caller.ok_or(Refusal::Anonymous)?;
        if !is_exact(&resource) {
            tracing::debug!(%resource, "no id has blanks around it, and a request was refused");
            return Err(self.unknown());
        }
        match self.client.check(subject, action, resource).await {
            Ok(decision) if decision.allowed => Ok(decision),
            Ok(_) if self.hides => Err(Refusal::Hidden),
            Ok(decision) => Err(Refusal::Denied(Box::new(decision))),
            Err(error) if names_nothing(&error) => {
                tracing::debug!(%error, "what was asked about can't be, and a request was refused");
                Err(self.unknown())
            }
            Err(error) => Err(Refusal::Undecided(error)),
        }
    }

    const fn unknown(&self) -> Refusal {
        if self.hides { Refusal::Hidden } else { Refusal::Unknown }
    }
}

/// Whether the handler acts on just what is asked about: the server passes over blanks around an id, as people copy them along.
fn is_exact(resource: &Resource) -> bool {
    let text = resource.as_str();
    let id = text.split_once(':').map_or(text, |(_, id)| id);
    text.trim() == text && id.trim() == id
}

/// Whether the server says that there can't be such a subject or resource. Asking again would not help, and nothing is wrong with it or us.
fn names_nothing(error: &Error) -> bool {
    let is_named = |field: Option<&str>| matches!(field, Some("subject" | "resource"));
    error.problem().is_some_and(|problem| problem.kind == ProblemKind::Invalid && is_named(problem.field.as_deref()))
}

/// The parameters of a request's path, decoded.
#[derive(Clone, Debug)]
pub struct PathValues(Vec<(String, String)>);

impl PathValues {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Says which resource a request is about; `None` where the path doesn't say it, which lets nobody through.
pub trait ResourceOf: Clone + Send + Sync + 'static {
    fn resource(&self, path: &PathValues) -> Option<Resource>;
}

/// `source:{id}`: parameters of the path in braces. `source` alone is the type as a whole.
impl ResourceOf for &'static str {
    fn resource(&self, path: &PathValues) -> Option<Resource> {
        let mut parts = self.split('{');
        let mut text = parts.next()?.to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}')?;
            text.push_str(path.get(name)?);
            text.push_str(rest);
        }
        Some(Resource::from(text))
    }
}

impl<F> ResourceOf for F
where
    F: Fn(&PathValues) -> Option<Resource> + Clone + Send + Sync + 'static,
{
    fn resource(&self, path: &PathValues) -> Option<Resource> {
        self(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_where_they_are_named() {
        let path = PathValues(vec![("id".to_owned(), "web-site".to_owned()), ("kind".to_owned(), "source".to_owned())]);
        for (template, resource) in
            [("source:{id}", "source:web-site"), ("{kind}:{id}", "source:web-site"), ("source", "source"), ("source:eu-{id}-1", "source:eu-web-site-1")]
        {
            assert_eq!(template.resource(&path), Some(Resource::from(resource)));
        }
        for wrong in ["source:{name}", "source:{id"] {
            assert_eq!(wrong.resource(&path), None, "{wrong}");
        }
    }
}
