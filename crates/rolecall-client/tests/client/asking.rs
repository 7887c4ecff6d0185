//! Questions: what is tried again, and what is said of what fails.

use crate::fake::{Fake, decision, json_answer, problem};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use rolecall_client::{Client, Error, ProblemKind, Question, Reason};
use serde_json::json;
use std::time::Duration;

const QUESTION: (&str, &str, &str) = ("email:bea@acme.test", "source:edit", "source:site");

async fn check(client: &Client) -> Result<rolecall_client::Decision, Error> {
    client.check(QUESTION.0, QUESTION.1, QUESTION.2).await
}

#[tokio::test]
async fn a_question_is_sent_as_the_server_takes_it() {
    let fake = Fake::start(|_, _| json_answer(&decision(7))).await;
    let client = fake.client().build().unwrap();
    let decision = check(&client).await.unwrap();
    assert!(decision.allowed && !decision.from_cache && decision.policy_version == 7);
    assert!(matches!(decision.reasons[..], [Reason::Owner { expires_at: None, .. }]), "{decision:?}");
    let first = &fake.heard()[0];
    assert_eq!((first.method.as_str(), first.path.as_str(), first.header("authorization")), ("POST", "/api/v1/check", Some("Bearer rc_ws_test")));
    assert_eq!(first.body, json!({ "subject": QUESTION.0, "action": QUESTION.1, "resource": QUESTION.2 }));
    assert_eq!(first.header("idempotency-key"), None, "it changes nothing");

    // nothing older than what was answered, or is asked for
    check(&client).await.unwrap();
    check(&client.at_least(9)).await.unwrap();
    let all = fake.heard();
    assert_eq!((&all[1].body["at_least"], &all[2].body["at_least"]), (&json!(7), &json!(9)));
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_lasts_is_not() {
    let fake = Fake::start(|_, before| if before < 2 { problem(503, "unavailable", "later") } else { json_answer(&decision(7)) }).await;
    assert!(check(&fake.client().build().unwrap()).await.unwrap().allowed);
    assert_eq!(fake.heard().len(), 3);

    let fake = Fake::start(|_, _| problem(503, "unavailable", "Later.")).await;
    let error = check(&fake.client().retries(1).build().unwrap()).await.unwrap_err();
    assert!(error.is_temporary() && error.to_string() == "Later." && fake.heard().len() == 2, "{error}");

    let fake = Fake::start(|_, _| problem(403, "forbidden", "Ask as an owner.")).await;
    let error = check(&fake.client().build().unwrap()).await.unwrap_err();
    assert!(!error.is_temporary() && error.problem().unwrap().kind == ProblemKind::Forbidden && fake.heard().len() == 1, "{error}");
}

#[tokio::test]
async fn who_says_when_is_not_asked_before() {
    let fake = Fake::start(|_, _| {
        ([(header::RETRY_AFTER, "3600"), (header::HeaderName::from_static("request-id"), "r-1")], problem(429, "limited", "Wait.")).into_response()
    })
    .await;
    let error = check(&fake.client().build().unwrap()).await.unwrap_err();
    let told = error.problem().unwrap();
    assert_eq!((told.retry_after, told.request_id.as_deref(), fake.heard().len()), (Some(Duration::from_secs(3_600)), Some("r-1"), 1));

    // nobody means so long
    let fake = Fake::start(|_, _| ([(header::RETRY_AFTER, u64::MAX.to_string())], problem(429, "limited", "Wait.")).into_response()).await;
    let error = check(&fake.client().patience(Duration::MAX).retries(0).build().unwrap()).await.unwrap_err();
    assert_eq!(error.problem().unwrap().retry_after, Some(Duration::from_secs(86_400)));
}

#[tokio::test]
async fn errors_say_what_to_do() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    // it listens, and never answers
    let error = check(&Client::builder(&url, "rc_ws_test").timeout(Duration::from_millis(50)).retries(0).build().unwrap()).await.unwrap_err();
    assert!(matches!(&error, Error::TimedOut { .. }) && error.to_string().contains("50 ms"), "{error}");
    drop(nobody);
    let error = check(&Client::builder(&url, "rc_ws_test").retries(0).build().unwrap()).await.unwrap_err();
    assert!(error.is_temporary() && error.to_string().contains("see that the server runs"), "{error}");

    let fake = Fake::start(|_, _| (StatusCode::OK, "<html>").into_response()).await;
    let error = check(&fake.client().build().unwrap()).await.unwrap_err();
    assert!(matches!(&error, Error::NotRolecall { .. }) && error.to_string().contains("check the address"), "{error}");
    let tls = Client::builder(fake.url.replace("http:", "https:"), "rc_ws_test").build().unwrap();
    let error = check(&tls).await.unwrap_err();
    assert!(!error.is_temporary() && error.to_string().contains("write http://"), "{error}");

    let fake = Fake::start(|_, _| (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://rolecall.test/")]).into_response()).await;
    let error = check(&fake.client().build().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("it sends elsewhere, to https://rolecall.test/"), "{error}");
}

#[tokio::test]
async fn many_are_asked_by_the_thousand() {
    let fake = Fake::allowing().await;
    let questions: Vec<Question> = (0..1_001).map(|n| Question::new("email:bea@acme.test", "source:edit", format!("source:{n}"))).collect();
    let decisions = fake.client().build().unwrap().check_many(&questions).await.unwrap();
    let sizes: Vec<usize> = fake.heard().iter().map(|heard| heard.body["checks"].as_array().unwrap().len()).collect();
    assert_eq!((decisions.len(), sizes), (1_001, vec![1_000, 1]));
    assert!(fake.client().build().unwrap().check_many(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_server_that_answers_too_few_is_not_believed() {
    let fake = Fake::start(|_, _| json_answer(&json!({ "results": [decision(1)], "policy_version": 1 }))).await;
    let questions = [Question::new("email:a@b.co", "source:edit", "source:1"), Question::new("email:a@b.co", "source:edit", "source:2")];
    assert!(matches!(fake.client().build().unwrap().check_many(&questions).await.unwrap_err(), Error::NotRolecall { .. }));
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let fake = Fake::start(|heard, before| {
        let next = if before == 0 { json!("abc=") } else { json!(null) };
        assert!(heard.path.starts_with("/api/v1/access/resources?subject=email%3Abea%40acme.test&action=source%3Aedit&limit=1000"), "{}", heard.path);
        json_answer(&json!({ "items": [{ "type": "source", "id": before.to_string(), "resource_id": "r", "name": "Site", "reasons": [] }], "next": next, "complete": true, "policy_version": 3 }))
    })
    .await;
    let client = fake.client().build().unwrap();
    let all = client.resources_of("email:bea@acme.test", "source:edit").rest().await.unwrap();
    assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["0", "1"]);
    // no page is older than the one before
    assert!(fake.heard()[1].path.ends_with("&at_least=3&cursor=abc%3D"), "{}", fake.heard()[1].path);
    assert_eq!(client.newest_version(), Some(3));
}

#[tokio::test]
async fn lists_of_access_are_no_older_than_what_is_known() {
    let none = json!({ "items": [], "complete": true, "policy_version": 3 });
    let fake = Fake::start(move |heard, _| if heard.path.contains("at_least=8") { unknown_version() } else { json_answer(&none) }).await;
    let client = fake.client().build().unwrap();
    assert!(client.at_least(7).subjects_of("source:1", "source:edit").rest().await.unwrap().is_empty());
    assert!(client.resources(None, None, None).rest().await.unwrap().is_empty());
    let refused = client.at_least(8).subjects_of("source:1", "source:edit").rest().await.unwrap_err();
    assert_eq!(refused.problem().unwrap().field.as_deref(), Some("at_least"), "{refused}");
    let heard: Vec<String> = fake.heard().into_iter().map(|heard| heard.path).collect();
    assert!(heard[0].ends_with("&at_least=7") && !heard[1].contains("at_least") && heard[2].ends_with("&at_least=8"), "{heard:?}");
}

fn unknown_version() -> Response {
    let body = json!({ "type": "urn:rolecall:problem:invalid", "title": "Refused", "status": 422, "detail": "There is none.", "field": "at_least" });
    (StatusCode::UNPROCESSABLE_ENTITY, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
