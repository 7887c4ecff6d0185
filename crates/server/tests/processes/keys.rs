//! A server that is started with another secret key says so, and does not go on by itself.

use crate::process::{Node, rolecall};
use std::process::Output;
use testkit::databases::{Database, run_empty};

const OTHER: (&str, &str) = ("ROLECALL_SECRET_KEY", "another key, which is as good as the first");

/// How a start with the other key ends.
fn started(url: &str) -> Output {
    rolecall(url).arg("serve").env("ROLECALL_ADDR", "127.0.0.1:0").env(OTHER.0, OTHER.1).output().unwrap()
}

async fn another_key_is_refused_until_it_is_accepted(url: String) {
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
    Node::start_with(&url, &[OTHER, ("ROLECALL_ACCEPT_KEY", "yes")]).kill();
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
