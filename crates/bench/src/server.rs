//! The built binary, started on a database of its own on a free port, and ended with us.

use crate::{Outcome, client};
use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

#[derive(Debug)]
pub struct Server {
    child: Child,
    pub process: u32,
    pub address: String,
    /// From the start of the process to its first answer.
    pub first_answer: Duration,
}

/// How one signs in to a seeded workspace.
#[derive(Debug)]
pub struct Seeded {
    pub slug: String,
    pub owner: String,
    pub password: String,
    pub took: Duration,
}

/// The URL of a SQLite file in this folder.
pub fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("bench.db").display())
}

fn command(binary: &Path, url: &str) -> Command {
    let mut command = Command::new(binary);
    // on PostgreSQL every node needs the same key
    let key = "a key for benchmarks and nothing else";
    command
        .env("DATABASE_URL", url)
        .env("ROLECALL_SECRET_KEY", key)
        .env("ROLECALL_LOG", "warn")
        // the load comes from one token, whose calls are counted as they are by default, and never too many
        .env("ROLECALL_API_RATE", "4000000000")
        .env("ROLECALL_CHECK_RATE", "4000000000")
        .env("ROLECALL_ADDR", "127.0.0.1:0")
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    command
}

pub async fn seed(binary: &Path, url: &str, members: u32, groups: u32, resources: u32) -> Outcome<Seeded> {
    let begun = Instant::now();
    let counts = [("--members", members), ("--groups", groups), ("--resources", resources)];
    let mut seeding = command(binary, url);
    seeding.args(["--json", "seed"]);
    for (name, count) in counts {
        seeding.arg(name).arg(count.to_string());
    }
    let output = seeding.stdout(Stdio::piped()).output().await?;
    if !output.status.success() {
        return Err("seeding failed".into());
    }
    let seeded: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let text = |key: &str| seeded.get(key).and_then(serde_json::Value::as_str).map(str::to_owned).ok_or("the seed's answer lacks a field");
    Ok(Seeded { slug: text("slug")?, owner: text("owner")?, password: text("password")?, took: begun.elapsed() })
}

/// A token that may ask about everybody.
pub async fn token(binary: &Path, url: &str) -> Outcome<String> {
    let output = command(binary, url).args(["--json", "token", "create", "bench", "--owner-access"]).stdout(Stdio::piped()).output().await?;
    let made: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(made.get("token").and_then(serde_json::Value::as_str).ok_or("no token was made")?.to_owned())
}

pub async fn start(binary: &Path, url: &str) -> Outcome<Server> {
    started(command(binary, url)).await
}

/// As operators run it, with the log's usual level: each request then has its line's beginning ready.
pub async fn start_as_usual(binary: &Path, url: &str) -> Outcome<Server> {
    let mut command = command(binary, url);
    command.env("ROLECALL_LOG", "info").stderr(Stdio::null());
    started(command).await
}

async fn started(mut command: Command) -> Outcome<Server> {
    let begun = Instant::now();
    let mut child = command.arg("serve").stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("the server has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let address = loop {
        let line = lines.next_line().await?.ok_or("the server ended before it listened")?;
        if let Some(address) = line.strip_prefix("listening on http://") {
            break address.to_owned();
        }
    };
    client::get(&address, "/healthz", "").await?;
    let process = child.id().ok_or("the server has ended")?;
    Ok(Server { child, process, address, first_answer: begun.elapsed() })
}

/// What Linux counts the time of processes in: hundredths of a second, whatever the machine (`USER_HZ`, proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// How much time all threads of this process have had on processors so far, in the program and in the system for it.
pub fn cpu_time(process: u32) -> Outcome<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // the command's name stands in brackets, and may hold anything
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in the process's numbers")?;
    // its 14th and 15th numbers, of which two stand before this
    let ticks: u32 = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

impl Server {
    /// What the process holds in memory now, in KiB.
    pub fn memory(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
    }

    pub async fn end(mut self) -> Outcome {
        self.child.kill().await?;
        Ok(())
    }
}
