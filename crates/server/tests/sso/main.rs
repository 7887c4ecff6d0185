//! Single sign-on by its addresses: cookies go to the browser that began and to nobody else, and nobody is led away from here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod led;
mod stage;

use domain::sso::require::RequirementWish;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use service::{actor::Meta, sso};
use stage::{HERE, on_sqlite, owner};
use testkit::providers::{
    keys::IDP,
    oidc::{CLIENT, token},
    saml::{query, request_id},
};

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
            assert_eq!((location.as_str(), status), ("/signin?refused=gone", StatusCode::OK), "{path}");
            assert!(page.contains("This way in is not there any more"), "{page}");
        }
        assert!((0..2_000).any(|_| stage.services.limits.sso(None).is_err()));
        let (location, status, page) = told(&format!("/sso/oidc/{}/start?next=%2Fw%2Facme", stage.oidc)).await;
        assert_eq!((location.as_str(), status), ("/signin?refused=busy&next=%2Fw%2Facme", StatusCode::OK));
        assert!(page.contains("Wait a minute"), "{page}");
        assert!(page.contains("href=\"/signin?next=%2Fw%2Facme\""), "and goes on from there: {page}");
        // anybody can ask for the page of what went wrong here, and nothing does by that
        let page = stage.get("/signin?refused=failed", "").await;
        assert!(page.status == StatusCode::OK && page.body.contains("Something went wrong on our side"), "{} {}", page.status, page.body);
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
