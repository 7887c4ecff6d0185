//! Signing in by OpenID Connect as it should go, and what goes wrong without anybody's malice.

use crate::{
    keys::{CURVE, IDP},
    oidc_provider::{CLIENT, NOON, NOW, TestProvider, curve_key, es256, http, rs256, with},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use federation::{
    Refusal,
    oidc::{Started, authorize, discover, redeem, returned},
};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_person_signs_in() {
    let provider = TestProvider::start().await;
    let identity = provider.signed_in(|claims| rs256("first", &claims, IDP)).await.unwrap();
    assert_eq!((identity.subject.as_str(), identity.email.as_deref(), identity.email_verified), ("ada-0001", Some("ada@example.com"), Some(true)));
    assert_eq!((identity.name.as_deref(), identity.session.as_deref()), (Some("Ada Lovelace"), Some("session-1")));
    assert!(identity.claims.contains(&("groups".into(), vec!["analysts".into(), "admins".into()])));
    assert_eq!(identity.message_ends, NOW + 360 * 1_000_000);
    let (shown, body) = provider.says().asked.remove(0);
    let credentials = shown.and_then(|shown| shown.strip_prefix("Basic ").map(str::to_owned)).unwrap();
    let credentials = base64::engine::general_purpose::STANDARD.decode(credentials).unwrap();
    assert_eq!(credentials, b"rolecall:s3cret%7E%26", "as a form has it, RFC 6749");
    assert!(body.starts_with("grant_type=authorization_code&code=code&redirect_uri=https") && body.contains("&code_verifier="), "{body}");
}

#[tokio::test]
async fn elliptic_curves_do_too() {
    let provider = TestProvider::start().await;
    provider.says().keys = json!({ "keys": [{ "kty": "oct", "k": "AAAA" }, curve_key("curve", CURVE), { "nonsense": 1 }] });
    assert!(provider.signed_in(|claims| es256("curve", &claims, CURVE)).await.is_ok());
}

#[tokio::test]
async fn the_browser_is_sent_with_a_challenge_and_comes_back_with_the_code() {
    let provider = TestProvider::start().await;
    let (url, started) = authorize(&provider.discovered().await, &provider.connection());
    let (to, query) = url.split_once('?').unwrap();
    assert_eq!(to, format!("{}/authorize", provider.issuer));
    let sent: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!((sent["response_type"].as_str(), sent["client_id"].as_str(), sent["scope"].as_str()), ("code", CLIENT, "openid email profile"));
    assert_eq!((&sent["state"], &sent["nonce"], sent["code_challenge_method"].as_str()), (&started.state, &started.nonce, "S256"));
    assert_eq!(sent["code_challenge"], URL_SAFE_NO_PAD.encode(digest(&SHA256, started.verifier.as_bytes())));
    assert!(started.verifier.len() == 43 && ![&started.state, &started.nonce].contains(&&started.verifier));

    let state = &started.state;
    assert_eq!(returned(&format!("code=abc&state={state}"), &started), Ok(("abc".into(), None)));
    assert_eq!(returned(&format!("?state={state}&iss=https%3A%2F%2Fa&code=abc"), &started), Ok(("abc".into(), Some("https://a".into()))));
    assert_eq!(returned(&format!("error=access_denied&state={state}"), &started), Err(Refusal::Cancelled));
    let why = "server_error, try later".to_owned();
    assert_eq!(returned(&format!("error=server_error&error_description=try+later&state={state}"), &started), Err(Refusal::ProviderRefused { why }));
    assert_eq!(returned("code=abc&state=other", &started), Err(Refusal::StateMismatch));
    assert_eq!(returned("code=abc", &started), Err(Refusal::StateMismatch));
    assert_eq!(returned("error=access_denied", &started), Err(Refusal::StateMismatch), "nobody is cancelled by a stranger's link");
    assert!(matches!(returned(&format!("code=a&code=b&state={state}"), &started), Err(Refusal::Malformed { .. })));
    assert!(matches!(returned(&format!("state={state}"), &started), Err(Refusal::Malformed { .. })));
}

#[tokio::test]
async fn a_renewed_key_is_fetched_once() {
    let provider = TestProvider::start().await;
    let discovered = provider.discovered().await;
    assert!(provider.signed_in_at(&discovered, |claims| rs256("first", &claims, IDP)).await.is_ok());
    assert!(provider.signed_in_at(&discovered, |claims| rs256("first", &claims, IDP)).await.is_ok());
    assert_eq!(provider.says().keys_fetched, 1, "they are remembered");
    provider.says().keys = json!({ "keys": [crate::oidc_provider::rsa_key("second", crate::keys::RENEWED)] });
    assert!(provider.signed_in_at(&discovered, |claims| rs256("second", &claims, crate::keys::RENEWED)).await.is_ok());
    assert_eq!(provider.says().keys_fetched, 2);
    let refusal = provider.signed_in_at(&discovered, |claims| rs256("third", &claims, IDP)).await;
    assert_eq!(refusal, Err(Refusal::UnknownKey { key: "kid third".into() }));
    assert_eq!(provider.says().keys_fetched, 3, "once, not again and again");
}

#[tokio::test]
async fn a_missing_address_is_asked_for() {
    let provider = TestProvider::start().await;
    let without = |claims: Value| rs256("first", &with(claims, "email", Value::Null), IDP);
    provider.says().userinfo = (200, json!({ "sub": "ada-0001", "email": "ada@work.example", "email_verified": "false", "name": "Other" }).to_string());
    let identity = provider.signed_in(without).await.unwrap();
    assert_eq!(identity.email.as_deref(), Some("ada@work.example"));
    assert_eq!(identity.name.as_deref(), Some("Ada Lovelace"), "what is signed goes before");
    assert_eq!(identity.email_verified, Some(false), "the token's `true` was about no address");
    provider.says().userinfo = (200, json!({ "sub": "eve-0002", "email": "eve@example.com" }).to_string());
    let other = Refusal::OtherSubject { token: "ada-0001".into(), userinfo: "eve-0002".into() };
    assert_eq!(provider.signed_in(without).await, Err(other));
    provider.says().userinfo = (503, String::new());
    assert!(matches!(provider.signed_in(without).await, Err(Refusal::ProviderDown { .. })));
}

#[tokio::test]
async fn a_client_shows_its_secret_as_the_provider_wants() {
    let provider = TestProvider::start().await;
    provider.says().description["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    assert!(provider.signed_in(|claims| rs256("first", &claims, IDP)).await.is_ok());
    let (shown, body) = provider.says().asked.remove(0);
    assert!(shown.is_none() && body.ends_with("&client_id=rolecall&client_secret=s3cret%7E%26"), "{body}");
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let provider = TestProvider::start().await;
    let discovered = provider.discovered().await;
    let (_, started) = authorize(&discovered, &provider.connection());
    let refused = async |status: u16, text: &str| {
        provider.says().token = (status, text.to_owned());
        redeem(&http(), &discovered, &provider.connection(), &started, "code", None, NOW).await.unwrap_err()
    };
    assert_eq!(refused(400, r#"{"error":"invalid_grant"}"#).await, Refusal::CodeRefused { why: "invalid_grant".into() });
    let why = "invalid_client, wrong secret".to_owned();
    assert_eq!(refused(401, r#"{"error":"invalid_client","error_description":"wrong secret"}"#).await, Refusal::ClientRefused { why });
    assert!(matches!(refused(500, "oops").await, Refusal::ProviderDown { why } if why.contains("500")));
    assert!(matches!(refused(200, "{}").await, Refusal::Malformed { what } if what.contains("ID token")));
    assert!(matches!(refused(200, "<html>").await, Refusal::Malformed { .. }));
    assert_eq!(refused(200, &"x".repeat(2_000_000)).await, Refusal::TooLong);
}

#[tokio::test]
async fn a_provider_that_is_down_is_told() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let refusal = discover(&http(), &issuer).await.unwrap_err();
    assert!(matches!(&refusal, Refusal::ProviderDown { .. }) && refusal.to_string().contains("look whether it is up"), "{refusal}");
}

#[tokio::test]
async fn a_description_must_be_of_the_very_issuer() {
    let provider = TestProvider::start().await;
    let slash = format!("{}/", provider.issuer);
    let wrong = Refusal::WrongIssuer { expected: slash.clone(), found: provider.issuer.clone() };
    assert_eq!(discover(&http(), &slash).await.unwrap_err(), wrong);
    provider.says().description["issuer"] = json!("https://login.example.com");
    assert!(matches!(discover(&http(), &provider.issuer).await, Err(Refusal::WrongIssuer { .. })));
    provider.says().description = json!({ "issuer": provider.issuer });
    assert!(matches!(discover(&http(), &provider.issuer).await, Err(Refusal::Malformed { .. })));
}

#[test]
fn what_a_browser_has_begun_is_kept_as_json() {
    let started = Started { state: "a".into(), nonce: "b".into(), verifier: "c".into() };
    let json = serde_json::to_string(&started).unwrap();
    assert_eq!(serde_json::from_str::<Started>(&json).unwrap().verifier, "c");
    assert_eq!(NOON * 1_000_000, NOW);
}
