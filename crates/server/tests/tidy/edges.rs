//! Five floors, each standing only on those below it.

use std::process::Command;

use serde_json::{Value, json};

use crate::assert_tidy;

/// Who may list whom. What tests alone use is in `allowed_in_tests`.
fn allowed(package: &str) -> &'static [&'static str] {
    match package {
        "store" => &["domain"],
        "service" => &["domain", "federation", "store"],
        "ui" => &["domain", "service"],
        "server" => &["domain", "rolecall-client", "service", "ui"],
        "testkit" => &["domain", "store", "service"],
        "bench" => &["domain", "store", "service", "testkit"],
        "newsroom" => &["rolecall-client"],
        // `domain` is the ground; `federation` knows protocols and none of our tables; `bundle` is a tool that knows none of it; `rolecall-client` is for products, which have nothing of ours.
        _ => &[],
    }
}

/// Only who may list it can test with it; `testkit` is for every floor that touches a database.
fn allowed_in_tests(package: &str, on: &str) -> bool {
    allowed(package).contains(&on) || (on == "testkit" && matches!(package, "store" | "service" | "ui" | "server"))
}

fn violations(metadata: &Value) -> Vec<String> {
    let mut violations = Vec::new();
    for package in list(&metadata["packages"]) {
        let name = text(&package["name"]);
        for dependency in list(&package["dependencies"]) {
            // Only crates of this workspace have a path.
            if dependency["path"].is_null() {
                continue;
            }
            let on = text(&dependency["name"]);
            let fine = if dependency["kind"] == "dev" { allowed_in_tests(name, on) } else { allowed(name).contains(&on) };
            if !fine {
                violations.push(format!("{name} may not stand on {on}"));
            }
            if (name, on) == ("ui", "service") && dependency["optional"] != true {
                violations.push("ui stands on service outside its ssr feature".to_owned());
            }
        }
        if name == "ui" {
            violations.extend(only_ssr_brings_service(&package["features"]));
        }
    }
    violations
}

fn only_ssr_brings_service(features: &Value) -> Vec<String> {
    features
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(feature, parts)| *feature != "ssr" && list(parts).any(|part| text(part).trim_start_matches("dep:").starts_with("service")))
        .map(|(feature, _)| format!("ui's feature {feature} brings service, which only ssr may"))
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn floors_stand_only_on_those_below() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo).args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(crate::tree::root()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let floors: Vec<&str> = list(&metadata["packages"]).map(|package| text(&package["name"])).collect();
    for floor in ["domain", "federation", "store", "service", "ui", "server", "testkit", "bench", "rolecall-client", "newsroom"] {
        assert!(floors.contains(&floor), "there is no crate {floor}");
    }
    assert_tidy("a crate stands on one that it may not", &violations(&metadata));
}

#[test]
fn a_wrong_edge_is_found() {
    let on = |name: &str, kind: Value, optional: bool| json!({ "name": name, "path": "/x", "kind": kind, "optional": optional });
    let metadata = json!({ "packages": [
        { "name": "server", "dependencies": [on("store", Value::Null, false)] },
        { "name": "ui", "dependencies": [on("store", json!("dev"), false), on("service", Value::Null, false)],
          "features": { "hydrate": ["dep:service"], "ssr": ["dep:service"] } },
        { "name": "service", "dependencies": [on("testkit", Value::Null, false)] },
        { "name": "domain", "dependencies": [{ "name": "serde", "path": null, "kind": null }] },
        { "name": "rolecall-client", "dependencies": [on("domain", Value::Null, true), on("testkit", json!("dev"), false)] },
        { "name": "newsroom", "dependencies": [on("server", Value::Null, false)] },
    ]});
    assert_eq!(
        violations(&metadata),
        [
            "server may not stand on store",
            "ui may not stand on store",
            "ui stands on service outside its ssr feature",
            "ui's feature hydrate brings service, which only ssr may",
            "service may not stand on testkit",
            "rolecall-client may not stand on domain",
            "rolecall-client may not stand on testkit",
            "newsroom may not stand on server",
        ]
    );
}

#[test]
fn the_right_edges_are_fine() {
    let metadata = json!({ "packages": [
        { "name": "service", "dependencies": [
            { "name": "store", "path": "/x", "kind": null },
            { "name": "testkit", "path": "/x", "kind": "dev" },
        ]},
        { "name": "ui", "dependencies": [{ "name": "service", "path": "/x", "kind": null, "optional": true }],
          "features": { "ssr": ["dep:service"] } },
    ]});
    assert!(violations(&metadata).is_empty());
}
