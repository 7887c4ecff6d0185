//! The API under load: questions about access beside a bare handler, batches, a page of users beside its bare query, and durable writes, with
//! the load generator and the server on the same cores. What the generator takes of them draws ratios of answers a second to 1; so the time that
//! each process had on the processors is told beside them.

mod generator;
mod peer;
mod world;

pub(crate) use generator::generate;
pub(crate) use peer::serve as peer;

use crate::{Outcome, client, row, spread, table};
use generator::{Load, Run};
use peer::Peer;
use sea_orm::{ConnectionTrait as _, Statement};
use std::{path::Path, time::Instant};
use testkit::databases::Database;
use world::World;

/// How often each is measured, in turns with what it is compared to; the median counts.
const ROUNDS: usize = 3;

const WARM_MS: u64 = 400;
const RUN_MS: u64 = 2_000;

const CONNECTIONS: [usize; 3] = [1, 16, 256];

/// Members, groups, resources.
const SIZES: [(u32, u32, u32); 2] = [(10_000, 500, 5_000), (100_000, 5_000, 50_000)];

/// `only` names databases, and numbers of members.
pub async fn measure(binary: &Path, only: &[String]) -> Outcome {
    let wanted = |word: &str, of: &[&str]| !only.iter().any(|only| of.contains(&only.as_str())) || only.iter().any(|only| only == word);
    for (name, database) in [("sqlite", Database::Sqlite), ("postgres", Database::Postgres)] {
        for size in SIZES {
            if wanted(name, &["sqlite", "postgres"]) && wanted(&size.0.to_string(), &["10000", "100000"]) {
                on(binary, name, database, size).await?;
            }
        }
    }
    Ok(())
}

async fn on(binary: &Path, name: &str, database: Database, size: (u32, u32, u32)) -> Outcome {
    let world = World::new(binary, database, size).await?;
    table(&format!("The API on {name} with {} members; load and server share the machine", size.0));
    let before = world.server.memory()?;
    let answer = world.answers().await?;
    let loaded = world.server.memory()?;
    let peer = Peer::start(&answer).await?;
    let check = world.load("POST", "/api/v1/check", world.questions.clone());
    for connections in CONNECTIONS {
        let ours = Load { connections, ..check.clone() };
        let theirs = Load { address: peer.address.clone(), process: peer.process, ..ours.clone() };
        let [ours, theirs] = in_turn([&ours, &theirs]).await?;
        row(
            &format!("check, {connections} connections"),
            &a_second(&ours),
            &format!("bare handler {}; ratio {:.2}, goal 0.80", a_second(&theirs), ours.a_second() / theirs.a_second()),
        );
        row(
            "  processor time for each, the load's left out",
            &format!("{:.1} µs", ours.cpu),
            &format!("bare handler {:.1} µs; ratio {:.2}", theirs.cpu, theirs.cpu / ours.cpu.max(f64::EPSILON)),
        );
        row("  its answers in the middle, and 99 in 100", &times(&ours), &format!("bare handler {}", times(&theirs)));
    }
    for connections in [1, 4] {
        let load = Load { connections, ..world.load("POST", "/api/v1/check/batch", world.batches()) };
        let [run] = in_turn([&load]).await?;
        row(
            &format!("batches of 1,000, {connections} connections"),
            &format!("{:.0} /s", run.a_second() * 1_000.0),
            &format!("decisions; goal 1,000,000; a batch takes {}", times(&run)),
        );
    }
    users(&world).await?;
    writes(&world).await?;
    let after = world.server.memory()?;
    row("memory: started, policy read, after all this", &format!("{} MiB", after >> 10), &format!("{} MiB, {} MiB before", before >> 10, loaded >> 10));
    world.end().await
}

/// The same loads again and again, in turns, so that a busy moment of the machine falls on all; of each the median run.
async fn in_turn<const N: usize>(loads: [&Load; N]) -> Outcome<[Run; N]> {
    let mut runs: [Vec<Run>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (load, runs) in loads.iter().zip(&mut runs) {
            runs.push(load.run().await?);
        }
    }
    let mut medians = Vec::with_capacity(N);
    for mut runs in runs {
        runs.sort_by(|one, other| one.a_second().total_cmp(&other.a_second()));
        medians.push(*runs.get(runs.len() / 2).ok_or("nothing was run")?);
    }
    medians.try_into().map_err(|_| "nothing was run".into())
}

/// A page of users by the API, and the bare query of as many rows, each by itself.
async fn users(world: &World) -> Outcome {
    let path = "/api/users?pagination[count]=50";
    let load = world.load("GET", path, Vec::new());
    let mut bare = Vec::with_capacity(ROUNDS);
    let mut ours = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        ours.push(load.run().await?.median);
        bare.push(bare_query(world).await?);
    }
    ours.sort_unstable();
    bare.sort_unstable();
    let (ours, bare) = (u128::from(ours[ROUNDS / 2]), bare[ROUNDS / 2]);
    row("page of 50 users", &format!("{ours} µs"), &format!("bare query {bare} µs; {}, goal at most 3×", crate::ratio(ours, bare)));
    Ok(())
}

async fn bare_query(world: &World) -> Outcome<u128> {
    let db = sea_orm::Database::connect(world.url()).await?;
    let sql = "SELECT * FROM members WHERE workspace_id = (SELECT id FROM workspaces LIMIT 1) ORDER BY name_key, id LIMIT 50";
    let (mut micros, begun) = (Vec::new(), Instant::now());
    while begun.elapsed().as_millis() < u128::from(RUN_MS) {
        let asked = Instant::now();
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        micros.push(asked.elapsed().as_micros());
    }
    db.close().await?;
    Ok(spread(micros).0)
}

/// Members put into a group, one by one, each on the disk before it is answered.
async fn writes(world: &World) -> Outcome {
    let settings = world.sync_settings().await?;
    for connections in [1, 16] {
        let group = world.group(&format!("Bench {connections}")).await?;
        let load = Load { connections, once: true, ..world.load("POST", &format!("/api/groups/{group}/users"), world.additions()) };
        let run = load.run().await?;
        row(&format!("members put into a group, {connections} connections"), &a_second(&run), &format!("{}; {settings}", times(&run)));
    }
    Ok(())
}

fn a_second(run: &Run) -> String {
    format!("{:.0} /s", run.a_second())
}

fn times(run: &Run) -> String {
    format!("{} / {} µs", run.median, run.late)
}

/// Asks once, and reads the answer.
async fn asked(address: &str, method: &str, path: &str, authorization: &str, body: &str) -> Outcome<String> {
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    let mut said = Vec::new();
    let answer = client::ask(address, method, path, &headers, body, |piece| said.extend_from_slice(piece)).await?;
    let said = String::from_utf8(said)?;
    if (200..300).contains(&answer.status) { Ok(said) } else { Err(format!("{path} answers {}: {said}", answer.status).into()) }
}
