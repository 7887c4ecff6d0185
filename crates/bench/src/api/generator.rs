//! The load: a process of its own, so many connections that stay open, each asking again as soon as it was answered.

use crate::{Outcome, server};
use futures::future::try_join_all;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use std::{
    io::Read as _,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, process::Command};

/// What is asked, of whom, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Load {
    pub address: String,
    /// The process that answers, whose time is counted.
    pub process: u32,
    pub method: String,
    pub path: String,
    pub authorization: String,
    /// Taken in turn, each connection beginning at another; where there is none, the request has no body.
    pub bodies: Vec<String>,
    /// Each is sent once: whoever has none left ends.
    pub once: bool,
    pub connections: usize,
    /// Not counted.
    pub warm_ms: u64,
    pub run_ms: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub answered: u64,
    /// With those that came while it warmed up.
    pub all: u64,
    /// How much time of the processors each answer took the process that gave it, in microseconds; whoever started the load knows.
    #[serde(default)]
    pub cpu: f64,
    pub seconds: f64,
    /// In microseconds.
    pub median: u64,
    pub late: u64,
}

impl Run {
    pub(super) fn a_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a table's numbers")]
        let answered = self.answered as f64;
        answered / self.seconds
    }
}

impl Load {
    /// Runs it in a process of its own.
    pub(super) async fn run(&self) -> Outcome<Run> {
        let before = server::cpu_time(self.process)?;
        let mut child = Command::new(std::env::current_exe()?).arg("generate").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut input = child.stdin.take().ok_or("the load generator does not listen")?;
        input.write_all(&serde_json::to_vec(self)?).await?;
        drop(input);
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            return Err("the load generator failed".into());
        }
        let run: Run = serde_json::from_slice(&output.stdout)?;
        let took = server::cpu_time(self.process)?.saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "a table's numbers")]
        let all = run.all.max(1) as f64;
        Ok(Run { cpu: took.as_secs_f64() * 1e6 / all, ..run })
    }
}

/// What the process does.
pub(crate) fn generate() -> Outcome {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let load: Load = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let run = runtime.block_on(all(load))?;
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

async fn all(load: Load) -> Outcome<Run> {
    let bodies: Arc<[Bytes]> = load.bodies.iter().map(|body| Bytes::from(body.clone())).collect();
    let load = Arc::new(load);
    let mut open = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        let stream = TcpStream::connect(&load.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        open.push(sender);
    }
    let counted = Instant::now() + Duration::from_millis(load.warm_ms);
    let end = counted + Duration::from_millis(load.run_ms);
    let tasks = open.into_iter().enumerate().map(|(place, sender)| {
        let (load, bodies) = (load.clone(), bodies.clone());
        tokio::spawn(async move { one(&load, &bodies, place, sender, counted, end).await })
    });
    let (mut micros, mut last, mut all) = (Vec::new(), counted, 0);
    for result in try_join_all(tasks).await? {
        let (some, ended, answered) = result?;
        micros.extend(some);
        all += answered;
        last = last.max(ended);
    }
    micros.sort_unstable();
    let at = |share: usize| micros.get((micros.len() * share / 100).min(micros.len().saturating_sub(1))).copied().unwrap_or_default();
    let seconds = last.duration_since(counted).as_secs_f64().max(f64::EPSILON);
    Ok(Run { answered: micros.len() as u64, all, cpu: 0.0, seconds, median: at(50), late: at(99) })
}

/// One connection: how long each answer took, when the last came, and how many came with those that are not counted.
async fn one(
    load: &Load,
    bodies: &[Bytes],
    place: usize,
    mut sender: SendRequest<Full<Bytes>>,
    counted: Instant,
    end: Instant,
) -> Outcome<(Vec<u64>, Instant, u64)> {
    let (mut micros, mut last, mut all) = (Vec::new(), counted, 0);
    let mut turn = place;
    loop {
        if load.once && turn >= bodies.len() {
            return Ok((micros, last, all));
        }
        let body = bodies.get(turn % bodies.len().max(1)).cloned().unwrap_or_default();
        turn += load.connections;
        let mut request =
            Request::builder().method(load.method.as_str()).uri(&load.path).header("host", &load.address).header("authorization", &load.authorization);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let begun = Instant::now();
        if begun >= end {
            return Ok((micros, last, all));
        }
        let response = sender.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        let mut body = response.into_body();
        let mut said = Vec::new();
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame?.into_data()
                && !status.is_success()
            {
                said.extend_from_slice(&piece);
            }
        }
        if !status.is_success() {
            return Err(format!("{} answers {status}: {}", load.path, String::from_utf8_lossy(&said)).into());
        }
        all += 1;
        if begun >= counted {
            last = Instant::now();
            micros.push(u64::try_from(last.duration_since(begun).as_micros()).unwrap_or(u64::MAX));
        }
    }
}
