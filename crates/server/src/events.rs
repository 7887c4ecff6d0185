//! `GET /w/{slug}/events`: tells an open page of changes by others, as server-sent events (HTML Living Standard).

use crate::downloads::session_secret;
use axum::{
    extract::{Path, State},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{
    failure::{Failure, FailureKind},
    workspace::WorkspaceSlug,
};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode};
use service::{
    Services,
    live::{Told, follow},
};
use std::convert::Infallible;

/// For members. The event `changed` says what the member is now; `gone` and `signed_out` are the last.
pub async fn events(State(services): State<Services>, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    let followed = async {
        let slug = WorkspaceSlug::parse(&slug).map_err(|_| Failure::not_found())?;
        follow(&services, session_secret(&services, &headers), slug).await
    };
    match followed.await {
        Ok(told) => Sse::new(told.map(|told| Ok::<_, Infallible>(event(told)))).keep_alive(KeepAlive::default()).into_response(),
        Err(failure) if matches!(failure.kind, FailureKind::SignedOut | FailureKind::SsoRequired) => StatusCode::UNAUTHORIZED.into_response(),
        Err(failure) if failure.kind == FailureKind::NotFound => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn event(told: Told) -> Event {
    match told {
        Told::Changed(kind) => Event::default().event("changed").data(kind.as_str()),
        Told::Gone => Event::default().event("gone").data("gone"),
        Told::SignedOut => Event::default().event("signed_out").data("signed_out"),
    }
}
