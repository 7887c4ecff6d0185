//! What answers look like beside their content: media types, headers, limits, pages.

use crate::world::world;
use serde_json::json;
use service::limits::Rates;

#[tokio::test]
async fn the_version_that_is_asked_for_is_answered_and_taken() {
    let world = world().await;
    for kind in ["application/vnd.segment.v1+json", "application/vnd.segment.v1beta+json", "application/vnd.segment.v1alpha+json"] {
        let body = json!({ "name": kind.split('.').nth(2).unwrap() }).to_string();
        let answer = world.send_as("POST", "/api/groups", Some(&world.owner), Some((kind, body)), &[("accept", kind)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind), "{}", answer.text);
        let refused = world.send_as("GET", "/api/users/42", Some(&world.owner), None, &[("accept", kind)]).await;
        assert_eq!((refused.status.as_u16(), refused.header("content-type")), (404, kind));
    }
    let plain = world.send_as("GET", "/api/", Some(&world.owner), None, &[("accept", "application/json, application/vnd.segment.v1+json")]).await;
    assert_eq!(plain.header("content-type"), "application/json");
}

#[tokio::test]
async fn the_id_of_a_request_comes_back_and_stands_in_the_trail() {
    let world = world().await;
    let answer = world
        .send_as("POST", "/api/groups", Some(&world.owner), Some(("application/json", json!({ "name": "X" }).to_string())), &[("request-id", "mine-1")])
        .await;
    assert_eq!(answer.header("request-id"), "mine-1");
    // whoever names none is told one
    let unnamed = world.call("POST", "/api/groups", json!({ "name": "Y" })).await;
    let trail = world.trail().await;
    for (entry, answer, name) in [(&trail[0], &unnamed, "Y"), (&trail[1], &answer, "X")] {
        assert_eq!((entry.event.name(), entry.event.about()), ("group_created", Some(name)), "{entry:?}");
        assert_eq!(entry.origin.request.as_deref(), Some(answer.header("request-id")), "{entry:?}");
    }
    let refused = world.send("GET", "/api/users", None, None).await;
    assert!(!refused.header("request-id").is_empty() && refused.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn a_token_that_calls_too_often_waits_and_others_do_not() {
    let world = world().await;
    let first = world.send("GET", "/api/", Some(&world.weak), None).await;
    let number = |name: &str| first.header(name).parse::<u32>().unwrap();
    assert_eq!((number("x-ratelimit-consumed"), number("x-ratelimit-remaining")), (1, Rates::USUAL.calls - 1));
    assert_eq!(number("x-ratelimit-reset"), 1);
    // the sum of two others
    assert!(!first.headers.contains_key("x-ratelimit-limit"));
    let mut last = first;
    for _ in 0..4 * Rates::USUAL.calls {
        last = world.send("GET", "/api/", Some(&world.weak), None).await;
        if last.status.as_u16() != 200 {
            break;
        }
    }
    assert_eq!((last.status.as_u16(), last.error()["type"].as_str(), last.header("x-ratelimit-remaining")), (429, Some("rate-limit"), "0"));
    assert!(!last.header("retry-after").is_empty());
    assert_eq!(world.send("GET", "/api/", Some(&world.owner), None).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_list_is_walked_there_and_back_by_its_cursors() {
    let world = world().await;
    for name in ["A", "B", "C"] {
        world.call("POST", "/api/groups", json!({ "name": name })).await.data();
    }
    for (path, key) in
        [("/api/groups", "userGroups"), ("/api/users", "users"), ("/api/labels", "labels"), ("/api/roles", "roles"), ("/api/audit-events", "events")]
    {
        let whole = world.get(&format!("{path}?pagination[count]=1000")).await[key].as_array().unwrap().clone();
        assert!(whole.len() > 1, "{path}");
        let mut walked = Vec::new();
        let mut cursor = "start".to_owned();
        loop {
            let page = world.get(&format!("{path}?pagination[count]=1&pagination[cursor]={cursor}")).await;
            assert_eq!((&page["pagination"]["current"], page["pagination"]["previous"].is_null()), (&json!(cursor), walked.is_empty()), "{path}");
            assert_eq!(page["pagination"]["totalEntries"], json!(whole.len()), "{path}");
            walked.extend(page[key].as_array().unwrap().clone());
            match page["pagination"]["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{path}");
    }
}
