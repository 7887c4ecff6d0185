//! The client crate on a real server: decisions that are remembered until the console changes something, a guarded route, streams that end.

use crate::{
    acme::{Acme, acme},
    nodes::role,
    process::{Node, done, on_both},
};
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    routing::patch,
};
use http::{Request, StatusCode, request::Parts};
use rolecall_client::{Caching, Client, Decision, Error, Following, ProblemKind, ResourceWish, Subject, guard::Guard};
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt as _;

/// Follows already, and trusts nothing that it can't hear of.
async fn caching(node: &Node, token: &str) -> Client {
    let builder = Client::builder(format!("http://{}", node.address), token).cache(Caching { grace: Duration::ZERO, ..Caching::default() });
    let client = builder.retries(0).build().unwrap();
    heard(&client, "that the stream is open", |following| matches!(following, Following::At(_))).await;
    client
}

async fn heard(client: &Client, what: &str, is_it: impl FnMut(&Following) -> bool) -> Following {
    let mut following = client.following().unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(20), following.wait_for(is_it)).await;
    waited.unwrap_or_else(|_| panic!("not heard within 20 seconds: {what}")).unwrap().clone()
}

/// Saves Bea's roles in the console, and waits until the client has heard of it.
async fn save(acme: &Acme, node: &Node, client: &Client, roles: &[domain::grant::GrantSpec]) {
    let before = client.newest_version().unwrap();
    acme.save(node, roles);
    heard(client, "the change", |following| matches!(following, Following::At(version) if *version > before)).await;
}

async fn may(client: &Client) -> Result<Decision, Error> {
    client.check(Subject::email("bea@acme.test"), "source:create", "source").await
}

async fn edit(Extension(decision): Extension<Decision>) -> String {
    decision.why
}

fn product(client: &Client) -> Router {
    let guard = Guard::new(client.clone(), |_: &Parts| Some(Subject::email("bea@acme.test")));
    Router::new().route("/sources/{id}", patch(edit).route_layer(guard.requires("source:edit", "source:{id}")))
}

async fn edited(product: &Router) -> (StatusCode, String) {
    let request = Request::builder().method("PATCH").uri("/sources/site").body(Body::empty()).unwrap();
    let response = product.clone().oneshot(request).await.unwrap();
    (response.status(), String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap())
}

async fn what_the_console_changes_counts_at_once(url: String) {
    let acme = acme(&url, "source_read_only").await;
    let node = Node::start(&url);
    let client = caching(&node, &acme.token).await;
    let asked = may(&client).await.unwrap();
    assert!(!asked.allowed && !asked.from_cache && asked.roles_that_would().any(|role| role == "Source Admin"), "{asked:?}");
    assert!(may(&client).await.unwrap().from_cache);

    for _ in 0..3 {
        save(&acme, &node, &client, &[role()]).await;
        let granted = may(&client).await.unwrap();
        assert!(granted.allowed && !granted.from_cache, "{granted:?}");
        let again = may(&client).await.unwrap();
        assert!(again.from_cache && again.policy_version == granted.policy_version);
        save(&acme, &node, &client, &[]).await;
        let taken = may(&client).await.unwrap();
        assert!(!taken.allowed && !taken.from_cache, "{taken:?}");
    }
}

async fn a_guarded_route_tells_the_reason(url: String) {
    let acme = acme(&url, "source_read_only").await;
    let node = Node::start(&url);
    let client = caching(&node, &acme.token).await;
    let product = product(&client);
    let unknown: Value = serde_json::from_str(&edited(&product).await.1).unwrap();
    assert_eq!(unknown["status"], json!(403), "nobody told Rolecall of it: {unknown}");
    client.put_resource("source", "site", ResourceWish::new("Site")).await.unwrap();
    let (status, body) = edited(&product).await;
    let denied: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &denied["roles"][0]), (StatusCode::FORBIDDEN, &json!("Source Admin")), "{denied}");
    assert!(denied["detail"].as_str().unwrap().starts_with("You may not do this: source:edit needs Source Admin"), "{denied}");
    save(&acme, &node, &client, &[role()]).await;
    assert_eq!(edited(&product).await, (StatusCode::OK, "Source Admin on all sources".to_owned()));
    node.kill();
    heard(&client, "that the server is away", |following| *following == Following::Away).await;
    assert_eq!(edited(&product).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(may(&client).await.unwrap_err(), Error::Unreached { .. }));
}

async fn a_revoked_token_ends_what_is_remembered(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let made: Value = serde_json::from_str(&done(&url, &["token", "create", "reader", "--owner-access", "--json"])).unwrap();
    let client = caching(&node, made["token"].as_str().unwrap()).await;
    may(&client).await.unwrap();
    // by another process: heard within the beat of the stream
    done(&url, &["token", "revoke", made["id"].as_str().unwrap()]);
    let Following::Ended(why) = heard(&client, "the end", |following| matches!(following, Following::Ended(_))).await else { panic!() };
    assert!(why.contains("revoked"), "{why}");
    let refused = may(&client).await.unwrap_err();
    assert_eq!(refused.problem().unwrap().kind, ProblemKind::Unauthorized);
    assert!(caching(&node, &acme.token).await.newest_version().is_some(), "others go on");
}

async fn streams_let_a_server_end(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let client = caching(&node, &acme.token).await;
    node.terminate();
    assert!(node.ended().success());
    heard(&client, "that the server is away", |following| *following == Following::Away).await;
}

on_both! {
    what_the_console_changes_counts_at_once: what_the_console_changes_counts_at_once_sqlite, what_the_console_changes_counts_at_once_postgres;
    a_guarded_route_tells_the_reason: a_guarded_route_tells_the_reason_sqlite, a_guarded_route_tells_the_reason_postgres;
    a_revoked_token_ends_what_is_remembered: a_revoked_token_ends_what_is_remembered_sqlite, a_revoked_token_ends_what_is_remembered_postgres;
    streams_let_a_server_end: streams_let_a_server_end_sqlite, streams_let_a_server_end_postgres;
}
