//! A policy of 100,000 members read whole from each database, and what a product waits for its first answer and for the later ones.

use crate::{Outcome, client, ratio, row, server, spread, table};
use domain::{catalog::Catalog, workspace::WorkspaceSlug};
use std::{path::Path, sync::Arc, time::Instant};
use testkit::databases::{Database, Place};

const TIMES: usize = 300;

pub async fn measure(binary: &Path) -> Outcome {
    table("The policy of 100,000 members from the database");
    for (name, database) in [("SQLite", Database::Sqlite), ("PostgreSQL", Database::Postgres)] {
        let place = Place::empty(database).await;
        let seeded = server::seed(binary, &place.url, 100_000, 5_000, 50_000).await?;
        row(&format!("{name}: seeding"), &format!("{} ms", seeded.took.as_millis()), "");
        let store = place.store().await;
        let slug = WorkspaceSlug::parse(&seeded.slug)?;
        let workspace = store::workspaces::by_slug(&store, &slug).await?.ok_or("the seeded workspace is gone")?.id;
        let begun = Instant::now();
        let loaded = store::policy::load(&store, workspace, Arc::new(Catalog::parse(Catalog::BUILT_IN)?)).await?.ok_or("nothing to load")?;
        let took = begun.elapsed();
        let grants = loaded.policy.counts().grants;
        row(&format!("{name}: load"), &format!("{} ms", took.as_millis()), &format!("{grants} grants, {} MiB compiled", loaded.policy.bytes() >> 20));
        drop(loaded);
        let version = Instant::now();
        store::policy::since(&store, workspace, 1).await?;
        row(&format!("{name}: reference, one look at the version"), &format!("{} µs", version.elapsed().as_micros()), "what catching up costs at least");
        store.close().await?;
        answers(binary, &place.url, name, &seeded.owner).await?;
    }
    Ok(())
}

/// `POST /api/v1/check` on a server that has just started.
async fn answers(binary: &Path, url: &str, name: &str, owner: &str) -> Outcome {
    let token = format!("Bearer {}", server::token(binary, url).await?);
    let server = server::start(binary, url).await?;
    let before = server.memory()?;
    let body = format!("{{\"subject\":\"email:{owner}\",\"action\":\"source:edit\",\"resource\":\"source\"}}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let ask = async || {
        let begun = Instant::now();
        let answer = client::ask(&server.address, "POST", "/api/v1/check", &headers, &body, |_| {}).await?;
        if answer.status == 200 { Ok(begun.elapsed().as_micros()) } else { Err(format!("the check answers {}", answer.status).into()) }
    };
    let first: Outcome<u128> = ask().await;
    let first = first?;
    let mut micros = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        micros.push(ask().await?);
    }
    let (median, late) = spread(micros);
    row(&format!("{name}: first answer over HTTP"), &format!("{} ms", first / 1000), &format!("{} of a later one", ratio(first, median)));
    row(&format!("{name}: later answers over HTTP"), &format!("{median} µs"), &format!("99 in 100: {late} µs; each on a connection of its own"));
    row(&format!("{name}: memory grew by"), &format!("{} KiB", server.memory()?.saturating_sub(before)), "the policy, and what loading took");
    server.end().await
}
