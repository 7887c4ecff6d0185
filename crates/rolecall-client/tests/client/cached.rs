//! Decisions that are remembered: no request while nothing changed, asked anew at once when something did, and always while nothing is heard.

use crate::fake::{Fake, decision, heard, json_answer, problem};
use axum::response::IntoResponse as _;
use futures::future::join_all;
use rolecall_client::{Caching, Client, Decision, Following, Question};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

async fn check(client: &Client) -> Decision {
    client.check("email:bea@acme.test", "source:edit", "source:site").await.unwrap()
}

#[tokio::test]
async fn what_was_answered_is_not_asked_again_until_something_changes() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    assert!(!check(&client).await.from_cache);
    let again = check(&client).await;
    assert!(again.from_cache && again.policy_version == 1 && again.why == "as an owner" && fake.heard().len() == 1);
    assert!(!check(&client.at_least(2)).await.from_cache, "a newer answer is wanted");

    fake.tell(2);
    heard(&client, &Following::At(2)).await;
    let anew = check(&client).await;
    assert!(!anew.from_cache && anew.policy_version == 2);
    assert_eq!(fake.heard().last().unwrap().body["at_least"], json!(2), "no node may answer as it was before");
    assert!(check(&client).await.from_cache);
}

#[tokio::test]
async fn while_the_stream_is_away_everything_is_asked() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    check(&client).await;
    assert!(check(&client).await.from_cache);
    fake.close();
    heard(&client, &Following::Away).await;
    assert!(!check(&client).await.from_cache && !check(&client).await.from_cache);
    fake.change_silently(2);
    fake.open();
    heard(&client, &Following::At(2)).await;
    let anew = check(&client).await;
    assert!(!anew.from_cache && anew.policy_version == 2, "what changed meanwhile is heard of first");
    assert!(check(&client).await.from_cache);
}

#[tokio::test]
async fn a_stream_that_is_silent_too_long_is_away() {
    let fake = Fake::allowing().await;
    let client = fake.client().cache(Caching { silence: Duration::from_millis(20), grace: Duration::ZERO, ..Caching::default() }).build().unwrap();
    heard(&client, &Following::At(1)).await;
    fake.shut();
    // nothing ends it but its silence
    heard(&client, &Following::Away).await;
    assert!(!check(&client).await.from_cache && !check(&client).await.from_cache);
}

#[tokio::test]
async fn a_token_that_ended_remembers_nothing() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    check(&client).await;
    fake.say("event: gone\ndata: {\"detail\":\"This token was revoked.\"}\n\n");
    heard(&client, &Following::Ended("This token was revoked.".to_owned())).await;
    assert!(!check(&client).await.from_cache);
}

#[tokio::test]
async fn of_many_only_those_are_asked_that_are_not_known() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    let question = |n: usize| Question::new("email:bea@acme.test", "source:edit", format!("source:{n}"));
    client.check_many(&[question(1), question(2)]).await.unwrap();
    let mixed = client.check_many(&[question(1), question(3), question(2)]).await.unwrap();
    assert_eq!(mixed.iter().map(|one| one.from_cache).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(fake.heard()[1].body["checks"], json!([question(3)]));

    // what is asked turns out to be of another version: all are asked, so that all are of one
    fake.change_silently(2);
    let all = client.check_many(&[question(1), question(4)]).await.unwrap();
    assert!(all.iter().all(|one| !one.from_cache && one.policy_version == 2), "{all:?}");
}

#[tokio::test]
async fn equal_questions_at_one_moment_are_asked_once() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    for version in 1..4 {
        let decisions = join_all((0..100).map(|_| check(&client))).await;
        assert!(decisions.iter().all(|one| one.allowed && one.policy_version == version));
        assert_eq!(fake.heard().len(), version as usize, "one of a hundred");
        fake.tell(version + 1);
        heard(&client, &Following::At(version + 1)).await;
    }
    let other = |n: usize| client.check("email:bea@acme.test", "source:edit", format!("source:{}", n % 10));
    assert!(join_all((0..100).map(other)).await.iter().all(Result::is_ok));
    assert_eq!(fake.heard().len(), 3 + 10, "each of the different ones");
}

