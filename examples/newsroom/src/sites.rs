//! The sites' stories: read by who may read the site, written by who may edit it.

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{StatusCode, request::Parts},
    routing::{get, put},
};
use rolecall_client::{Client, Decision, Subject, guard::Guard};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// By site and title.
type Stories = Arc<Mutex<BTreeMap<(String, String), String>>>;

pub fn routes(client: Client) -> Router {
    let guard = Guard::new(client, signed_in);
    Router::new()
        .route("/sites/{site}", get(read).route_layer(guard.requires("source:read", "source:{site}")))
        .route("/sites/{site}/{title}", put(write).route_layer(guard.requires("source:edit", "source:{site}")))
        .with_state(Stories::default())
}

/// Whom the product's own sign-in found: a session in a real one, a plain header in this.
fn signed_in(request: &Parts) -> Option<Subject> {
    request.headers.get("x-user")?.to_str().ok().map(Subject::email)
}

async fn read(State(stories): State<Stories>, Path(site): Path<String>) -> String {
    let stories = stories.lock().unwrap_or_else(PoisonError::into_inner);
    stories.iter().filter(|((of, _), _)| *of == site).map(|((_, title), text)| format!("{title}: {text}\n")).collect()
}

/// The guard leaves its decision, with the reason, in the request.
async fn write(
    State(stories): State<Stories>,
    Path(place): Path<(String, String)>,
    Extension(decision): Extension<Decision>,
    text: String,
) -> (StatusCode, String) {
    let title = place.1.clone();
    stories.lock().unwrap_or_else(PoisonError::into_inner).insert(place, text);
    (StatusCode::CREATED, format!("`{title}` is published; you may: {}\n", decision.why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, extract::Request};
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn without_an_answer_nobody_writes() {
        // nobody listens there
        let client = Client::builder("http://127.0.0.1:9", "rc_ws_none").retries(0).build().unwrap();
        let routes = routes(client);
        let asked = async |user: Option<&str>| {
            let mut request = Request::put("/sites/world/election");
            if let Some(user) = user {
                request = request.header("x-user", user);
            }
            routes.clone().oneshot(request.body(Body::from("Votes are counted.")).unwrap()).await.unwrap().status()
        };
        assert_eq!(asked(None).await, StatusCode::UNAUTHORIZED);
        assert_eq!(asked(Some("bea@acme.test")).await, StatusCode::SERVICE_UNAVAILABLE);
    }
}
