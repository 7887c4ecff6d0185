//! The log of a running server: JSON where no terminal is, with the request in each line, and without secrets.

use crate::{acme::acme, process::Node};
use serde_json::{Value, json};
use testkit::databases::{Database, run_empty};

#[test]
fn it_tells_requests_apart_and_no_secret() {
    run_empty(Database::Sqlite, |url| async move {
        let acme = acme(&url, "source_admin").await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let node = Node::start_logging(&url, &[("ROLECALL_LOG", "debug")], std::fs::File::create(&path).unwrap());
        let question = json!({ "subject": "email:bea@acme.test", "action": "source:create", "resource": "source" });
        let named = [("authorization", format!("Bearer {}", acme.token)), ("x-request-id", "order-66".to_owned())];
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(node.post("/api/v1/check", &named, &question).status, 200);
        // by now all that it takes is in memory: the door before the router answers
        let again = [("authorization", format!("Bearer {}", acme.token)), ("x-request-id", "order-67".to_owned())];
        let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(node.post("/api/v1/check", &again, &question).status, 200);
        let from_elsewhere = [("origin", "https://evil.test"), ("cookie", acme.cookie.as_str())];
        assert_eq!(node.post("/invites/a-secret-that-opens-doors", &from_elsewhere, &json!({})).status, 403);
        node.get("/invites/a-secret-that-opens-doors", &[("cookie", &acme.cookie)]);
        node.get("/reset?secret=a-secret-that-opens-doors", &[]);
        node.terminate();
        assert_eq!(node.ended().code(), Some(0));

        let log = std::fs::read_to_string(path).unwrap();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
        let answered = lines.iter().find(|line| line["message"] == "answered" && line["span"]["id"] == "order-66").expect("the question is in the log");
        assert_eq!((&answered["span"]["route"], &answered["span"]["method"], &answered["status"]), (&json!("/api/v1/check"), &json!("POST"), &json!(200)));
        let id = |line: &Value| [&line["id"], &line["span"]["id"]].into_iter().any(|id| id == "order-67");
        assert!(lines.iter().any(|line| line["message"] == "answered" && id(line)), "what the door answers is in the log by its name too");
        assert!(lines.iter().any(|line| line["span"]["route"] == "page"), "pages are in it");
        let refused = lines.iter().find(|line| line["message"] == "a request from another site was refused").expect("it is in the log");
        assert_eq!(refused["route"], "page");
        assert_eq!(lines.last().unwrap()["message"], "ended");
        for secret in ["a-secret-that-opens-doors", &acme.token, acme.cookie.split('=').nth(1).unwrap()] {
            assert!(!log.contains(secret), "`{secret}` is in the log");
        }
    });
}
