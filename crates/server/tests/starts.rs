//! A start that can't be: one line that says what is wrong and what to do, and exit code 1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

use std::{net::TcpListener, path::Path, process::Command};

/// Starts `serve` with these variables and checks how it ended.
fn check(variables: &[(&str, &str)], says: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.arg("serve").env_remove("DATABASE_URL").env("ROLECALL_LOG", "error").env("ROLECALL_ADDR", "127.0.0.1:0").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "more than a line: {said}");
    for part in says {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

fn file_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("rolecall.db").display())
}

#[test]
fn a_database_of_another_kind() {
    check(&[("DATABASE_URL", "mysql://localhost/rolecall")], &["`mysql:`", "sqlite:///", "postgres://"]);
    check(&[("DATABASE_URL", "rolecall.db")], &["it has no scheme", "sqlite:///"]);
}

#[test]
fn a_postgres_without_a_key_or_that_is_not_there() {
    let nobody = "postgres://rolecall:secret@127.0.0.1:1/rolecall";
    check(&[("DATABASE_URL", nobody)], &["ROLECALL_SECRET_KEY is not set", "openssl rand"]);
    let key = "c2VjcmV0LWtleS1vZi10aGUtYnJvd3Nlci10ZXN0cyE=";
    check(&[("DATABASE_URL", nobody), ("ROLECALL_SECRET_KEY", key)], &["127.0.0.1:1", "can't be reached", "start it"]);
}

#[test]
fn a_folder_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    check(&[("DATABASE_URL", &file_in(&folder.path().join("file")))], &["can't be used", "ROLECALL_SECRET_KEY", "make the folder writable"]);
}

#[test]
fn a_port_that_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&[("DATABASE_URL", &file_in(folder.path())), ("ROLECALL_ADDR", &address)], &[&address, "can't be listened on", "choose another with --addr"]);
}

#[test]
fn metrics_that_are_badly_guarded_or_have_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let database = file_in(folder.path());
    for token in ["", "short"] {
        check(&[("DATABASE_URL", &database), ("ROLECALL_METRICS_TOKEN", token)], &["ROLECALL_METRICS_TOKEN", "16 characters", "openssl rand"]);
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&[("DATABASE_URL", &database), ("ROLECALL_METRICS_ADDR", &address)], &[&address, "can't be listened on", "ROLECALL_METRICS_ADDR"]);
}

#[test]
fn a_catalogue_that_is_broken_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.toml");
    std::fs::write(&path, "[[roles]]\nid = \"x\"\n").unwrap();
    let (database, path) = (file_in(folder.path()), path.display().to_string());
    check(&[("DATABASE_URL", &database), ("ROLECALL_CATALOG", &path)], &[&path, "line 1", "`roles`"]);
    check(&[("DATABASE_URL", &database), ("ROLECALL_CATALOG", "/nowhere/catalog.toml")], &["/nowhere/catalog.toml"]);
}
