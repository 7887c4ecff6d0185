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
    use axum::{
        body::{Body, to_bytes},
        extract::Request,
        http::{Method, header},
        routing::post,
    };
    use std::sync::atomic::{AtomicBool, Ordering};
    use tower::ServiceExt as _;

    const README: &str = include_str!("../../../README.md");

    const ALLOWED: &str = r#"{"allowed": true, "why": "Source Admin on 1 source", "policy_version": 1,
        "reasons": [{"type": "grant", "grant": "g", "role": "source_admin", "role_name": "Source Admin"}]}"#;

    const DENIED: &str = r#"{"allowed": false, "why": "source:edit needs Source Admin (on all, or on named ones).", "policy_version": 1,
        "reasons": [], "missing": {"unknown": false, "roles": [{"id": "source_admin", "name": "Source Admin"}]}}"#;

    /// A Rolecall in which Bastien has the role on one site while it is given; its address.
    async fn rolecall(given: Arc<AtomicBool>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let check = move |question: String| {
            let is_his = question.contains("\"email:bastien.mbeki.23@acme.test\"") && question.contains("\"source:world\"");
            let answer = if is_his && given.load(Ordering::Relaxed) { ALLOWED } else { DENIED };
            async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
        };
        let server = Router::new().route("/api/v1/check", post(check));
        tokio::spawn(async move { axum::serve(listener, server).await.unwrap() });
        url
    }

    #[tokio::test]
    async fn it_goes_as_the_readme_walks_through_it() {
        let given = Arc::new(AtomicBool::new(false));
        let routes = routes(Client::builder(rolecall(given.clone()).await, "rc_ws_none").build().unwrap());
        let asked = async |method: Method, path: &str, text: &'static str| {
            let request = Request::builder().method(method).uri(path).header("x-user", "bastien.mbeki.23@acme.test").body(Body::from(text)).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let said = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, String::from_utf8(said.to_vec()).unwrap())
        };
        let writes = async |path: &str| asked(Method::PUT, path, "Votes are counted.").await;

        let (status, refusal) = writes("/sites/world/election").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(README.contains(&refusal), "{refusal}");

        given.store(true, Ordering::Relaxed);
        let (status, published) = writes("/sites/world/election").await;
        assert_eq!(status, StatusCode::CREATED);
        assert!(README.contains(&format!("\n{published}")), "{published}");
        assert_eq!(asked(Method::GET, "/sites/world", "").await, (StatusCode::OK, "election: Votes are counted.\n".to_owned()));
        assert_eq!(writes("/sites/sports/election").await, (StatusCode::FORBIDDEN, refusal.clone()), "the other site stays closed");

        given.store(false, Ordering::Relaxed);
        assert_eq!(writes("/sites/world/election").await, (StatusCode::FORBIDDEN, refusal));
    }

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
