//! Every server function: who may call it, and something well-formed to send. One that is missing here fails.

use http::StatusCode;
use serde_json::{Value, json};

/// Who may call it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    Anybody,
    SignedIn,
    Member,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Actor {
    Nobody,
    Stranger,
    Member,
    Owner,
}

pub const ACTORS: [Actor; 4] = [Actor::Nobody, Actor::Stranger, Actor::Member, Actor::Owner];

impl Who {
    /// What this actor must be answered; `None` where they may call it.
    pub fn refusal(self, actor: Actor) -> Option<StatusCode> {
        match (self, actor) {
            (Self::Anybody, _)
            | (Self::SignedIn, Actor::Stranger | Actor::Member | Actor::Owner)
            | (Self::Member, Actor::Member | Actor::Owner)
            | (Self::Owner, Actor::Owner) => None,
            (Self::SignedIn | Self::Member | Self::Owner, Actor::Nobody) => Some(StatusCode::UNAUTHORIZED),
            (Self::Member | Self::Owner, Actor::Stranger) => Some(StatusCode::NOT_FOUND),
            (Self::Owner, Actor::Member) => Some(StatusCode::FORBIDDEN),
        }
    }
}

pub enum Input {
    Json(Value),
    Form(&'static str),
}

/// Each server function: its path, who may call it, and something well-formed to send.
pub fn functions(slug: &str) -> Vec<(&'static str, Who, Input)> {
    let nothing = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
    let here = |mut more: Value| {
        more["slug"] = json!(slug);
        Input::Json(more)
    };
    let query =
        json!({ "search": null, "sort": "name", "descending": false, "statuses": [], "kinds": [], "roles": [], "groups": [], "cursor": null, "size": 50 });
    let access = json!({ "kind": "member", "pii": false, "grants": [], "groups": [] });
    let things = json!({ "kind": null, "parent": null, "search": null, "labels": [], "lacking": [], "cursor": null, "size": 50 });
    let group = json!({ "name": "", "pii": false, "grants": [] });
    let token = json!({ "name": "", "owner_access": false, "grants": [], "expires_at": null });
    let nobody = json!({ "emails": [], "kind": "member", "pii": false, "grants": [], "groups": [] });
    let import = json!({ "text": "", "columns": null, "create_groups": false, "leave_out_wrong": false });
    let connection = json!({
        "name": "", "preset": "other", "provider": { "saml": { "metadata": null, "entity_id": "", "sso_url": "", "slo_url": "", "certificates": [] } },
        "allow_idp_initiated": false, "mapping": [],
    });
    let webhook = json!({ "url": "", "description": "", "events": [], "enabled": true });
    vec![
        ("/rpc/accounts/start", Who::Anybody, Input::Json(json!({}))),
        ("/rpc/accounts/sign_up", Who::Anybody, Input::Form("name=&email=&password=&workspace_name=")),
        ("/rpc/accounts/sign_in", Who::Anybody, Input::Form("email=a%40b.co&password=&next=")),
        ("/rpc/accounts/sign_in_again", Who::Anybody, Input::Json(json!({ "email": "", "password": "" }))),
        ("/rpc/accounts/strength", Who::Anybody, Input::Json(json!({ "password": "x", "about": [] }))),
        ("/rpc/accounts/request_reset", Who::Anybody, Input::Form("email=")),
        ("/rpc/accounts/reset_is_valid", Who::Anybody, Input::Json(json!({ "secret": "x" }))),
        ("/rpc/accounts/reset_password", Who::Anybody, Input::Form("secret=x&password=y")),
        ("/rpc/accounts/change_password", Who::SignedIn, Input::Form("current=x&new=y")),
        ("/rpc/accounts/change_name", Who::SignedIn, Input::Form("name=")),
        ("/rpc/accounts/own_name", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/accounts/deletion_preview", Who::SignedIn, Input::Json(json!({}))),
        // of an address that is nobody's: everybody is still needed
        ("/rpc/accounts/delete", Who::SignedIn, Input::Json(json!({ "email": "", "password": "" }))),
        ("/rpc/accounts/send_proof", Who::SignedIn, Input::Form("")),
        ("/rpc/accounts/address_claim", Who::Anybody, Input::Json(json!({ "token": "x" }))),
        ("/rpc/accounts/prove_address", Who::SignedIn, Input::Form("token=x")),
        ("/rpc/accounts/me", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/accounts/sessions", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/accounts/end_session", Who::SignedIn, Input::Json(json!({ "session": nothing }))),
        ("/rpc/accounts/end_other_sessions", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/workspaces/mine", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/workspaces/create", Who::SignedIn, Input::Form("workspace_name=")),
        ("/rpc/workspaces/frame", Who::Member, here(json!({}))),
        ("/rpc/workspaces/counts", Who::Member, here(json!({}))),
        ("/rpc/members/seen_by", Who::Owner, here(json!({ "member": nothing }))),
        ("/rpc/members/mine", Who::Member, here(json!({}))),
        ("/rpc/members/users", Who::Owner, here(json!({ "query": query }))),
        ("/rpc/members/find", Who::Owner, here(json!({ "member": nothing }))),
        ("/rpc/members/access_context", Who::Owner, here(json!({}))),
        ("/rpc/members/terms", Who::Owner, here(json!({}))),
        ("/rpc/members/preview", Who::Owner, here(json!({ "before": access, "access": access }))),
        ("/rpc/members/change_access", Who::Owner, here(json!({ "member": nothing, "revision": 0, "access": access, "answers": null }))),
        ("/rpc/members/removal_preview", Who::Owner, here(json!({ "member": nothing }))),
        ("/rpc/members/remove", Who::Owner, here(json!({ "member": nothing }))),
        ("/rpc/members/activity", Who::Owner, here(json!({ "member": nothing }))),
        ("/rpc/invites/send", Who::Owner, here(json!({ "invitation": nobody }))),
        ("/rpc/invites/find", Who::Owner, here(json!({ "invite": nothing }))),
        ("/rpc/invites/link", Who::Owner, here(json!({ "invite": nothing }))),
        ("/rpc/invites/resend", Who::Owner, here(json!({ "invite": nothing }))),
        ("/rpc/invites/revoke", Who::Owner, here(json!({ "invite": nothing }))),
        ("/rpc/invites/offer", Who::Anybody, Input::Json(json!({ "secret": "x" }))),
        ("/rpc/invites/accept", Who::SignedIn, Input::Form("secret=x")),
        ("/rpc/invites/accept_as_new", Who::Anybody, Input::Form("secret=x&name=y&password=z")),
        ("/rpc/groups/page", Who::Owner, here(json!({ "search": null, "cursor": null }))),
        ("/rpc/groups/named", Who::Owner, here(json!({ "groups": [] }))),
        ("/rpc/groups/find", Who::Owner, here(json!({ "group": nothing }))),
        ("/rpc/groups/create", Who::Owner, here(json!({ "wish": group }))),
        ("/rpc/groups/change", Who::Owner, here(json!({ "group": nothing, "revision": 0, "wish": group }))),
        ("/rpc/groups/add_members", Who::Owner, here(json!({ "group": nothing, "members": [] }))),
        ("/rpc/groups/remove_members", Who::Owner, here(json!({ "group": nothing, "members": [] }))),
        ("/rpc/groups/removal_preview", Who::Owner, here(json!({ "group": nothing }))),
        ("/rpc/groups/delete", Who::Owner, here(json!({ "group": nothing }))),
        ("/rpc/groups/activity", Who::Owner, here(json!({ "group": nothing }))),
        ("/rpc/bulk/preview", Who::Owner, here(json!({ "selection": { "these": [] }, "change": "remove" }))),
        (
            "/rpc/bulk/apply",
            Who::Owner,
            here(json!({ "selection": { "these": [] }, "change": "remove", "seen": { "changed": 0, "owners": 0, "mark": 0 }, "ticket": 1 })),
        ),
        ("/rpc/bulk/undo", Who::Owner, here(json!({ "operation": nothing, "ticket": 1 }))),
        ("/rpc/bulk/progress", Who::Owner, here(json!({ "ticket": 1 }))),
        ("/rpc/bulk/latest", Who::Owner, here(json!({}))),
        ("/rpc/import/preview", Who::Owner, here(json!({ "wish": import }))),
        ("/rpc/import/apply", Who::Owner, here(json!({ "wish": import }))),
        ("/rpc/bulk/count", Who::Owner, here(json!({ "query": query }))),
        ("/rpc/requests/mine", Who::Member, here(json!({}))),
        ("/rpc/requests/ask", Who::Member, here(json!({ "wish": { "role": null, "resource": "", "reason": "" } }))),
        ("/rpc/requests/withdraw", Who::Member, here(json!({ "request": nothing }))),
        ("/rpc/requests/waiting", Who::Owner, here(json!({}))),
        ("/rpc/requests/find", Who::Owner, here(json!({ "request": nothing }))),
        ("/rpc/reviews/list", Who::Member, here(json!({ "cursor": null }))),
        ("/rpc/reviews/find", Who::Member, here(json!({ "review": nothing }))),
        ("/rpc/reviews/items", Who::Member, here(json!({ "review": nothing, "query": { "decision": null, "search": null, "cursor": null } }))),
        ("/rpc/reviews/decide", Who::Member, here(json!({ "review": nothing, "selection": { "these": [0] }, "seen": null, "decision": "keep" }))),
        ("/rpc/reviews/note", Who::Member, here(json!({ "review": nothing, "place": 0, "note": "" }))),
        ("/rpc/reviews/start", Who::Owner, here(json!({ "wish": { "of": "everyone", "name": "", "due_at": 0, "reviewers": [] } }))),
        ("/rpc/reviews/change", Who::Owner, here(json!({ "review": nothing, "terms": { "due_at": 0, "reviewers": [], "revision": 0 } }))),
        ("/rpc/reviews/remind", Who::Owner, here(json!({ "review": nothing }))),
        ("/rpc/reviews/cancel", Who::Owner, here(json!({ "review": nothing }))),
        ("/rpc/reviews/preview", Who::Owner, here(json!({ "review": nothing }))),
        ("/rpc/reviews/sign_off", Who::Owner, here(json!({ "review": nothing, "decisions": 0 }))),
        ("/rpc/notices/all", Who::Member, here(json!({}))),
        ("/rpc/requests/decline", Who::Owner, here(json!({ "request": nothing, "answer": "" }))),
        ("/rpc/resources/page", Who::Owner, here(json!({ "kind": "source", "search": null, "cursor": null }))),
        ("/rpc/resources/named", Who::Owner, here(json!({ "resources": [] }))),
        ("/rpc/map/page", Who::Owner, here(json!({ "query": { "rows": "groups", "kind": null, "search": null, "rows_at": null, "columns_at": null } }))),
        ("/rpc/resources/reachers", Who::Owner, here(json!({ "resource": nothing, "verb": "read", "after": null }))),
        ("/rpc/resources/list", Who::Member, here(json!({ "query": things }))),
        ("/rpc/resources/overview", Who::Member, here(json!({}))),
        ("/rpc/resources/find", Who::Member, here(json!({ "resource": nothing }))),
        ("/rpc/resources/uses", Who::Owner, here(json!({ "resource": nothing, "cursor": null }))),
        ("/rpc/resources/create", Who::Owner, here(json!({ "wish": { "kind": "source", "name": "", "key": "", "parent": null, "labels": [] } }))),
        ("/rpc/resources/change", Who::Owner, here(json!({ "resource": nothing, "revision": 1, "name": "", "parent": null }))),
        ("/rpc/resources/delete", Who::Owner, here(json!({ "resource": nothing }))),
        ("/rpc/resources/preview_labels", Who::Member, here(json!({ "selection": { "these": [] }, "change": { "take": "region" } }))),
        ("/rpc/resources/relabel", Who::Member, here(json!({ "selection": { "these": [] }, "change": { "put": "environment:dev" } }))),
        ("/rpc/labels/page", Who::Owner, here(json!({ "search": null, "cursor": null }))),
        ("/rpc/labels/find", Who::Owner, here(json!({ "label": "environment:dev" }))),
        ("/rpc/labels/uses", Who::Owner, here(json!({ "label": "environment:dev", "cursor": null }))),
        ("/rpc/labels/create", Who::Owner, here(json!({ "key": "", "value": "", "description": "" }))),
        ("/rpc/labels/describe", Who::Owner, here(json!({ "label": "environment:dev", "was": "", "description": "" }))),
        ("/rpc/labels/delete", Who::Owner, here(json!({ "label": "environment:dev" }))),
        ("/rpc/palette/find", Who::Member, here(json!({ "text": "x" }))),
        ("/rpc/settings/find", Who::Owner, here(json!({}))),
        ("/rpc/settings/change", Who::Owner, here(json!({ "revision": 1, "wish": { "name": "", "slug": "", "idle_minutes": 0, "invite_days": "" } }))),
        ("/rpc/settings/contents", Who::Owner, here(json!({}))),
        ("/rpc/settings/close", Who::Owner, here(json!({ "name": "" }))),
        ("/rpc/settings/keep", Who::Owner, here(json!({}))),
        ("/rpc/roles/overview", Who::Member, here(json!({}))),
        ("/rpc/roles/holders", Who::Owner, here(json!({ "role": "source_admin", "kind": "member", "cursor": null }))),
        ("/rpc/tokens/page", Who::Owner, here(json!({ "search": null, "cursor": null }))),
        ("/rpc/tokens/find", Who::Owner, here(json!({ "token": nothing }))),
        ("/rpc/tokens/create", Who::Owner, here(json!({ "wish": token }))),
        ("/rpc/tokens/change", Who::Owner, here(json!({ "token": nothing, "revision": 0, "wish": token }))),
        ("/rpc/tokens/rotate", Who::Owner, here(json!({ "token": nothing, "grace": 0 }))),
        ("/rpc/tokens/revoke", Who::Owner, here(json!({ "token": nothing }))),
        ("/rpc/tokens/activity", Who::Owner, here(json!({ "token": nothing }))),
        ("/rpc/members/explain", Who::Owner, here(json!({ "question": { "subject": { "member": nothing }, "action": "source:read", "target": "type" } }))),
        (
            "/rpc/audit/page",
            Who::Owner,
            here(json!({ "query": { "filter": { "actors": [], "events": [], "object": null, "from": null, "until": null }, "cursor": null, "size": 50 } })),
        ),
        ("/rpc/audit/doers", Who::Owner, here(json!({ "search": null }))),
        ("/rpc/webhooks/all", Who::Owner, here(json!({}))),
        ("/rpc/webhooks/create", Who::Owner, here(json!({ "draft": webhook }))),
        ("/rpc/webhooks/change", Who::Owner, here(json!({ "webhook": nothing, "revision": 0, "draft": webhook }))),
        ("/rpc/webhooks/rotate", Who::Owner, here(json!({ "webhook": nothing }))),
        ("/rpc/webhooks/test", Who::Owner, here(json!({ "webhook": nothing }))),
        ("/rpc/webhooks/deliveries", Who::Owner, here(json!({ "webhook": nothing, "cursor": null }))),
        ("/rpc/webhooks/redeliver", Who::Owner, here(json!({ "webhook": nothing, "delivery": nothing }))),
        ("/rpc/webhooks/delete", Who::Owner, here(json!({ "webhook": nothing }))),
        ("/rpc/sso/where_to_sign_in", Who::Anybody, Input::Json(json!({ "email": "amara@acme.test" }))),
        ("/rpc/sso/ways_in", Who::Anybody, Input::Json(json!({ "next": "/w/acme" }))),
        ("/rpc/sso/refusal", Who::Anybody, Input::Json(json!({ "sign_in": nothing }))),
        ("/rpc/sso/link_offer", Who::Anybody, Input::Json(json!({ "secret": "x" }))),
        ("/rpc/sso/confirm_link", Who::SignedIn, Input::Form("secret=x")),
        ("/rpc/sso/switch_offer", Who::Anybody, Input::Json(json!({ "secret": "x" }))),
        ("/rpc/sso/confirm_switch", Who::Anybody, Input::Form("secret=x")),
        ("/rpc/sso/links", Who::SignedIn, Input::Json(json!({}))),
        ("/rpc/sso/unlink", Who::SignedIn, Input::Json(json!({ "connection": nothing }))),
        ("/rpc/sso/doors", Who::Member, here(json!({}))),
        ("/rpc/sso/connections", Who::Owner, here(json!({}))),
        ("/rpc/sso/connection", Who::Owner, here(json!({ "connection": nothing }))),
        ("/rpc/sso/create_connection", Who::Owner, here(json!({ "draft": connection }))),
        ("/rpc/sso/change_connection", Who::Owner, here(json!({ "connection": nothing, "revision": 1, "draft": connection }))),
        ("/rpc/sso/switch_connection", Who::Owner, here(json!({ "connection": nothing, "enabled": true }))),
        ("/rpc/sso/delete_connection", Who::Owner, here(json!({ "connection": nothing }))),
        ("/rpc/sso/sign_ins", Who::Owner, here(json!({ "connection": nothing }))),
        ("/rpc/sso/begin_test", Who::Owner, here(json!({ "connection": nothing }))),
        ("/rpc/sso/test_result", Who::Owner, here(json!({ "attempt": nothing }))),
        ("/rpc/sso/domains", Who::Owner, here(json!({}))),
        ("/rpc/sso/add_domain", Who::Owner, here(json!({ "domain": "" }))),
        ("/rpc/sso/check_domain", Who::Owner, here(json!({ "domain": nothing }))),
        ("/rpc/sso/remove_domain", Who::Owner, here(json!({ "domain": nothing }))),
        ("/rpc/sso/requirement", Who::Owner, here(json!({}))),
        ("/rpc/sso/require", Who::Owner, here(json!({ "wish": { "required": false, "exceptions": [] } }))),
        // last: they end what the ones before need
        ("/rpc/members/leave", Who::Member, here(json!({}))),
        ("/rpc/accounts/sign_out", Who::Anybody, Input::Form("next=")),
    ]
}
