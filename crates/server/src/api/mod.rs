//! The REST API: what programs ask by HTTP with a token. Handlers translate, call one service function, translate back.
//!
//! Two families of addresses share who asks, how often, and what happens once: the reference's under `/api`, ours under `/api/v1`.
//! They differ in their [`Dialect`]: how answers and refusals are worded.

mod asking;
mod at_most;
mod bearer;
mod by_name;
mod dialect;
mod docs;
mod ids;
mod once;
pub mod openapi;
mod public;
mod reading;
mod undisturbed;
pub mod v1;

use crate::app::AppState;
pub use asking::tell_usage;
use axum::{Router, response::Response};
pub use bearer::LastSecret;
use dialect::Dialect;
use domain::failure::Failure;
use http::HeaderMap;
use service::Services;
use std::time::Instant;
pub use v1::{check::AnsweredNow, is_json};

/// Every address of the API.
pub fn router(services: &Services) -> Router<AppState> {
    v1::router(services).merge(public::router(services)).merge(openapi::router())
}

/// What the question in this body is answered, which began then and is asked with the token in these headers, of which it is remembered what the last
/// one was: from memory, or not at all.
pub fn check_now(services: &Services, last: &LastSecret, headers: &HeaderMap, body: &[u8], begun: Instant) -> Option<AnsweredNow> {
    v1::check::check_now(services, &last.shown(headers)?, body, begun)
}

fn is_here(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Whether what is answered there is data for a program: all of the API but the page to try it.
pub fn is_data(path: &str) -> bool {
    is_here(path) && !path.starts_with(docs::PATH)
}

/// A body was refused before it was read; `None` for what isn't the API's.
pub fn too_long(path: &str, failure: &Failure) -> Option<Response> {
    is_here(path).then(|| Dialect::of(path).too_long(failure))
}

/// A request was refused before it came here; `None` for what isn't the API's.
pub fn refused(path: &str, failure: &Failure) -> Option<Response> {
    is_here(path).then(|| Dialect::of(path).refuse(failure.clone()))
}
