//! The REST API: what programs ask by HTTP with a token. Handlers translate, call one service function, translate back.

mod authenticate;
mod check;
mod events;
mod problem;
pub mod public;

use crate::app::AppState;
use axum::{
    Router,
    routing::{get, post},
};

/// Ours, under `/api/v1`.
pub fn v1() -> Router<AppState> {
    Router::new()
        .route("/check", post(check::check))
        .route("/check/batch", post(check::batch))
        .route("/events", get(events::events))
        .fallback(problem::no_such_route)
}
