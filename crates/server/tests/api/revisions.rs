//! Revisions: what was changed meanwhile is not changed over, and where there is none to hold, whoever sends one is told.

use crate::world::{Answer, World, world};
use serde_json::{Value, json};

async fn put(world: &World, path: &str, body: Value) -> Answer {
    world.call("PUT", path, body).await
}

async fn get(world: &World, path: &str) -> Value {
    world.send("GET", path, Some(&world.owner), None).await.json()
}

#[tokio::test]
async fn a_resource_is_made_changed_guarded_and_deleted() {
    let world = world().await;
    let path = "/api/v1/resources/source/app";
    let made = put(&world, path, json!({ "name": "App", "labels": ["region:apac", "environment:dev"] })).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"1\""), "{}", made.text);
    assert_eq!(made.json()["labels"], json!(["environment:dev", "region:apac"]));
    // labels that are not named stay
    let renamed = put(&world, path, json!({ "name": "The app" })).await;
    assert_eq!((renamed.status.as_u16(), renamed.json()["revision"].as_i64(), renamed.json()["labels"].clone()), (200, Some(2), made.json()["labels"].clone()));
    let guarded = |tag: &'static str| {
        let (world, body) = (&world, json!({ "name": "A" }).to_string());
        async move { world.send_as("PUT", path, Some(&world.owner), Some(("application/json", body)), &[("if-match", tag)]).await }
    };
    let stale = guarded("\"1\"").await;
    assert_eq!((stale.status.as_u16(), stale.json()["type"].as_str()), (412, Some("urn:rolecall:problem:stale")), "{}", stale.text);
    assert_eq!(get(&world, path).await["name"], "The app");
    let fresh = guarded("\"2\"").await;
    assert_eq!((fresh.status.as_u16(), fresh.header("etag")), (200, "\"3\""), "{}", fresh.text);
    assert_eq!(world.send("DELETE", path, Some(&world.owner), None).await.status.as_u16(), 204);
    assert_eq!(world.send("GET", path, Some(&world.owner), None).await.status.as_u16(), 404);
    let nothing = guarded("\"3\"").await;
    assert_eq!(nothing.status.as_u16(), 412);
}

