//! `rolecall check` as a person runs it, and a process that is killed while it writes.

use crate::{
    acme::acme,
    process::{done, rolecall, run},
};
use serde_json::Value;
use std::process::{Output, Stdio};
use testkit::databases::{Database, run_empty};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn answers_with_its_reason(url: String) {
    done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
    done(&url, &["account", "create", "bea@acme.test", "--name", "Bea"]);
    done(&url, &["workspace", "create", "Acme", "--owner", "amara@acme.test"]);

    let allowed = run(&url, &["check", "email:amara@acme.test", "source:create", "source"]);
    assert_eq!((allowed.status.code(), said(&allowed).lines().count()), (Some(0), 2), "{}", said(&allowed));
    assert!(said(&allowed).starts_with("allowed: Amara (amara@acme.test) may create sources as a whole\n  as an owner"), "{}", said(&allowed));

    let denied = run(&url, &["check", "email:bea@acme.test", "source:create", "source"]);
    assert_eq!(denied.status.code(), Some(1));
    assert!(said(&denied).contains("denied: bea@acme.test is not in the workspace `acme`"), "{}", said(&denied));

    let json = run(&url, &["check", "email:amara@acme.test", "source:read", "source:site", "--json"]);
    let answer: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json.status.code(), &answer["allowed"], &answer["workspace"]), (Some(1), &Value::Bool(false), &Value::from("acme")), "{answer}");

    for (words, cure) in [
        (["amara", "source:edit", "source"], "SUBJECT: `amara` names nobody; write `email:ADDRESS`"),
        (["email:amara@acme.test", "edit", "source"], "ACTION: `edit` is not an action; write it as `type:verb`"),
        (["email:amara@acme.test", "source:fly", "source"], "ACTION: `fly` can't be done to a source; what can is"),
        (["email:amara@acme.test", "source:edit", "source:"], "RESOURCE: `source:` names nothing; write `source:ID`"),
        (["email:amara@acme.test", "source:edit", "warehouse:x"], "RESOURCE: The action is about a source and the resource is a warehouse"),
    ] {
        let wrong = run(&url, &["check", words[0], words[1], words[2]]);
        assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
        assert!(said(&wrong).contains(cure), "{}", said(&wrong));
    }
    done(&url, &["workspace", "create", "Other", "--owner", "bea@acme.test"]);
    let wrong = run(&url, &["check", "email:bea@acme.test", "source:create", "source"]);
    assert!(wrong.status.code() == Some(2) && said(&wrong).contains("--workspace"), "{}", said(&wrong));
    assert_eq!(run(&url, &["check", "email:bea@acme.test", "source:create", "source", "--workspace", "other"]).status.code(), Some(0));
    assert_eq!(run(&url, &["check", "email:bea@acme.test", "source:create", "source", "--workspace", "acme"]).status.code(), Some(1));
}

/// Each round kills a process that changes the plan a little later than the round before, so that some die before, in and after their commit.
async fn a_killed_process_leaves_no_wrong_answer(url: String) {
    acme(&url, "source_read_only").await;
    let version = || {
        let json = done(&url, &["workspace", "list", "--json"]);
        let all: Value = serde_json::from_str(&json).unwrap();
        (all[0]["plan"].as_str().unwrap().to_owned(), all[0]["policy_version"].as_i64().unwrap())
    };
    let mut kept = 0;
    for round in 0..12_u32 {
        let (before, old) = version();
        let wanted = if before == "free" { "business" } else { "free" };
        let mut child = rolecall(&url).args(["workspace", "set-plan", "acme", wanted]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // work of its own, growing by the round, in place of a wait
        for _ in 0..round {
            done(&url, &["catalog", "check"]);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (after, new) = version();
        // the change, its version and its record: all of it or nothing
        assert!((after == before && new == old) || (after == wanted && new == old + 1), "{before} {old} -> {after} {new}");
        kept += i64::from(new != old);
        done(&url, &["audit", "verify"]);
        let check = run(&url, &["check", "email:bea@acme.test", "source:read", "source", "--json"]);
        let answer: Value = serde_json::from_slice(&check.stdout).unwrap();
        assert_eq!((answer["allowed"].as_bool(), answer["policy_version"].as_i64()), (Some(after == "business"), Some(new)), "{answer}");
    }
    assert!(kept > 0, "no process lived long enough to change anything");
}

#[test]
fn answers_with_its_reason_sqlite() {
    run_empty(Database::Sqlite, answers_with_its_reason);
}

#[test]
fn answers_with_its_reason_postgres() {
    run_empty(Database::Postgres, answers_with_its_reason);
}

#[test]
fn a_killed_process_leaves_no_wrong_answer_sqlite() {
    run_empty(Database::Sqlite, a_killed_process_leaves_no_wrong_answer);
}

#[test]
fn a_killed_process_leaves_no_wrong_answer_postgres() {
    run_empty(Database::Postgres, a_killed_process_leaves_no_wrong_answer);
}
