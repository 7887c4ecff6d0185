//! What can't be taken is refused with the field that it is about.

use crate::world::world;
use serde_json::{Value, json};

#[tokio::test]
async fn each_wrong_field_is_named() {
    let world = world().await;
    let user = format!("/api/users/{}/permissions", world.bea);
    let group = format!("/api/groups/{}", world.group);
    let on = |resources: Value| json!({ "permissions": [{ "roleId": "source_admin", "resources": resources }] });
    let (here, source, nowhere) = (&world.workspace, &world.source, "018f3c1e-6d5a-7b3c-8d4e-0123456789ab");
    let long = "x".repeat(300);
    let many: Vec<String> = (0..501).map(|n| format!("p{n}@acme.test")).collect();
    for (method, path, body, field) in [
        ("GET", "/api/users?pagination[count]=0", Value::Null, "pagination.count"),
        ("GET", "/api/users?pagination[count]=1001", Value::Null, "pagination.count"),
        ("GET", "/api/users?pagination[count]=ten", Value::Null, "pagination.count"),
        ("GET", "/api/users?pagination[count]=", Value::Null, "pagination.count"),
        ("GET", "/api/users?pagination[cursor]=zzz", Value::Null, "pagination.cursor"),
        ("GET", "/api/users?filter[email]=nobody", Value::Null, "filter.email"),
        ("DELETE", "/api/users", Value::Null, "userIds"),
        ("DELETE", "/api/users?userIds[0]=42", Value::Null, "userIds[0]"),
        ("DELETE", "/api/invites?emails[0]=bea@acme.test&emails[1]=x", Value::Null, "emails[1]"),
        ("DELETE", "/api/invites", Value::Null, "emails"),
        ("POST", "/api/invites", json!({}), "invites"),
        ("POST", "/api/invites", json!({ "invites": [] }), "invites"),
        ("POST", "/api/invites", json!({ "invites": [{ "email": 4 }] }), "invites[0].email"),
        ("POST", "/api/invites", json!({ "invites": [{ "email": "x" }] }), "invites[0].email"),
        ("POST", "/api/invites", json!({ "invites": [{ "email": "bea@acme.test" }] }), "emails"),
        ("POST", "/api/invites", json!({ "invites": [{ "email": "a@acme.test" }, { "email": "A@acme.test" }] }), "invites"),
        ("POST", "/api/invites", json!({ "invites": many.iter().map(|email| json!({ "email": email })).collect::<Vec<_>>() }), "invites"),
        (
            "POST",
            "/api/invites",
            json!({ "invites": [{ "email": "a@acme.test", "permissions": [{ "roleId": "source_admin" }] }] }),
            "invites[0].permissions[0].resources",
        ),
        ("POST", "/api/invites/resend", json!({ "emails": [] }), "emails"),
        ("POST", "/api/groups", json!({}), "name"),
        ("POST", "/api/groups", json!({ "name": " " }), "name"),
        ("POST", "/api/groups", json!({ "name": long }), "name"),
        ("POST", "/api/groups", json!({ "name": "editors" }), "name"),
        ("PATCH", group.as_str(), json!({ "name": "" }), "name"),
        ("POST", &format!("{group}/users"), json!({ "emails": ["bea@acme.test", "nobody"] }), "emails[1]"),
        ("POST", &format!("{group}/users"), json!({ "emails": ["stranger@acme.test"] }), "emails[0]"),
        ("PUT", &format!("{group}/users"), json!({ "emails": ["xenia@acme.test"] }), "emails[0]"),
        ("DELETE", &format!("{group}/users"), Value::Null, "emails"),
        ("PUT", &format!("{group}/permissions"), json!({ "permissions": [{ "roleId": "workspace_owner", "resources": [] }] }), "permissions"),
        ("PUT", user.as_str(), json!({ "permissions": [{ "resources": [] }] }), "permissions[0].roleId"),
        ("PUT", user.as_str(), on(json!([])), "permissions[0].resources"),
        ("PUT", user.as_str(), on(json!([{ "id": here }])), "permissions[0].resources[0].type"),
        ("PUT", user.as_str(), on(json!([{ "id": nowhere, "type": "WORKSPACE" }])), "permissions[0].resources[0].id"),
        ("PUT", user.as_str(), on(json!([{ "id": "42", "type": "SOURCE" }])), "permissions[0].resources[0].id"),
        ("PUT", user.as_str(), on(json!([{ "id": nowhere, "type": "SOURCE" }])), "permissions[0].resources[0].id"),
        ("PUT", user.as_str(), on(json!([{ "id": source, "type": "WAREHOUSE" }])), "permissions[0].resources[0].id"),
        (
            "PUT",
            user.as_str(),
            on(json!([{ "id": source, "type": "SOURCE", "labels": [{ "key": "region", "value": "apac" }] }])),
            "permissions[0].resources[0].labels",
        ),
        (
            "PUT",
            user.as_str(),
            on(json!([{ "id": here, "type": "WORKSPACE", "labels": [{ "key": "1", "value": "apac" }] }])),
            "permissions[0].resources[0].labels",
        ),
        ("PUT", user.as_str(), on(json!([{ "id": here, "type": "WORKSPACE", "labels": [{ "key": "region", "value": "emea" }] }])), "roles"),
        ("PUT", user.as_str(), json!({ "permissions": [{ "roleId": "nothing", "resources": [{ "id": here, "type": "WORKSPACE" }] }] }), "roles"),
        (
            "PUT",
            user.as_str(),
            json!({ "permissions": [{ "roleId": "source_admin", "expiresAt": "soon", "resources": [{ "id": here, "type": "WORKSPACE" }] }] }),
            "permissions[0].expiresAt",
        ),
        ("POST", "/api/labels", json!({ "label": { "key": "1", "value": "x" } }), "label.key"),
        ("POST", "/api/labels", json!({ "label": { "key": "region", "value": "" } }), "label.value"),
        ("POST", "/api/labels", json!({ "label": { "key": "region" } }), "label.value"),
        ("GET", "/api/audit-events?startTime=yesterday", Value::Null, "startTime"),
        ("GET", "/api/audit-events?endTime=1", Value::Null, "endTime"),
        ("GET", "/api/audit-events?resourceId=x", Value::Null, "resourceId"),
        ("GET", "/api/audit-events?actor=eve", Value::Null, "actor"),
        ("GET", "/api/audit-events?type=nothing", Value::Null, "type"),
    ] {
        let answer = world.send(method, path, Some(&world.owner), (!body.is_null()).then_some(&body)).await;
        let error = answer.error();
        assert_eq!(
            (answer.status.as_u16(), error["type"].as_str(), error["field"].as_str()),
            (422, Some("validation"), Some(field)),
            "{method} {path} {body}: {error}"
        );
    }
    // all of it was refused whole
    assert_eq!(world.get("/api/invites").await["invites"], json!(["eva@acme.test", "ivo@acme.test"]));
    assert_eq!(world.get(&format!("/api/users/{}", world.bea)).await["user"]["permissions"], json!([]));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let world = world().await;
    let body = json!({ "label": { "key": "1", "value": "", "description": "x".repeat(201) } });
    let answer = world.send("POST", "/api/labels", Some(&world.owner), Some(&body)).await;
    let told = answer.json();
    let errors = told["errors"].as_array().unwrap();
    assert_eq!(errors.iter().map(|error| error["field"].as_str().unwrap()).collect::<Vec<_>>(), ["label.key", "label.value", "label.description"], "{told}");
    assert!(errors.iter().all(|error| error["type"] == "validation" && error["status"] == 422 && error["message"].as_str().unwrap().len() > 10), "{told}");
}

