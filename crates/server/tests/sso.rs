//! Single sign-on by its addresses: cookies go to the browser that began and to nobody else, and nobody is led away from here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

use axum::{Router, body::Body};
use domain::{
    catalog::Catalog,
    id::ConnectionId,
    sso::{ConnectionDraft, OidcDraft, Preset, ProviderDraft, SamlDraft, require::RequirementWish},
    workspace::WorkspaceSlug,
};
use futures::future::BoxFuture;
use http::{Request, StatusCode, header, request::Builder};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::{
    app::{AppState, router},
    site::Site,
};
use service::{
    Services, Settings, accounts,
    actor::Meta,
    clock::{SystemClock, SystemEntropy},
    secrets::SecretKey,
    sso::{
        self,
        outside::{Looked, Outside},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use testkit::{
    Database, World,
    providers::{
        keys::IDP,
        oidc::{CLIENT, Provider, token},
        saml::{Answer, ISSUER, query, request_id},
    },
};
use tower::ServiceExt as _;

const HERE: &str = "http://127.0.0.1:3000";

/// Every TXT record that is asked for is there.
#[derive(Default)]
struct Proofs(Mutex<Vec<String>>);

impl Outside for Proofs {
    fn records<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>> {
        let records = self.0.lock().unwrap().clone();
        Box::pin(async move { Ok(records) })
    }

    fn page<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Looked<String>> {
        Box::pin(async move { Err(format!("nobody answers at {domain}")) })
    }
}

struct Stage {
    app: Router,
    services: Services,
    slug: WorkspaceSlug,
    owner: String,
    provider: Provider,
    oidc: ConnectionId,
    saml: ConnectionId,
    _world: World,
}

struct Answered {
    status: StatusCode,
    location: String,
    cookies: HashMap<String, String>,
    body: String,
}

async fn set(world: World) -> Stage {
    let settings = Settings { sso_to_private: true, ..Settings::usual(HERE.to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap()) };
    let (catalog, proofs) = (Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), Arc::new(Proofs::default()));
    let services = Services::in_world(world.store.clone(), catalog, settings, Arc::new(SystemClock), Arc::new(SystemEntropy), proofs.clone());
    let form = accounts::SignUp {
        name: "Owner".to_owned(),
        email: "owner@acme.test".to_owned(),
        password: "vexing-lantern-orbit".to_owned(),
        workspace_name: "Acme".to_owned(),
    };
    let up = accounts::sign_up(&services, &services.anonymous(Meta::default()), form).await.unwrap();
    let account = services.signed_in(&up.session_secret, Meta::default()).await.unwrap().account().id;
    world.gets_mail(account).await;
    let provider = Provider::open().await;
    let oidc = OidcDraft { issuer: provider.issuer.clone(), client_id: CLIENT.to_owned(), client_secret: Some("hunter2".to_owned()) };
    let saml = SamlDraft {
        metadata: None,
        entity_id: ISSUER.to_owned(),
        sso_url: "https://idp.test/sso".to_owned(),
        slo_url: String::new(),
        certificates: vec![IDP.1.to_owned()],
    };
    let mut ids = Vec::new();
    for (name, told) in [("Oidc", ProviderDraft::Oidc(oidc)), ("Saml", ProviderDraft::Saml(saml))] {
        let draft = ConnectionDraft { name: name.to_owned(), preset: Preset::Other, provider: told, allow_idp_initiated: false, mapping: Vec::new() };
        let owner = owner(&services, &up.session_secret, &up.slug).await;
        let made = sso::connections::create(&services, &owner, &draft).await.unwrap().connection.id;
        sso::connections::switch(&services, &owner, made, true).await.unwrap();
        ids.push(made);
    }
    let mine = owner(&services, &up.session_secret, &up.slug).await;
    let added = sso::domains::add(&services, &mine, "acme.test").await.unwrap();
    proofs.0.lock().unwrap().push(added.txt_record());
    assert!(sso::domains::check(&services, &mine, added.id).await.unwrap().found);
    let app = router(AppState { services: services.clone(), site: Site::find() }, 0);
    Stage { app, services, slug: up.slug, owner: up.session_secret, provider, oidc: ids[0], saml: ids[1], _world: world }
}

async fn owner(services: &Services, secret: &str, slug: &WorkspaceSlug) -> service::access::WorkspaceOwner {
    services.owner(services.signed_in(secret, Meta::default()).await.unwrap(), slug).await.unwrap()
}

impl Stage {
    async fn send(&self, request: Builder, body: impl Into<Body>) -> Answered {
        let response = self.app.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter().map(|value| {
            let (name, rest) = value.to_str().unwrap().split_once('=').unwrap();
            (name.to_owned(), rest.split(';').next().unwrap().to_owned())
        });
        let (status, cookies) = (response.status(), cookies.collect());
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answered { status, location, cookies, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answered {
        self.send(Request::get(path).header(header::COOKIE, cookie).header("sec-fetch-site", "cross-site"), Body::empty()).await
    }

    /// As a page of another site posts a form: browsers say where from, and send no cookie of ours.
    async fn posted_from_elsewhere(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let request = Request::post(path).header(header::ORIGIN, "https://idp.test").header("sec-fetch-site", "cross-site");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await
    }

    async fn rpc(&self, function: &str, cookie: &str, arguments: &Value) -> (StatusCode, String) {
        let request = Request::post(format!("/rpc/{function}")).header(header::ORIGIN, HERE).header(header::COOKIE, cookie);
        let answered = self.send(request.header(header::CONTENT_TYPE, "application/json"), arguments.to_string()).await;
        (answered.status, answered.body)
    }

    /// Begins at the provider of OpenID; gives the state, and the cookie to come back with.
    async fn begun(&self, next: &str) -> (String, String) {
        let path = format!("/sso/oidc/{}/start?next={}", self.oidc, ui::path::encode(next));
        let away = self.get(&path, "").await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
        assert!(away.location.starts_with(&format!("{}/authorize?", self.provider.issuer)), "{}", away.location);
        let asked = query(&away.location);
        assert_eq!(asked["redirect_uri"], format!("{HERE}{}", self.callback("")));
        self.provider.gives(&self.claims(&asked["nonce"]));
        (asked["state"].clone(), format!("rolecall-sso={}", away.cookies["rolecall-sso"]))
    }

    /// Where its provider sends browsers back to.
    fn callback(&self, query: &str) -> String {
        format!("/sso/oidc/{}/callback{query}", self.oidc)
    }

    /// What its provider of SAML says, and signs.
    fn answer(&self, id: &str, request: Option<String>) -> Answer {
        let at = |end: &str| format!("{HERE}/sso/saml/{}/{end}", self.saml);
        Answer {
            now: self.services.now(),
            acs: at("acs"),
            audience: at("metadata"),
            request,
            id: id.to_owned(),
            subject: "bea".to_owned(),
            attributes: vec![("email".to_owned(), "bea@acme.test".to_owned())],
            key: IDP,
        }
    }

    fn claims(&self, nonce: &str) -> Value {
        let now = self.services.now().micros() / 1_000_000;
        json!({ "iss": self.provider.issuer, "aud": CLIENT, "sub": "bea", "nonce": nonce, "iat": now, "exp": now + 300, "email": "bea@acme.test" })
    }
}

fn on_sqlite<T: Future<Output = ()>>(test: impl FnOnce(Stage) -> T) {
    testkit::run(Database::Sqlite, async |world| test(set(world).await).await);
}

#[test]
fn a_browser_goes_to_its_provider_and_comes_back_signed_in() {
    on_sqlite(async |stage| {
        let (state, cookie) = stage.begun(&format!("/w/{}/resources?q=a", stage.slug)).await;
        let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), &cookie).await;
        assert_eq!((back.status, back.location.as_str()), (StatusCode::SEE_OTHER, "/w/acme/resources?q=a"), "{}", back.body);
        let session = format!("rolecall={}", back.cookies["rolecall"]);
        let (status, frame) = stage.rpc("workspaces/frame", &session, &json!({ "slug": stage.slug })).await;
        assert_eq!(status, StatusCode::OK, "{frame}");
        let (_, sessions) = stage.rpc("accounts/sessions", &session, &json!({})).await;
        assert!(sessions.contains(r#""sso":{"connection":"Oidc","workspace":"Acme"}"#), "{sessions}");
    });
}

/// Where somebody's link, or a provider, would like a browser to go on to.
const LEADS_AWAY: [&str; 6] = ["//evil.test", "/\\evil.test", "https://evil.test", "https://evil.test/", "/\t/evil.test", "javascript:alert(1)"];

#[test]
fn nobody_is_led_away_from_here() {
    on_sqlite(async |stage| {
        for next in LEADS_AWAY {
            let (state, cookie) = stage.begun(next).await;
            let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), &cookie).await;
            assert_eq!((back.status, back.location.as_str()), (StatusCode::SEE_OTHER, "/"), "{next}");
        }
    });
}

#[test]
fn nor_by_a_provider_that_begins() {
    on_sqlite(async |stage| {
        let mine = owner(&stage.services, &stage.owner, &stage.slug).await;
        let page = sso::connections::page(&stage.services, &mine, stage.saml).await.unwrap();
        let draft = ConnectionDraft { allow_idp_initiated: true, ..page.connection.draft() };
        sso::connections::change(&stage.services, &mine, stage.saml, page.connection.revision, &draft).await.unwrap();
        let path = format!("/sso/saml/{}/acs", stage.saml);
        let led_home = LEADS_AWAY.into_iter().chain(["", "a-token-of-the-provider"]).map(|next| (next, "/"));
        for (number, (next, led)) in led_home.chain([("/w/acme/resources?q=a", "/w/acme/resources?q=a")]).enumerate() {
            let answer = stage.answer(&format!("_{number}"), None).signed();
            let handed = stage.posted_from_elsewhere(&path, &[("SAMLResponse", &answer), ("RelayState", next)]).await;
            assert!(handed.location.starts_with("/sso/finish?ticket="), "{next}: {} {}", handed.status, handed.location);
            let finished = stage.get(&handed.location, "").await;
            assert_eq!((finished.status, finished.location.as_str()), (StatusCode::SEE_OTHER, led), "{next}");
            assert!(finished.cookies.contains_key("rolecall"), "{next}");
        }
    });
}

#[test]
fn another_browser_is_told_why_it_is_not_let_in() {
    on_sqlite(async |stage| {
        let (state, _) = stage.begun("/").await;
        let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), "rolecall-sso=other").await;
        assert!(!back.cookies.contains_key("rolecall"));
        let sign_in = back.location.strip_prefix("/signin?refused=").unwrap();
        let (status, told) = stage.rpc("sso/refusal", "", &json!({ "sign_in": sign_in })).await;
        assert!(status == StatusCode::OK && told.contains("other-browser"), "{told}");
        let unknown = stage.get(&stage.callback("?code=c&state=made-up"), "").await;
        assert_eq!((unknown.status, unknown.location.as_str()), (StatusCode::SEE_OTHER, "/signin?refused=unknown"));
    });
}

