//! A call of every route, by which each is tried with every kind of token.

use crate::world::World;
use serde_json::{Value, json};

/// A route, and a call of it in the world of the tests.
pub struct Row {
    pub method: &'static str,
    pub route: &'static str,
    pub path: String,
    pub body: Option<(&'static str, String)>,
}

/// For a route whose address is the same for everybody.
fn open(method: &'static str, route: &'static str) -> Row {
    Row { method, route, path: route.to_owned(), body: None }
}

/// For a route whose address names something of the workspace.
fn named(method: &'static str, route: &'static str, path: String) -> Row {
    Row { method, route, path, body: None }
}

impl Row {
    pub fn body(self, body: Value) -> Self {
        Self { body: Some(("application/json", body.to_string())), ..self }
    }

    fn at(self, query: &str) -> Self {
        Self { path: format!("{}{query}", self.path), ..self }
    }
}

/// The reference's routes. Those that end what others need come last.
pub fn reference(world: &World) -> Vec<Row> {
    let (bea, group) = (&world.bea, &world.group);
    let user = format!("/api/users/{bea}");
    let of_group = format!("/api/groups/{group}");
    let singular = format!("/api/group/{group}");
    let bea_too = || json!({ "emails": ["bea@acme.test"] });
    let nothing = || json!({ "permissions": [] });
    vec![
        open("GET", "/api"),
        open("GET", "/api/"),
        open("GET", "/api/users"),
        named("GET", "/api/users/{user}", user.clone()),
        named("GET", "/api/users/{user}/groups", format!("{user}/groups")),
        named("POST", "/api/users/{user}/permissions", format!("{user}/permissions")).body(nothing()),
        named("PUT", "/api/users/{user}/permissions", format!("{user}/permissions")).body(nothing()),
        open("GET", "/api/invites"),
        open("GET", "/api/invites/detail"),
        open("POST", "/api/invites").body(json!({ "invites": [{ "email": "new@acme.test" }] })),
        open("POST", "/api/invites/resend").body(json!({ "emails": ["ivo@acme.test"] })),
        open("GET", "/api/groups"),
        open("POST", "/api/groups").body(json!({ "name": "Makers" })),
        named("GET", "/api/groups/{group}", of_group.clone()),
        named("PATCH", "/api/groups/{group}", of_group.clone()).body(json!({ "name": "Writers" })),
        named("POST", "/api/groups/{group}/permissions", format!("{of_group}/permissions")).body(nothing()),
        named("PUT", "/api/groups/{group}/permissions", format!("{of_group}/permissions")).body(nothing()),
        named("GET", "/api/groups/{group}/invites", format!("{of_group}/invites")),
        named("GET", "/api/groups/{group}/users", format!("{of_group}/users")),
        named("POST", "/api/groups/{group}/users", format!("{of_group}/users")).body(bea_too()),
        named("PUT", "/api/groups/{group}/users", format!("{of_group}/users")).body(bea_too()),
        named("DELETE", "/api/groups/{group}/users", format!("{of_group}/users?emails=bea@acme.test")),
        named("GET", "/api/group/{group}/users", format!("{singular}/users")),
        named("POST", "/api/group/{group}/users", format!("{singular}/users")).body(bea_too()),
        named("PUT", "/api/group/{group}/users", format!("{singular}/users")).body(bea_too()),
        named("DELETE", "/api/group/{group}/users", format!("{singular}/users?emails[0]=bea@acme.test")),
        open("GET", "/api/roles"),
        open("GET", "/api/labels"),
        open("POST", "/api/labels").body(json!({ "label": { "key": "tier", "value": "gold" } })),
        open("GET", "/api/audit-events"),
        named("DELETE", "/api/labels/{key}/{value}", "/api/labels/region/apac".to_owned()),
        open("DELETE", "/api/invites").at("?emails[]=ivo@acme.test"),
        named("DELETE", "/api/groups/{group}", of_group),
        open("DELETE", "/api/users").at(&format!("?userIds={bea}")),
    ]
}

/// Our own, which are tried first: the reference's end what both name.
pub fn ours(world: &World) -> Vec<Row> {
    let (website, token, invite) = ("/api/v1/resources/source/website", format!("/api/v1/tokens/{}", world.spare), format!("/api/v1/invites/{}", world.invite));
    let request = |place: usize| format!("/api/v1/requests/{}", world.requests[place]);
    let question = || json!({ "subject": format!("user:{}", world.bea), "action": "source:read", "resource": "source:website" });
    let grants = || json!([{ "role": "source_read_only", "only": ["source:website"] }]);
    let csv = Some(("text/csv", "Email\nina@acme.test\n".to_owned()));
    vec![
        open("GET", "/api/v1/workspace"),
        open("POST", "/api/v1/check").body(question()),
        open("POST", "/api/v1/check/batch").body(json!({ "checks": [question()] })),
        open("GET", "/api/v1/access/resources").at(&format!("?subject=user:{}&action=source:read", world.bea)),
        open("GET", "/api/v1/access/subjects").at("?resource=source:website&action=source:read"),
        open("GET", "/api/v1/events"),
        open("GET", "/api/v1/resources"),
        open("POST", "/api/v1/resources").body(json!({ "resources": [{ "type": "source", "id": "app", "name": "App" }] })),
        open("POST", "/api/v1/resources/labels").body(json!({ "resources": ["source:website"], "put": "region:apac" })),
        named("GET", "/api/v1/resources/{type}/{id}", website.to_owned()),
        named("PUT", "/api/v1/resources/{type}/{id}", website.to_owned()).body(json!({ "name": "Web site" })),
        named("GET", "/api/v1/resources/{type}/{id}/labels", format!("{website}/labels")),
        named("PUT", "/api/v1/resources/{type}/{id}/labels", format!("{website}/labels")).body(json!({ "labels": [] })),
        open("GET", "/api/v1/tokens"),
        open("POST", "/api/v1/tokens").body(json!({ "name": "CI", "grants": grants() })),
        named("GET", "/api/v1/tokens/{token}", token.clone()),
        named("PATCH", "/api/v1/tokens/{token}", token.clone()).body(json!({ "name": "Spare one" })),
        named("POST", "/api/v1/tokens/{token}/rotate", format!("{token}/rotate")).body(json!({})),
        open("GET", "/api/v1/invites"),
        open("POST", "/api/v1/invites").body(json!({ "emails": ["ada@acme.test"], "grants": grants() })),
        named("GET", "/api/v1/invites/{invite}", invite.clone()),
        named("POST", "/api/v1/invites/{invite}/resend", format!("{invite}/resend")),
        open("GET", "/api/v1/requests"),
        named("GET", "/api/v1/requests/{request}", request(0)),
        named("POST", "/api/v1/requests/{request}/approve", format!("{}/approve", request(0))).body(json!({ "grants": grants() })),
        named("POST", "/api/v1/requests/{request}/decline", format!("{}/decline", request(1))).body(json!({ "answer": "Ask Olga" })),
        open("GET", "/api/v1/members.csv"),
        Row { body: csv, ..open("POST", "/api/v1/members/import") },
        // last: they end what the ones before need
        named("DELETE", "/api/v1/resources/{type}/{id}", "/api/v1/resources/source/spare".to_owned()),
        named("DELETE", "/api/v1/tokens/{token}", token),
        named("DELETE", "/api/v1/invites/{invite}", invite),
    ]
}
