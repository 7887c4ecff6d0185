//! The API as products use it, on real processes: tokens and their refusals, two servers on one database, and servers that are killed.

use crate::{
    acme::{Acme, acme},
    process::{Node, done, on_both, run},
};
use domain::{
    catalog::RoleId,
    grant::{GrantSpec, Scope},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SAVE: &str = "/rpc/members/change_access";

pub fn role() -> GrantSpec {
    GrantSpec::new(RoleId::new(ROLE), Scope::All)
}

const ROLE: &str = "source_admin";

impl Acme {
    /// What this node says: whether Bea may create sources, and by which version of the policy.
    fn ask(&self, node: &Node, at_least: Option<i64>) -> (bool, i64) {
        let question = json!({ "subject": "email:bea@acme.test", "action": "source:create", "resource": "source", "at_least": at_least });
        let answer = node.post("/api/v1/check", &[("authorization", &format!("Bearer {}", self.token))], &question);
        assert_eq!(answer.status, 200, "{}", answer.body);
        (answer.json()["allowed"].as_bool().unwrap(), answer.json()["policy_version"].as_i64().unwrap())
    }

    /// The body that saves Bea's access, made after a look at what is stored.
    fn change(&self, node: &Node, roles: &[GrantSpec]) -> Value {
        let found = node.post("/rpc/members/find", &self.signed_in(), &json!({ "slug": "acme", "member": self.bea }));
        let grants: Vec<Value> = roles.iter().map(|spec| json!({ "id": null, "spec": spec })).collect();
        let access = json!({ "kind": "member", "pii": false, "grants": grants, "groups": [] });
        json!({ "slug": "acme", "member": self.bea, "revision": found.json()["revision"], "access": access })
    }

    /// Saves Bea's access on this node as the console does.
    pub fn save(&self, node: &Node, roles: &[GrantSpec]) {
        let saved = node.post(SAVE, &self.signed_in(), &self.change(node, roles));
        assert!(saved.status == 200 && saved.body.starts_with("{\"saved\""), "{}", saved.body);
    }

    pub fn signed_in(&self) -> [(&str, &str); 2] {
        [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")]
    }

    /// What the database itself says, read by a process that knows nothing yet.
    fn truth(&self) -> (bool, i64) {
        let output = run(&self.url, &["check", "email:bea@acme.test", "source:create", "source", "--json"]);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        (answer["allowed"].as_bool().unwrap(), answer["policy_version"].as_i64().unwrap())
    }
}

async fn what_one_takes_away_the_other_refuses(url: String) {
    let acme = acme(&url, ROLE).await;
    let (here, there) = (Node::start(&url), Node::start(&url));
    for _ in 0..5 {
        assert!(acme.ask(&there, Some(acme.ask(&here, None).1)).0);
        acme.save(&here, &[]);
        let taken = Instant::now();
        while acme.ask(&there, None).0 {
            assert!(taken.elapsed() < Duration::from_secs(1), "still allowed after a second");
        }
        acme.save(&here, &[role()]);
        // at once where the version is named
        let (allowed, version) = acme.ask(&here, None);
        assert!(allowed && acme.ask(&there, Some(version)).0);
        acme.save(&here, &[]);
        let (allowed, version) = acme.ask(&here, None);
        assert!(!allowed);
        assert_eq!(acme.ask(&there, Some(version)), (false, version));
        acme.save(&here, &[role()]);
    }
}

/// Each round kills the writing node later in its write than the round before, the last one after its answer; every other round kills
/// the reading one too.
async fn killed_nodes_come_back_with_the_truth(url: String) {
    const LAST: u32 = 7;
    let acme = acme(&url, ROLE).await;
    let mut there = Node::start(&url);
    for round in 0..=LAST {
        let here = Node::start(&url);
        let (before, old) = acme.ask(&here, None);
        let change = acme.change(&here, &if before { Vec::new() } else { vec![role()] });
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| here.try_post(SAVE, &acme.signed_in(), &change).map(|answer| answer.status).ok());
            if round == LAST {
                assert_eq!(writing.join().unwrap(), Some(200));
            } else {
                // work of its own, growing by the round, in place of a wait
                for _ in 0..1 << round {
                    acme.ask(&there, None);
                }
            }
            here.kill();
        });
        if round % 2 == 1 {
            there.kill();
            there = Node::start(&url);
        }
        let (truth, version) = acme.truth();
        let (kept, lost) = ((truth, version) == (!before, old + 1), (truth, version) == (before, old));
        assert!(kept || (lost && round != LAST), "round {round}: {before} {old} -> {truth} {version}");
        assert_eq!(acme.ask(&there, Some(version)), (truth, version));
        assert_eq!(acme.ask(&Node::start(&url), None), (truth, version));
        done(&url, &["audit", "verify"]);
    }
}