#[test]
fn a_posted_answer_gives_no_cookie_and_leads_on_by_a_ticket() {
    on_sqlite(async |stage| {
        let away = stage.get(&format!("/sso/saml/{}/start", stage.saml), "").await;
        assert!(away.location.starts_with("https://idp.test/sso?"), "{} {}", away.location, away.body);
        let asked = query(&away.location);
        let answer = stage.answer("_one", Some(request_id(&asked)));
        let path = format!("/sso/saml/{}/acs", stage.saml);
        let handed = stage.posted_from_elsewhere(&path, &[("SAMLResponse", &answer.signed()), ("RelayState", &asked["RelayState"])]).await;
        assert!(handed.location.starts_with("/sso/finish?ticket="), "{} {}", handed.status, handed.location);
        assert!(handed.cookies.is_empty());
        let cookie = format!("rolecall-sso={}", away.cookies["rolecall-sso"]);
        let finished = stage.get(&handed.location, &cookie).await;
        assert!(finished.status == StatusCode::SEE_OTHER && finished.cookies.contains_key("rolecall"), "{}", finished.location);
        // once
        let again = stage.get(&handed.location, &cookie).await;
        assert!(again.location.starts_with("/signin?refused=") && again.cookies.is_empty(), "{}", again.location);
        // what is no answer is refused where it stands
        let bad = stage.posted_from_elsewhere(&path, &[("SAMLResponse", "x")]).await;
        assert!(bad.location.starts_with("/signin?refused="), "{} {}", bad.status, bad.location);
        let none = stage.posted_from_elsewhere(&path, &[]).await;
        assert_eq!(none.location, "/signin?refused=unknown");
    });
}

