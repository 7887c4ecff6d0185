//! Our own API: what it answers, what it refuses and in which words.

use crate::world::{Answer, World, world};
use serde_json::{Value, json};

async fn put(world: &World, path: &str, body: Value) -> Answer {
    world.call("PUT", path, body).await
}

async fn get(world: &World, path: &str) -> Value {
    let answer = world.send("GET", path, Some(&world.owner), None).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
    answer.json()
}

fn field(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["field"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn many_are_registered_in_one_change_or_none() {
    let world = world().await;
    let register = |resources: Value| {
        let (world, body) = (&world, json!({ "resources": resources }));
        async move { world.call("POST", "/api/v1/resources", body).await }
    };
    let before = get(&world, "/api/v1/resources?limit=1").await["total"].clone();
    let hangs = json!([{ "type": "destination", "id": "crm", "name": "CRM", "parent": "source:app" }, { "type": "source", "id": "app", "name": "App", "labels": ["region:apac"] }]);
    for (resources, place) in [
        (json!([{ "type": "source", "id": "a", "name": "A" }, { "type": "nothing", "id": "b", "name": "B" }]), "resources[1].type"),
        (json!([{ "type": "source", "id": "a", "name": "A" }, { "type": "source", "id": "a", "name": "B" }]), "resources[1].id"),
        (json!([{ "type": "source", "id": "a", "name": " " }]), "resources[0].name"),
        (json!([{ "type": "source", "id": "a", "name": "A", "labels": ["region:mars"] }]), "resources[0].labels"),
        (json!([{ "type": "destination", "id": "b", "name": "B", "parent": "source:nowhere" }]), "resources[0].parent"),
        (json!([{ "type": "destination", "id": "b", "name": "B", "parent": "app" }]), "resources[0].parent"),
        (json!([]), "resources"),
    ] {
        assert_eq!(field(&register(resources.clone()).await), (422, place.to_owned()), "{resources}");
    }
    assert_eq!(get(&world, "/api/v1/resources?limit=1").await["total"], before);
    let done = register(hangs.clone()).await.json();
    assert_eq!((done["created"].as_u64(), done["changed"].as_u64(), done["unchanged"].as_u64()), (Some(2), Some(0), Some(0)), "{done}");
    let again = register(hangs).await.json();
    assert_eq!((again["unchanged"].as_u64(), &again["policy_version"]), (Some(2), &done["policy_version"]), "nothing is written twice");
    assert_eq!(get(&world, "/api/v1/resources/destination/crm").await["parent"], "source:app");
    // the version that it returned is one that decisions know
    let check = json!({ "subject": format!("user:{}", world.olga), "action": "source:edit", "resource": "source:app", "at_least": done["policy_version"] });
    assert_eq!(world.call("POST", "/api/v1/check", check).await.json()["allowed"], true);
}

#[tokio::test]
async fn ten_thousand_are_registered_and_labelled_in_one_call_each() {
    let world = world().await;
    let one = |n: u32| json!({ "type": "source", "id": format!("s{n}"), "name": format!("The web site of shop {n} in the north, as its people know it"), "labels": ["environment:dev"] });
    let resources: Vec<Value> = (0..10_000).map(one).collect();
    let done = world.call("POST", "/api/v1/resources", json!({ "resources": resources })).await;
    assert_eq!(done.json()["created"], 10_000, "{}", done.text);
    let names: Vec<String> = (0..10_000).map(|n| format!("source:s{n}")).collect();
    let labelled = world.call("POST", "/api/v1/resources/labels", json!({ "resources": names, "put": "region:apac" })).await;
    assert_eq!(labelled.json()["changed"], 10_000, "{}", labelled.text);
    assert_eq!(get(&world, "/api/v1/resources/source/s9999/labels").await["labels"], json!(["environment:dev", "region:apac"]));
    let too_long = world.call("PUT", "/api/v1/resources/source/long", json!({ "name": "n".repeat(1024 * 1024) })).await;
    assert_eq!((too_long.status.as_u16(), too_long.json()["type"].as_str()), (413, Some("urn:rolecall:problem:too-long")), "{}", too_long.text);
    let many: Vec<Value> = (0..=10_000).map(|n| json!({ "type": "source", "id": format!("t{n}"), "name": "T" })).collect();
    assert_eq!(field(&world.call("POST", "/api/v1/resources", json!({ "resources": many })).await), (422, "resources".to_owned()));
}

#[tokio::test]
async fn a_weak_token_labels_what_it_may_edit_and_sees_what_it_may_read() {
    let world = world().await;
    let labels = |token: &str| {
        let (token, world) = (token.to_owned(), &world);
        async move { world.send("PUT", "/api/v1/resources/source/website/labels", Some(&token), Some(&json!({ "labels": ["region:apac"] }))).await }
    };
    assert_eq!(labels(&world.minimal).await.status.as_u16(), 404);
    assert_eq!(labels(&world.reader).await.status.as_u16(), 403);
    let done = labels(&world.weak).await;
    assert_eq!((done.status.as_u16(), done.json()["labels"].clone()), (200, json!(["region:apac"])), "{}", done.text);
    let seen = |token: &str| {
        let (token, world) = (token.to_owned(), &world);
        async move { world.send("GET", "/api/v1/resources", Some(&token), None).await.json()["items"].as_array().unwrap().len() }
    };
    assert_eq!((seen(&world.minimal).await, seen(&world.reader).await), (0, 2));
    // nobody learns by labelling what is here and what isn't
    let many = |token: &str, resource: &'static str, label: &'static str| {
        let (token, world) = (token.to_owned(), &world);
        async move { world.send("POST", "/api/v1/resources/labels", Some(&token), Some(&json!({ "resources": [resource], "put": label }))).await }
    };
    for token in [&world.minimal, &world.reader] {
        let hidden = many(token, "source:website", "region:apac").await;
        assert_eq!(field(&hidden), (403, String::new()), "{}", hidden.text);
        for (resource, label) in [("source:nothing", "region:apac"), ("source:website", "region:mars"), ("nothing:x", "region:mars")] {
            assert_eq!(many(token, resource, label).await.text, hidden.text, "{resource} {label}");
        }
    }
    assert_eq!(field(&many(&world.weak, "source:website", "region:mars").await).0, 422, "whoever may label is told");
    assert_eq!(field(&many(&world.owner, "source:nothing", "region:apac").await), (422, "resources[0]".to_owned()));
}

#[tokio::test]
async fn a_label_that_takes_away_the_sight_is_taken_off_and_answered() {
    let world = world().await;
    put(&world, "/api/v1/resources/source/website/labels", json!({ "labels": ["region:apac"] })).await;
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "CI", "grants": [{ "role": "source_admin", "labels": ["region:apac"] }] })).await.json();
    let secret = made["secret"].as_str();
    let path = "/api/v1/resources/source/website/labels";
    let done = world.send("PUT", path, secret, Some(&json!({ "labels": ["environment:dev"] }))).await;
    assert_eq!((done.status.as_u16(), done.json()["labels"].clone()), (200, json!(["environment:dev"])), "{}", done.text);
    assert_eq!(world.send("GET", path, secret, None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn blanks_around_an_id_and_ids_of_ours_lead_to_what_they_mean() {
    let world = world().await;
    let made = put(&world, "/api/v1/resources/source/%20app%20", json!({ "name": "App" })).await;
    assert_eq!((made.status.as_u16(), made.json()["id"].as_str()), (201, Some("app")), "{}", made.text);
    let ours = format!("/api/v1/resources/source/{}", made.json()["resource_id"].as_str().unwrap());
    let refused = put(&world, &ours, json!({ "name": "Another" })).await;
    assert_eq!(field(&refused), (422, "id".to_owned()), "{}", refused.text);
    assert_eq!(get(&world, &ours).await["name"], "App");
}

#[tokio::test]
async fn a_token_keeps_what_it_holds_and_holds_it_once() {
    let world = world().await;
    let grants = json!([{ "role": "source_admin", "all": true }]);
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "CI", "grants": grants })).await.json();
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    let both = json!([{ "role": "source_admin", "all": true }, { "role": "source_admin", "all": true, "expires_at": "2099-01-01T00:00:00Z" }]);
    let changed = world.call("PATCH", &path, json!({ "grants": both })).await;
    assert_eq!((changed.status.as_u16(), changed.json()["grants"].as_array().map(Vec::len)), (200, Some(2)), "{}", changed.text);
    let twice = world.call("PATCH", &path, json!({ "grants": [grants[0], grants[0]] })).await;
    assert_eq!((twice.status.as_u16(), twice.json()["grants"].clone()), (200, grants), "{}", twice.text);
}

