//! What was typed wrongly ends with 2 and names what it is about, whichever command it was.

use crate::process::{done, run};
use testkit::databases::{Database, run_empty};

async fn what_was_mistyped_is_named(url: String) {
    done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
    done(&url, &["workspace", "create", "Acme", "--owner", "amara@acme.test"]);
    for (words, says) in [
        (&["account", "create", "amara", "--name", "Amara"][..], "EMAIL: "),
        (&["account", "create", "amara@acme.test", "--name", "Amara"], "EMAIL: `amara@acme.test` has an account already"),
        (&["account", "create", "bea@acme.test", "--name", "Bea", "--password", "short"], "PASSWORD: "),
        (&["account", "set-password", "nobody@acme.test"], "EMAIL: No account has the address nobody@acme.test"),
        (&["workspace", "create", "Other", "--owner", "nobody@acme.test"], "OWNER: No account has the address nobody@acme.test"),
        (&["workspace", "set-plan", "acme", "gold"], "PLAN: "),
        (&["workspace", "set-plan", "nowhere", "team"], "WORKSPACE: No workspace is called `nowhere`"),
        (&["token", "create", " ", "--owner-access"], "NAME: "),
        (&["token", "create", "shop", "--owner-access", "--workspace", "nowhere"], "WORKSPACE: No workspace is called `nowhere`"),
        (&["token", "list", "--workspace", "nowhere"], "WORKSPACE: No workspace is called `nowhere`"),
        (&["token", "revoke", "shop"], "ID: "),
    ] {
        let refused = run(&url, words);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.starts_with(&format!("rolecall: {says}")) && said.lines().count() == 1, "{words:?}: {said}");
    }
    // nothing was mistyped: it is not there
    let gone = run(&url, &["token", "revoke", "01900000-0000-7000-8000-000000000000"]);
    assert_eq!(gone.status.code(), Some(1), "{}", String::from_utf8_lossy(&gone.stderr));
}

#[test]
fn what_was_mistyped_is_named_sqlite() {
    run_empty(Database::Sqlite, what_was_mistyped_is_named);
}

#[test]
fn what_was_mistyped_is_named_postgres() {
    run_empty(Database::Postgres, what_was_mistyped_is_named);
}
