//! The mailed link that proves an address, as browsers without scripts use it.

use super::{Actor, Input, World, world};
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::Span;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use service::{
    clock::{Clock as _, SystemClock},
    secrets::SecretKey,
};
use tower::ServiceExt as _;

async fn me(world: &World) -> Value {
    let (status, me) = world.send("POST", "/rpc/accounts/me", Actor::Owner, Some(&Input::Json(json!({})))).await;
    assert_eq!(status, StatusCode::OK, "{me}");
    serde_json::from_str(&me).unwrap()
}

/// As the mail has it: the account, its end, and a seal by the server's key over both and the address.
fn token(account: &str, email: &str, lasts: Span) -> String {
    let account: uuid::Uuid = account.parse().unwrap();
    let ends = i32::try_from(SystemClock.now().plus(lasts).micros() / 60_000_000).unwrap();
    let sealed = SecretKey::parse(&"k".repeat(32)).unwrap().derive(&format!("address {email}"), account, ends);
    URL_SAFE_NO_PAD.encode([account.as_bytes().as_slice(), &ends.to_be_bytes(), &URL_SAFE_NO_PAD.decode(sealed).unwrap()].concat())
}

#[tokio::test]
async fn a_mailed_link_proves_an_address_without_a_script_and_signs_nobody_in() {
    let world = world().await;
    let before = me(&world).await;
    assert_eq!(before["email_verified"], false);
    let token = token(before["id"].as_str().unwrap(), "owner@acme.test", Span::hours(1));
    let path = format!("/verify/{token}");
    let (status, page) = world.send("GET", &path, Actor::Nobody, None).await;
    assert!(status == StatusCode::OK && page.contains("owner@acme.test") && page.contains("Yes, this is my address"), "{status} {page}");
    assert_eq!(me(&world).await["email_verified"], false, "looking proves nothing");

    let form = Request::post("/rpc/accounts/prove_address")
        .header(header::ORIGIN, "http://127.0.0.1:3000")
        .header(header::REFERER, format!("http://127.0.0.1:3000{path}"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={token}")))
        .unwrap();
    let posted = world.app.clone().oneshot(form).await.unwrap();
    let on = posted.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert!(posted.status().is_redirection() && on == format!("{path}?proven=yes"), "{} {on}", posted.status());
    assert!(!posted.headers().contains_key(header::SET_COOKIE));
    assert_eq!(me(&world).await["email_verified"], true);
    // who is signed in as somebody else reads it too, and so does who comes again
    for reader in [Actor::Nobody, Actor::Stranger] {
        let (status, page) = world.send("GET", &on, reader, None).await;
        assert!(status == StatusCode::OK && page.contains("Your address is proven"), "{status} {page}");
    }
}

#[tokio::test]
async fn a_link_that_is_no_longer_good_says_what_to_do() {
    let world = world().await;
    let mine = me(&world).await;
    let id = mine["id"].as_str().unwrap();
    for (token, words) in [
        ("x".to_owned(), "not a whole link"),
        (token(id, "older@acme.test", Span::hours(1)), "no longer has"),
        (token(id, "owner@acme.test", Span::hours(-1)), "older than 7 days"),
    ] {
        let (status, page) = world.send("GET", &format!("/verify/{token}"), Actor::Owner, None).await;
        assert!(status == StatusCode::NOT_FOUND && page.contains(words), "{words}: {status} {page}");
    }
    assert_eq!(me(&world).await["email_verified"], false);
}
