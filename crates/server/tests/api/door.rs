//! The door before the router says what the router says, and leaves to it what is not its own.

use super::world::{Answer, World, world};
use serde_json::json;
use std::collections::BTreeSet;

/// What differs between two answers to one question: how they are called, and how often may still be asked.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let own = |name: &str| name == "request-id" || name.starts_with("x-ratelimit");
    let mut headers: Vec<(String, String)> =
        answer.headers.iter().filter(|(name, _)| !own(name.as_str())).map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.retain(|(name, _)| name != "content-length");
    headers.sort();
    (answer.status.as_u16(), answer.text.clone(), headers)
}

fn questions(world: &World) -> Vec<String> {
    let (source, bea) = (&world.source, &world.bea);
    let mut questions = Vec::new();
    for subject in ["email:bea@acme.test", "email:olga@acme.test", "email:nobody@acme.test", &format!("user:{bea}"), "nonsense"] {
        for action in ["source:read", "source:edit", "source:fly", "workspace:read", ""] {
            for resource in [format!("source:{source}"), "source:web".to_owned(), "source:nowhere".to_owned(), "source".to_owned(), "warehouse".to_owned()] {
                questions.push(json!({ "subject": subject, "action": action, "resource": resource }).to_string());
            }
        }
    }
    let one = |more: &str| format!(r#"{{"subject":"email:bea@acme.test","action":"source:read","resource":"source"{more}}}"#);
    questions.extend([one(r#","at_least":1"#), one(r#","at_least":999999"#), one(r#","explain":true"#), one(r#","at_least":"x""#)]);
    questions.extend(["", "[]", "{", r#"["email:bea@acme.test","source:read","source"]"#].map(str::to_owned));
    questions
}

#[tokio::test]
async fn the_door_and_the_router_answer_alike() {
    let world = world().await;
    for token in [&world.owner, &world.weak, &world.minimal, &world.expired, &world.revoked, &world.other] {
        for question in questions(&world) {
            let [at_the_door, by_the_router] = world.both_ways(token, &question, &[]).await;
            assert_eq!(told(&at_the_door), told(&by_the_router), "{question}");
            let id = at_the_door.header("request-id");
            assert!(id.len() == 22 && id != by_the_router.header("request-id"), "{id}");
        }
    }
    // good answers are the door's own, once the token is known
    assert!(world.answered_at_the_door() > 50, "{}", world.answered_at_the_door());
}

#[tokio::test]
async fn the_door_counts_questions_and_keeps_the_callers_name_for_them() {
    let world = world().await;
    let question = r#"{"subject":"email:bea@acme.test","action":"source:read","resource":"source"}"#;
    let left = |answer: &Answer| answer.header("x-ratelimit-remaining").parse::<u32>().unwrap();
    let [first, second] = world.both_ways(&world.owner, question, &[("x-request-id", "order-66")]).await;
    assert_eq!((first.header("request-id"), second.header("request-id")), ("order-66", "order-66"));
    let before = world.answered_at_the_door();
    let [third, fourth] = world.both_ways(&world.owner, question, &[]).await;
    assert_eq!(world.answered_at_the_door(), before + 1);
    // none of those that are prepared is left as it was, or out
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).filter(|name| name != "content-length").collect::<BTreeSet<_>>();
    assert_eq!(names(&third), names(&fourth));
    for name in ["x-ratelimit-consumed", "x-ratelimit-remaining", "x-ratelimit-reset", "request-id"] {
        assert!(!third.header(name).is_empty() && third.headers.get_all(name).iter().count() == 1, "{name}: {:?}", third.headers);
    }
    assert!(left(&third) < left(&first) && left(&fourth) <= left(&third), "{} {} {}", left(&first), left(&third), left(&fourth));
}

#[tokio::test]
async fn what_is_not_usual_goes_on_to_the_router() {
    let world = world().await;
    let question = r#"{"subject":"email:bea@acme.test","action":"source:read","resource":"source"}"#;
    world.both_ways(&world.owner, question, &[]).await;
    let before = world.answered_at_the_door();
    for unusual in [("cookie", "rolecall=x"), ("origin", "https://evil.test"), ("sec-fetch-site", "cross-site"), ("content-encoding", "gzip")] {
        let [at_the_door, by_the_router] = world.both_ways(&world.owner, question, &[unusual]).await;
        assert_eq!(told(&at_the_door), told(&by_the_router), "{unusual:?}");
    }
    let long = format!("{question}{}", " ".repeat(5_000));
    assert_eq!(world.both_ways(&world.owner, &long, &[]).await[0].status, 200);
    assert_eq!(world.answered_at_the_door(), before);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_refused_at_the_door() {
    let world = world().await;
    let question = json!({ "subject": "email:bea@acme.test", "action": "source:read", "resource": "source" });
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "short", "owner_access": true })).await.json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(world.send("POST", "/api/v1/check", Some(secret), Some(&question)).await.status, 200);
    }
    assert!(world.answered_at_the_door() >= 1);
    assert!(world.call("DELETE", &format!("/api/v1/tokens/{id}"), json!({})).await.status.is_success());
    assert_eq!(world.send("POST", "/api/v1/check", Some(secret), Some(&question)).await.status, 401);
}