#[test]
fn pages_of_other_sites_post_nowhere_else() {
    on_sqlite(async |stage| {
        for path in [format!("/sso/oidc/{}/backchannel-logout", stage.oidc), "/rpc/accounts/sign_out".to_owned(), format!("/sso/saml/{}/start", stage.saml)] {
            assert_eq!(stage.posted_from_elsewhere(&path, &[("logout_token", "x")]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    });
}

#[test]
fn a_provider_ends_a_session_without_a_browser() {
    on_sqlite(async |stage| {
        let (state, cookie) = stage.begun("/").await;
        let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), &cookie).await;
        let session = format!("rolecall={}", back.cookies["rolecall"]);
        let now = stage.services.now().micros() / 1_000_000;
        let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        let claims = json!({ "iss": stage.provider.issuer, "aud": CLIENT, "sub": "bea", "jti": "1", "iat": now, "exp": now + 60, "events": events });
        let path = format!("/sso/oidc/{}/backchannel-logout", stage.oidc);
        let tell = async |token: &str| {
            let body = format!("logout_token={token}");
            stage.send(Request::post(&path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await.status
        };
        assert_eq!(tell("x").await, StatusCode::BAD_REQUEST);
        assert_eq!(stage.rpc("accounts/me", &session, &json!({})).await.0, StatusCode::OK);
        assert_eq!(tell(&token("logout+jwt", &claims, IDP)).await, StatusCode::OK);
        assert_eq!(stage.rpc("accounts/me", &session, &json!({})).await.0, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    on_sqlite(async |stage| {
        let nothing = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        for path in [format!("/sso/saml/{nothing}/metadata"), format!("/sso/saml/{}/metadata", stage.oidc), format!("/sso/saml/{nothing}/slo?SAMLRequest=x")] {
            assert_eq!(stage.get(&path, "").await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let metadata = stage.get(&format!("/sso/saml/{}/metadata", stage.saml), "").await;
        assert!(metadata.status == StatusCode::OK && metadata.body.contains(&format!("/sso/saml/{}/acs", stage.saml)), "{}", metadata.body);
        let slo = stage.get(&format!("/sso/saml/{}/slo?SAMLRequest=x", stage.saml), "").await;
        assert_eq!(slo.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", slo.body);
    });
}

#[test]
fn who_is_stopped_on_the_way_in_is_told_on_a_page() {
    on_sqlite(async |stage| {
        let nothing = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        let told = async |path: &str| {
            let led = stage.get(path, "").await;
            assert_eq!(led.status, StatusCode::SEE_OTHER, "{path}: {}", led.body);
            let page = stage.get(&led.location, "").await;
            assert!(page.body.contains("You are not signed in") && page.body.contains("href=\"/signin"), "{path}: {}", page.body);
            (led.location, page.status, page.body)
        };
        for path in [format!("/sso/oidc/{nothing}/start"), "/sso/saml/x/start".to_owned(), format!("/sso/oidc/{nothing}/start?next=//evil.test")] {
            let (location, status, page) = told(&path).await;
            assert_eq!((location.as_str(), status), ("/signin?refused=gone", StatusCode::NOT_FOUND), "{path}");
            assert!(page.contains("This way in is not there any more"), "{page}");
        }
        assert!((0..2_000).any(|_| stage.services.limits.sso(None).is_err()));
        let (location, status, page) = told(&format!("/sso/oidc/{}/start?next=%2Fw%2Facme", stage.oidc)).await;
        assert_eq!((location.as_str(), status), ("/signin?refused=busy&next=%2Fw%2Facme", StatusCode::TOO_MANY_REQUESTS));
        assert!(page.contains("Wait a minute"), "{page}");
        assert!(page.contains("href=\"/signin?next=%2Fw%2Facme\""), "and goes on from there: {page}");
    });
}

#[test]
fn who_came_by_password_is_shown_the_way_in_where_single_sign_on_is_required() {
    on_sqlite(async |stage| {
        // the owner comes by single sign-on, and requires it
        let away = stage.get(&format!("/sso/oidc/{}/start", stage.oidc), "").await;
        let asked = query(&away.location);
        let mut claims = stage.claims(&asked["nonce"]);
        (claims["sub"], claims["email"]) = (json!("owner"), json!("owner@acme.test"));
        stage.provider.gives(&claims);
        let cookie = format!("rolecall-sso={}", away.cookies["rolecall-sso"]);
        let back = stage.get(&stage.callback(&format!("?code=c&state={}", asked["state"])), &cookie).await;
        let by_sso = back.cookies["rolecall"].clone();
        let second = {
            let mine = owner(&stage.services, &by_sso, &stage.slug).await;
            let me = mine.member().unwrap();
            sso::require::set(&stage.services, &mine, &RequirementWish { required: true, exceptions: vec![me] }).await.unwrap();
            let emails = vec![domain::email::EmailAddress::parse("cai@acme.test").unwrap()];
            let kind = domain::member::MemberKind::Owner;
            let invitation = domain::invite::Invitation { emails, kind, pii: false, grants: Vec::new(), groups: Vec::new() };
            let link = service::invites::send(&stage.services, &mine, invitation).await.unwrap().remove(0).link;
            let secret = link.rsplit('/').next().unwrap().to_owned();
            let anyone = stage.services.anonymous(Meta::default());
            service::invites::accept_as_new(&stage.services, &anyone, &secret, "Cai", "vexing-lantern-orbit").await.unwrap().session_secret
        };
        let by_password = format!("rolecall={second}");
        let page = stage.get("/w/acme/access/users", &by_password).await;
        assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/signin?next=%2Fw%2Facme%2Faccess%2Fusers"));
        let (status, refused) = stage.rpc("settings/find", &by_password, &json!({ "slug": stage.slug })).await;
        assert!(status == StatusCode::UNAUTHORIZED && refused.contains("sso_required"), "{refused}");
        let (_, start) = stage.rpc("accounts/start", &by_password, &json!({ "next": "/w/acme" })).await;
        assert!(start.contains("asks its members to come by single sign-on"), "{start}");
        let (status, doors) = stage.rpc("sso/doors", &by_password, &json!({ "slug": stage.slug })).await;
        assert!(status == StatusCode::OK && doors.contains(&format!("/sso/oidc/{}/start", stage.oidc)), "{doors}");
        // the owner is excepted, by either session
        for session in [&by_sso, &stage.owner] {
            assert_eq!(stage.rpc("settings/find", &format!("rolecall={session}"), &json!({ "slug": stage.slug })).await.0, StatusCode::OK);
        }
    });
}

#[test]
fn an_owner_s_test_ends_where_its_result_is_shown() {
    on_sqlite(async |stage| {
        let session = format!("rolecall={}", stage.owner);
        let request = Request::post("/rpc/sso/begin_test").header(header::ORIGIN, HERE).header(header::COOKIE, &session);
        let arguments = json!({ "slug": stage.slug, "connection": stage.oidc }).to_string();
        let begun = stage.send(request.header(header::CONTENT_TYPE, "application/json"), arguments).await;
        let started: Value = serde_json::from_str(&begun.body).unwrap();
        let asked = query(started["url"].as_str().unwrap());
        stage.provider.gives(&stage.claims(&asked["nonce"]));
        let cookie = format!("{session}; rolecall-sso={}", begun.cookies["rolecall-sso"]);
        let back = stage.get(&stage.callback(&format!("?code=c&state={}", asked["state"])), &cookie).await;
        let attempt = started["attempt"].as_str().unwrap();
        assert_eq!(back.location, format!("/w/acme/settings/authentication/{}?test={attempt}", stage.oidc));
        assert!(back.cookies.is_empty());
        let (_, result) = stage.rpc("sso/test_result", &session, &json!({ "slug": stage.slug, "attempt": attempt })).await;
        assert!(result.contains("An account for bea@acme.test would be made."), "{result}");
    });
}

#[test]
fn who_is_signed_in_goes_on_as_somebody_else_only_by_a_form_of_ours() {
    on_sqlite(async |stage| {
        // a link on any page begins it, and the provider knows this browser as Bea
        let (state, cookie) = stage.begun("/w/acme/roles").await;
        let cookies = format!("rolecall={}; {cookie}", stage.owner);
        let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), &cookies).await;
        assert!(back.cookies.is_empty(), "nobody is anybody else yet");
        let secret = back.location.strip_prefix("/signin/switch/").unwrap().to_owned();
        let page = stage.get(&back.location, &cookies).await;
        assert!(page.status == StatusCode::OK && page.body.contains("Go on as bea@acme.test?"), "{}", page.body);
        assert!(page.body.contains("You are signed in as owner@acme.test."), "{}", page.body);
        let form = [("secret", secret.as_str())];
        assert_eq!(stage.posted_from_elsewhere("/rpc/sso/confirm_switch", &form).await.status, StatusCode::FORBIDDEN);
        let request = Request::post("/rpc/sso/confirm_switch").header(header::ORIGIN, HERE).header(header::COOKIE, &cookies);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header(header::ACCEPT, "text/html");
        let gone = stage.send(request, format!("secret={secret}")).await;
        assert_eq!(gone.location, "/w/acme/roles", "{} {}", gone.status, gone.body);
        let (_, me) = stage.rpc("accounts/me", &format!("rolecall={}", gone.cookies["rolecall"]), &json!({})).await;
        assert!(me.contains("bea@acme.test"), "{me}");
    });
}
