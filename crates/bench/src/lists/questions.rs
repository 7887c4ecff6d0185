//! What a browser asks for: each page as it is first opened, and each server function of lists, searches and drawers.

use super::world::Known;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Question {
    pub(super) name: String,
    /// Of a page; or of a server function, where there is a body.
    pub(super) path: String,
    pub(super) body: String,
}

/// A Users query as it opens, with this of it changed.
pub(super) fn users(changed: Value) -> Value {
    let opens = json!({
        "search": null, "sort": "name", "descending": false, "statuses": [], "kinds": [], "roles": [], "groups": [], "cursor": null, "size": 50
    });
    with(opens, changed)
}

pub(super) fn resources(changed: Value) -> Value {
    with(json!({ "kind": null, "parent": null, "search": null, "labels": [], "lacking": [], "cursor": null, "size": 50 }), changed)
}

/// A place deep in a list: behind everything whose name is before this.
pub(super) fn middle(key: &str) -> Value {
    json!({ "key": key, "id": "00000000-0000-0000-0000-000000000000", "before": false })
}

fn with(mut all: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

/// The same list for every workspace, in the same order.
pub(super) fn questions(known: &Known) -> Vec<Question> {
    let mut all = pages(known);
    let call = |name: &str, function: &str, arguments: Value| Question {
        name: name.to_owned(),
        path: function.to_owned(),
        body: with(json!({ "slug": known.slug }), arguments).to_string(),
    };
    for asked in [of_users(known), of_groups_and_tokens(known), of_resources(known), of_the_rest(known)] {
        all.extend(asked.into_iter().map(|(name, function, arguments)| call(name, function, arguments)));
    }
    all
}

fn pages(known: &Known) -> Vec<Question> {
    let Known { slug, member, group, resource, token, invite, .. } = known;
    let pages = [
        ("users", "access/users".to_owned()),
        ("users by last seen", "access/users?sort=-last_seen".to_owned()),
        ("users, a common name", "access/users?q=okafor".to_owned()),
        ("users, nobody", "access/users?q=qqxxyy".to_owned()),
        ("groups", "access/groups".to_owned()),
        ("tokens", "access/tokens".to_owned()),
        ("resources", "resources".to_owned()),
        ("labels", "labels".to_owned()),
        ("roles", "roles".to_owned()),
        ("audit", "audit".to_owned()),
        ("webhooks", "audit/webhooks".to_owned()),
        ("access map", "map".to_owned()),
        ("access map, sources", "map?filter=type:source".to_owned()),
        ("access map, all members at once", "map?filter=rows:bands".to_owned()),
        ("access map, by label", "map?filter=by:environment".to_owned()),
        ("settings", "settings".to_owned()),
        ("a member's drawer", format!("access/users/{member}")),
        ("an invite's drawer", format!("access/users/invite-{invite}")),
        ("a group's drawer", format!("access/groups/{group}")),
        ("a token's drawer", format!("access/tokens/{token}")),
        ("a resource's drawer", format!("resources/{resource}")),
        ("a label's drawer", "labels/region:emea".to_owned()),
        ("a role's drawer", "roles/source_admin".to_owned()),
    ];
    pages.map(|(name, path)| Question { name: format!("page: {name}"), path: format!("/w/{slug}/{path}"), body: String::new() }).into()
}

type Asked = (&'static str, &'static str, Value);

fn of_users(known: &Known) -> Vec<Asked> {
    let list = |name, changed| (name, "members/users", json!({ "query": users(changed) }));
    let count = |name, changed| (name, "bulk/count", json!({ "query": users(changed) }));
    let selection = |changed| json!({ "matching": users(changed) });
    vec![
        list("users", json!({})),
        list("users, descending", json!({ "descending": true })),
        list("users, from the middle", json!({ "cursor": middle("m") })),
        list("users by last seen", json!({ "sort": "last_seen", "descending": true })),
        list("users: search of a first name, at the end", json!({ "search": "zoë" })),
        list("users: search of a common last name", json!({ "search": "okafor" })),
        list("users: search of one address", json!({ "search": known.email })),
        list("users: search of one letter", json!({ "search": "a" })),
        list("users: search of two letters that nobody has", json!({ "search": "qx" })),
        list("users: search that finds nobody", json!({ "search": "qqxxyy" })),
        list("users: search by last seen", json!({ "search": "okafor", "sort": "last_seen", "descending": true })),
        list("users: owners", json!({ "kinds": ["owner"] })),
        list("users: owners by last seen", json!({ "kinds": ["owner"], "sort": "last_seen", "descending": true })),
        list("users: invited", json!({ "statuses": ["invited"] })),
        list("users: active", json!({ "statuses": ["active"] })),
        list("users: who hold a role", json!({ "roles": ["source_admin"] })),
        list("users: who hold a role, searched", json!({ "roles": ["source_admin"], "search": "okafor" })),
        list("users: who hold a role that nobody has", json!({ "roles": ["workspace_owner"] })),
        list("users: in a group", json!({ "groups": [known.group] })),
        list("users: in a group, owners", json!({ "groups": [known.group], "kinds": ["owner"] })),
        count("users: how many, in a group", json!({ "groups": [known.group] })),
        ("users: bulk preview of a page's, leave groups", "bulk/preview", {
            json!({ "selection": selection(json!({ "groups": [known.group] })), "change": { "leave_groups": [known.group] } })
        }),
        ("users: latest bulk", "bulk/latest", json!({})),
        ("import preview of 200 rows", "import/preview", json!({ "wish": import(known) })),
        ("member", "members/find", json!({ "member": known.member })),
        ("member: what editing needs", "members/access_context", json!({})),
        ("member: what it reaches", "members/preview", json!({ "before": known.access, "access": known.access })),
        ("member: activity", "members/activity", json!({ "member": known.member })),
        ("member: removal preview", "members/removal_preview", json!({ "member": known.member })),
        ("member: what they see", "members/seen_by", json!({ "member": known.member })),
        ("member: explain", "members/explain", json!({ "question": explain(known) })),
        ("invite", "invites/find", json!({ "invite": known.invite })),
    ]
}

fn of_groups_and_tokens(known: &Known) -> Vec<Asked> {
    let groups = |name, search: Value, cursor: Value| (name, "groups/page", json!({ "search": search, "cursor": cursor }));
    let tokens = |name, search: Value| (name, "tokens/page", json!({ "search": search, "cursor": null }));
    vec![
        groups("groups", Value::Null, Value::Null),
        groups("groups, from the middle", Value::Null, middle("team 00020")),
        groups("groups: search of a name", json!(known.group_name), Value::Null),
        groups("groups: search that finds many", json!("team"), Value::Null),
        groups("groups: search that finds none", json!("qqxxyy"), Value::Null),
        ("groups: their names", "groups/named", json!({ "groups": [known.group] })),
        ("group", "groups/find", json!({ "group": known.group })),
        ("group: its members", "members/users", json!({ "query": users(json!({ "groups": [known.group] })) })),
        ("group: activity", "groups/activity", json!({ "group": known.group })),
        ("group: removal preview", "groups/removal_preview", json!({ "group": known.group })),
        tokens("tokens", Value::Null),
        tokens("tokens: search", json!("token 4")),
        ("token", "tokens/find", json!({ "token": known.token })),
        ("token: activity", "tokens/activity", json!({ "token": known.token })),
    ]
}

fn of_resources(known: &Known) -> Vec<Asked> {
    let list = |name, changed| (name, "resources/list", json!({ "query": resources(changed) }));
    let of_kind = |name, search: Value| (name, "resources/page", json!({ "kind": "source", "search": search, "cursor": null }));
    let emea = "region:emea";
    vec![
        list("resources", json!({})),
        list("resources: sources", json!({ "kind": "source" })),
        list("resources, from the middle", json!({ "cursor": middle("source\nsource 2") })),
        list("resources: search of one", json!({ "search": known.resource_name })),
        list("resources: search that finds many", json!({ "search": "source" })),
        list("resources: search that finds none", json!({ "search": "qqxxyy" })),
        list("resources: by a label", json!({ "labels": [emea] })),
        list("resources: by a label, of a type", json!({ "kind": "space", "labels": [emea] })),
        list("resources: lacking a label", json!({ "lacking": ["region"] })),
        ("resources: overview", "resources/overview", json!({})),
        of_kind("resources: to choose from", Value::Null),
        of_kind("resources: to choose from, search", json!(known.resource_name)),
        of_kind("resources: to choose from, none", json!("qqxxyy")),
        ("resources: label preview of a page's", "resources/preview_labels", {
            json!({ "selection": { "these": [known.resource] }, "change": { "put": emea } })
        }),
        ("resource", "resources/find", json!({ "resource": known.resource })),
        ("resource: who holds it by name", "resources/uses", json!({ "resource": known.resource, "cursor": null })),
        ("resource: who reaches it", "resources/reachers", json!({ "resource": known.resource, "verb": "edit", "after": null })),
        ("labels", "labels/page", json!({ "search": null, "cursor": null })),
        ("labels: search", "labels/page", json!({ "search": "emea", "cursor": null })),
        ("label", "labels/find", json!({ "label": emea })),
        ("label: who holds it", "labels/uses", json!({ "label": emea, "cursor": null })),
    ]
}

fn of_the_rest(known: &Known) -> Vec<Asked> {
    let palette = |name, text: &str| (name, "palette/find", json!({ "text": text }));
    let holders = |name, kind| (name, "roles/holders", json!({ "role": "source_admin", "kind": kind, "cursor": null }));
    let rows = json!({ "rows": "groups", "kind": null, "search": null, "rows_at": null, "columns_at": null });
    let map = |name, changed: Value| (name, "map/page", json!({ "query": with(rows.clone(), changed) }));
    vec![
        palette("palette: a common name", "okafor"),
        palette("palette: one address", &known.email),
        palette("palette: a resource", &known.resource_name),
        palette("palette: one letter", "a"),
        palette("palette: nothing", "qqxxyy"),
        ("roles", "roles/overview", json!({})),
        holders("role: members who hold it", "member"),
        holders("role: groups that hold it", "group"),
        map("map", json!({})),
        map("map: members", json!({ "rows": { "members": { "group": null } } })),
        map("map: members of a group, sources", json!({ "rows": { "members": { "group": known.group } }, "kind": "source" })),
        map("map: all members at once", json!({ "rows": "bands" })),
        map("map: members by label", json!({ "rows": { "members": { "group": null } }, "by": "environment" })),
        map("map: members, with a label", json!({ "rows": { "members": { "group": null } }, "label": { "with": "environment:prod" } })),
        map("map: members, search", json!({ "rows": { "members": { "group": null } }, "search": "okafor" })),
        map("map: members, search that finds nobody", json!({ "rows": { "members": { "group": null } }, "search": "qqxxyy" })),
        (
            "audit",
            "audit/page",
            json!({ "query": { "filter": { "actors": [], "events": [], "object": null, "from": null, "until": null }, "cursor": null, "size": 50 } }),
        ),
        ("audit: who did something, search", "audit/doers", json!({ "search": "okafor" })),
        ("audit: who did something, nobody", "audit/doers", json!({ "search": "qqxxyy" })),
        ("requests that wait", "requests/waiting", json!({})),
        ("webhooks", "webhooks/all", json!({})),
        ("settings", "settings/find", json!({})),
        ("settings: what is deleted with the workspace", "settings/contents", json!({})),
        ("frame", "workspaces/frame", json!({})),
        ("counts", "workspaces/counts", json!({})),
    ]
}

fn explain(known: &Known) -> Value {
    json!({ "subject": { "member": known.member }, "action": "source:edit", "target": { "resource": known.resource } })
}

fn import(known: &Known) -> Value {
    let mut text = "Email,Groups\n".to_owned();
    for n in 0..200 {
        text.push_str(&format!("new-{n}@bench.test,{}\n", known.group_name));
    }
    json!({ "text": text, "columns": null, "create_groups": false, "leave_out_wrong": false })
}
