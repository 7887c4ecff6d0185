//! A seeded workspace on a running server, with an owner signed in and the ids that questions need.

use super::questions;
use crate::{
    Outcome, client,
    server::{self, Server},
};
use serde_json::{Value, json};
use std::path::Path;
use testkit::databases::{Database, Place};

#[derive(Debug)]
pub(super) struct World {
    pub(super) server: Server,
    pub(super) cookie: String,
    pub(super) known: Known,
    _place: Place,
}

/// What questions name: from the middle of each list, where there is nothing special about it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) slug: String,
    pub(super) member: String,
    pub(super) email: String,
    pub(super) group: String,
    pub(super) group_name: String,
    pub(super) resource: String,
    pub(super) resource_name: String,
    pub(super) token: String,
    pub(super) invite: String,
    /// As the drawer gets it, to be edited.
    pub(super) access: Value,
}

/// How many tokens and invites each workspace gets, large or small: nobody has them by the thousand.
const TOKENS: usize = 60;
const INVITES: usize = 60;

impl World {
    pub(super) async fn new(binary: &Path, database: Database, (members, groups, resources): (u32, u32, u32)) -> Outcome<Self> {
        let place = Place::empty(database).await;
        let seeded = server::seed(binary, &place.url, members, groups, resources).await?;
        if database == Database::Postgres {
            // the tests' cluster has no autovacuum, which would have done this by itself, and later: of rows whose commit is not on the disk
            // yet it can't be noted that everybody sees them
            place.raw("CHECKPOINT").await;
            place.raw("VACUUM ANALYZE").await;
        }
        let server = server::start(binary, &place.url).await?;
        let cookie = client::sign_in(&server.address, &seeded.owner, &seeded.password).await?;
        let known = known(&server.address, &cookie, &seeded.slug).await?;
        Ok(Self { server, cookie, known, _place: place })
    }

    pub(super) async fn end(self) -> Outcome {
        self.server.end().await
    }
}

async fn known(address: &str, cookie: &str, slug: &str) -> Outcome<Known> {
    let call = async |function: &str, arguments: Value| {
        let mut all = json!({ "slug": slug });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), arguments) {
            all.extend(more);
        }
        client::call(address, cookie, function, &all).await
    };
    let mut token = String::new();
    for n in 0..TOKENS {
        let made = call("tokens/create", json!({ "wish": { "name": format!("Token {n}"), "owner_access": true, "grants": [], "expires_at": null } })).await?;
        token = text(&made, "/id")?;
    }
    let emails: Vec<String> = (0..INVITES).map(|n| format!("invited-{n}@bench.test")).collect();
    let invitation = json!({ "emails": emails, "kind": "member", "pii": false, "grants": [], "groups": [] });
    let invited = call("invites/send", json!({ "invitation": invitation })).await?;

    let users = call("members/users", json!({ "query": questions::users(json!({ "cursor": questions::middle("m") })) })).await?;
    let row = find(&users, |row| row.pointer("/id/member").is_some() && row.get("kind") == Some(&json!("member")))?;
    let member = text(row, "/id/member")?;
    let drawer = call("members/find", json!({ "member": member })).await?;
    let groups = call("groups/page", json!({ "search": null, "cursor": null })).await?;
    let group = find(&groups, |_| true)?;
    let resources = call("resources/list", json!({ "query": questions::resources(json!({ "kind": "source" })) })).await?;
    let resource = find(&resources, |_| true)?;
    let resource = resource.get("resource").unwrap_or(resource);
    let grants = drawer.get("grants").and_then(Value::as_array).cloned().unwrap_or_default();
    let grants: Vec<Value> = grants.iter().map(|grant| json!({ "id": grant.get("id"), "spec": grant.get("spec") })).collect();
    let places = drawer.get("groups").and_then(Value::as_array).cloned().unwrap_or_default();
    let places: Vec<Value> = places.iter().filter_map(|group| group.get("id").cloned()).collect();
    Ok(Known {
        slug: slug.to_owned(),
        member,
        email: text(row, "/email")?,
        group: text(group, "/id")?,
        group_name: text(group, "/name")?,
        resource: text(resource, "/id")?,
        resource_name: text(resource, "/name")?,
        token,
        invite: text(&invited, "/0/id")?,
        access: json!({ "kind": drawer.get("kind"), "pii": drawer.get("pii"), "grants": grants, "groups": places }),
    })
}

/// The row that does, from the middle of the page on.
fn find(page: &Value, does: impl Fn(&Value) -> bool) -> Outcome<&Value> {
    let rows = page.get("rows").and_then(Value::as_array).ok_or("the page has no rows")?;
    rows.iter().skip(rows.len() / 2).find(|row| does(row)).ok_or_else(|| "the page has no such row".into())
}

fn text(value: &Value, at: &str) -> Outcome<String> {
    value.pointer(at).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no `{at}` in {value}").into())
}
