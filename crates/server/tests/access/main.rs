//! Every server function and every route with every kind of actor: strangers see 404, members 403, nobody signed in 401.
//! A new function without an entry here fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod address_proof;
mod functions;

use axum::{Router, body::Body};
use domain::{email::EmailAddress, failure::Failure, invite::Invitation, member::MemberKind, workspace::WorkspaceSlug};
use functions::{ACTORS, Actor, Input, Who, functions};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use server::{
    app::{AppState, router},
    site::Site,
};
use service::{Services, Settings, accounts, actor::Meta, invites, secrets::SecretKey, setup};
use std::sync::Arc;
use tower::ServiceExt as _;

const PASSWORD: &str = "vexing-lantern-orbit";

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
    let settings = Settings::usual("http://127.0.0.1:3000".to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap());
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
