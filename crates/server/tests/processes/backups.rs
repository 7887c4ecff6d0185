//! `rolecall backup` of a database that is written to, and `rolecall restore`.

use crate::{
    acme::acme,
    kills::entries,
    process::{Node, done, run},
};
use serde_json::{Value, json};
use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Output,
    sync::{Mutex, mpsc},
};
use testkit::databases::{Database, run_empty};

fn file(url: &str) -> PathBuf {
    PathBuf::from(url.strip_prefix("sqlite://").unwrap())
}

/// A place beside the test's database, which goes with it.
fn beside(url: &str, name: &str) -> String {
    file(url).with_file_name(name).display().to_string()
}

fn refused(output: &Output, says: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in says {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

fn no_leavings(folder: &Path) {
    let names = || std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert!(names().all(|name| !name.contains("partial")), "{:?}", names().collect::<Vec<_>>());
}

#[test]
fn it_is_taken_while_writes_go_on_and_put_back() {
    run_empty(Database::Sqlite, |url| async move {
        let acme = acme(&url, "source_admin").await;
        done(&url, &["workspace", "set-plan", "acme", "business"]);
        let backup = beside(&url, "kept.db");
        let node = Node::start(&url);
        let acknowledged = Mutex::new(Vec::new());
        let mut certain = Vec::new();
        let mut report = Value::Null;
        let (end, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let (acme, node, acknowledged) = (&acme, &node, &acknowledged);
            scope.spawn(move || {
                let mut n = 0;
                while matches!(ended.try_recv(), Err(mpsc::TryRecvError::Empty)) {
                    let id = acme.try_make_group(node, &format!("group {n:05}")).unwrap();
                    acknowledged.lock().unwrap().push(id);
                    n += 1;
                }
            });
            let written = || acknowledged.lock().unwrap().clone();
            while written().len() < 5 {
                std::thread::yield_now();
            }
            certain = written();
            report = serde_json::from_str(&done(&url, &["backup", &backup, "--json"])).unwrap();
            let more = written().len();
            while written().len() <= more {
                std::thread::yield_now();
            }
            drop(end);
        });
        assert_eq!(report["audit"]["state"], json!("whole"), "{report}");
        assert_eq!(report["bytes"].as_u64(), Some(std::fs::metadata(&backup).unwrap().len()));
        assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600, "it holds people's addresses");
        assert_eq!(run(&url, &["audit", "verify"]).status.code(), Some(0));
        let (all, whole) = (acme.count_groups(&node), entries(&url));

        // in another place
        let elsewhere = format!("sqlite://{}", beside(&url, "elsewhere/rolecall.db"));
        let said = done(&elsewhere, &["restore", &backup]);
        assert!(said.starts_with("restored ") && said.contains("its audit trail stands as it was written"), "{said}");
        let there = Node::start(&elsewhere);
        let copied = acme.count_groups(&there);
        assert_eq!(acme.groups_there(&there, &certain).len(), certain.len(), "what was acknowledged before is in it");
        assert!(copied >= i64::try_from(certain.len()).unwrap() && copied < all, "{copied} of {all}");
        // each group with its record, or neither
        assert_eq!((entries(&elsewhere), report["audit"]["entries"].as_i64()), (whole - (all - copied), Some(whole - (all - copied))));

        // in its own place: not while it is there, nor while a server has it
        refused(&run(&url, &["restore", &backup]), &["is there already", "--force"]);
        refused(&run(&url, &["restore", &backup, "--force"]), &["has the database", "stop the server"]);
        assert_eq!(acme.count_groups(&node), all, "the server goes on");
        node.terminate();
        assert_eq!(node.ended().code(), Some(0));
        let said = done(&url, &["restore", &backup, "--force"]);
        assert!(said.contains("rolecall.db.replaced-1"), "{said}");
        assert_eq!(
            (acme.count_groups(&Node::start(&url)), acme.count_groups(&Node::start(&format!("sqlite://{}", beside(&url, "rolecall.db.replaced-1"))))),
            (copied, all)
        );
        no_leavings(file(&url).parent().unwrap());
    });
}

#[test]
fn it_writes_over_nothing_unasked() {
    run_empty(Database::Sqlite, |url| async move {
        let backup = beside(&url, "kept.db");
        refused(&run(&url, &["backup", &backup]), &["there is no database", "DATABASE_URL"]);
        assert!(!file(&url).exists(), "it makes none");
        done(&url, &["migrate"]);
        std::fs::write(&backup, "dear to somebody").unwrap();
        refused(&run(&url, &["backup", &backup]), &["is there already", "--force"]);
        assert_eq!(std::fs::read(&backup).unwrap(), b"dear to somebody");
        let said = done(&url, &["backup", &backup, "--force"]);
        assert!(
            said.starts_with(&format!("copied to {backup} in ")) && said.contains("KiB, sound; ") && said.contains("the secret key is not in it"),
            "{said}"
        );
        refused(&run(&url, &["backup", &file(&url).display().to_string()]), &["is the database itself"]);
        refused(&run(&url, &["backup", &beside(&url, "nowhere/kept.db")]), &["nowhere/kept.db", "can't be written"]);
        no_leavings(file(&url).parent().unwrap());
    });
}

#[test]
fn what_is_no_whole_database_is_not_put_back() {
    run_empty(Database::Sqlite, |url| async move {
        done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
        let (backup, wrong) = (beside(&url, "kept.db"), beside(&url, "wrong.db"));
        done(&url, &["backup", &backup]);
        let whole = std::fs::read(&backup).unwrap();
        let before = done(&url, &["audit", "verify"]);

        refused(&run(&url, &["restore", &beside(&url, "none.db"), "--force"]), &["there is no file"]);
        std::fs::write(&wrong, "no database at all, and long enough to be looked at as one").unwrap();
        refused(&run(&url, &["restore", &wrong, "--force"]), &["wrong.db", "can't be", "nothing was changed"]);
        std::fs::write(&wrong, "").unwrap();
        refused(&run(&url, &["restore", &wrong, "--force"]), &["no database of Rolecall's"]);
        std::fs::write(&wrong, &whole[..whole.len() / 2]).unwrap();
        refused(&run(&url, &["restore", &wrong, "--force"]), &["wrong.db"]);

        assert_eq!(done(&url, &["audit", "verify"]), before);
        no_leavings(file(&url).parent().unwrap());
    });
}

#[test]
fn a_trail_that_was_tampered_with_is_told() {
    run_empty(Database::Sqlite, |url| async move {
        done(&url, &["account", "create", "amara@acme.test", "--name", "Amara"]);
        testkit::databases::Place::raw_at(&url, "UPDATE audit SET at = at + 1").await;
        let output = run(&url, &["backup", &beside(&url, "kept.db")]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("1 of its audit trails are NOT as they were written"), "{said}");
        // it is what the database is, and evidence
        assert!(Path::new(&beside(&url, "kept.db")).exists());
    });
}

#[test]
fn postgres_has_its_own_tools() {
    run_empty(Database::Postgres, |url| async move {
        refused(&run(&url, &["backup", "kept.db"]), &["pg_dump"]);
        refused(&run(&url, &["restore", "kept.db"]), &["pg_restore"]);
    });
}
