//! The same rules as in the console: last owner, what is given and kept, all or nothing.

use crate::world::{World, world};
use serde_json::{Value, json};

async fn permissions(world: &World, method: &str, user: &str, permissions: Value) -> Value {
    in_order(&world.call(method, &format!("/api/users/{user}/permissions"), json!({ "permissions": permissions })).await.data())
}

/// What somebody holds, in the order of the roles' ids: what was given at once has no order of its own.
fn in_order(holder: &Value) -> Value {
    let mut permissions = holder["permissions"].as_array().unwrap().clone();
    permissions.sort_by_key(|permission| permission["roleId"].to_string());
    json!(permissions)
}

#[tokio::test]
async fn a_role_in_each_kind_of_scope_is_given_and_read_back() {
    let world = world().await;
    let (here, bea) = (&world.workspace, &world.bea);
    let all = json!({ "roleId": "tracking_plan_admin", "roleName": "Tracking Plan Admin", "resources": [{ "id": here, "type": "WORKSPACE" }] });
    let only = json!({ "roleId": "source_admin", "roleName": "Source Admin", "resources": [{ "id": world.source, "type": "SOURCE" }] });
    let labelled = json!({
        "roleId": "source_read_only",
        "roleName": "Source Read-only",
        "resources": [{ "id": here, "type": "WORKSPACE", "labels": [{ "key": "region", "value": "apac" }] }],
    });
    let given = permissions(&world, "PUT", bea, json!([all, only])).await;
    assert_eq!(given, json!([only, all]));
    let three = json!([only, labelled, all]);
    assert_eq!(permissions(&world, "POST", bea, json!([labelled, only])).await, three);
    assert_eq!(in_order(&world.get(&format!("/api/users/{bea}")).await["user"]), three);
    // what was read can be written: nothing changes, and nothing is recorded
    let path = format!("/api/audit-events?resourceId={bea}&resourceType=USER");
    let before = world.get(&path).await["events"].as_array().unwrap().len();
    assert_eq!(permissions(&world, "PUT", bea, json!([all, only, labelled])).await, three);
    assert_eq!(world.get(&path).await["events"].as_array().unwrap().len(), before);
    assert_eq!(permissions(&world, "PUT", bea, json!([])).await, json!([]));
}

#[tokio::test]
async fn an_invite_may_have_its_labels_beside_the_resources() {
    let world = world().await;
    let labels = json!([{ "key": "region", "value": "apac" }]);
    let invite = json!({ "email": "lea@acme.test", "permissions": [{ "roleId": "source_admin", "labels": labels }] });
    assert_eq!(world.call("POST", "/api/invites", json!({ "invites": [invite] })).await.data(), json!({ "emails": ["lea@acme.test"] }));
    let detail = world.get("/api/invites/detail").await;
    assert_eq!((&detail["invites"][2]["email"], &detail["invites"][2]["state"]), (&json!("lea@acme.test"), &json!("pending")));
}

