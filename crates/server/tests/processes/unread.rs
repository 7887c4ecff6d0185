//! Commands whose reader leaves early, as in `rolecall check … | head -1`: they do what they were asked, and their end says how it went.

use crate::process::{done, run_unread};
use testkit::databases::{Database, Place, run_empty};

/// How it ends where nobody reads; not a word of it is an error.
fn ends(url: &str, words: &[&str]) -> Option<i32> {
    let output = run_unread(url, words);
    assert!(output.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.status.code()
}

async fn the_end_says_how_it_went(url: String) {
    done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
    done(&url, &["workspace", "create", "Acme", "--owner", "amara@acme.test"]);
    done(&url, &["workspace", "set-plan", "acme", "team"]);
    for json in [&[] as &[&str], &["--json"]] {
        assert_eq!(ends(&url, &[&["check", "email:amara@acme.test", "source:create", "source"][..], json].concat()), Some(0));
        assert_eq!(ends(&url, &[&["check", "email:nobody@acme.test", "source:create", "source"][..], json].concat()), Some(1), "denied");
        assert_eq!(ends(&url, &[&["audit", "verify"][..], json].concat()), Some(0));
    }
    for words in [
        &["token", "create", "shop", "--owner-access"][..],
        &["members", "export"],
        &["members", "export", "--json"],
        &["workspace", "list"],
        &["completions", "bash"],
    ] {
        assert_eq!(ends(&url, words), Some(0), "{words:?}");
    }
    assert!(done(&url, &["token", "list"]).contains("shop"));

    // the trail of accounts is told first, and is whole
    Place::raw_at(&url, "UPDATE audit SET event_json = replace(event_json, 'team', 'free') WHERE event = 'plan_changed'").await;
    assert_eq!(ends(&url, &["audit", "verify"]), Some(1));
    assert_eq!(ends(&url, &["audit", "verify", "--json"]), Some(1));
    if let Some(file) = url.strip_prefix("sqlite://") {
        assert_eq!(ends(&url, &["backup", &format!("{file}.kept")]), Some(1));
    }
}

#[test]
fn the_end_says_how_it_went_sqlite() {
    run_empty(Database::Sqlite, the_end_says_how_it_went);
}

#[test]
fn the_end_says_how_it_went_postgres() {
    run_empty(Database::Postgres, the_end_says_how_it_went);
}
