//! `GET /api/v1/events`: tells a product which version its workspace's policy has, as server-sent events (HTML Living Standard).

use super::problem::Problem;
use crate::api::asking::Token;
use axum::{
    extract::State,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::StreamExt as _;
use http::HeaderName;
use serde_json::json;
use service::{
    Services,
    live::versions::{Told, follow},
};
use std::convert::Infallible;

/// Follow the policy's version
///
/// Server-sent events, for every kind of token. The event `policy` says a version, the first the present one; `gone` says how the token or the workspace
/// ended, and is the last. A line of comment shows every 15 seconds that the stream lives.
#[utoipa::path(get, path = "/api/v1/events", tag = "Decisions",
    responses((status = 200, description = "The stream (HTML Living Standard, server-sent events)", body = String, content_type = "text/event-stream",
        example = "event: policy\nid: 1234\ndata: {\"policy_version\":1234}\n\n")))]
pub async fn events(State(services): State<Services>, Token(token): Token) -> Result<impl IntoResponse, Problem> {
    let told = follow(&services, token).await?.map(|told| Ok::<_, Infallible>(event(told)));
    // nginx keeps a stream back else
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], Sse::new(told).keep_alive(KeepAlive::default())))
}

fn event(told: Told) -> Event {
    match told {
        Told::Version(version) => Event::default().event("policy").id(version.to_string()).data(json!({ "policy_version": version }).to_string()),
        Told::Gone(failure) => Event::default().event("gone").data(json!({ "detail": failure.message }).to_string()),
    }
}
