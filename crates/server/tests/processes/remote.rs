//! Commands with `--url`: the same questions have the same answers as beside the database, and what can't be is said with its cure.

use crate::{
    acme::{Acme, acme},
    process::{Node, done, on_both, run, until},
};
use rolecall_client::{Client, ResourceWish};
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Command, Output},
};

/// A command on another machine: no database, an address and a token.
fn there(url: &str, token: Option<&str>, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.env_remove("ROLECALL_TOKEN").env("DATABASE_URL", "sqlite:///nowhere/rolecall.db").env("ROLECALL_LOG", "error").env("ROLECALL_URL", url);
    command.envs(token.map(|token| ("ROLECALL_TOKEN", token))).args(words).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Both ways, with the same end and the same words.
fn same(acme: &Acme, url: &str, words: &[&str]) -> String {
    let (here, there) = (run(&acme.url, words), there(url, Some(&acme.token), words));
    assert_eq!((here.status.code(), out(&here)), (there.status.code(), out(&there)), "{words:?}: {}{}", err(&here), err(&there));
    out(&there)
}

async fn the_same_question_has_the_same_answer(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let server = format!("http://{}", node.address);
    Client::builder(&server, &acme.token).build().unwrap().put_resource("source", "site", ResourceWish::new("Web site")).await.unwrap();
    let bea = "email:bea@acme.test";
    assert_eq!(
        same(&acme, &server, &["check", bea, "source:edit", "source:site"]),
        "allowed: Bea (bea@acme.test) may edit the source Web site (`site`)\n  Source Admin on all sources\n"
    );
    assert!(same(&acme, &server, &["check", bea, "function:edit", "function"]).starts_with("denied: Bea (bea@acme.test) may not edit functions as a whole\n"));
    same(&acme, &server, &["check", "email:nobody@acme.test", "source:edit", "source:site"]);
    let json: Value = serde_json::from_str(&same(&acme, &server, &["check", bea, "source:edit", "source:site", "--json"])).unwrap();
    assert_eq!((&json["workspace"], &json["reasons"][0]["role"]), (&Value::from("acme"), &Value::from("source_admin")), "{json}");

    let wrong = there(&server, Some(&acme.token), &["check", bea, "source:fly", "source:site"]);
    assert_eq!((wrong.status.code(), err(&wrong)), (Some(2), err(&run(&url, &["check", bea, "source:fly", "source:site"]))));

    // a token without owner access asks about itself, and learns no names
    let weak: Value = serde_json::from_str(&done(&url, &["token", "create", "reader", "--role", "source_read_only", "--json"])).unwrap();
    let (secret, own) = (weak["token"].as_str().unwrap(), format!("token:{}", weak["id"].as_str().unwrap()));
    // made by another process: within a second here
    until("the token is known", || out(&there(&server, Some(secret), &["check", &own, "source:read", "source:site"])).starts_with("allowed"));
    let asked = there(&server, Some(secret), &["check", &own, "source:edit", "source:site"]);
    let words = format!("denied: {own} may not edit source:site\n  source:edit needs Source Admin");
    assert!(asked.status.code() == Some(1) && out(&asked).starts_with(&words), "{}", out(&asked));
    let asked = there(&server, Some(secret), &["check", bea, "source:edit", "source:site"]);
    assert!(asked.status.code() == Some(1) && err(&asked).contains("your own access only"), "{}", err(&asked));
}

async fn people_and_tokens_are_managed_from_elsewhere(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let server = format!("http://{}", node.address);
    assert!(same(&acme, &server, &["members", "export"]).contains("bea@acme.test"));
    let people: Value = serde_json::from_str(&same(&acme, &server, &["members", "export", "--json"])).unwrap();
    let bea = people.as_array().unwrap().iter().find(|one| one["email"] == "bea@acme.test").unwrap();
    assert_eq!((&bea["name"], &bea["roles"], &bea["groups"]), (&Value::from("Bea"), &Value::from("Source Admin (all)"), &Value::Null), "{people}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "Email,Roles\nnew@acme.test,\nbea@acme.test,\nnobody,\n").unwrap();
    let file = file.to_str().unwrap();
    let planned = same(&acme, &server, &["members", "import", file, "--dry-run"]);
    assert!(planned.contains("new@acme.test: Will be invited") && planned.ends_with("1 would be invited, 1 are wrong; nothing was done\n"), "{planned}");
    let (here, far) = (run(&url, &["members", "import", file]), there(&server, Some(&acme.token), &["members", "import", file]));
    assert_eq!((here.status.code(), err(&here)), (far.status.code(), err(&far)));
    let invited = there(&server, Some(&acme.token), &["members", "import", file, "--leave-out-wrong"]);
    assert!(out(&invited).ends_with("1 invited, 1 left out as wrong\n"), "{}{}", out(&invited), err(&invited));
    assert!(out(&invited).contains("new@acme.test: Invited: http"), "its link, for mail is off: {}", out(&invited));

    let nameless = &["token", "create", " ", "--owner-access"];
    let (here, far) = (run(&url, nameless), there(&server, Some(&acme.token), nameless));
    assert_eq!((here.status.code(), err(&here)), (Some(2), err(&far)));
    assert_eq!(far.status.code(), Some(2));

    let made = there(&server, Some(&acme.token), &["token", "create", "nightly", "--role", "source_read_only", "--expires-in-days", "30", "--json"]);
    let made: Value = serde_json::from_str(&out(&made)).unwrap_or_else(|_| panic!("{}", err(&made)));
    let (id, secret) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert!(there(&server, Some(secret), &["workspace", "list"]).status.success());
    let listed = same(&acme, &server, &["token", "list"]);
    assert!(listed.contains("nightly") && listed.contains(id), "{listed}");
    same(&acme, &server, &["token", "list", "--json"]);
    let refused = there(&server, Some(secret), &["token", "list"]);
    assert!(refused.status.code() == Some(1) && err(&refused).contains("owner access"), "{}", err(&refused));
    assert_eq!(out(&there(&server, Some(&acme.token), &["token", "revoke", id])), "the token `nightly` is revoked\n");
    let revoked = there(&server, Some(secret), &["workspace", "list"]);
    assert!(revoked.status.code() == Some(1) && err(&revoked).contains("refuses the token") && err(&revoked).contains("revoked"), "{}", err(&revoked));

    let own = there(&server, Some(&acme.token), &["workspace", "list"]);
    assert_eq!(out(&own), done(&url, &["workspace", "list"]));
    let other = there(&server, Some(&acme.token), &["members", "export", "--workspace", "other"]);
    assert!(other.status.code() == Some(2) && err(&other).contains("The token is of the workspace `acme`"), "{}", err(&other));
}

async fn what_cannot_be_says_what_to_do(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let server = format!("http://{}", node.address);
    for words in [
        &["migrate"][..],
        &["seed", "--demo"],
        &["account", "create", "a@b.co", "--name", "A", "--password", "vexing-lantern-orbit"],
        &["workspace", "create", "X", "--owner", "a@b.co"],
        &["workspace", "set-plan", "acme", "business"],
        &["audit", "verify"],
        &["backup", "/tmp/x"],
        &["serve"],
    ] {
        let refused = there(&server, Some(&acme.token), words);
        let said = err(&refused);
        assert!(
            refused.status.code() == Some(2) && said.lines().count() == 1 && said.contains("works on the database itself") && said.contains("--url"),
            "{words:?}: {said}"
        );
    }
    assert!(there(&server, None, &["catalog", "check"]).status.success(), "needs neither");

    let check = &["check", "email:bea@acme.test", "source:edit", "source"];
    let says = |output: &Output, code: i32, words: &str| {
        let said = err(output);
        assert!(output.status.code() == Some(code) && said.lines().count() == 1 && said.contains(words), "{said}");
    };
    says(&there(&server, None, check), 2, "ROLECALL_TOKEN");
    says(&there(&server, Some("rc_ws_short"), check), 1, "refuses the token");
    says(&there("rolecall.example.com", Some(&acme.token), check), 2, "write it as https://rolecall.example.com");
    says(&there(&server.replace("http:", "https:"), Some(&acme.token), check), 1, "write http://");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = nobody.accept().unwrap();
            let mut asked = [0; 1_024];
            assert!(stream.read(&mut asked).unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>").unwrap();
        });
        says(&there(&format!("http://{address}"), Some(&acme.token), check), 1, "does not answer as Rolecall does");
    });
    // it listens, and never answers
    says(&there(&format!("http://{address}"), Some(&acme.token), &["members", "export", "--timeout", "1"]), 1, "did not answer within 1000 ms");
    drop(nobody);
    says(&there(&format!("http://{address}"), Some(&acme.token), check), 1, "see that the server runs");
}

on_both! {
    the_same_question_has_the_same_answer: the_same_question_has_the_same_answer_sqlite, the_same_question_has_the_same_answer_postgres;
    people_and_tokens_are_managed_from_elsewhere: people_and_tokens_are_managed_from_elsewhere_sqlite, people_and_tokens_are_managed_from_elsewhere_postgres;
    what_cannot_be_says_what_to_do: what_cannot_be_says_what_to_do_sqlite, what_cannot_be_says_what_to_do_postgres;
}
