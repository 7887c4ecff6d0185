//! A write that has begun comes to its end, whether or not whoever sent it still waits: the server drops the answer to somebody who hung up,
//! and a write that was dropped with it would stop half way, or be done without its answer being kept.

use super::dialect::Dialect;
use axum::response::Response;
use domain::failure::Failure;
use service::Services;
use std::{future::Future, panic::resume_unwind};
use tracing::Instrument as _;

/// Runs it by itself; a server that ends waits for it. A panic in it is one here, and answered like any other.
pub async fn to_its_end(services: &Services, dialect: Dialect, write: impl Future<Output = Response> + Send + 'static) -> Response {
    match services.ending.detach(write.in_current_span()).await {
        Ok(response) => response,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(ended) => {
                tracing::error!(error = %ended, "a write was cut off");
                dialect.refuse(Failure::internal())
            }
        },
    }
}
