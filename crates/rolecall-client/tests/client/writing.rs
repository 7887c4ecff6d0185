//! Writes: once, however often they are sent.

use crate::fake::{Fake, json_answer, problem};
use axum::response::{IntoResponse as _, Response};
use rolecall_client::{ProblemKind, ResourceName, ResourceWish};
use serde_json::{Value, json};

fn site() -> Value {
    json!({ "type": "source", "id": "web site", "resource_id": "r", "name": "Site", "labels": ["environment:prod"], "revision": 4 })
}

/// As after a write.
fn written() -> Response {
    ([("policy-version", "9")], json_answer(&site())).into_response()
}

fn wish() -> ResourceWish {
    ResourceWish::new("Site").labels(["environment:prod"]).parent("space", "main")
}

#[tokio::test]
async fn a_write_is_tried_again_under_the_same_key() {
    let fake = Fake::start(|_, before| if before == 0 { problem(503, "unavailable", "later") } else { written() }).await;
    let client = fake.client().build().unwrap();
    let stored = client.put_resource("source", "web site", wish()).await.unwrap();
    assert_eq!((stored.resource_id.as_str(), stored.revision, client.newest_version()), ("r", Some(4), Some(9)));
    client.put_resource("source", "web site", wish().if_revision(4)).await.unwrap();
    let heard = fake.heard();
    let keys: Vec<&str> = heard.iter().map(|heard| heard.header("idempotency-key").unwrap()).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
    assert_eq!((heard[0].method.as_str(), heard[0].path.as_str()), ("PUT", "/api/v1/resources/source/web%20site"));
    assert_eq!(heard[0].body, json!({ "name": "Site", "parent": "space:main", "labels": ["environment:prod"] }));
    assert_eq!((heard[0].header("if-match"), heard[2].header("if-match")), (None, Some("\"4\"")));
}

#[tokio::test]
async fn what_was_done_before_its_answer_was_lost_is_done() {
    let fake = Fake::start(|heard, _| match heard.method.as_str() {
        "PUT" | "DELETE" => problem(409, "already-done", "It was done."),
        _ => json_answer(&site()),
    })
    .await;
    let client = fake.client().build().unwrap();
    assert_eq!(client.put_resource("source", "web site", wish()).await.unwrap().revision, Some(4));
    assert!(client.delete_resource("source", "web site").await.unwrap());
}

#[tokio::test]
async fn what_is_not_there_is_no_error_and_what_was_changed_is_one() {
    let fake = Fake::start(|heard, _| match heard.method.as_str() {
        "PUT" => problem(412, "stale", "It was changed."),
        _ => problem(404, "not-found", "There is none."),
    })
    .await;
    let client = fake.client().build().unwrap();
    assert_eq!(client.find_resource("source", "x").await.unwrap(), None);
    assert!(!client.delete_resource("source", "x").await.unwrap());
    let stale = client.put_resource("source", "x", wish().if_revision(1)).await.unwrap_err();
    assert_eq!(stale.problem().unwrap().kind, ProblemKind::Stale);
}

#[tokio::test]
async fn many_are_written_by_the_ten_thousand() {
    let fake = Fake::start(|heard, before| {
        let count = heard.body["resources"].as_array().unwrap().len();
        if before == 0 {
            return problem(409, "already-done", "It was done.");
        }
        json_answer(&json!({ "created": count, "changed": 1, "unchanged": 2, "policy_version": before }))
    })
    .await;
    let client = fake.client().build().unwrap();
    let many: Vec<_> = (0..10_001).map(|n| (ResourceName::new("source", n.to_string()), ResourceWish::new(format!("Site {n}")))).collect();
    let written = client.put_resources(&many).await.unwrap();
    assert_eq!((written.created, written.changed, written.policy_version), (10_001, 2, Some(2)));
    let heard = fake.heard();
    assert_eq!(heard[0].body["resources"][0], json!({ "type": "source", "id": "0", "name": "Site 0" }));
    assert_ne!(heard[0].header("idempotency-key"), heard[1].header("idempotency-key"), "what may be done twice is asked for anew");

    client.put_label(&[ResourceName::new("source", "1")], "environment:dev").await.unwrap();
    assert_eq!(fake.heard().last().unwrap().body, json!({ "resources": ["source:1"], "put": "environment:dev" }));
}
