//! `rolecall audit verify` as a person and a script run it.

use crate::process::{done, run};
use serde_json::Value;
use testkit::databases::{Database, Place, run_empty};

async fn says_which_entry_is_not_as_it_was_written(url: String) {
    done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
    done(&url, &["workspace", "create", "Acme", "--owner", "amara@acme.test"]);
    done(&url, &["workspace", "set-plan", "acme", "team"]);
    let said = done(&url, &["audit", "verify"]);
    assert!(said.contains("accounts: whole, 1 entries\nacme: whole, 2 entries\n3 entries stand as they were written"), "{said}");
    let json: Value = serde_json::from_str(&done(&url, &["audit", "verify", "--workspace", "acme", "--json"])).unwrap();
    assert_eq!((&json["whole"], &json["entries"], &json["chains"][0]["chain"]), (&Value::from(true), &Value::from(2), &Value::from("acme")));

    Place::raw_at(&url, "UPDATE audit SET event_json = replace(event_json, 'team', 'free') WHERE event = 'plan_changed'").await;
    let broken = run(&url, &["audit", "verify"]);
    let said = String::from_utf8_lossy(&broken.stdout).into_owned();
    assert_eq!(broken.status.code(), Some(1), "{said}");
    assert!(said.contains("accounts: whole") && said.contains("acme: BROKEN, 2 entries\n  entry 2 (plan_changed, 20"), "{said}");
    assert!(said.contains("was changed after it was written\n1 of 2 trails are not as they were written"), "{said}");
    let broken = run(&url, &["audit", "verify", "--json"]);
    let json: Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert_eq!((broken.status.code(), &json["whole"], &json["chains"][1]["faults"][0]["fault"]), (Some(1), &Value::from(false), &Value::from("changed")));
    assert_eq!(json["chains"][1]["faults"][0]["seq"], 2);

    let wrong = run(&url, &["audit", "verify", "--workspace", "nowhere"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("WORKSPACE: No workspace is called `nowhere`"));
}

#[test]
fn says_which_entry_is_not_as_it_was_written_sqlite() {
    run_empty(Database::Sqlite, says_which_entry_is_not_as_it_was_written);
}

#[test]
fn says_which_entry_is_not_as_it_was_written_postgres() {
    run_empty(Database::Postgres, says_which_entry_is_not_as_it_was_written);
}