#[tokio::test]
async fn an_owner_is_made_and_unmade_but_not_the_last_one() {
    let world = world().await;
    let owner = json!([{ "roleId": "workspace_owner", "roleName": "Workspace Owner", "resources": [{ "id": world.workspace, "type": "WORKSPACE" }] }]);
    let last = world.call("PUT", &format!("/api/users/{}/permissions", world.olga), json!({ "permissions": [] })).await;
    assert_eq!((last.status.as_u16(), last.error()["type"].as_str()), (409, Some("conflict")), "{}", last.text);
    let last = world.send("DELETE", &format!("/api/users?userIds={}", world.olga), Some(&world.owner), None).await;
    assert_eq!(last.status.as_u16(), 409, "{}", last.text);
    assert_eq!(permissions(&world, "POST", &world.bea, owner.clone()).await, owner);
    let both = format!("/api/users?userIds[0]={}&userIds[1]={}", world.olga, world.bea);
    assert_eq!(world.send("DELETE", &both, Some(&world.owner), None).await.status.as_u16(), 409);
    assert_eq!(permissions(&world, "PUT", &world.olga, json!([])).await, json!([]));
    assert_eq!(world.send("DELETE", &format!("/api/users?userIds={}", world.olga), Some(&world.owner), None).await.data(), json!({ "status": "SUCCESS" }));
    assert_eq!(world.get("/api/users").await["users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_is_removed_where_one_is_not_known() {
    let world = world().await;
    let path = format!("/api/users?userIds={}&userIds=018f3c1e-6d5a-7b3c-8d4e-0123456789ab", world.bea);
    assert_eq!(world.send("DELETE", &path, Some(&world.owner), None).await.status.as_u16(), 404);
    assert_eq!(world.get("/api/users").await["pagination"]["totalEntries"], json!(2));
}

#[tokio::test]
async fn a_group_takes_in_members_and_those_who_are_invited() {
    let world = world().await;
    let users = format!("/api/groups/{}/users", world.group);
    let both = json!({ "emails": ["bea@acme.test", "ivo@acme.test"] });
    let group = world.call("POST", &users, both).await.data()["userGroup"].take();
    assert_eq!((&group["memberCount"], &group["name"]), (&json!(1), &json!("Editors")));
    let inside = world.get(&users).await;
    assert_eq!((&inside["users"][0]["email"], &inside["pagination"]["totalEntries"]), (&json!("bea@acme.test"), &json!(1)));
    assert_eq!(world.get(&format!("/api/groups/{}/invites", world.group)).await["emails"], json!(["ivo@acme.test"]));
    let theirs = world.get(&format!("/api/users/{}/groups", world.bea)).await;
    assert_eq!((&theirs["groups"][0]["id"], &theirs["userGroups"][0]["memberCount"]), (&json!(world.group), &json!(1)));
    // who is not named goes, whether member or invited
    assert_eq!(world.call("PUT", &users, json!({ "emails": ["olga@acme.test"] })).await.data()["userGroup"]["memberCount"], json!(1));
    assert_eq!(world.get(&users).await["users"][0]["email"], json!("olga@acme.test"));
    assert_eq!(world.get(&format!("/api/groups/{}/invites", world.group)).await["emails"], json!([]));
    let removed = world.send("DELETE", &format!("{users}?emails[0]=olga@acme.test&emails[1]=ivo@acme.test"), Some(&world.owner), None).await.data();
    assert_eq!((&removed["status"], &removed["userGroup"]["memberCount"]), (&json!("SUCCESS"), &json!(0)));
    assert_eq!(world.call("PUT", &users, json!({ "emails": [] })).await.data()["userGroup"]["memberCount"], json!(0));
}

#[tokio::test]
async fn the_trail_names_the_token_and_is_narrowed() {
    let world = world().await;
    world.call("PATCH", &format!("/api/groups/{}", world.group), json!({ "name": "Writers" })).await.data();
    let events = world.get(&format!("/api/audit-events?resourceId={}", world.group)).await["events"].take();
    assert_eq!(events.as_array().unwrap().len(), 2);
    let newest = &events[0];
    assert_eq!((&newest["type"], &newest["resourceType"], &newest["resourceName"]), (&json!("group_changed"), &json!("USER_GROUP"), &json!("Writers")));
    assert!(newest["actorEmail"].is_null());
    assert_eq!((&events[1]["type"], &events[1]["actorEmail"]), (&json!("group_created"), &json!("olga@acme.test")));
    let actor = newest["actor"].as_str().unwrap();
    assert_eq!(world.get(&format!("/api/audit-events?actor=token:{actor}")).await["events"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/api/audit-events?type=label_created").await["events"][0]["resourceName"], json!("region:apac"));
    let groups = world.get("/api/audit-events?resourceType=USER_GROUP").await["events"].take();
    assert_eq!(groups, events);
    let since = newest["timestamp"].as_str().unwrap();
    assert_eq!(world.get(&format!("/api/audit-events?startTime={since}")).await["events"].as_array().unwrap().len(), 1);
    assert!(!world.get(&format!("/api/audit-events?endTime={since}")).await["events"].as_array().unwrap().contains(newest));
}

#[tokio::test]
async fn a_label_in_use_is_kept() {
    let world = world().await;
    let labelled =
        json!([{ "roleId": "source_admin", "resources": [{ "id": world.workspace, "type": "WORKSPACE", "labels": [{ "key": "region", "value": "apac" }] }] }]);
    permissions(&world, "PUT", &world.bea, labelled).await;
    let kept = world.send("DELETE", "/api/labels/region/apac", Some(&world.owner), None).await;
    assert_eq!((kept.status.as_u16(), kept.error()["type"].as_str()), (409, Some("conflict")));
    permissions(&world, "PUT", &world.bea, json!([])).await;
    assert_eq!(world.send("DELETE", "/api/labels/region/apac", Some(&world.owner), None).await.data(), json!({ "status": "SUCCESS" }));
}
