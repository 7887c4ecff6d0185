//! Our own API's limits: who asks, calls or follows too often is told so as a problem, with how long to wait; nobody else is.

use crate::world::{Answer, World, world, world_with};
use serde_json::{Value, json};
use service::{limits::Rates, live::versions::MOST_STREAMS};

/// So few that nothing is refilled while a test runs.
const RATES: Rates = Rates { calls: 6, questions: 4 };

/// Another token with owner access, which has called nothing yet.
async fn fresh(world: &World, name: &str) -> String {
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": name, "owner_access": true })).await;
    made.json()["secret"].as_str().unwrap_or_else(|| panic!("{}", made.text)).to_owned()
}

fn question(world: &World) -> Value {
    json!({ "subject": format!("user:{}", world.bea), "action": "source:read", "resource": "source:website" })
}

/// Asks until it is refused.
async fn refused(most: u32, ask: impl AsyncFn() -> Answer) -> Answer {
    for answered in 0..=3 * most {
        let answer = ask().await;
        if !answer.status.is_success() {
            assert!(answered >= most, "refused after {answered}: {}", answer.text);
            return answer;
        }
        assert!(answer.headers.contains_key("x-ratelimit-remaining") && !answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
    }
    panic!("nothing is refused after three times {most}");
}

/// As whoever is to wait is told.
fn is_limited(answer: &Answer, most: u32) {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (429, "application/problem+json"), "{}", answer.text);
    let problem = answer.json();
    assert_eq!((&problem["type"], &problem["title"], &problem["status"]), (&json!("urn:rolecall:problem:limited"), &json!("Too Many Requests"), &json!(429)));
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    let longest = 60 / most + 1;
    assert!((1..=longest).contains(&wait), "{wait}");
    let detail = format!("wait {wait} s, or call less than {most} times a minute");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains(&detail)), "{problem}");
    let usage = ["x-ratelimit-consumed", "x-ratelimit-remaining", "x-ratelimit-reset"].map(|name| answer.header(name));
    assert_eq!(usage, [most.to_string().as_str(), "0", "60"]);
    assert!(!answer.header("request-id").is_empty());
}

#[tokio::test]
async fn questions_are_limited_at_the_door_and_behind_it() {
    let world = world_with(RATES).await;
    let (plain, mut explained) = (question(&world), question(&world));
    explained["explain"] = json!(true);
    let batch = json!({ "checks": [plain] });
    for (name, path, body, by_the_door) in
        [("door", "/api/v1/check", &plain, true), ("router", "/api/v1/check", &explained, false), ("batch", "/api/v1/check/batch", &batch, false)]
    {
        let token = fresh(&world, name).await;
        let before = world.answered_at_the_door();
        let last = refused(RATES.questions, async || world.send("POST", path, Some(&token), Some(body)).await).await;
        is_limited(&last, RATES.questions);
        assert_eq!(world.answered_at_the_door() > before, by_the_door, "{name}");
        // all three are questions, and what isn't one is counted by itself
        for (path, body) in [("/api/v1/check", &plain), ("/api/v1/check", &explained), ("/api/v1/check/batch", &batch)] {
            is_limited(&world.send("POST", path, Some(&token), Some(body)).await, RATES.questions);
        }
        assert_eq!(world.send("GET", "/api/v1/workspace", Some(&token), None).await.status.as_u16(), 200, "{name}");
    }
    assert_eq!(world.call("POST", "/api/v1/check", plain).await.status.as_u16(), 200, "another token asks on");
}

#[tokio::test]
async fn what_reads_and_what_writes_is_limited_together() {
    let world = world_with(RATES).await;
    let token = fresh(&world, "busy").await;
    is_limited(&refused(RATES.calls, async || world.send("GET", "/api/v1/resources", Some(&token), None).await).await, RATES.calls);
    let body = json!({ "name": "App" });
    is_limited(&world.send("PUT", "/api/v1/resources/source/app", Some(&token), Some(&body)).await, RATES.calls);
    is_limited(&world.send("GET", "/api/v1/events", Some(&token), None).await, RATES.calls);
    // nothing was done, and others go on
    assert_eq!(world.send("GET", "/api/v1/resources/source/app", Some(&world.owner), None).await.status.as_u16(), 404);
    assert_eq!(world.send("POST", "/api/v1/check", Some(&token), Some(&question(&world))).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_token_follows_so_many_times_at_once_and_another_beside_it() {
    let world = world().await;
    let mut streams = Vec::new();
    for place in 0..MOST_STREAMS {
        let stream = world.open("/api/v1/events", &world.weak).await;
        assert_eq!(stream.status().as_u16(), 200, "{place}");
        streams.push(stream);
    }
    let refused = world.send("GET", "/api/v1/events", Some(&world.weak), None).await;
    assert_eq!((refused.status.as_u16(), refused.header("content-type")), (429, "application/problem+json"), "{}", refused.text);
    let problem = refused.json();
    assert_eq!(problem["type"], "urn:rolecall:problem:limited");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains(&format!("follows {MOST_STREAMS} times already"))), "{problem}");
    assert_eq!(refused.header("retry-after"), "60");
    assert_ne!(refused.header("x-ratelimit-remaining"), "0", "it may call all else");
    assert_eq!(world.open("/api/v1/events", &world.reader).await.status().as_u16(), 200, "each token has places of its own");
    // one that ends makes room for one
    drop(streams.pop());
    assert_eq!(world.open("/api/v1/events", &world.weak).await.status().as_u16(), 200);
}
