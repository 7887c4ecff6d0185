//! Whoever writes what decisions rest on notes it for the policies in memory: else another node would go on deciding by what was.

use crate::assert_tidy;
use crate::tree::sources;

/// The tables that policies are read from. A workspace's plan is set in one place, which has a test of its own.
const TABLES: [&str; 9] = ["member", "user_group", "group_member", "grant", "grant_resource", "grant_label", "resource", "resource_label", "token"];

/// A write that changes no decision says so, with these words.
const EXCUSE: &str = "no decision rests on";

fn writes(line: &str) -> bool {
    TABLES.iter().any(|table| {
        let starts = ["update_many(", "delete_many(", "delete_by_id(", "insert("].map(|way| format!("{table}::Entity::{way}"));
        let bulk = format!("insert_all::<{table}::Entity>");
        // `grant::` is not the end of `some_grant::`
        let stands_alone = |found: usize| !line[..found].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '_');
        starts.iter().any(|start| line.find(start.as_str()).is_some_and(stands_alone)) || line.contains(&bulk)
    })
}

/// Functions at the margin that write without a note, by name.
fn silent(text: &str) -> Vec<String> {
    let mut silent = Vec::new();
    let mut lines = text.lines().peekable();
    let mut about = String::new();
    while let Some(line) = lines.next() {
        if line.starts_with("///") {
            about.push_str(line);
            continue;
        }
        let is_function = !line.starts_with([' ', '}', '/']) && line.contains("fn ");
        if !is_function {
            about.clear();
            continue;
        }
        let name = line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default().to_owned();
        let mut body = vec![line];
        while let Some(line) = lines.next_if(|line| *line != "}") {
            body.push(line);
        }
        let excused = about.to_lowercase().contains(EXCUSE) || body.iter().any(|line| line.contains("touch(") || line.contains(EXCUSE));
        if body.iter().any(|line| writes(line)) && !excused {
            silent.push(name);
        }
        about.clear();
    }
    silent
}

#[test]
fn a_write_to_what_decisions_rest_on_is_noted() {
    let store = sources().into_iter().filter(|source| source.path.starts_with("crates/store/src/") && source.is_rust());
    let violations: Vec<String> = store
        .flat_map(|source| silent(&source.text).into_iter().map(|name| format!("{}: `{name}` writes and does not `touch`", source.path)).collect::<Vec<_>>())
        .collect();
    assert_tidy("policies in memory must hear of every write", &violations);
}

#[test]
fn a_silent_write_is_found() {
    let bad = "/// Ends it.\npub async fn end(tx: &WriteTx) {\n    token::Entity::update_many()\n        .exec(on(tx));\n}\n";
    assert_eq!(silent(bad), ["end"]);
    assert!(silent(&bad.replace("exec(on(tx));", "exec(on(tx));\n    tx.touch(workspace, it);")).is_empty());
    assert!(silent(&bad.replace("Ends it.", "Ends it; no decision rests on that.")).is_empty());
    assert!(silent("fn read() {\n    token::Entity::find();\n}\n").is_empty());
    assert_eq!(silent("async fn all() {\n    insert_all::<grant_label::Entity>(tx, &labels).await\n}\n"), ["all"]);
}
