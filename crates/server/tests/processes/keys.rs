//! A server that is started with another secret key says so, and does not go on by itself; nor does a command.

use crate::process::{Node, done, rolecall};
use std::process::Output;
use testkit::databases::{Database, run_empty};

const OTHER: (&str, &str) = ("ROLECALL_SECRET_KEY", "another key, which is as good as the first");

/// How a start with the other key ends.
fn started(url: &str) -> Output {
    rolecall(url).arg("serve").env("ROLECALL_ADDR", "127.0.0.1:0").env(OTHER.0, OTHER.1).output().unwrap()
}

/// How a command with the other key ends.
fn commanded(url: &str, words: &[&str]) -> Output {
    rolecall(url).args(words).env(OTHER.0, OTHER.1).output().unwrap()
}

async fn another_key_is_refused_until_it_is_accepted(url: String) {
    // a command binds the database to no key
    assert!(commanded(&url, &["workspace", "list"]).status.success());
    Node::start(&url).kill();
    // the same again
    Node::start(&url).kill();
    let refused = started(&url);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    for part in ["another secret key", "ROLECALL_SECRET_KEY", "--accept-key"] {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
    // a refused start changed nothing
    Node::start(&url).kill();
    for words in [&["workspace", "list"][..], &["seed", "--demo"], &["audit", "verify"]] {
        let refused = commanded(&url, words);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(1), 1), "{words:?}: {said}");
        assert!(said.contains("another secret key") && said.contains("rolecall serve --accept-key"), "{words:?}: {said}");
    }
    assert!(done(&url, &["workspace", "list"]).contains("no workspace yet"));
    Node::start_with(&url, &[OTHER, ("ROLECALL_ACCEPT_KEY", "yes")]).kill();
    assert!(commanded(&url, &["workspace", "list"]).status.success());
    Node::start_with(&url, &[OTHER]).kill();
    let refused = rolecall(&url).arg("serve").env("ROLECALL_ADDR", "127.0.0.1:0").output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn another_key_is_refused_until_it_is_accepted_sqlite() {
    run_empty(Database::Sqlite, another_key_is_refused_until_it_is_accepted);
}

#[test]
fn another_key_is_refused_until_it_is_accepted_postgres() {
    run_empty(Database::Postgres, another_key_is_refused_until_it_is_accepted);
}
