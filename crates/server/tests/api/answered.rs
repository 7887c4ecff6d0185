//! What the description says is what is taken and answered: a call of every route, by an owner, is held against its schemas.

use crate::{
    rows::{Row, ours, reference},
    schema::Schemas,
    world::{World, world},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn document() -> Value {
    serde_json::to_value(server::api::openapi::document()).unwrap()
}

/// The schema of a JSON body; `None` where it is of another type.
fn json_of(content: &Value) -> Option<&Value> {
    content["content"]["application/json"].get("schema")
}

/// `GET /api/users` and what is described there.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, said)| (format!("{} {path}", method.to_uppercase()), said))).collect()
}

/// Calls each as the owner, and holds what is sent and answered against what is said of it.
async fn walk(world: &World, document: &Value, rows: Vec<Row>) {
    let (schemas, operations) = (Schemas(document), operations(document));
    let mut wrong = Vec::new();
    for row in rows {
        let at = format!("{} {}", row.method, row.route);
        let said = operations[&at];
        if let Some((kind, text)) = row.body.as_ref().filter(|(kind, _)| *kind == "application/json") {
            let schema = json_of(&said["requestBody"]).unwrap_or_else(|| panic!("{at} is not said to take {kind}"));
            let found = schemas.wrongs(schema, &serde_json::from_str(text).unwrap());
            wrong.extend(found.into_iter().map(|words| format!("{at} is sent {words}")));
        }
        let answer = world.send_as(row.method, &row.path, Some(&world.owner), row.body, &[]).await;
        assert!(answer.status.is_success(), "{at}: {} {}", answer.status, answer.text);
        let answered = &said["responses"][answer.status.as_str()];
        assert!(answered.is_object(), "{at} is not said to answer {}", answer.status);
        let described = answered["headers"].as_object().unwrap_or_else(|| panic!("{at} is not said to bear headers"));
        // a first answer is no replay
        let missing = described.keys().filter(|name| *name != "idempotency-replayed" && answer.header(name).is_empty());
        wrong.extend(missing.map(|name| format!("{at} answers without {name}")));
        let own = |name: &&str| name.starts_with("x-ratelimit") || ["request-id", "policy-version", "idempotency-replayed", "retry-after"].contains(name);
        let more = answer.headers.keys().map(http::HeaderName::as_str).filter(own).filter(|name| !described.contains_key(*name));
        wrong.extend(more.map(|name| format!("{at} answers with {name}")));
        match json_of(answered) {
            Some(schema) => wrong.extend(schemas.wrongs(schema, &answer.json()).into_iter().map(|words| format!("{at} answers {words}"))),
            None => assert_ne!(answer.header("content-type"), "application/json", "{at}"),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_reference_s_routes_answer_as_they_are_described() {
    let world = world().await;
    let here = |labels: Value| json!({ "id": world.workspace, "type": "WORKSPACE", "labels": labels });
    let full = json!({ "permissions": [
        { "roleId": "source_admin", "resources": [here(Value::Null)], "expiresAt": "2999-01-01T00:00:00Z" },
        { "roleId": "source_admin", "resources": [here(json!([{ "key": "region", "value": "apac" }]))] },
        { "roleId": "source_admin", "resources": [{ "id": world.source, "type": "SOURCE" }] },
    ] });
    for path in [format!("/api/users/{}/permissions", world.bea), format!("/api/groups/{}/permissions", world.group)] {
        world.call("PUT", &path, full.clone()).await.data();
    }
    world.call("POST", &format!("/api/groups/{}/users", world.group), json!({ "emails": ["bea@acme.test", "ivo@acme.test"] })).await.data();
    let rows = reference(&world);
    walk(&world, &document(), rows).await;
}

#[tokio::test]
async fn our_routes_answer_as_they_are_described() {
    let world = world().await;
    let rows = ours(&world);
    walk(&world, &document(), rows).await;
}

#[test]
fn every_example_is_one() {
    let (document, mut examples) = (document(), 0);
    hold(&Schemas(&document), &document["components"]["schemas"], &mut examples);
    hold(&Schemas(&document), &document["paths"], &mut examples);
    assert!(examples > 100, "{examples}");
}

/// Holds each example against the schema that it stands in.
fn hold(schemas: &Schemas<'_>, at: &Value, examples: &mut u32) {
    match at {
        Value::Object(fields) => {
            let many = fields.get("examples").and_then(Value::as_array).into_iter().flatten();
            for example in fields.get("example").into_iter().chain(many) {
                // a parameter's stands beside its schema
                let schema = fields.get("schema").unwrap_or(at);
                let found = schemas.wrongs(schema, example);
                assert!(found.is_empty(), "{example} in {at}: {found:?}");
                *examples += 1;
            }
            fields.iter().filter(|(name, _)| !name.starts_with("example")).for_each(|(_, inside)| hold(schemas, inside, examples));
        }
        Value::Array(items) => items.iter().for_each(|inside| hold(schemas, inside, examples)),
        _ => {}
    }
}
