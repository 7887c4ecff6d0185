//! `/metrics` of a running server: what it counts, that it grows with nothing a caller chooses, and who may read it.

use crate::{
    acme::acme,
    process::{Node, get, until},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use testkit::databases::{Database, run_empty};

/// Each sample by its name with its labels; the lines in between must be well-formed comments.
pub fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    for line in text.lines() {
        if line.starts_with("# HELP ") || line.starts_with("# TYPE ") {
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
        let value = value.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(samples.insert(name.to_owned(), value).is_none(), "told twice: {name}");
    }
    samples
}

fn routes(samples: &BTreeMap<String, f64>) -> BTreeSet<&str> {
    let names = samples.keys().filter(|name| name.starts_with("rolecall_http_requests_total"));
    names.filter_map(|name| name.split("route=\"").nth(1)?.split('"').next()).collect()
}

async fn it_counts_and_tells_of_nobody(url: String) {
    let acme = acme(&url, "source_admin").await;
    let node = Node::start(&url);
    let read = || {
        let answer = node.get("/metrics", &[]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.head.contains("text/plain; version=0.0.4"), "{}", answer.head);
        (samples(&answer.body), answer.body)
    };
    let (before, _) = read();
    assert_eq!(before["rolecall_decisions_total{result=\"allowed\"}"], 0.0);
    assert_eq!(before["rolecall_database_up"], 1.0);

    let bearer = format!("Bearer {}", acme.token);
    let asks = |action: &str| json!({ "subject": "email:bea@acme.test", "action": action, "resource": action.split(':').next() });
    let ask = |action: &str| assert_eq!(node.post("/api/v1/check", &[("authorization", &bearer)], &asks(action)).status, 200);
    ask("source:create");
    ask("source:edit");
    ask("function:edit");
    let batch = json!({ "checks": [asks("source:edit"), asks("function:edit"), asks("function:edit")] });
    assert_eq!(node.post("/api/v1/check/batch", &[("authorization", &bearer)], &batch).status, 200);
    let own = [("sec-fetch-site", "same-origin")];
    let sign_in = |password: &str| node.post("/rpc/accounts/sign_in_again", &own, &json!({ "email": "bea@acme.test", "password": password })).status;
    assert_eq!((sign_in("vexing-lantern-orbit"), sign_in("another-lantern-orbit")), (200, 422));
    assert_eq!(node.get("/signin", &[]).status, 200);

    let (after, text) = read();
    let value = |name: &str| *after.get(name).unwrap_or_else(|| panic!("{name} is not in:\n{text}"));
    assert_eq!(value("rolecall_decisions_total{result=\"allowed\"}"), 3.0);
    assert_eq!(value("rolecall_decisions_total{result=\"denied\"}"), 3.0);
    assert_eq!(value("rolecall_decision_duration_seconds_count"), 4.0);
    assert_eq!(value("rolecall_http_requests_total{route=\"/api/v1/check\",method=\"POST\",status=\"2xx\"}"), 3.0);
    assert_eq!(value("rolecall_http_requests_total{route=\"/rpc/accounts/sign_in_again\",method=\"POST\",status=\"4xx\"}"), 1.0);
    assert_eq!(value("rolecall_http_requests_total{route=\"page\",method=\"GET\",status=\"2xx\"}"), 1.0);
    assert_eq!(value("rolecall_http_request_duration_seconds_count{route=\"/api/v1/check\"}"), 3.0);
    assert_eq!((value("rolecall_sign_ins_total{result=\"succeeded\"}"), value("rolecall_sign_ins_total{result=\"failed\"}")), (1.0, 1.0));
    assert_eq!((value("rolecall_policies_held"), value("rolecall_policy_reads_total{what=\"whole\"}")), (1.0, 1.0));
    assert!(value("rolecall_policies_held_bytes") > 0.0 && value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
    assert_eq!(value("rolecall_policy_uses_total{result=\"stale\"}"), 0.0);
    let uses = value("rolecall_policy_uses_total{result=\"held\"}") + value("rolecall_policy_uses_total{result=\"renewed\"}");
    assert_eq!(uses, 4.0);
    assert_eq!((value("rolecall_outbox_waiting{of=\"mail\"}"), value("rolecall_outbox_waiting{of=\"webhook\"}")), (0.0, 0.0));
    let pool = if url.starts_with("sqlite") { "writer" } else { "all" };
    assert!(value(&format!("rolecall_database_connections_most{{pool=\"{pool}\"}}")) >= 1.0);
    // the reading itself is on its way
    assert_eq!(value("rolecall_http_requests_in_flight"), 1.0);
    for private in ["acme", "bea", "rc_ws_", &acme.bea] {
        assert!(!text.contains(private), "`{private}` is in the metrics");
    }
}

#[test]
fn it_counts_and_tells_of_nobody_sqlite() {
    run_empty(Database::Sqlite, it_counts_and_tells_of_nobody);
}

#[test]
fn it_counts_and_tells_of_nobody_postgres() {
    run_empty(Database::Postgres, it_counts_and_tells_of_nobody);
}

#[test]
fn what_is_refused_as_one_too_many_is_no_decision() {
    run_empty(Database::Sqlite, |url| async move {
        let acme = acme(&url, "source_admin").await;
        let node = Node::start_with(&url, &[("ROLECALL_CHECK_RATE", "3")]);
        let bearer = format!("Bearer {}", acme.token);
        let question = json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "source" });
        let statuses: Vec<u16> = (0..10).map(|_| node.post("/api/v1/check", &[("authorization", &bearer)], &question).status).collect();
        let with = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
        assert!(with(200) >= 3 && with(429) > 0 && with(200) + with(429) == 10, "{statuses:?}");
        let counted = samples(&node.get("/metrics", &[]).body)["rolecall_decisions_total{result=\"allowed\"}"];
        assert_eq!(counted, with(200) as f64);
    });
}

