//! For whoever watches the process: is it alive, can it answer.

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use service::Services;

/// Alive: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the database answers too.
pub async fn readyz(State(services): State<Services>) -> impl IntoResponse {
    match service::health::ready(&services).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
