//! Our own API, under `/api/v1`: what the reference's has no words for.

pub mod check;
mod events;
mod problem;

pub use problem::Problem;

use crate::{api::asking, app::AppState};
use axum::{
    Router, middleware,
    routing::{any, get, post},
};
use service::Services;

pub fn router(services: &Services) -> Router<AppState> {
    Router::new()
        .route("/api/v1/check", post(check::check))
        .route("/api/v1/check/batch", post(check::batch))
        .route("/api/v1/events", get(events::events))
        .route_layer(middleware::from_fn_with_state(services.clone(), asking::pass))
        .route("/api/v1/{*elsewhere}", any(problem::no_such_route))
        .route("/api/v1", any(problem::no_such_route))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(middleware::from_fn(asking::dress))
}
