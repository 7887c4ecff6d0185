//! Servers that are killed while writes with keys of their own are under way, at any moment between commit and answer among others:
//! what is sent again with its key happens once.

use crate::{
    acme::{Acme, acme},
    process::{Answer, Node, done},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::databases::{Database, run_empty};

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

async fn what_is_sent_again_happens_once(url: String) {
    let acme = acme(&url, "source_admin").await;
    done(&url, &["workspace", "set-plan", "acme", "business"]);
    let numbers = AtomicU32::new(0);
    let open: Mutex<BTreeSet<u32>> = Mutex::default();
    let (mut answered_again, mut known_done) = (0, 0);
    for round in 0..KILLS {
        let node = Node::start(&url);
        let before = numbers.load(Ordering::Relaxed);
        std::thread::scope(|scope| {
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
            let moment = Instant::now();
            while moment.elapsed() < LATER * round {
                std::hint::spin_loop();
            }
            node.kill();
        });
        // whoever got no answer asks again, as often as it takes
        let node = Node::start(&url);
        for number in std::mem::take(&mut *open.lock().unwrap()) {
            let answer = make(&node, &acme, number).unwrap();
            let replayed = answer.head.to_ascii_lowercase().contains("idempotency-replayed: true");
            match answer.status {
                200 => answered_again += u32::from(replayed),
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
    println!("{KILLS} kills, {tried} writes; of those without an answer {answered_again} were answered again, {known_done} were known to be done");
}

#[test]
fn what_is_sent_again_happens_once_sqlite() {
    run_empty(Database::Sqlite, what_is_sent_again_happens_once);
}

#[test]
fn what_is_sent_again_happens_once_postgres() {
    run_empty(Database::Postgres, what_is_sent_again_happens_once);
}
