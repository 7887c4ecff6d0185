//! Every list, search and drawer of a large workspace beside the same of a small one, on each database: the ratio is what counts.
//!
//! Both servers run all the while and are asked in turn, each by one connection, so that a busy moment of the machine falls on both.

mod questions;
mod world;

use crate::{Outcome, client::Connection, ratio, spread};
use questions::{Question, questions};
use std::{path::Path, time::Instant};
use testkit::databases::Database;
use world::World;

const TIMES: usize = 31;

/// What the first answers of a server take: statements are prepared, the policy is read.
const BEFORE: usize = 3;

/// Members, groups, resources: in the same proportions.
const SMALL: (u32, u32, u32) = (1_000, 50, 500);
const LARGE: (u32, u32, u32) = (100_000, 5_000, 50_000);

/// The large one may take this many times as long.
const GOAL: u128 = 2;

/// `only` names the databases that are measured, and else which questions: all whose names hold it.
pub async fn measure(binary: &Path, only: &[String]) -> Outcome {
    let databases = [("sqlite", Database::Sqlite), ("postgres", Database::Postgres)];
    let named: Vec<_> = databases.into_iter().filter(|(name, _)| only.iter().any(|word| word == name)).collect();
    let wanted: Vec<&String> = only.iter().filter(|word| databases.iter().all(|(name, _)| word != name)).collect();
    for (name, database) in if named.is_empty() { databases.to_vec() } else { named } {
        println!("\n## Lists, searches and drawers on {name}, medians of {TIMES}\n");
        println!("| {:<52} | {:>10} | {:>10} | {:>7} | {:>17} |", "asked", "1,000", "100,000", "ratio", "bytes");
        println!("| {:-<52} | {:->9}: | {:->9}: | {:->6}: | {:->16}: |", "", "", "", "", "");
        on(binary, database, &wanted).await?;
    }
    Ok(())
}

async fn on(binary: &Path, database: Database, wanted: &[&String]) -> Outcome {
    let (small, large) = (World::new(binary, database, SMALL).await?, World::new(binary, database, LARGE).await?);
    let (mut to_small, mut to_large) = (Connection::open(&small.server.address).await?, Connection::open(&large.server.address).await?);
    let (mut missed, mut asked) = (0, 0);
    for (left, right) in questions(&small.known).iter().zip(&questions(&large.known)) {
        if !wanted.is_empty() && !wanted.iter().any(|word| left.name.contains(word.as_str())) {
            continue;
        }
        let (few, many) = compare((&mut to_small, &small, left), (&mut to_large, &large, right)).await?;
        asked += 1;
        let misses = many.micros > few.micros * GOAL;
        missed += u32::from(misses);
        let bytes = format!("{} / {}", few.bytes, many.bytes);
        let (ratio, mark) = (ratio(many.micros, few.micros), if misses { " <" } else { "" });
        println!("| {:<52} | {:>7} µs | {:>7} µs | {:>7} | {bytes:>17} |{mark}", left.name, few.micros, many.micros, ratio);
    }
    println!("\n{missed} of {asked} take more than {GOAL} times as long.");
    small.end().await?;
    large.end().await
}

struct Measured {
    micros: u128,
    bytes: usize,
}

type Side<'a> = (&'a mut Connection, &'a World, &'a Question);

async fn compare(small: Side<'_>, large: Side<'_>) -> Outcome<(Measured, Measured)> {
    let mut sides = [(small, Vec::new(), 0), (large, Vec::new(), 0)];
    for time in 0..BEFORE + TIMES {
        for ((connection, world, question), micros, bytes) in &mut sides {
            let begun = Instant::now();
            *bytes = ask(connection, world, question).await?;
            if time >= BEFORE {
                micros.push(begun.elapsed().as_micros());
            }
        }
    }
    let [few, many] = sides.map(|(_, micros, bytes)| Measured { micros: spread(micros).0, bytes });
    Ok((few, many))
}

async fn ask(connection: &mut Connection, world: &World, question: &Question) -> Outcome<usize> {
    let origin = format!("http://{}", world.server.address);
    let headers = [("cookie", world.cookie.as_str()), ("content-type", "application/json"), ("origin", origin.as_str())];
    let (method, path) = if question.body.is_empty() { ("GET", question.path.clone()) } else { ("POST", format!("/rpc/{}", question.path)) };
    let mut said = Vec::new();
    let keep = |piece: &[u8]| {
        if said.len() < 300 {
            said.extend_from_slice(piece);
        }
    };
    let (status, length) = connection.ask(method, &path, &headers, &question.body, keep).await?;
    if status == 200 { Ok(length) } else { Err(format!("{}: {path} answers {status}: {}", question.name, String::from_utf8_lossy(&said)).into()) }
}
