//! For whoever watches the process: is it alive, can it answer.

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::StatusCode;
use service::Services;

/// Alive: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready for more: the database answers too, and the server does not end.
pub async fn readyz(State(services): State<Services>) -> impl IntoResponse {
    if services.ending.is_leaving() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the server ends\n");
    }
    match service::health::ready(&services).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Both, for an address of their own.
pub fn routes(services: Services) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(services)
}
