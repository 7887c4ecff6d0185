//! A server that is asked to end: what it has begun is answered, what would go on for ever is let go, nothing new is taken.

use crate::{
    acme::acme,
    process::{Answer, Node, answer, get, until},
};
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};
use testkit::databases::{Database, run_empty};

impl Node {
    /// An open page that is told of changes.
    pub fn follow(&self, cookie: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /w/acme/events HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n", self.address).unwrap();
        let mut lines = BufReader::new(stream);
        let mut status = String::new();
        lines.read_line(&mut status).unwrap();
        assert!(status.contains(" 200 "), "{status}");
        lines
    }
}

/// A question whose second half is still to be sent.
struct HalfSent {
    stream: TcpStream,
    rest: String,
}

impl HalfSent {
    /// Returns when the server waits for the body: it says so.
    fn begin(node: &Node, token: &str) -> Self {
        let body = json!({ "subject": "email:bea@acme.test", "action": "source:create", "resource": "source" }).to_string();
        let mut stream = TcpStream::connect(&node.address).unwrap();
        let (address, length) = (&node.address, body.len());
        write!(
            stream,
            "POST /api/v1/check HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
        )
        .unwrap();
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, rest: body }
    }

    fn end(mut self) -> std::io::Result<Answer> {
        self.stream.write_all(self.rest.as_bytes())?;
        answer(self.stream)
    }
}

async fn what_was_begun_is_answered(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start_with(&url, &[("ROLECALL_METRICS_ADDR", "127.0.0.1:0")]);
    let apart = node.apart.clone().unwrap();
    assert_eq!(node.get("/readyz", &[]).status, 200);
    let half = HalfSent::begin(&node, &acme.token);
    let mut page = node.follow(&acme.cookie);

    node.terminate();
    until("it is not ready for more", || get(&apart, "/readyz", &[]).unwrap().status == 503);
    assert!(get(&apart, "/metrics", &[]).unwrap().body.contains("rolecall_leaving 1\n"));
    until("nothing new is taken", || TcpStream::connect(&node.address).is_err());
    // an open page is let go by itself
    let mut rest = String::new();
    page.read_to_string(&mut rest).unwrap();
    assert_eq!(get(&apart, "/healthz", &[]).unwrap().status, 200);

    let answered = half.end().unwrap();
    assert_eq!(answered.status, 200, "{}", answered.body);
    assert_eq!(answered.json()["allowed"], json!(true));
    assert_eq!(node.ended().code(), Some(0));
}

#[test]
fn what_was_begun_is_answered_sqlite() {
    run_empty(Database::Sqlite, what_was_begun_is_answered);
}

#[test]
fn what_was_begun_is_answered_postgres() {
    run_empty(Database::Postgres, what_was_begun_is_answered);
}

#[test]
fn it_waits_no_longer_than_it_may() {
    run_empty(Database::Sqlite, |url| async move {
        let acme = acme(&url, "source_admin").await;
        let node = Node::start_with(&url, &[("ROLECALL_DRAIN_LIMIT", "1")]);
        let half = HalfSent::begin(&node, &acme.token);
        let asked = Instant::now();
        node.terminate();
        assert_eq!(node.ended().code(), Some(0));
        assert!((Duration::from_secs(1)..Duration::from_secs(10)).contains(&asked.elapsed()), "{:?}", asked.elapsed());
        assert!(half.end().is_err());
    });
}

#[test]
fn a_load_balancer_hears_of_it_first() {
    run_empty(Database::Sqlite, |url| async move {
        let node = Node::start_with(&url, &[("ROLECALL_DRAIN_DELAY", "600")]);
        node.terminate();
        until("it is not ready for more", || node.get("/readyz", &[]).status == 503);
        assert_eq!(node.get("/signin", &[]).status, 200, "who comes nevertheless is answered");
        // asked again, it waits no longer
        node.terminate();
        assert_eq!(node.ended().code(), Some(0));
    });
}