#[tokio::test]
async fn a_revision_that_is_sent_is_looked_at_or_refused() {
    let world = world().await;
    let send = |method: &'static str, path: String, body: Value, tag: &'static str| {
        let world = &world;
        async move { world.send_as(method, &path, Some(&world.owner), Some(("application/json", body.to_string())), &[("if-match", tag)]).await }
    };
    let kind =
        |answer: &Answer| (answer.status.as_u16(), answer.json()["type"].as_str().unwrap_or_default().trim_start_matches("urn:rolecall:problem:").to_owned());
    let stale = (412, "stale".to_owned());
    let (app, token) = ("/api/v1/resources/source/app".to_owned(), format!("/api/v1/tokens/{}", world.spare));
    assert_eq!(kind(&send("PUT", app.clone(), json!({ "name": "App" }), "*").await), stale, "there is nothing yet");
    put(&world, &app, json!({ "name": "App" })).await;
    assert_eq!(send("PUT", app.clone(), json!({ "name": "The app" }), "*").await.status.as_u16(), 200);
    assert_eq!(kind(&send("DELETE", app.clone(), Value::Null, "\"1\"").await), stale);
    for (method, path, body) in
        [("POST", format!("{token}/rotate"), json!({})), ("DELETE", token.clone(), Value::Null), ("PATCH", token.clone(), json!({ "name": "X" }))]
    {
        assert_eq!(kind(&send(method, path.clone(), body, "\"7\"").await), stale, "{method} {path}");
    }
    assert_eq!(send("POST", format!("{token}/rotate"), json!({}), "\"1\"").await.status.as_u16(), 200);
    assert_eq!(send("DELETE", token, Value::Null, "\"1\"").await.status.as_u16(), 204);
    let invite = format!("/api/v1/invites/{}", world.invite);
    for (method, path) in [("POST", format!("{invite}/resend")), ("DELETE", invite.clone())] {
        assert_eq!(kind(&send(method, path.clone(), Value::Null, "\"2\"").await), stale, "{method} {path}");
    }
    let sent = send("POST", format!("{invite}/resend"), Value::Null, "\"1\"").await;
    assert_eq!((sent.status.as_u16(), sent.header("etag"), &sent.json()["revision"]), (200, "\"2\"", &json!(2)), "{}", sent.text);
    assert_eq!(world.send("GET", &invite, Some(&world.owner), None).await.header("etag"), "\"2\"");
    assert_eq!(kind(&send("DELETE", invite.clone(), Value::Null, "\"1\"").await), stale, "it was sent again");
    assert_eq!(send("DELETE", invite, Value::Null, "\"2\"").await.status.as_u16(), 204);
    // nobody may believe that it guarded what has no revision
    for (method, path, body) in [
        ("POST", "/api/v1/tokens".to_owned(), json!({ "name": "CI" })),
        ("POST", format!("/api/v1/requests/{}/decline", world.requests[0]), json!({})),
        ("POST", format!("/api/v1/requests/{}/approve", world.requests[0]), json!({ "grants": [] })),
    ] {
        assert_eq!(kind(&send(method, path.clone(), body, "*").await), (400, "malformed".to_owned()), "{method} {path}");
    }
    let theirs = send("PATCH", format!("/api/groups/{}", world.group), json!({ "name": "Writers" }), "\"1\"").await;
    assert_eq!((theirs.status.as_u16(), theirs.error()["type"].as_str()), (400, Some("bad-request")));
    assert_eq!(send("DELETE", app, Value::Null, "\"2\"").await.status.as_u16(), 204);
    // a question changes nothing, and a read neither
    let read = world.send_as("GET", "/api/v1/tokens", Some(&world.owner), None, &[("if-match", "*")]).await;
    assert_eq!(read.status.as_u16(), 200);
}

#[tokio::test]
async fn labels_that_were_changed_meanwhile_are_not_overwritten() {
    let world = world().await;
    let (app, labels) = ("/api/v1/resources/source/app", "/api/v1/resources/source/app/labels");
    put(&world, app, json!({ "name": "App", "labels": ["environment:dev"] })).await;
    let send = |path: &'static str, body: Value, tag: &'static str| {
        let world = &world;
        async move { world.send_as("PUT", path, Some(&world.owner), Some(("application/json", body.to_string())), &[("if-match", tag)]).await }
    };
    let many = world.call("POST", "/api/v1/resources/labels", json!({ "resources": ["source:app"], "put": "region:apac" })).await;
    assert_eq!(many.json()["changed"], 1, "{}", many.text);
    for (path, body) in [(app, json!({ "name": "App", "labels": [] })), (labels, json!({ "labels": [] }))] {
        let stale = send(path, body, "\"1\"").await;
        assert_eq!((stale.status.as_u16(), stale.json()["type"].as_str()), (412, Some("urn:rolecall:problem:stale")), "{path}: {}", stale.text);
    }
    let found = world.send("GET", labels, Some(&world.owner), None).await;
    assert_eq!((found.header("etag"), found.json()["labels"].clone()), ("\"2\"", json!(["environment:dev", "region:apac"])));
    let done = send(labels, json!({ "labels": ["region:apac"] }), "\"2\"").await;
    assert_eq!((done.status.as_u16(), done.header("etag"), done.json()["labels"].clone()), (200, "\"3\"", json!(["region:apac"])), "{}", done.text);
    // what is so already is no change
    let again = send(labels, json!({ "labels": ["region:apac"] }), "*").await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, "\"3\""));
    assert_eq!(get(&world, "/api/v1/resources?q=app").await["items"][0]["revision"], 3, "lists tell it too");
    // who may not label it learns that, and no more
    let reader =
        world.send_as("PUT", labels, Some(&world.reader), Some(("application/json", json!({ "labels": [] }).to_string())), &[("if-match", "\"1\"")]).await;
    assert_eq!(reader.status.as_u16(), 403, "{}", reader.text);
}
