//! A token that may ask about itself alone learns of no resource that is out of its reach: it is told what it is told of one that isn't there.

use super::world::{Answer, World, world};
use serde_json::{Value, json};

/// An id that nothing has.
const NOTHING: &str = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";

/// What is told, but for how the answer is called and how often may still be asked.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let own = |name: &str| name == "request-id" || name.starts_with("x-ratelimit");
    let headers = answer.headers.iter().filter(|(name, _)| !own(name.as_str()) && *name != "content-length");
    let mut headers: Vec<(String, String)> = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (answer.status.as_u16(), answer.text.clone(), headers)
}

/// The token's subject and its secret.
async fn token(world: &World, grants: Value) -> (String, String) {
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "product", "grants": grants })).await.json();
    (format!("token:{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_out_of_reach_is_told_as_what_is_not_there() {
    let world = world().await;
    let labelled = world.call("PUT", "/api/v1/resources/source/spare/labels", json!({ "labels": ["region:apac"] })).await;
    assert!(labelled.status.is_success(), "{}", labelled.text);
    let spare = world.send("GET", "/api/v1/resources/source/spare", Some(&world.owner), None).await.json();
    let spare = spare["resource_id"].as_str().unwrap();
    for grants in [json!([]), json!([{ "role": "source_admin", "only": ["source:website"] }])] {
        let (subject, secret) = token(&world, grants.clone()).await;
        let question = |resource: &str| json!({ "subject": subject, "action": "source:edit", "resource": resource });
        let nowhere = world.both_ways(&secret, &question("source:nowhere").to_string(), &[]).await;
        assert_eq!((nowhere[0].json()["allowed"].as_bool(), nowhere[0].json()["missing"]["unknown"].as_bool()), (Some(false), Some(false)), "{grants}");
        let named = |id: &str| format!("source:{id}");
        for resource in ["source:spare".to_owned(), named(spare), named(NOTHING)] {
            for answer in world.both_ways(&secret, &question(&resource).to_string(), &[]).await {
                assert_eq!(told(&answer), told(&nowhere[1]), "{grants} {resource}");
            }
        }
        let batch = json!({ "checks": [question("source:spare"), question("source:nowhere")] });
        let batch = world.send("POST", "/api/v1/check/batch", Some(&secret), Some(&batch)).await.json();
        assert_eq!(batch["results"][0], batch["results"][1], "{grants}");
    }
}

#[tokio::test]
async fn what_is_in_reach_is_told_and_owners_learn_what_is_not_there() {
    let world = world().await;
    let (subject, secret) = token(&world, json!([{ "role": "source_admin", "only": ["source:website"] }])).await;
    let question = |resource: &str| json!({ "subject": subject, "action": "source:edit", "resource": resource });
    assert_eq!(world.send("POST", "/api/v1/check", Some(&secret), Some(&question("source:website"))).await.json()["allowed"], true);
    // what one may read is no secret: what else it takes is told
    let (reader, its_secret) = token(&world, json!([{ "role": "source_read_only", "all": true }])).await;
    let question_of_reader = json!({ "subject": reader, "action": "source:edit", "resource": "source:spare" });
    let told = world.send("POST", "/api/v1/check", Some(&its_secret), Some(&question_of_reader)).await.json();
    assert!(told["why"].as_str().unwrap().contains("source:edit needs Source Admin"), "{told}");
    let ask = async |resource: &str| world.call("POST", "/api/v1/check", question(resource)).await.json();
    assert_eq!(ask("source:nowhere").await["missing"]["unknown"], true);
    let spare = ask("source:spare").await;
    assert_eq!((&spare["missing"]["unknown"], &spare["missing"]["held"][0]["but"]), (&json!(false), &json!("out_of_scope")), "{spare}");
}