#[test]
fn what_callers_make_up_adds_nothing() {
    run_empty(Database::Sqlite, |url| async move {
        let node = Node::start(&url);
        let round = |n: u32| {
            node.get(&format!("/w/made-up-{n}/access/users"), &[]);
            node.get(&format!("/made/up/{n}"), &[]);
            node.get(&format!("/pkg/made-up-{n}.js"), &[]);
            node.get(&format!("/api/v1/made-up-{n}"), &[]);
            node.post(&format!("/rpc/made/up-{n}"), &[("sec-fetch-site", "same-origin")], &json!({}));
        };
        round(0);
        let before = samples(&node.get("/metrics", &[]).body);
        (1..20).for_each(round);
        let after = samples(&node.get("/metrics", &[]).body);
        let mut expected = routes(&before);
        expected.insert("/metrics");
        assert_eq!(routes(&after), expected);
        assert!(expected.iter().all(|route| !route.contains("made")), "{expected:?}");
    });
}

#[test]
fn strangers_do_not_read_them() {
    run_empty(Database::Sqlite, |url| async move {
        let node = Node::start(&url);
        assert_eq!(node.get("/metrics", &[("x-forwarded-for", "6.6.6.6")]).status, 404);
        let reached = Node::start_with(&url, &[("ROLECALL_PUBLIC_URL", "https://rolecall.test")]);
        assert_eq!(reached.get("/metrics", &[]).status, 404);

        let token = "a-token-for-prometheus";
        let guarded = Node::start_with(&url, &[("ROLECALL_PUBLIC_URL", "https://rolecall.test"), ("ROLECALL_METRICS_TOKEN", token)]);
        assert_eq!(guarded.get("/metrics", &[]).status, 401);
        assert_eq!(guarded.get("/metrics", &[("authorization", "Bearer another")]).status, 401);
        assert_eq!(guarded.get("/metrics", &[("authorization", &format!("Bearer {token}"))]).status, 200);

        let apart = Node::start_with(&url, &[("ROLECALL_METRICS_ADDR", "127.0.0.1:0")]);
        let address = apart.apart.as_deref().unwrap();
        assert_eq!(apart.get("/metrics", &[]).status, 404);
        for path in ["/metrics", "/healthz", "/readyz"] {
            assert_eq!(get(address, path, &[]).unwrap().status, 200, "{path}");
        }
        assert_eq!(get(address, "/signin", &[]).unwrap().status, 404, "there are no pages");
    });
}

#[test]
fn open_pages_are_counted() {
    run_empty(Database::Sqlite, |url| async move {
        let acme = acme(&url, "source_admin").await;
        let node = Node::start(&url);
        let streams = || samples(&node.get("/metrics", &[]).body)["rolecall_event_streams"];
        assert_eq!(streams(), 0.0);
        let followed = node.follow(&acme.cookie);
        until("the open page is counted", || streams() == 1.0);
        drop(followed);
        // the server learns of it when it next writes; the end of the server is the surest moment to see that nothing hangs
        node.terminate();
        assert_eq!(node.ended().code(), Some(0));
    });
}
