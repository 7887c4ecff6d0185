//! The peer: a bare axum handler that reads a question and answers JSON of the shape and size of ours, in a process of its own. It
//! looks nothing up and decides nothing.

use crate::Outcome;
use axum::{Json, Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};
use std::{io::Read as _, path::Path, process::Stdio, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

#[derive(Debug, Deserialize)]
struct Question {
    subject: String,
    action: String,
    resource: String,
    at_least: Option<i64>,
}

/// As `/api/v1/check` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Answer {
    allowed: bool,
    why: String,
    reasons: Vec<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
    policy_version: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Reason {
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Missing {
    unknown: bool,
    roles: Vec<Role>,
    held: Vec<Held>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    grant: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    but: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Role {
    id: String,
    name: String,
}

#[derive(Debug)]
pub(super) struct Peer {
    pub address: String,
    pub process: u32,
    _child: Child,
}

impl Peer {
    /// Starts it; `answer` is one of ours.
    pub(super) async fn start(answer: &str) -> Outcome<Self> {
        let program: &Path = &std::env::current_exe()?;
        let mut child = Command::new(program).arg("peer").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut input = child.stdin.take().ok_or("the peer does not listen")?;
        input.write_all(answer.as_bytes()).await?;
        drop(input);
        let output = child.stdout.take().ok_or("the peer says nothing")?;
        let address = BufReader::new(output).lines().next_line().await?.ok_or("the peer ended before it listened")?;
        let process = child.id().ok_or("the peer has ended")?;
        Ok(Self { address, process, _child: child })
    }
}

/// What the process does.
pub(crate) fn serve() -> Outcome {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let answer: Arc<Answer> = Arc::new(serde_json::from_str(&text)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, Router::new().route("/api/v1/check", post(check)).with_state(answer)).await?;
        Ok(())
    })
}

async fn check(State(answer): State<Arc<Answer>>, Json(question): Json<Question>) -> Json<Answer> {
    let Question { subject, action, resource, at_least } = question;
    std::hint::black_box((subject, action, resource, at_least));
    Json(Answer::clone(&answer))
}
