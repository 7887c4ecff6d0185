//! The Users page of a large workspace beside that of a small one, a bare axum handler and the bare query.

use crate::{Outcome, client, ratio, row, server, spread, table};
use axum::{Router, routing::get};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use std::{path::Path, time::Instant};

const TIMES: usize = 300;

pub async fn measure(binary: &Path) -> Outcome {
    let mut medians = Vec::new();
    table("The Users page");
    for (members, groups, resources) in [(100, 20, 100), (100_000, 5_000, 50_000)] {
        let folder = tempfile::tempdir()?;
        let seeded = server::seed(binary, &server::sqlite(folder.path()), members, groups, resources).await?;
        row(&format!("seeding {members} members"), &format!("{} ms", seeded.took.as_millis()), "goal under a minute for 100,000");
        let server = server::start(binary, &server::sqlite(folder.path())).await?;
        let cookie = client::sign_in(&server.address, &seeded.owner, &seeded.password).await?;
        let path = format!("/w/{}/access/users", seeded.slug);
        let (median, late) = times(&server.address, &path, &cookie).await?;
        row(&format!("page of HTML, {members} members"), &format!("{median} µs"), &format!("99 in 100: {late} µs"));
        medians.push(median);
        if members > 100 {
            let sorted = format!("{path}?sort=-last_seen");
            let (median, late) = times(&server.address, &sorted, &cookie).await?;
            row("the same by last seen, newest first", &format!("{median} µs"), &format!("99 in 100: {late} µs"));
            let found = format!("{path}?q=okafor");
            let (median, late) = times(&server.address, &found, &cookie).await?;
            row("the same, search for a common name", &format!("{median} µs"), &format!("99 in 100: {late} µs"));
            let bare = bare_query(folder.path()).await?;
            row("reference: the bare SQL query of 50 rows", &format!("{bare} µs"), "same file, no server");
            row("memory after these", &format!("{} KiB", server.memory()?), "");
        }
        server.end().await?;
    }
    let bare = bare_handler().await?;
    row("reference: a bare axum handler", &format!("{bare} µs"), "same client, a constant text");
    if let [small, large] = medians[..] {
        row("large beside small", &ratio(large, small), "goal at most 3×");
    }
    Ok(())
}

async fn times(address: &str, path: &str, cookie: &str) -> Outcome<(u128, u128)> {
    let first = client::get(address, path, cookie).await?;
    if first.status != 200 {
        return Err(format!("{path} answers {}", first.status).into());
    }
    let mut micros = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begun = Instant::now();
        client::get(address, path, cookie).await?;
        micros.push(begun.elapsed().as_micros());
    }
    Ok(spread(micros))
}

async fn bare_handler() -> Outcome<u128> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let serving = tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(|| async { "hello" }))).await });
    let (median, _) = times(&address, "/", "").await?;
    serving.abort();
    Ok(median)
}

async fn bare_query(folder: &Path) -> Outcome<u128> {
    let db = Database::connect(format!("sqlite://{}?mode=ro", folder.join("bench.db").display())).await?;
    let sql = "SELECT * FROM members WHERE workspace_id = (SELECT id FROM workspaces LIMIT 1) ORDER BY name_key, id LIMIT 50";
    let mut micros = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begun = Instant::now();
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        micros.push(begun.elapsed().as_micros());
    }
    Ok(spread(micros).0)
}
