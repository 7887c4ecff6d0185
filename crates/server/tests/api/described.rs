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
        let writes = !name.starts_with("get ") && !name.contains("/check");
        let keyed = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!(keyed, writes, "{name}");
        for (status, response) in responses.iter().filter(|(status, _)| *status != "414") {
            let bears = |header: &str| response["headers"][header].is_object();
            assert!(bears("request-id"), "{name} {status}");
            assert_eq!((bears("x-ratelimit-remaining"), bears("retry-after")), (!matches!(status.as_str(), "401" | "413"), status == "429"), "{name} {status}");
            let is_done = writes && status.starts_with('2');
            assert_eq!((bears("policy-version"), bears("idempotency-replayed")), (is_done, is_done), "{name} {status}");
        }
    }
}

#[tokio::test]
async fn what_is_sent_and_read_otherwise_than_as_json_has_examples() {
    let document = document().await;
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let place = parameter["in"].as_str().unwrap();
            // a cursor is another answer's to give
            let is_asked = place == "path" || (place == "query" && name.contains(" /api/v1/") && parameter["name"] != "cursor");
            let has_one = [&parameter["example"], &parameter["schema"]["example"]].into_iter().any(|example| !example.is_null());
            assert!(has_one || !is_asked, "{name} says nothing of {parameter}");
            // what stands in an address or a header is there or left out, and never nothing
            let types = &parameter["schema"]["type"];
            assert!(types.is_string() && *types != "null", "{name}: {parameter}");
        }
        let answers = operation["responses"].as_object().unwrap().values().map(|response| &response["content"]);
        for (media, content) in answers.chain([&operation["requestBody"]["content"]]).filter_map(Value::as_object).flatten() {
            assert!(media.ends_with("json") || content["example"].is_string(), "{name} shows no {media}");
        }
    }
}

#[tokio::test]
async fn refusals_are_called_as_they_are_described() {
    let world = world().await;
    let document = document().await;
    let kind = |body: &Value| body["type"].as_str().or_else(|| body["errors"][0]["type"].as_str()).map(str::to_owned);
    let (owner, minimal) = (Some(world.owner.as_str()), Some(world.minimal.as_str()));
    let json = |text: &str| Some(("application/json", text.to_owned()));
    let unknown = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
    let mut seen = BTreeSet::new();
    for (route, one) in [("/api/groups", format!("/api/groups/{unknown}")), ("/api/v1/tokens", format!("/api/v1/tokens/{unknown}"))] {
        let named = if route == "/api/groups" { "/api/groups/{group}" } else { "/api/v1/tokens/{token}" };
        let calls = [
            ("post", route, route, owner, json("{")),
            ("post", route, route, owner, json(r#"{"name":""}"#)),
            ("post", route, route, owner, json(&format!(r#"{{"name":"{}"}}"#, "x".repeat(9 * 1_024 * 1_024)))),
            ("post", route, route, owner, Some(("text/plain", "{}".to_owned()))),
            ("post", route, route, minimal, json(r#"{"name":"Makers"}"#)),
            ("post", route, route, None, json(r#"{"name":"Makers"}"#)),
            ("get", named, one.as_str(), owner, None),
        ];
        for (method, described, path, token, body) in calls {
            let answer = world.send_as(&method.to_uppercase(), path, token, body, &[]).await;
            let status = answer.status.as_str();
            let said = &document["paths"][described][method]["responses"][status];
            let example = &said["content"][answer.header("content-type")]["example"];
            assert_eq!(kind(example), kind(&answer.json()), "{method} {path}: {status} {}", answer.text);
            for header in ["request-id", "x-ratelimit-remaining", "retry-after", "www-authenticate"] {
                assert!(said["headers"][header].is_object() || answer.header(header).is_empty(), "{method} {path}: {status}, {header}");
            }
            seen.insert((route, status.to_owned()));
        }
    }
    let statuses = |route: &str| seen.iter().filter(|(of, _)| *of == route).map(|(_, status)| status.as_str()).collect::<Vec<_>>();
    assert_eq!(statuses("/api/groups"), ["400", "401", "403", "404", "422"]);
    assert_eq!(statuses("/api/v1/tokens"), ["400", "401", "403", "404", "413", "415", "422"]);
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

#[tokio::test]
async fn the_user_list_is_described_with_all_its_columns() {
    let document = document().await;
    let example = document["paths"]["/api/v1/members.csv"]["get"]["responses"]["200"]["content"]["text/csv; charset=utf-8"]["example"].as_str().unwrap();
    let lines: Vec<Vec<&str>> = example.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], service::export::COLUMNS);
    assert_eq!(lines[1].len(), lines[0].len());
}
