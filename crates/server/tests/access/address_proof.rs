//! The mailed link that proves an address, as browsers without scripts use it: for who is signed in to its account, and nobody else.

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

/// Presses the button of the page; says where that leads.
async fn pressed(world: &World, actor: Actor, token: &str) -> String {
    let mut form = Request::post("/rpc/accounts/prove_address")
        .header(header::ORIGIN, "http://127.0.0.1:3000")
        .header(header::REFERER, format!("http://127.0.0.1:3000/verify/{token}"))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(secret) = world.cookie(actor) {
        form = form.header(header::COOKIE, format!("rolecall={secret}"));
    }
    let posted = world.app.clone().oneshot(form.body(Body::from(format!("token={token}"))).unwrap()).await.unwrap();
    assert!(posted.status().is_redirection() && !posted.headers().contains_key(header::SET_COOKIE), "{posted:?}");
    posted.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_mailed_link_proves_an_address_without_a_script_to_its_account_alone() {
    let world = world().await;
    let before = me(&world).await;
    assert_eq!(before["email_verified"], false);
    let token = token(before["id"].as_str().unwrap(), "owner@acme.test", Span::hours(1));
    let path = format!("/verify/{token}");
    for (reader, words, is_asked) in [
        (Actor::Nobody, "Sign in to that account first", false),
        (Actor::Stranger, "signed in as stranger@acme.test", false),
        (Actor::Owner, "both are yours", true),
    ] {
        let (status, page) = world.send("GET", &path, reader, None).await;
        assert!(status == StatusCode::OK && page.contains("owner@acme.test") && page.contains(words), "{reader:?}: {status} {page}");
        assert_eq!(page.contains("Yes, this is my address"), is_asked, "{reader:?}: {page}");
        assert!(page.contains("setting a new password"), "{reader:?}: {page}");
    }
    for other in [Actor::Nobody, Actor::Stranger] {
        let on = pressed(&world, other, &token).await;
        assert!(!on.contains("proven=yes"), "{other:?}: {on}");
    }
    assert_eq!(me(&world).await["email_verified"], false, "neither looking nor a stranger's click proves anything");

    let on = pressed(&world, Actor::Owner, &token).await;
    assert_eq!(on, format!("{path}?proven=yes"));
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
