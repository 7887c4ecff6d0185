//! The description of the API: whole, and true.

use crate::world::world;
use serde_json::Value;
use std::collections::BTreeSet;

async fn document() -> Value {
    let answer = world().await.send("GET", "/api/openapi.json", None, None).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    answer.json()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |path: &str, item: &'_ Value| item.as_object().unwrap().keys().map(|method| format!("{method} {path}")).collect::<Vec<_>>();
    paths.iter().flat_map(|(path, item)| of(path, item).into_iter().zip(item.as_object().unwrap().values())).collect()
}

/// Every `$ref` of a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_operation_is_described_whole() {
    let document = document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name} has no tag");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name}: another operation has its id");
        assert!(operation["security"][0]["token"].is_array(), "{name} asks for no token");
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')) && ["401", "403", "429", "500"].iter().all(|status| responses.contains_key(*status)),
            "{name}"
        );
        for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2') && *status != "414") {
            let content = response["content"].as_object().unwrap();
            let media = if name.contains(" /api/v1/") { "application/problem+json" } else { "application/json" };
            assert!(content[media]["example"].is_object(), "{name} {status} has no example");
        }
        let keyed = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!(keyed, !name.starts_with("get ") && !name.contains("/check"), "{name}");
    }
}

#[tokio::test]
async fn every_schema_that_is_named_is_there() {
    let document = document().await;
    let mut named = BTreeSet::new();
    references(&document, &mut named);
    assert!(named.len() > 20);
    for name in named {
        let pointer = name.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{name}");
    }
}

#[tokio::test]
async fn the_page_to_try_it_comes_from_here() {
    let world = world().await;
    for (path, kind) in [("/api/docs/", "text/html"), ("/api/docs/swagger-ui-bundle.js", "text/javascript"), ("/api/docs/swagger-ui.css", "text/css")] {
        let answer = world.send("GET", path, None, None).await;
        assert!(answer.status.is_success() && answer.header("content-type").starts_with(kind), "{path}: {} {}", answer.status, answer.header("content-type"));
        assert!(answer.header("content-security-policy").contains("script-src 'self'"), "{path}");
        assert!(!answer.text.contains("src=\"http"), "{path}");
    }
    assert_eq!(world.send("GET", "/api/docs", None, None).await.header("location"), "/api/docs/");
    assert_eq!(world.send("GET", "/api/docs/nothing.js", None, None).await.status.as_u16(), 404);
}
