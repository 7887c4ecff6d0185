//! A write with an idempotency key happens once.

use crate::world::{Answer, World, world};
use serde_json::{Value, json};

async fn keyed(world: &World, token: &str, method: &str, path: &str, body: Value, key: &str) -> Answer {
    world.send_as(method, path, Some(token), Some(("application/json", body.to_string())), &[("idempotency-key", key)]).await
}

#[tokio::test]
async fn what_is_sent_again_is_answered_again_and_done_once() {
    let world = world().await;
    let make = |key: &'static str| keyed(&world, &world.owner, "POST", "/api/v1/tokens", json!({ "name": "CI", "grants": [] }), key);
    let first = make("one").await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""), "{}", first.text);
    let again = make("one").await;
    // the secret too, which is nowhere in the clear
    assert_eq!((again.status, again.header("idempotency-replayed"), &again.text), (first.status, "true", &first.text));
    assert_eq!((again.header("etag"), again.header("content-type")), (first.header("etag"), "application/json"));
    assert_ne!(make("two").await.json()["id"], first.json()["id"]);
    let named = world.send("GET", "/api/v1/tokens?q=CI", Some(&world.owner), None).await.json()["items"].as_array().unwrap().len();
    assert_eq!(named, 2);
}

#[tokio::test]
async fn the_references_writes_happen_once_too() {
    let world = world().await;
    let make = || keyed(&world, &world.owner, "POST", "/api/groups", json!({ "name": "Makers" }), "g-1");
    let (first, again) = (make().await, make().await);
    assert_eq!((first.data(), first.text.clone()), (again.data(), again.text.clone()));
    let changed = keyed(&world, &world.owner, "POST", "/api/groups", json!({ "name": "Takers" }), "g-1").await;
    assert_eq!((changed.status.as_u16(), changed.error()["field"].as_str()), (422, Some("Idempotency-Key")), "{}", changed.text);
}

#[tokio::test]
async fn a_key_is_its_tokens_own_and_of_one_request() {
    let world = world().await;
    let put = |token: &str, name: &str| {
        let (token, body) = (token.to_owned(), json!({ "name": name }));
        let world = &world;
        async move { keyed(world, &token, "PUT", "/api/v1/resources/source/app", body, "r").await }
    };
    assert_eq!(put(&world.owner, "App").await.status.as_u16(), 201);
    let mismatch = put(&world.owner, "Other").await;
    assert_eq!((mismatch.status.as_u16(), mismatch.json()["type"].as_str()), (422, Some("urn:rolecall:problem:idempotency-mismatch")));
    // the other workspace's token has keys of its own
    assert_eq!(put(&world.other, "Other").await.status.as_u16(), 201);
    assert_eq!(world.send("GET", "/api/v1/resources/source/app", Some(&world.owner), None).await.json()["name"], "App");
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let world = world().await;
    let path = "/api/v1/resources/source/app/labels";
    let put = || keyed(&world, &world.owner, "PUT", path, json!({ "labels": ["region:apac"] }), "l");
    assert_eq!(put().await.status.as_u16(), 404);
    world.send("PUT", "/api/v1/resources/source/app", Some(&world.owner), Some(&json!({ "name": "App" }))).await;
    let done = put().await;
    assert_eq!((done.status.as_u16(), done.header("idempotency-replayed")), (200, ""), "{}", done.text);
    for wrong in ["", "a b"] {
        let answer = keyed(&world, &world.owner, "PUT", path, json!({ "labels": [] }), wrong).await;
        assert_eq!((answer.status.as_u16(), answer.json()["type"].as_str()), (400, Some("urn:rolecall:problem:malformed")), "{wrong:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn reads_take_no_notice_of_a_key() {
    let world = world().await;
    for path in ["/api/v1/resources", "/api/v1/tokens"] {
        let answer = world.send_as("GET", path, Some(&world.owner), None, &[("idempotency-key", "x")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (200, ""));
    }
}

#[tokio::test]
async fn a_retry_that_overlaps_its_first_try_gets_its_answer() {
    let world = world().await;
    for round in 0..8 {
        let (name, key) = (format!("Makers {round}"), format!("k{round}"));
        let make = || keyed(&world, &world.owner, "POST", "/api/groups", json!({ "name": name }), &key);
        let (one, other) = tokio::join!(make(), make());
        assert_eq!(one.data(), other.data());
        let replayed = [&one, &other].iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
        assert_eq!(replayed, 1, "{} {}", one.text, other.text);
    }
}

#[tokio::test]
async fn whoever_hangs_up_finds_the_write_done_and_its_answer_kept() {
    let world = world().await;
    let mut steps = 1;
    loop {
        let (name, key) = (format!("CI {steps} end"), format!("k{steps}"));
        let body = Some(("application/json", json!({ "name": name }).to_string()));
        let hung_up = world.hang_up("POST", "/api/v1/tokens", Some(&world.owner), body, &[("idempotency-key", &key)], steps).await;
        let again = keyed(&world, &world.owner, "POST", "/api/v1/tokens", json!({ "name": name }), &key).await;
        assert_eq!(again.status.as_u16(), 201, "after {steps} steps: {}", again.text);
        let named = format!("/api/v1/tokens?q=CI%20{steps}%20end");
        let made = world.send("GET", &named, Some(&world.owner), None).await.json()["items"].as_array().unwrap().len();
        assert_eq!(made, 1, "after {steps} steps");
        if !hung_up {
            break;
        }
        steps += 1;
    }
    assert!(steps > 1, "nothing was waited for");
}

#[tokio::test]
async fn a_body_that_grows_too_long_is_told_so_with_a_key_too() {
    let world = world().await;
    let long = json!({ "name": "x".repeat(2 * 1024 * 1024) });
    let refused = keyed(&world, &world.owner, "PUT", "/api/v1/resources/source/app", long.clone(), "l").await;
    assert_eq!((refused.status.as_u16(), refused.json()["type"].as_str()), (413, Some("urn:rolecall:problem:too-long")), "{}", refused.text);
    let refused = keyed(&world, &world.owner, "POST", "/api/groups", long, "g").await;
    assert_eq!((refused.status.as_u16(), refused.error()["type"].as_str()), (400, Some("bad-request")), "{}", refused.text);
}
