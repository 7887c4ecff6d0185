//! Servers that are killed while they are written to: what was acknowledged is there, and every write has its record.

use crate::{
    acme::{Acme, acme},
    process::{Node, done},
};
use serde_json::{Value, json};
use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};
use testkit::databases::{Database, run_empty};

const KILLS: usize = 20;
const WRITERS: usize = 4;

/// So that the last round's moment is some writes later.
const LATER: Duration = Duration::from_micros(900);

impl Acme {
    fn call(&self, node: &Node, path: &str, body: &Value) -> Value {
        let answer = node.post(path, &self.signed_in(), body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// Makes a group; its id, where the server lived to acknowledge it.
    pub fn try_make_group(&self, node: &Node, name: &str) -> Option<String> {
        let body = json!({ "slug": "acme", "wish": { "name": name, "pii": false, "grants": [] } });
        let answer = node.try_post("/rpc/groups/create", &self.signed_in(), &body).ok()?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Some(answer.json()["id"].as_str().unwrap().to_owned())
    }

    /// Which of these groups are there, by their names.
    pub fn groups_there(&self, node: &Node, ids: &[String]) -> Vec<String> {
        let mut names = Vec::new();
        for ids in ids.chunks(500) {
            let found = self.call(node, "/rpc/groups/named", &json!({ "slug": "acme", "groups": ids }));
            names.extend(found.as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap().to_owned()));
        }
        names.sort();
        names
    }

    pub fn count_groups(&self, node: &Node) -> i64 {
        self.call(node, "/rpc/workspaces/counts", &json!({ "slug": "acme" }))["groups"].as_i64().unwrap()
    }
}

/// How many entries the whole trail has; fails where one is not as it was written.
pub fn entries(url: &str) -> i64 {
    let verdict: Value = serde_json::from_str(&done(url, &["audit", "verify", "--json"])).unwrap();
    assert_eq!(verdict["whole"], json!(true), "{verdict}");
    verdict["entries"].as_i64().unwrap()
}

/// Several write at once; each round the server is killed after a few more acknowledgements than the round before, in the middle of whatever
/// the others are at.
async fn what_was_acknowledged_is_there(url: String) {
    let acme = acme(&url, "source_admin").await;
    done(&url, &["workspace", "set-plan", "acme", "business"]);
    let before = entries(&url);
    let attempts = AtomicU32::new(0);
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    for round in 0..KILLS {
        let node = Node::start(&url);
        let (tell, told) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                let (tell, node, acme, attempts) = (tell.clone(), &node, &acme, &attempts);
                scope.spawn(move || {
                    loop {
                        let name = format!("group {:06}", attempts.fetch_add(1, Ordering::Relaxed));
                        let Some(id) = acme.try_make_group(node, &name) else { return };
                        tell.send((id, name)).unwrap();
                    }
                });
            }
            drop(tell);
            for _ in 0..=round {
                acknowledged.push(told.recv_timeout(Duration::from_secs(20)).expect("writes are acknowledged"));
            }
            // a little later in a write each round: between commits, and in the middle of one
            let moment = Instant::now();
            while moment.elapsed() < LATER * u32::try_from(round).unwrap() {
                std::hint::spin_loop();
            }
            node.kill();
        });
        // what was acknowledged between the last that was waited for and the kill counts too
        acknowledged.extend(told);
    }
    let node = Node::start(&url);
    let (ids, mut names): (Vec<String>, Vec<String>) = acknowledged.into_iter().unzip();
    names.sort();
    assert_eq!(acme.groups_there(&node, &ids), names);
    let (groups, attempts) = (acme.count_groups(&node), i64::from(attempts.load(Ordering::Relaxed)));
    let certain = i64::try_from(names.len()).unwrap();
    assert!(certain <= groups && groups <= attempts, "{certain} acknowledged, {groups} there, {attempts} tried");
    // each is there with its record, or neither is
    assert_eq!(entries(&url) - before, groups);
    println!("{KILLS} kills: {certain} acknowledged, {groups} there, {attempts} tried");
}

#[test]
fn what_was_acknowledged_is_there_sqlite() {
    run_empty(Database::Sqlite, what_was_acknowledged_is_there);
}

#[test]
fn what_was_acknowledged_is_there_postgres() {
    run_empty(Database::Postgres, what_was_acknowledged_is_there);
}