#[tokio::test]
async fn what_is_in_reach_is_told_page_by_page_with_its_reasons() {
    let world = world().await;
    let path = format!("/api/v1/access/resources?subject=user:{}&action=source:read&type=source&limit=1", world.olga);
    let first = get(&world, &path).await;
    assert_eq!((first["complete"].as_bool(), first["items"][0]["reasons"][0]["type"].as_str()), (Some(false), Some("owner")), "{first}");
    let second = get(&world, &format!("{path}&cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!((second["complete"].as_bool(), second["next"].as_str()), (Some(true), None));
    let mut ids: Vec<&str> = [&first, &second].iter().map(|page| page["items"][0]["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["spare", "website"]);
    let at_least = second["policy_version"].as_i64().unwrap();
    let who = get(&world, &format!("/api/v1/access/subjects?resource=source:website&action=source:read&at_least={at_least}")).await;
    let names: Vec<&str> = who["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(["Olga", "ours", "weak", "reader"].iter().all(|name| names.contains(name)) && !names.contains(&"Bea") && !names.contains(&"minimal"), "{names:?}");
    for (path, place) in [
        ("/api/v1/access/resources?subject=user:1&action=source:read".to_owned(), "subject"),
        (format!("/api/v1/access/resources?subject=user:{}&action=source:fly", world.bea), "action"),
        (format!("/api/v1/access/resources?subject=user:{}&action=source:read&type=space", world.olga), "type"),
        (format!("/api/v1/access/resources?subject=user:{}&action=source:read&at_least=1000000", world.olga), "at_least"),
        ("/api/v1/access/subjects?resource=source:website&action=source:read&at_least=1000000".to_owned(), "at_least"),
        ("/api/v1/access/subjects?resource=source&action=source:read".to_owned(), "resource"),
        ("/api/v1/access/subjects?resource=source:website&action=space:read".to_owned(), "resource"),
        ("/api/v1/access/subjects?resource=source:website&action=source:read&limit=0".to_owned(), "limit"),
        ("/api/v1/access/subjects?resource=source:website&action=source:read&cursor=x".to_owned(), "cursor"),
    ] {
        assert_eq!(field(&world.send("GET", &path, Some(&world.owner), None).await), (422, place.to_owned()), "{path}");
    }
    assert_eq!(world.send("GET", "/api/v1/access/resources?action=source:read", Some(&world.owner), None).await.status.as_u16(), 400);
}

#[tokio::test]
async fn a_token_is_made_changed_rotated_and_revoked() {
    let world = world().await;
    let only = json!([{ "role": "source_admin", "only": ["source:website"] }]);
    let made = world.call("POST", "/api/v1/tokens", json!({ "name": "CI", "grants": only, "expires_at": "2099-01-01T00:00:00Z" })).await;
    let token = made.json();
    assert_eq!((made.status.as_u16(), &token["grants"], token["state"].as_str()), (201, &only, Some("active")), "{}", made.text);
    let secret = token["secret"].as_str().unwrap();
    assert_eq!(world.send("GET", "/api/v1/workspace", Some(secret), None).await.json()["owner_access"], false);
    let path = format!("/api/v1/tokens/{}", token["id"].as_str().unwrap());
    let found = get(&world, &path).await;
    assert!(found["secret"].is_null() && found["prefix"].as_str().is_some_and(|prefix| secret.starts_with(prefix)));
    let changed = world.call("PATCH", &path, json!({ "name": "Deploy", "expires_at": null })).await.json();
    assert_eq!((changed["name"].as_str(), changed["expires_at"].is_null(), &changed["grants"]), (Some("Deploy"), true, &only));
    let stale =
        world.send_as("PATCH", &path, Some(&world.owner), Some(("application/json", json!({ "name": "X" }).to_string())), &[("if-match", "\"1\"")]).await;
    assert_eq!(stale.status.as_u16(), 412, "{}", stale.text);
    let rotated = world.call("POST", &format!("{path}/rotate"), json!({})).await.json();
    assert_eq!(world.send("GET", "/api/v1/workspace", Some(secret), None).await.status.as_u16(), 401);
    let secret = rotated["secret"].as_str().unwrap();
    assert_eq!(world.send("GET", "/api/v1/workspace", Some(secret), None).await.status.as_u16(), 200);
    assert_eq!(world.send("DELETE", &path, Some(&world.owner), None).await.status.as_u16(), 204);
    assert_eq!(world.send("GET", "/api/v1/workspace", Some(secret), None).await.status.as_u16(), 401);
    for (body, place) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "A", "expires_at": "tomorrow" }), "expires_at"),
        (json!({ "name": "A", "expires_at": "2001-01-01T00:00:00Z" }), "expires_at"),
        (json!({ "name": "A", "owner_access": true, "grants": only }), "grants"),
        (json!({ "name": "A", "grants": [{ "role": "source_admin" }] }), "grants[0].all"),
        (json!({ "name": "A", "grants": [{ "role": "source_admin", "only": ["source:nothing"] }] }), "grants[0].only[0]"),
        (json!({ "name": "A", "grants": [{ "role": "source_admin", "labels": ["nonsense"] }] }), "grants[0].labels"),
    ] {
        assert_eq!(field(&world.call("POST", "/api/v1/tokens", body.clone()).await), (422, place.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn invites_and_requests_are_answered() {
    let world = world().await;
    let grants = json!([{ "role": "source_read_only", "labels": ["region:apac"] }]);
    let sent = world.call("POST", "/api/v1/invites", json!({ "emails": ["ada@acme.test"], "personal_data": true, "grants": grants })).await;
    assert_eq!(sent.status.as_u16(), 201, "{}", sent.text);
    let one = sent.json()["items"][0].take();
    let path = format!("/api/v1/invites/{}", one["id"].as_str().unwrap());
    let found = get(&world, &path).await;
    assert_eq!((found["state"].as_str(), &found["grants"][0]["labels"]), (Some("pending"), &json!(["region:apac"])));
    assert_eq!((&found["personal_data"], &found["revision"]), (&json!(true), &json!(1)));
    let again = world.send("POST", &format!("{path}/resend"), Some(&world.owner), None).await.json();
    assert_ne!(again["link"], one["link"]);
    let listed = get(&world, "/api/v1/invites").await["items"].take();
    let told = |field: &str| listed.as_array().unwrap().iter().map(|invite| invite[field].clone()).collect::<Vec<Value>>();
    assert_eq!(told("email"), ["ada@acme.test", "eva@acme.test", "ivo@acme.test"]);
    assert_eq!((told("revision"), told("personal_data")), (vec![json!(2), json!(1), json!(1)], vec![json!(true), json!(false), json!(false)]));
    assert_eq!(world.send("DELETE", &path, Some(&world.owner), None).await.status.as_u16(), 204);
    let standing = async |state: &str| {
        let page = get(&world, &format!("/api/v1/invites?state={state}")).await;
        page["items"].as_array().unwrap().iter().map(|one| format!("{} {}", one["state"].as_str().unwrap(), one["email"].as_str().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(standing("pending").await, ["pending eva@acme.test", "pending ivo@acme.test"]);
    assert_eq!(standing("revoked").await, ["revoked ada@acme.test"]);
    assert_eq!(standing("accepted").await, ["accepted bea@acme.test"]);
    assert_eq!(standing("expired").await, [""; 0]);
    assert_eq!(field(&world.send("GET", "/api/v1/invites?state=lost", Some(&world.owner), None).await), (422, "state".to_owned()));

    let waiting = get(&world, "/api/v1/requests").await;
    assert_eq!((waiting["items"].as_array().unwrap().len(), waiting["items"][0]["reason"].as_str()), (2, Some("For the launch")));
    let first = get(&world, "/api/v1/requests?limit=1").await;
    let second = get(&world, &format!("/api/v1/requests?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!([&first, &second].map(|page| page["items"][0]["id"].as_str().unwrap().to_owned()), world.requests[..]);
    assert_eq!((&first["total"], &second["next"]), (&json!(2), &Value::Null));
    let (yes, no) = (format!("/api/v1/requests/{}", world.requests[0]), format!("/api/v1/requests/{}", world.requests[1]));
    assert_eq!(field(&world.call("POST", &format!("{yes}/approve"), json!({ "grants": [] })).await), (422, "grants".to_owned()));
    assert_eq!(
        world.call("POST", &format!("{yes}/approve"), json!({ "grants": [{ "role": "source_admin", "only": ["source:website"] }] })).await.status.as_u16(),
        204
    );
    let check = json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "source:website" });
    assert_eq!(world.call("POST", "/api/v1/check", check).await.json()["allowed"], true);
    assert_eq!(world.call("POST", &format!("{no}/decline"), json!({})).await.status.as_u16(), 204);
    assert_eq!(world.call("POST", &format!("{no}/decline"), json!({})).await.status.as_u16(), 404);
    assert_eq!(get(&world, "/api/v1/requests").await["items"], json!([]));
}

#[tokio::test]
async fn the_user_list_goes_out_and_comes_in() {
    let world = world().await;
    let file = world.send("GET", "/api/v1/members.csv", Some(&world.owner), None).await;
    assert!(file.header("content-type").starts_with("text/csv") && file.text.contains("bea@acme.test"), "{}", file.text);
    let import = |query: &'static str, text: &'static str| {
        let world = &world;
        async move { world.send_as("POST", &format!("/api/v1/members/import{query}"), Some(&world.owner), Some(("text/csv", text.to_owned())), &[]).await }
    };
    let mistyped = import("?dry-run=true", "Email\nina@acme.test\n").await;
    assert_eq!((mistyped.status.as_u16(), mistyped.text.contains("dry-run")), (400, true), "{}", mistyped.text);
    let long = format!("Email\n{}", "x".repeat(server::front::MOST_BULK + 1));
    let too_long = world.send_as("POST", "/api/v1/members/import", Some(&world.owner), Some(("text/csv", long)), &[]).await;
    assert_eq!((too_long.status.as_u16(), too_long.header("content-type")), (413, "application/problem+json"), "{}", too_long.text);
    let tried = import("?dry_run=true", "Email\nina@acme.test\nbea@acme.test\n").await.json();
    assert_eq!((tried["done"].as_bool(), tried["invited"].as_u64()), (Some(false), Some(1)), "{tried}");
    let grouped = "Email,Groups,Roles,Personal data by groups\nina@acme.test,Writers,\"Source Admin (all), by group Writers\",Writers\n";
    let tried = import("?dry_run=true&create_groups=true", grouped).await.json();
    let gives = json!([{ "name": "Writers", "personal_data": true, "roles": ["Source Admin"] }]);
    assert_eq!((&tried["new_groups"], &tried["groups"]), (&json!(["Writers"]), &gives), "what the groups give is seen before they are made: {tried}");
    let wrong = import("", "Email\nina@acme.test\nnobody\n").await;
    assert_eq!(field(&wrong), (422, "rows".to_owned()));
    let done = import("?leave_out_wrong=true", "Email\nina@acme.test\nnobody\n").await.json();
    assert_eq!((done["done"].as_bool(), done["invited"].as_u64(), done["wrong"].as_u64()), (Some(true), Some(1), Some(1)), "{done}");
    // mail is off: who was invited gets the link from whoever invited them
    let links = |told: &Value| told["rows"].as_array().unwrap().iter().map(|row| row["link"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    assert!(links(&done)[0].as_deref().unwrap().starts_with("http://127.0.0.1:3000/") && links(&done)[1].is_none(), "{done}");
    assert_eq!(links(&tried), [None], "nobody is invited yet");
}

#[tokio::test]
async fn writes_say_the_version_of_the_policy_and_questions_do_not() {
    let world = world().await;
    let version = |answer: &Answer| answer.header("policy-version").parse::<i64>().ok();
    let made = put(&world, "/api/v1/resources/source/app", json!({ "name": "App" })).await;
    let first = version(&made).unwrap();
    let asked = world
        .call(
            "POST",
            "/api/v1/check",
            json!({ "subject": format!("user:{}", world.bea), "action": "source:read", "resource": "source:app", "at_least": first }),
        )
        .await;
    assert_eq!((version(&asked), asked.json()["policy_version"].as_i64()), (None, Some(first)), "{}", asked.text);
    assert_eq!(version(&world.call("DELETE", "/api/v1/resources/source/app", json!({})).await), Some(first + 1));
    assert_eq!(version(&world.call("DELETE", "/api/v1/resources/source/app", json!({})).await), None, "nothing was written");
    let heard = world.send("GET", "/api/v1/events", Some(&world.weak), None).await;
    assert_eq!(heard.text, format!("event: policy\nid: {}\ndata: {{\"policy_version\":{}}}\n\n", first + 1, first + 1));
}

#[tokio::test]
async fn names_are_told_to_those_who_manage_the_workspace() {
    let world = world().await;
    let question = json!({ "subject": format!("user:{}", world.bea), "action": "source:read", "resource": "source:website", "explain": true });
    let told = world.call("POST", "/api/v1/check", question).await.json();
    assert!(told["lines"][0].as_str().is_some_and(|line| line.contains("bea@acme.test")), "{told}");
    // a version that no change returned is refused, whether the names are known or not
    for (subject, explain) in [("email:nobody@acme.test", true), ("email:nobody@acme.test", false), ("email:bea@acme.test", true)] {
        let question = json!({ "subject": subject, "action": "source:read", "resource": "source:website", "explain": explain, "at_least": 1_000_000 });
        assert_eq!(field(&world.call("POST", "/api/v1/check", question).await), (422, "at_least".to_owned()), "{subject} {explain}");
    }
    let plain = json!({ "subject": format!("token:{}", world.spare), "action": "source:read", "resource": "source:website", "explain": true });
    let refused = world.send("POST", "/api/v1/check", Some(&world.weak), Some(&plain)).await;
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.text);
}

#[tokio::test]
async fn a_mistyped_option_of_a_question_is_refused() {
    let world = world().await;
    let question = json!({ "subject": "email:bea@acme.test", "action": "source:read", "resource": "source:website" });
    let mut mistyped = question.clone();
    mistyped["atleast"] = json!(1);
    let one = world.call("POST", "/api/v1/check", mistyped).await;
    let many = world.call("POST", "/api/v1/check/batch", json!({ "checks": [question], "atleast": 1 })).await;
    for refused in [one, many] {
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        assert!(refused.text.contains("unknown field `atleast`"), "{}", refused.text);
    }
    let too_many = vec![question; 1_001];
    assert_eq!(field(&world.call("POST", "/api/v1/check/batch", json!({ "checks": too_many })).await), (422, "checks".to_owned()));
}

#[tokio::test]
async fn what_comes_before_a_route_is_refused_in_the_words_of_the_api() {
    let world = world().await;
    for (path, kind) in [("/api/v1/resources/source/%FF", "application/problem+json"), ("/api/labels/region/%FF", "application/json")] {
        let answer = world.send("DELETE", path, Some(&world.owner), None).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, kind), "{path}: {}", answer.text);
    }
    for (path, kind) in [("/api/v1/check", "application/problem+json"), ("/api/groups", "application/json")] {
        let answer = world.send_as("POST", path, Some(&world.owner), Some(("application/json", "{}".to_owned())), &[("origin", "https://evil.test")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (403, kind), "{path}: {}", answer.text);
        assert!(answer.json()["detail"].is_string() || answer.json()["errors"][0]["message"].is_string(), "{path}: {}", answer.text);
    }
}
