//! What the console asks the server: one file per noun, each function about ten lines that read a proof, call one service function and answer.

pub mod accounts;
pub mod audit;
pub mod bulk;
#[cfg(feature = "ssr")]
pub mod context;
pub mod groups;
pub mod import;
pub mod invites;
pub mod labels;
pub mod map;
pub mod members;
pub mod palette;
pub mod requests;
pub mod resources;
pub mod reviews;
pub mod roles;
pub mod settings;
pub mod sso;
pub mod tokens;
pub mod webhooks;
pub mod wire;
pub mod workspaces;

use domain::failure::{Failure, FailureKind};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::{fmt, future::Future, pin::Pin};

/// Why a server function refused, or could not be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RpcError(pub Failure);

/// What every server function answers.
pub type Rpc<T> = Result<T, RpcError>;

/// An answer that is on its way, where functions that ask are kept in a table.
pub type Answer<T> = Pin<Box<dyn Future<Output = Rpc<T>>>>;

impl RpcError {
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self) -> String {
        self.0.message.clone()
    }

    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        matches!(self.0.kind, FailureKind::SignedOut | FailureKind::SsoRequired)
    }

    /// No answer came, or none that can be read: what was asked for may have been done all the same.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self.0.kind, FailureKind::Offline)
    }

    /// What is wrong with this field of a form.
    #[must_use]
    pub fn on(&self, field: &str) -> Option<String> {
        if self.0.field.as_deref() == Some(field) {
            return Some(self.message());
        }
        self.0.also.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.message.clone())
    }

    /// What is wrong with the form as a whole: nothing when one of `fields` is to blame.
    #[must_use]
    pub fn beside(&self, fields: &[&str]) -> Option<String> {
        let blamed = self.0.field.as_deref().is_some_and(|field| fields.contains(&field));
        (!blamed).then(|| self.message())
    }
}

/// A refusal on its way to the browser gives the response its status, and quotes as people do.
impl From<Failure> for RpcError {
    fn from(failure: Failure) -> Self {
        #[cfg(feature = "ssr")]
        context::answer_with(failure.kind);
        #[cfg(feature = "ssr")]
        let failure = failure.quoted();
        Self(failure)
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for RpcError {}

impl FromServerFnError for RpcError {
    type Encoder = wire::JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let on_server = cfg!(feature = "ssr");
        Self::from(match error {
            ServerFnErrorErr::Request(_) => Failure::new(FailureKind::Offline, "the server can't be reached; what you entered is kept, try again in a moment"),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) if on_server => {
                Failure::new(FailureKind::Invalid, "what was sent can't be read; check what you entered, or reload the page")
            }
            ServerFnErrorErr::Deserialization(_) => Failure::new(FailureKind::Offline, "the server's answer can't be read; try again, or reload the page"),
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Response(_) => Failure::internal(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blames_a_field_or_the_form() {
        let error = RpcError(Failure::field("email", "the address is missing"));
        assert_eq!(error.on("email").as_deref(), Some("The address is missing."));
        assert_eq!(error.on("password"), None);
        assert_eq!(error.beside(&["email", "password"]), None);
        assert!(error.beside(&["password"]).is_some());
        let wrong = |field: &str| Err::<(), _>(Failure::field(field, "it is missing"));
        let error = RpcError(domain::failure::both(wrong("email"), wrong("password")).unwrap_err());
        assert!(error.on("email").is_some() && error.on("password").is_some() && error.on("name").is_none());
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn quotes_as_people_do() {
        let error = RpcError::from(Failure::field("email", "`amara` has no `@`"));
        assert_eq!(error.message(), "“amara” has no “@”.");
    }

    #[test]
    fn travels_as_json() {
        let error = RpcError(Failure::field("email", "the address is missing"));
        assert_eq!(RpcError::de(error.ser()), error);
    }
}
