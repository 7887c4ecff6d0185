//! The REST API: what programs ask by HTTP with a token. Handlers translate, call one service function, translate back.
//!
//! Two families of addresses share who asks, how often, and what happens once: the reference's under `/api`, ours under `/api/v1`.
//! They differ in their [`Dialect`]: how answers and refusals are worded.

mod asking;
mod bearer;
mod by_name;
mod dialect;
mod docs;
mod ids;
mod once;
pub mod openapi;
mod public;
pub mod v1;

use crate::app::AppState;
use axum::{
    Router,
    response::{IntoResponse as _, Response},
};
use dialect::Dialect;
use domain::failure::Failure;
use service::Services;

/// Every address of the API.
pub fn router(services: &Services) -> Router<AppState> {
    v1::router(services).merge(public::router(services)).merge(openapi::router())
}

/// A body was refused before it was read; `None` for what isn't the API's.
pub fn too_long(path: &str, failure: &Failure) -> Option<Response> {
    let here = path == "/api" || path.starts_with("/api/");
    here.then(|| match Dialect::of(path) {
        Dialect::Reference => public::Refusal::malformed(&failure.message).into_response(),
        Dialect::Ours => v1::Problem::too_long(failure).into_response(),
    })
}
