//! Every route with every kind of token, as a table to read. A route without a row fails.

use crate::{
    rows::{Row, ours, reference},
    world::{Answer, World, world},
};
use std::{collections::BTreeSet, fmt::Write as _};

/// A refusal looks the same from every route of its family.
fn well_formed(row: &Row, answer: &Answer) -> bool {
    let told = !answer.header("request-id").is_empty();
    let kind = answer.header("content-type");
    let form = match (row.path.starts_with("/api/v1/"), answer.status.is_success()) {
        (true, true) => answer.text.is_empty() || ["application/json", "text/event-stream"].contains(&kind) || kind.starts_with("text/csv"),
        (true, false) => kind == "application/problem+json" && answer.json()["detail"].is_string() && answer.json()["type"].is_string(),
        (false, true) => kind == "application/json" && !answer.json()["data"].is_null(),
        (false, false) => {
            let error = answer.json()["errors"][0].take();
            kind == "application/json" && error["type"].is_string() && error["message"].is_string()
        }
    };
    told && form
}

fn all(world: &World) -> Vec<Row> {
    ours(world).into_iter().chain(reference(world)).collect()
}

#[tokio::test]
async fn every_route_refuses_whom_it_must_and_no_others() {
    let world = world().await;
    let rows = all(&world);
    // all refusals before the owner does anything
    let callers = [
        ("nobody", None),
        ("minimal", Some(world.minimal.as_str())),
        ("reader", Some(world.reader.as_str())),
        ("admin", Some(world.weak.as_str())),
        ("other", Some(world.other.as_str())),
        ("expired", Some(world.expired.as_str())),
        ("revoked", Some(world.revoked.as_str())),
        ("owner", Some(world.owner.as_str())),
    ];
    let mut statuses = vec![Vec::new(); rows.len()];
    let mut wrong = Vec::new();
    for (who, token) in callers {
        for (row, statuses) in rows.iter().zip(&mut statuses) {
            let answer = world.send_as(row.method, &row.path, token, row.body.clone(), &[]).await;
            if !well_formed(row, &answer) {
                wrong.push(format!("{} {} by {who}: {} {}", row.method, row.path, answer.status, answer.text));
            }
            if who == "other" && ["bea@", "ivo@", "Editors", "apac"].iter().any(|ours| answer.text.contains(&format!("\"{ours}"))) {
                wrong.push(format!("{} {} tells {who} of what is ours: {}", row.method, row.path, answer.text));
            }
            statuses.push(answer.status.as_u16());
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let mut table = format!("{:<52}", "");
    for (who, _) in callers {
        let _ = write!(table, "{who:>9}");
    }
    for (row, statuses) in rows.iter().zip(&statuses) {
        let _ = write!(table, "\n{:<52}", format!("{} {}", row.method, row.route));
        for status in statuses {
            let _ = write!(table, "{status:>9}");
        }
    }
    insta::assert_snapshot!("matrix", table);
}

#[tokio::test]
async fn every_route_has_a_row() {
    let world = world().await;
    let rows = all(&world);
    let known: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.method, row.route)).collect();
    let there = server::api::openapi::routes();
    let there: BTreeSet<(&str, &str)> = there.iter().map(|(method, path)| (method.as_str(), path.as_str())).collect();
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
    }
    for (method, path, status, kind) in [
        ("GET", "/api/v1", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v1/tokens/42", 404, "not-found"),
        ("GET", "/api/v1/resources/nothing/x", 404, "not-found"),
        ("GET", "/api/v1/check", 405, "method-not-allowed"),
    ] {
        let answer = world.send(method, path, Some(&world.owner), None).await;
        let told = answer.json()["type"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status.as_u16(), told), (status, format!("urn:rolecall:problem:{kind}")), "{method} {path}");
    }
}