#[tokio::test]
async fn who_waits_for_anothers_answer_is_left_alone_by_nobody() {
    let fake = Fake::start(|_, before| if before == 0 { problem(500, "internal", "ours") } else { json_answer(&decision(1)) }).await;
    let client = fake.client().retries(0).cache(Caching::default()).build().unwrap();
    heard(&client, &Following::At(1)).await;
    let ask = || client.check("email:bea@acme.test", "source:edit", "source:site");
    // what went wrong went wrong for all of them
    let failed = join_all((0..10).map(|_| ask())).await;
    assert!(failed.iter().all(|one| one.as_ref().is_err_and(|error| error.problem().unwrap().status == 500)));
    assert_eq!(fake.heard().len(), 1);
    // the first of them goes before it is answered
    let mut first = Box::pin(ask());
    assert!(futures::poll!(&mut first).is_pending());
    let mut second = Box::pin(ask());
    assert!(futures::poll!(&mut second).is_pending());
    drop(first);
    assert!(second.await.unwrap().allowed);
    assert_eq!(fake.heard().len(), 2);
}

#[tokio::test]
async fn while_nothing_is_heard_nobody_waits_for_anothers_answer() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    fake.close();
    heard(&client, &Following::Away).await;
    join_all((0..10).map(|_| check(&client))).await;
    assert_eq!(fake.heard().len(), 10, "a change meanwhile would not be heard of");
}

#[tokio::test]
async fn how_long_an_answer_is_remembered_is_counted_from_when_it_was_asked() {
    let fake = Fake::start(|_, _| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        json_answer(&decision(1))
    })
    .await;
    let client = fake.client().cache(Caching { longest: Duration::from_millis(10), ..Caching::default() }).build().unwrap();
    heard(&client, &Following::At(1)).await;
    assert!(!check(&client).await.from_cache);
    assert!(!check(&client).await.from_cache, "it was old when it came");
}

#[tokio::test]
async fn one_reads_what_one_has_written() {
    let fake = Fake::start(|heard, _| match heard.method.as_str() {
        "PUT" => {
            let site = json!({ "type": "source", "id": "site", "resource_id": "r", "name": "Site", "labels": [], "revision": 1 });
            ([("policy-version", "5")], json_answer(&site)).into_response()
        }
        _ => json_answer(&decision(heard.body["at_least"].as_i64().unwrap_or(1))),
    })
    .await;
    let client = fake.caching().await;
    assert_eq!(check(&client).await.policy_version, 1);
    client.put_resource("source", "site", rolecall_client::ResourceWish::new("Site")).await.unwrap();
    // the stream has not told it yet
    let after = check(&client).await;
    assert!(!after.from_cache && after.policy_version == 5);
    assert_eq!(client.newest_version(), Some(5));
}

#[tokio::test]
async fn a_server_whose_database_was_put_back_is_believed() {
    let fake = Fake::start(|heard, before| match heard.body["at_least"].as_i64() {
        Some(version) if before > 0 && version > 3 => {
            let mut body: serde_json::Value = json!({ "type": "urn:rolecall:problem:invalid", "detail": "the policy is at version 3", "field": "at_least" });
            body["status"] = json!(422);
            let mut refused = problem(422, "invalid", "x");
            *refused.body_mut() = body.to_string().into();
            refused
        }
        _ => json_answer(&decision(if before == 0 { 12 } else { 3 })),
    })
    .await;
    let client = Arc::new(fake.client().build().unwrap());
    assert_eq!(check(&client).await.policy_version, 12);
    assert_eq!(check(&client).await.policy_version, 3);
    assert_eq!(client.newest_version(), Some(3));
    let refused = client.at_least(9).check("email:bea@acme.test", "source:edit", "source:site").await.unwrap_err();
    assert_eq!(refused.problem().unwrap().field.as_deref(), Some("at_least"), "what the caller wants is the caller's to answer for");
}

#[tokio::test]
async fn it_ends_with_its_client() {
    let fake = Fake::allowing().await;
    let client = fake.caching().await;
    let mut following = client.following().unwrap();
    drop(client);
    while following.changed().await.is_ok() {}
}
