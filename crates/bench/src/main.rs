//! Measures the built server as people and machines meet it, each number beside a reference taken in the same run.
//!
//! `make bench` builds the release binary and runs this; with `policy` behind it, the policy alone, which needs no binary
//! (`policy small large` only those worlds), or with `server` the binary alone, with `load` only what a policy's load takes,
//! with `lists` every list, search and drawer of a large workspace beside a small one (`lists postgres palette`: there, and only those),
//! with `api` the API under load (`api sqlite 10000`: there, and with so many members).
//! Nothing is asserted: the tables are for people to read.

mod api;
mod client;
mod csv;
mod first_load;
mod lists;
mod load;
mod policy;
mod server;
mod users;

use std::{error::Error, path::PathBuf};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // what the benchmarks of the API start beside the server
    match words.first().map(String::as_str) {
        Some("generate") => return api::generate(),
        Some("peer") => return api::peer(),
        Some(_) | None => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some((first, sizes)) = words.split_first()
        && first == "policy"
    {
        return runtime.block_on(policy::measure(sizes));
    }
    let binary = std::env::var_os("ROLECALL_BIN").map_or_else(|| PathBuf::from("target/release/rolecall"), PathBuf::from);
    if !binary.exists() {
        return Err(format!("{} is not there; run `make bench`, which builds it", binary.display()).into());
    }
    runtime.block_on(async {
        match words.first().map(String::as_str) {
            Some("load") => return load::measure(&binary).await,
            Some("api") => return api::measure(&binary, words.get(1..).unwrap_or_default()).await,
            Some("lists") => return lists::measure(&binary, words.get(1..).unwrap_or_default()).await,
            Some(_) => {}
            None => policy::measure(&[]).await?,
        }
        first_load::measure(&binary).await?;
        users::measure(&binary).await?;
        csv::measure(&binary).await?;
        load::measure(&binary).await?;
        lists::measure(&binary, &[]).await?;
        api::measure(&binary, &[]).await
    })
}

/// A line of a table: what, how much, beside what.
fn row(what: &str, value: &str, note: &str) {
    println!("| {what:<46} | {value:>14} | {note} |");
}

fn table(title: &str) {
    println!("\n## {title}\n");
    row("measured", "value", "reference");
    println!("| {:-<46} | {:-<13}: | --- |", "", "");
}

/// The middle and the 99th percentile, in microseconds.
fn spread(mut micros: Vec<u128>) -> (u128, u128) {
    micros.sort_unstable();
    let at = |share: usize| micros.get((micros.len() * share / 100).min(micros.len().saturating_sub(1))).copied().unwrap_or_default();
    (at(50), at(99))
}

fn ratio(of: u128, to: u128) -> String {
    let hundredths = of * 100 / to.max(1);
    format!("{}.{:02}×", hundredths / 100, hundredths % 100)
}
