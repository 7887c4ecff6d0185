//! Answers stay short however many grants somebody holds: the first are told, the others counted.

use super::world::world;
use serde_json::{Value, json};

#[tokio::test]
async fn twenty_grants_are_told_and_the_others_counted() {
    let world = world().await;
    let grant = |year: u32| json!({ "role": "source_admin", "only": ["source:website"], "expires_at": format!("{year}-01-01T00:00:00Z") });
    let grants: Vec<Value> = (2_100..2_125).map(grant).collect();
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "many", "grants": grants })).await;
    assert_eq!(made.json()["grants"].as_array().map(Vec::len), Some(25), "{}", made.text);
    let subject = format!("token:{}", made.json()["id"].as_str().unwrap());
    let question = |resource: &str| json!({ "subject": subject, "action": "source:edit", "resource": resource });
    let told = |answer: &Value, list: &str| (answer[list].as_array().map(Vec::len), answer[format!("{list}_more")].as_u64());

    for answer in world.both_ways(&world.owner, &question("source:website").to_string(), &[]).await {
        assert_eq!(told(&answer.json(), "reasons"), (Some(20), Some(5)), "{}", answer.text);
    }
    for answer in world.both_ways(&world.owner, &question("source:spare").to_string(), &[]).await {
        assert_eq!(told(&answer.json()["missing"], "held"), (Some(20), Some(5)), "{}", answer.text);
        assert_eq!(told(&answer.json(), "reasons"), (Some(0), None));
    }
    let batch = world.call("POST", "/api/v1/check/batch", json!({ "checks": [question("source:website")] })).await.json();
    assert_eq!(told(&batch["results"][0], "reasons"), (Some(20), Some(5)));
    let reach = world.send("GET", &format!("/api/v1/access/resources?subject={subject}&action=source:edit"), Some(&world.owner), None).await.json();
    assert_eq!(told(&reach["items"][0], "reasons"), (Some(20), Some(5)), "{reach}");
    let who = world.send("GET", "/api/v1/access/subjects?resource=source:website&action=source:edit", Some(&world.owner), None).await.json();
    let many = who["items"].as_array().unwrap().iter().find(|one| one["subject"] == subject.as_str()).unwrap();
    assert_eq!(told(many, "reasons"), (Some(20), Some(5)), "{who}");
    let weak = who["items"].as_array().unwrap().iter().find(|one| one["name"] == "weak").unwrap();
    assert_eq!(told(weak, "reasons"), (Some(1), None), "{who}");
}
