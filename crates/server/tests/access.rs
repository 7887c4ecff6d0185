//! Every server function and every route with every kind of actor: strangers see 404, members 403, nobody signed in 401.
//! A new function without an entry here fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

use axum::{Router, body::Body};
use domain::{email::EmailAddress, failure::Failure, invite::Invitation, member::MemberKind, workspace::WorkspaceSlug};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::{
    app::{AppState, router},
    site::Site,
};
use service::{Services, Settings, accounts, actor::Meta, invites, secrets::SecretKey, setup};
use std::sync::Arc;
use tower::ServiceExt as _;

const PASSWORD: &str = "vexing-lantern-orbit";

/// Who may call it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Anybody,
    SignedIn,
    Member,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Actor {
    Nobody,
    Stranger,
    Member,
    Owner,
}

const ACTORS: [Actor; 4] = [Actor::Nobody, Actor::Stranger, Actor::Member, Actor::Owner];

impl Who {
    /// What this actor must be answered; `None` where they may call it.
    fn refusal(self, actor: Actor) -> Option<StatusCode> {
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

enum Input {
    Json(Value),
    Form(&'static str),
}

/// Each server function: its path, who may call it, and something well-formed to send.
fn functions(slug: &str) -> Vec<(&'static str, Who, Input)> {
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
        ("/rpc/bulk/apply", Who::Owner, here(json!({ "selection": { "these": [] }, "change": "remove", "seen": { "changed": 0, "owners": 0 } }))),
        ("/rpc/bulk/undo", Who::Owner, here(json!({ "operation": nothing }))),
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
        ("/rpc/labels/describe", Who::Owner, here(json!({ "label": "environment:dev", "description": "" }))),
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
        // last: they end what the ones before need
        ("/rpc/members/leave", Who::Member, here(json!({}))),
        ("/rpc/accounts/sign_out", Who::Anybody, Input::Form("next=")),
    ]
}

struct World {
    app: Router,
    slug: WorkspaceSlug,
    owner: String,
    member: String,
    stranger: String,
    _folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let settings = Settings {
        public_url: "http://127.0.0.1:3000".to_owned(),
        secret_key: SecretKey::parse(&"k".repeat(32)).unwrap(),
        signup_open: true,
        mail_is_on: false,
        decisions: service::decisions::Limits::default(),
        audit_days: 90,
        rates: service::limits::Rates::USUAL,
        webhooks_to_private: false,
    };
    let catalog = Arc::new(domain::catalog::Catalog::parse(domain::catalog::Catalog::BUILT_IN).unwrap());
    let services = setup::open(&url, catalog, settings).await.unwrap();
    let up = |name: &str| accounts::SignUp {
        name: name.to_owned(),
        email: format!("{}@acme.test", name.to_lowercase()),
        password: PASSWORD.to_owned(),
        workspace_name: name.to_owned(),
    };
    let anonymous = services.anonymous(Meta::default());
    let owner = accounts::sign_up(&services, &anonymous, up("Owner")).await.unwrap();
    let stranger = accounts::sign_up(&services, &anonymous, up("Stranger")).await.unwrap();
    let member = invited(&services, &owner.session_secret, &owner.slug).await;
    let state = AppState { services, site: Site::find() };
    World { app: router(state, 0), slug: owner.slug, owner: owner.session_secret, member, stranger: stranger.session_secret, _folder: folder }
}

async fn invited(services: &Services, owner: &str, slug: &WorkspaceSlug) -> String {
    let me = services.signed_in(owner, Meta::default()).await.unwrap();
    let owner = services.owner(me, slug).await.unwrap();
    let emails = vec![EmailAddress::parse("member@acme.test").unwrap()];
    let invitation = Invitation { emails, kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: Vec::new() };
    let sent = invites::send(services, &owner, invitation).await.unwrap();
    let secret = sent[0].link.rsplit('/').next().unwrap().to_owned();
    let anonymous = services.anonymous(Meta::default());
    invites::accept_as_new(services, &anonymous, &secret, "Member", PASSWORD).await.unwrap().session_secret
}

impl World {
    fn cookie(&self, actor: Actor) -> Option<&str> {
        match actor {
            Actor::Nobody => None,
            Actor::Stranger => Some(&self.stranger),
            Actor::Member => Some(&self.member),
            Actor::Owner => Some(&self.owner),
        }
    }

    async fn send(&self, method: &str, path: &str, actor: Actor, input: Option<&Input>) -> (StatusCode, String) {
        let mut request = Request::builder().method(method).uri(path).header(header::ORIGIN, "http://127.0.0.1:3000");
        if let Some(secret) = self.cookie(actor) {
            request = request.header(header::COOKIE, format!("rolecall={secret}"));
        }
        let body = match input {
            None => Body::empty(),
            Some(Input::Json(value)) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(value.to_string())
            }
            Some(Input::Form(text)) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                Body::from(*text)
            }
        };
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[tokio::test]
async fn every_server_function_refuses_whom_it_must_and_no_others() {
    let world = world().await;
    let unknown_page = Failure::not_found().message;
    let mut wrong = Vec::new();
    // all refusals before anything is done
    for allowed in [false, true] {
        for (path, who, input) in functions(world.slug.as_str()) {
            for actor in ACTORS {
                let refusal = who.refusal(actor);
                if refusal.is_none() != allowed {
                    continue;
                }
                let (status, body) = world.send("POST", path, actor, Some(&input)).await;
                let right = match refusal {
                    Some(expected) => status == expected,
                    None => {
                        let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::INTERNAL_SERVER_ERROR);
                        !refused && !body.contains(&unknown_page) && !body.contains("can't be read")
                    }
                };
                if !right {
                    wrong.push(format!("{path} as {actor:?}: {status}, meant for {who:?} ({body})"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_server_function_has_an_entry() {
    let mut known: Vec<&str> = functions("acme").into_iter().map(|(path, ..)| path).collect();
    let mut there: Vec<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    known.sort_unstable();
    there.sort_unstable();
    assert_eq!(there, known);
}

#[tokio::test]
async fn pages_and_downloads_refuse_likewise() {
    let world = world().await;
    let slug = world.slug.as_str();
    for (path, who) in [
        (format!("/w/{slug}/access/users"), Who::Member),
        (format!("/w/{slug}/access/groups"), Who::Owner),
        (format!("/w/{slug}/access/tokens"), Who::Owner),
        (format!("/w/{slug}/access/users.csv"), Who::Owner),
        (format!("/w/{slug}/audit"), Who::Owner),
        (format!("/w/{slug}/audit/webhooks"), Who::Owner),
        (format!("/w/{slug}/audit.csv"), Who::Owner),
        (format!("/w/{slug}/audit.jsonl?filter=event:members_invited"), Who::Owner),
        (format!("/w/{slug}/resources"), Who::Member),
        (format!("/w/{slug}/labels"), Who::Owner),
        (format!("/w/{slug}/roles"), Who::Member),
        (format!("/w/{slug}/settings"), Who::Owner),
        (format!("/w/{slug}/reviews"), Who::Member),
        (format!("/w/{slug}/notifications"), Who::Member),
        ("/account".to_owned(), Who::SignedIn),
        ("/workspaces".to_owned(), Who::SignedIn),
        ("/signin".to_owned(), Who::Anybody),
        ("/healthz".to_owned(), Who::Anybody),
        ("/readyz".to_owned(), Who::Anybody),
    ] {
        for actor in ACTORS {
            let (status, body) = world.send("GET", &path, actor, None).await;
            match who.refusal(actor) {
                // a page sends people to sign in first
                Some(StatusCode::UNAUTHORIZED) => assert!(status.is_redirection(), "{path} as {actor:?}: {status}"),
                Some(expected) => assert_eq!(status, expected, "{path} as {actor:?}"),
                None => assert!(status.is_success() || status.is_redirection(), "{path} as {actor:?}: {status} {body}"),
            }
        }
    }
    let (status, said) = world.send("GET", &format!("/w/{slug}/audit.csv?filter=from:yesterday"), Actor::Owner, None).await;
    assert_eq!((status, said.contains("2026-11-23")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{said}");
    assert_eq!(world.send("GET", "/nothing/here", Actor::Owner, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.send("GET", "/w/not-there/access/users", Actor::Owner, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_site_can_not_make_a_browser_write() {
    let world = world().await;
    let request = Request::builder()
        .method("POST")
        .uri("/rpc/accounts/end_other_sessions")
        .header(header::ORIGIN, "https://evil.test")
        .header(header::COOKIE, format!("rolecall={}", world.owner))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{}"))
        .unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_are_strict_and_large_bodies_are_refused_in_words() {
    let world = world().await;
    let request = Request::builder().uri("/signin").body(Body::empty()).unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("'nonce-") && !policy.contains("unsafe-inline"), "{policy}");
    assert!(response.headers().contains_key("x-request-id"));
    let large = Request::builder()
        .method("POST")
        .uri("/rpc/accounts/sign_in")
        .header(header::CONTENT_LENGTH, 10 * 1024 * 1024)
        .body(Body::from(vec![b'a'; 10 * 1024 * 1024]))
        .unwrap();
    let response = world.app.clone().oneshot(large).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
