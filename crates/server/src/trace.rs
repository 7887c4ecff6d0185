//! What the log says of requests: each line that is written while one is answered bears its id, its method and its route, and never its path,
//! which may hold a secret. Failures are errors; all else is told at `debug`.

use crate::route;
use axum::{extract::Request, response::Response};
use http::StatusCode;
use service::actor::Meta;
use std::{future::Future, time::Instant};
use tracing::{Instrument as _, debug, error, info_span};

pub async fn trace<F: Future<Output = Response> + Send>(request: Request, answer: impl FnOnce(Request) -> F) -> Response {
    let begun = Instant::now();
    let id = request.extensions().get::<Meta>().and_then(|meta| meta.request.as_deref()).unwrap_or_default();
    let span = info_span!("request", id, method = %request.method(), route = route::pattern(&request));
    let answer = answer(request);
    let answered = async {
        let response = answer.await;
        let (status, ms) = (response.status(), begun.elapsed().as_secs_f64() * 1_000.0);
        match status {
            // said on purpose: not ready, or too busy for the moment
            StatusCode::SERVICE_UNAVAILABLE => debug!(status = status.as_u16(), ms, "not now"),
            status if status.is_server_error() => error!(status = status.as_u16(), ms, "a request failed"),
            status => debug!(status = status.as_u16(), ms, "answered"),
        }
        response
    };
    answered.instrument(span).await
}