#[tokio::test]
async fn a_list_is_no_body() {
    let world = world().await;
    let user = format!("/api/users/{}/permissions", world.bea);
    for (method, path, body) in [("POST", "/api/groups", json!(["x"])), ("PUT", user.as_str(), json!([[]])), ("POST", "/api/labels", json!([["a", "b", null]]))]
    {
        let answer = world.call(method, path, body).await;
        assert_eq!((answer.status.as_u16(), answer.error()["type"].as_str()), (422, Some("validation")), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_is_no_json_is_a_bad_request() {
    let world = world().await;
    for (kind, text) in [("application/json", "{"), ("text/plain", "{}"), ("application/x-www-form-urlencoded", "name=x")] {
        let answer = world.send_as("POST", "/api/groups", Some(&world.owner), Some((kind, text.to_owned())), &[]).await;
        assert_eq!((answer.status.as_u16(), answer.error()["type"].as_str()), (400, Some("bad-request")), "{kind}");
    }
    let long = json!({ "name": "x".repeat(2 * 1024 * 1024) }).to_string();
    let length = long.len().to_string();
    let answer = world.send_as("POST", "/api/groups", Some(&world.owner), Some(("application/json", long)), &[("content-length", &length)]).await;
    assert_eq!((answer.status.as_u16(), answer.error()["type"].as_str()), (400, Some("bad-request")), "{}", answer.text);
}