async fn tokens_are_let_in_and_refused(url: String) {
    let acme = acme(&url, ROLE).await;
    let node = Node::start(&url);
    let question = json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "source" });
    let ask = |token: &str, question: &Value| node.post("/api/v1/check", &[("authorization", &format!("Bearer {token}"))], question);

    let answer = ask(&acme.token, &question).json();
    assert_eq!((&answer["reasons"][0]["role_name"], &answer["reasons"][0]["type"]), (&json!("Source Admin"), &json!("grant")), "{answer}");
    assert!(answer["why"].as_str().unwrap().contains("Source Admin"), "{answer}");
    let denied = ask(&acme.token, &json!({ "subject": "email:bea@acme.test", "action": "function:edit", "resource": "function" })).json();
    assert_eq!((&denied["allowed"], &denied["missing"]["roles"][0]["id"]), (&json!(false), &json!("function_admin")), "{denied}");

    // a batch answers in order, the same question twice, one person by two names
    let checks = [question.clone(), json!({ "subject": format!("user:{}", acme.bea), "action": "source:edit", "resource": "source" }), question.clone()];
    let batch = json!({ "checks": [checks[0], denied_question(), checks[1], checks[2]] });
    let answers = node.post("/api/v1/check/batch", &[("authorization", &format!("Bearer {}", acme.token))], &batch).json();
    let allowed: Vec<bool> = answers["results"].as_array().unwrap().iter().map(|result| result["allowed"].as_bool().unwrap()).collect();
    assert_eq!(allowed, [true, false, true, true]);

    // a weak token asks about itself alone, and learns of nobody
    let weak: Value = serde_json::from_str(&done(&url, &["token", "create", "reader", "--role", "source_read_only", "--json"])).unwrap();
    let secret = weak["token"].as_str().unwrap();
    let own = json!({ "subject": format!("token:{}", weak["id"].as_str().unwrap()), "action": "source:read", "resource": "source" });
    // made by another process: within a second here
    let made = Instant::now();
    while ask(secret, &own).json()["allowed"] != json!(true) {
        assert!(made.elapsed() < Duration::from_secs(1), "not allowed after a second");
    }
    assert_eq!(ask(secret, &question).status, 403);
    let nobody = json!({ "subject": "email:nobody@acme.test", "action": "source:edit", "resource": "source" });
    assert_eq!(ask(secret, &nobody).body, ask(secret, &question).body);
    assert_eq!(ask(&acme.token, &nobody).json()["missing"]["unknown"], json!(true));

    for (token, words) in [("", "Send a token"), ("rc_ws_short", "This is no token"), (&mistyped(secret), "This is no token")] {
        let refused = ask(token, &question);
        assert_eq!(refused.status, 401, "{}", refused.body);
        assert!(refused.body.contains(words) && refused.head.contains("application/problem+json"), "{}", refused.body);
    }
    done(&url, &["token", "revoke", weak["id"].as_str().unwrap()]);
    // by another process, too
    let ended = Instant::now();
    let revoked = loop {
        let answer = ask(secret, &own);
        if answer.status != 200 {
            break answer;
        }
        assert!(ended.elapsed() < Duration::from_secs(1), "still let in after a second");
    };
    assert!(revoked.status == 401 && revoked.body.contains("revoked"), "{}", revoked.body);

    for (wrong, field) in [
        (json!({ "subject": "bea", "action": "source:edit", "resource": "source" }), "subject"),
        (json!({ "subject": "email:bea@acme.test", "action": "source:fly", "resource": "source" }), "action"),
        (json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "warehouse:x" }), "resource"),
        (json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "source", "at_least": 1_000_000 }), "at_least"),
    ] {
        let refused = ask(&acme.token, &wrong);
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some(field)), "{}", refused.body);
    }
    let placed = node.post(
        "/api/v1/check/batch",
        &[("authorization", &format!("Bearer {}", acme.token))],
        &json!({ "checks": [question, { "subject": "x", "action": "source:edit", "resource": "source" }] }),
    );
    assert_eq!((placed.status, placed.json()["field"].as_str()), (422, Some("checks[1].subject")));
    assert_eq!(node.post("/api/v1/nothing", &[], &json!({})).status, 404);
    let unread = ask(&acme.token, &json!({ "subject": 1 }));
    assert!(unread.status == 422 && unread.head.contains("problem+json"), "{}", unread.body);
}

fn denied_question() -> Value {
    json!({ "subject": "email:bea@acme.test", "action": "function:edit", "resource": "function" })
}

/// The same with its last character changed.
fn mistyped(secret: &str) -> String {
    let (most, last) = secret.split_at(secret.len() - 1);
    format!("{most}{}", if last == "0" { "1" } else { "0" })
}

on_both! {
    what_one_takes_away_the_other_refuses: what_one_takes_away_the_other_refuses_sqlite, what_one_takes_away_the_other_refuses_postgres;
    killed_nodes_come_back_with_the_truth: killed_nodes_come_back_with_the_truth_sqlite, killed_nodes_come_back_with_the_truth_postgres;
    tokens_are_let_in_and_refused: tokens_are_let_in_and_refused_sqlite, tokens_are_let_in_and_refused_postgres;
}
