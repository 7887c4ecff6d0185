//! Every write that is sent twice with one key is done once and answered twice.

use crate::{
    rows::{Row, ours, reference},
    world::{World, world},
};
use serde_json::json;

/// They change nothing that could happen twice: asked again, they are answered as things stand by then.
const QUESTIONS: [&str; 2] = ["/api/v1/check", "/api/v1/check/batch"];

/// The same call with something to change, where the row's would find all as it asks for: of that nothing is kept.
fn changing(world: &World, row: Row) -> Row {
    match (row.method, row.route) {
        ("POST", "/api/users/{user}/permissions" | "/api/groups/{group}/permissions") => {
            row.body(json!({ "permissions": [{ "roleId": "source_admin", "resources": [{ "id": world.workspace, "type": "WORKSPACE" }] }] }))
        }
        ("PUT", "/api/groups/{group}/users") => row.body(json!({ "emails": ["bea@acme.test", "olga@acme.test"] })),
        _ => row,
    }
}

#[tokio::test]
async fn every_write_with_a_key_happens_once() {
    let world = world().await;
    let entries = async || world.get("/api/audit-events?pagination[count]=1").await["pagination"]["totalEntries"].as_u64().unwrap();
    let mut written = entries().await;
    let rows = ours(&world).into_iter().chain(reference(&world)).filter(|row| row.method != "GET");
    let mut writes = 0;
    for (place, row) in rows.map(|row| changing(&world, row)).enumerate() {
        let (at, key) = (format!("{} {}", row.method, row.route), format!("row-{place}"));
        let send = async || world.send_as(row.method, &row.path, Some(&world.owner), row.body.clone(), &[("idempotency-key", key.as_str())]).await;
        let first = send().await;
        assert!(first.status.is_success(), "{at}: {} {}", first.status, first.text);
        assert_eq!(first.header("idempotency-replayed"), "", "{at}");
        let before = std::mem::replace(&mut written, entries().await);
        let again = send().await;
        assert_eq!(entries().await, written, "{at} was done twice");
        if QUESTIONS.contains(&row.route) {
            assert_eq!((written, again.header("idempotency-replayed")), (before, ""), "{at}");
            continue;
        }
        assert!(written > before, "{at} changed nothing");
        assert_eq!(again.header("idempotency-replayed"), "true", "{at}: {} {}", again.status, again.text);
        assert_eq!((again.status, &again.text), (first.status, &first.text), "{at}");
        for name in ["content-type", "etag"] {
            assert_eq!(again.header(name), first.header(name), "{name} of {at}");
        }
        writes += 1;
    }
    assert!(writes > 30, "{writes}");
}
