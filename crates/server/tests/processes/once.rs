//! Servers that are killed while writes with keys of their own are under way, at any moment between commit and answer among others, and one
//! each time after its commit and before anybody had its answer: what is sent again with its key happens once.

use crate::{
    acme::{Acme, acme},
    process::{Answer, Node, answer, done, until},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    net::TcpStream,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::databases::{Database, Place, run_empty};

const KILLS: u32 = 8;
const WRITERS: usize = 4;

/// So that each kill comes at another moment of a write.
const LATER: Duration = Duration::from_micros(700);

/// Makes a group under a key of its own; an error where the server went away meanwhile.
fn make(node: &Node, acme: &Acme, number: u32) -> std::io::Result<Answer> {
    let (token, key) = (format!("Bearer {}", acme.token), format!("key-{number}"));
    let headers = [("authorization", token.as_str()), ("idempotency-key", key.as_str())];
    node.try_post("/api/groups", &headers, &json!({ "name": format!("group {number:06}") }))
}

/// Makes a token under a key of its own. The answer comes on the connection, if anybody reads it.
fn ask_for_token(node: &Node, acme: &Acme, name: &str) -> std::io::Result<TcpStream> {
    let bearer = format!("Bearer {}", acme.token);
    node.send_post("/api/v1/tokens", &[("authorization", bearer.as_str()), ("idempotency-key", name)], &json!({ "name": name }))
}

/// The ids of the tokens whose names have this in them.
fn tokens(node: &Node, acme: &Acme, name: &str) -> Vec<String> {
    let bearer = format!("Bearer {}", acme.token);
    let listed = node.get(&format!("/api/v1/tokens?q={name}"), &[("authorization", bearer.as_str())]);
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.json()["items"].as_array().unwrap().iter().map(|token| token["id"].as_str().unwrap().to_owned()).collect()
}

fn is_replayed(answer: &Answer) -> bool {
    answer.head.to_ascii_lowercase().contains("idempotency-replayed: true")
}

/// The server ends with this, and with it those who write: also where the test has failed.
struct Ends<'a>(&'a Node);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.kill();
    }
}

async fn what_is_sent_again_happens_once(url: String) {
    let acme = acme(&url, "source_admin").await;
    done(&url, &["workspace", "set-plan", "acme", "business"]);
    let numbers = AtomicU32::new(0);
    let open: Mutex<BTreeSet<u32>> = Mutex::default();
    let (mut answered_again, mut known_done) = (0, 0);
    for round in 0..KILLS {
        let node = Node::start(&url);
        let unread = format!("unread-{round}");
        let before = numbers.load(Ordering::Relaxed);
        std::thread::scope(|scope| {
            let _ends = Ends(&node);
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    loop {
                        let number = numbers.fetch_add(1, Ordering::Relaxed);
                        match make(&node, &acme, number) {
                            Ok(answer) => assert_eq!(answer.status, 200, "{}", answer.body),
                            Err(_) => {
                                open.lock().unwrap().insert(number);
                                return;
                            }
                        }
                    }
                });
            }
            let begun = Instant::now();
            while numbers.load(Ordering::Relaxed) < before + 20 {
                assert!(begun.elapsed() < Duration::from_secs(20), "nothing is written");
                std::thread::yield_now();
            }
            // of this one it is certain that it was done when the server is killed, and that nobody had its answer
            let _open = ask_for_token(&node, &acme, &unread).unwrap();
            until("the token is there", || tokens(&node, &acme, &unread).len() == 1);
            let moment = Instant::now();
            while moment.elapsed() < LATER * round {
                std::hint::spin_loop();
            }
            node.kill();
        });
        // whoever got no answer asks again, as often as it takes
        let node = Node::start(&url);
        let again = answer(ask_for_token(&node, &acme, &unread).unwrap()).unwrap();
        match again.status {
            201 => assert!(is_replayed(&again), "it was done again: {}", again.body),
            status => assert!(status == 409 && again.body.contains("was done"), "{status}: {}", again.body),
        }
        for number in std::mem::take(&mut *open.lock().unwrap()) {
            let answer = make(&node, &acme, number).unwrap();
            match answer.status {
                200 => answered_again += u32::from(is_replayed(&answer)),
                409 => {
                    assert!(answer.body.contains("was done"), "{}", answer.body);
                    known_done += 1;
                }
                status => panic!("{status}: {}", answer.body),
            }
        }
    }
    let node = Node::start(&url);
    let tried = i64::from(numbers.load(Ordering::Relaxed));
    // a name would be refused the second time, and a group made twice counted twice: each is there, and once
    assert_eq!(acme.count_groups(&node), tried);
    // their names may be those of others
    assert_eq!(tokens(&node, &acme, "unread").len(), KILLS as usize);
    println!("{KILLS} kills, {tried} writes; of those without an answer {answered_again} were answered again, {known_done} were known to be done");
}

/// As if each server ended after its commit and before it kept its answer.
async fn lose_answers(url: &str, on: bool) {
    let sqlite = url.starts_with("sqlite");
    let statements: &[&str] = match (on, sqlite) {
        (true, true) => &["CREATE TRIGGER loses_answers BEFORE UPDATE ON once BEGIN SELECT RAISE(IGNORE); END"],
        (true, false) => &[
            "CREATE FUNCTION loses_answers() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER loses_answers BEFORE UPDATE ON once FOR EACH ROW EXECUTE FUNCTION loses_answers()",
        ],
        (false, true) => &["DROP TRIGGER loses_answers"],
        (false, false) => &["DROP TRIGGER loses_answers ON once"],
    };
    for statement in statements {
        Place::raw_at(url, statement).await;
    }
}

async fn what_was_done_without_an_answer_is_known_to_be_done(url: String) {
    let acme = acme(&url, "source_admin").await;
    lose_answers(&url, true).await;
    let node = Node::start(&url);
    let _open = ask_for_token(&node, &acme, "unread").unwrap();
    until("the token is there", || tokens(&node, &acme, "unread").len() == 1);
    node.kill();
    lose_answers(&url, false).await;

    let node = Node::start(&url);
    let made = tokens(&node, &acme, "unread");
    let told = answer(ask_for_token(&node, &acme, "unread").unwrap()).unwrap();
    assert_eq!((told.status, told.json()["type"].as_str()), (409, Some("urn:rolecall:problem:already-done")), "{}", told.body);
    let what = format!("to the token `{}`", made[0]);
    assert!(told.json()["detail"].as_str().is_some_and(|words| words.contains(&what)), "{}", told.body);
    assert_eq!(tokens(&node, &acme, "unread"), made);
}

#[test]
fn what_was_done_without_an_answer_is_known_to_be_done_sqlite() {
    run_empty(Database::Sqlite, what_was_done_without_an_answer_is_known_to_be_done);
}

#[test]
fn what_was_done_without_an_answer_is_known_to_be_done_postgres() {
    run_empty(Database::Postgres, what_was_done_without_an_answer_is_known_to_be_done);
}

#[test]
fn what_is_sent_again_happens_once_sqlite() {
    run_empty(Database::Sqlite, what_is_sent_again_happens_once);
}

#[test]
fn what_is_sent_again_happens_once_postgres() {
    run_empty(Database::Postgres, what_is_sent_again_happens_once);
}
