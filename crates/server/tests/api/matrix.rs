//! Every route with every kind of token. A route without a row fails.

use crate::world::{Answer, World, world};
use serde_json::{Value, json};
use std::collections::BTreeSet;

struct Row {
    method: &'static str,
    route: &'static str,
    path: String,
    body: Option<Value>,
    /// What a token with roles alone is answered.
    weak: u16,
    /// What a token with owner access to another workspace is answered: that there is nothing, where it names something of ours.
    other: u16,
    owner: u16,
}

/// For a route that names nothing of the workspace.
fn open(method: &'static str, route: &'static str, owner: u16) -> Row {
    Row { method, route, path: route.to_owned(), body: None, weak: 403, other: owner, owner }
}

/// For a route that names something of the workspace.
fn named(method: &'static str, route: &'static str, path: String) -> Row {
    Row { method, route, path, body: None, weak: 403, other: 404, owner: 200 }
}

impl Row {
    fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

fn rows(world: &World) -> Vec<Row> {
    let (bea, group) = (&world.bea, &world.group);
    let user = format!("/api/users/{bea}");
    let of_group = format!("/api/groups/{group}");
    let singular = format!("/api/group/{group}");
    let bea_too = || json!({ "emails": ["bea@acme.test"] });
    let nothing = || json!({ "permissions": [] });
    vec![
        Row { weak: 200, ..open("GET", "/api", 200) },
        Row { weak: 200, ..open("GET", "/api/", 200) },
        open("GET", "/api/users", 200),
        named("GET", "/api/users/{user}", user.clone()),
        named("GET", "/api/users/{user}/groups", format!("{user}/groups")),
        named("POST", "/api/users/{user}/permissions", format!("{user}/permissions")).body(nothing()),
        named("PUT", "/api/users/{user}/permissions", format!("{user}/permissions")).body(nothing()),
        open("GET", "/api/invites", 200),
        open("GET", "/api/invites/detail", 200),
        open("POST", "/api/invites", 201).body(json!({ "invites": [{ "email": "new@acme.test" }] })),
        named("POST", "/api/invites/resend", "/api/invites/resend".to_owned()).body(json!({ "emails": ["ivo@acme.test"] })),
        open("GET", "/api/groups", 200),
        open("POST", "/api/groups", 200).body(json!({ "name": "Makers" })),
        named("GET", "/api/groups/{group}", of_group.clone()),
        named("PATCH", "/api/groups/{group}", of_group.clone()).body(json!({ "name": "Writers" })),
        named("POST", "/api/groups/{group}/permissions", format!("{of_group}/permissions")).body(nothing()),
        named("PUT", "/api/groups/{group}/permissions", format!("{of_group}/permissions")).body(nothing()),
        named("GET", "/api/groups/{group}/invites", format!("{of_group}/invites")),
        named("GET", "/api/groups/{group}/users", format!("{of_group}/users")),
        named("POST", "/api/groups/{group}/users", format!("{of_group}/users")).body(bea_too()),
        named("PUT", "/api/groups/{group}/users", format!("{of_group}/users")).body(bea_too()),
        named("DELETE", "/api/groups/{group}/users", format!("{of_group}/users?emails=bea@acme.test")),
        named("GET", "/api/group/{group}/users", format!("{singular}/users")),
        named("POST", "/api/group/{group}/users", format!("{singular}/users")).body(bea_too()),
        named("PUT", "/api/group/{group}/users", format!("{singular}/users")).body(bea_too()),
        named("DELETE", "/api/group/{group}/users", format!("{singular}/users?emails[0]=bea@acme.test")),
        open("GET", "/api/roles", 200),
        open("GET", "/api/labels", 200),
        open("POST", "/api/labels", 201).body(json!({ "label": { "key": "tier", "value": "gold" } })),
        open("GET", "/api/audit-events", 200),
        // last: they end what the ones before need
        named("DELETE", "/api/labels/{key}/{value}", "/api/labels/region/apac".to_owned()),
        named("DELETE", "/api/invites", "/api/invites?emails[]=ivo@acme.test".to_owned()),
        named("DELETE", "/api/groups/{group}", of_group),
        named("DELETE", "/api/users", format!("/api/users?userIds={bea}")),
    ]
}

/// A refusal looks the same from every route.
fn well_formed(answer: &Answer) -> bool {
    let form = answer.header("content-type") == "application/json" && !answer.header("request-id").is_empty();
    let error = || answer.json()["errors"][0].take();
    form && (answer.status.is_success() && !answer.json()["data"].is_null() || error()["type"].is_string() && error()["message"].is_string())
}

#[tokio::test]
async fn every_route_refuses_whom_it_must_and_no_others() {
    let world = world().await;
    let unknown = "rc_ws_0000000000000000000000000000000000000000000000000";
    let mut wrong = Vec::new();
    let rows = rows(&world);
    // all refusals before anything is done
    for allowed in [false, true] {
        for row in &rows {
            let callers = [
                ("nobody", None, 401),
                ("an unknown token", Some(unknown), 401),
                ("a weak token", Some(world.weak.as_str()), row.weak),
                ("an expired token", Some(world.expired.as_str()), 401),
                ("a revoked token", Some(world.revoked.as_str()), 401),
                ("another workspace's owner", Some(world.other.as_str()), row.other),
                ("the owner", Some(world.owner.as_str()), row.owner),
            ];
            for (who, token, expected) in callers {
                if (who == "the owner") != allowed {
                    continue;
                }
                let answer = world.send(row.method, &row.path, token, row.body.as_ref()).await;
                if answer.status.as_u16() != expected || !well_formed(&answer) {
                    wrong.push(format!("{} {} by {who}: {} where {expected} is meant ({})", row.method, row.path, answer.status, answer.text));
                }
                if who == "another workspace's owner" && ["bea@", "ivo@", "Editors", "apac"].iter().any(|ours| answer.text.contains(&format!("\"{ours}"))) {
                    wrong.push(format!("{} {} tells {who} of what is ours: {}", row.method, row.path, answer.text));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_route_has_a_row() {
    let world = world().await;
    let known: BTreeSet<(&str, &str)> = rows(&world).iter().map(|row| (row.method, row.route)).collect();
    let there: BTreeSet<(&str, &str)> = server::api::public::routes().into_iter().collect();
    assert_eq!(there, known);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_same_form() {
    let world = world().await;
    for (method, path, status, kind) in [
        ("GET", "/api/nothing", 404, "not-found"),
        ("GET", "/api/users/42", 404, "not-found"),
        ("GET", "/api/groups/018f3c1e-6d5a-7b3c-8d4e-0123456789ab", 404, "not-found"),
        ("DELETE", "/api/labels/1/2", 404, "not-found"),
        ("PATCH", "/api/users", 405, "method-not-allowed"),
    ] {
        let answer = world.send(method, path, Some(&world.owner), None).await;
        assert_eq!((answer.status.as_u16(), answer.error()["type"].as_str()), (status, Some(kind)), "{method} {path}");
        assert!(well_formed(&answer), "{method} {path}");
    }
}
