//! Back-channel logout: each rule of the specification's 2.6, and nobody who makes us fetch keys without end.

use crate::{
    keys::{ALIEN, IDP, RENEWED},
    oidc_provider::{CLIENT, NOON, NOW, TestProvider, by, http, rs256, rsa_key, with},
};
use federation::{
    Refusal,
    oidc::{LoggedOut, Provider, accept_logout},
};
use serde_json::{Value, json};

fn claims(provider: &TestProvider) -> Value {
    json!({
        "iss": provider.issuer, "aud": CLIENT, "iat": NOON, "exp": NOON + 120, "jti": "j1", "sub": "ada-0001", "sid": "session-1",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

struct Ended {
    provider: TestProvider,
    discovered: Provider,
}

impl Ended {
    async fn new() -> Self {
        let provider = TestProvider::start().await;
        Self { discovered: provider.discovered().await, provider }
    }

    async fn by(&self, token: &str) -> Result<LoggedOut, Refusal> {
        accept_logout(&http(), &self.discovered, &self.provider.connection(), token, NOW).await
    }

    async fn with_claim(&self, name: &str, value: Value) -> Result<LoggedOut, Refusal> {
        self.by(&rs256("first", &with(claims(&self.provider), name, value), IDP)).await
    }
}

#[tokio::test]
async fn the_provider_ends_a_session_or_all_of_a_persons() {
    let ended = Ended::new().await;
    let both = LoggedOut { subject: Some("ada-0001".into()), session: Some("session-1".into()), jti: "j1".into(), ends: NOW + 180_000_000 };
    assert_eq!(ended.with_claim("extra", json!(1)).await.as_ref(), Ok(&both));
    assert_eq!(ended.with_claim("sid", Value::Null).await, Ok(LoggedOut { session: None, ..both.clone() }));
    assert_eq!(ended.with_claim("sub", Value::Null).await, Ok(LoggedOut { subject: None, ..both }));
    let typed = |kind: &str| by(&json!({ "alg": "RS256", "kid": "first", "typ": kind }), &claims(&ended.provider), |signed| crate::keys::sign(IDP, signed));
    assert!(ended.by(&typed("logout+jwt")).await.is_ok() && ended.by(&typed("JWT")).await.is_ok());
    assert!(matches!(ended.by(&typed("at+jwt")).await, Err(Refusal::Malformed { .. })));
}

#[tokio::test]
async fn each_rule_has_its_refusal() {
    let ended = Ended::new().await;
    for (name, value, code) in [
        ("iss", json!("https://evil.example.com"), "wrong-issuer"),
        ("aud", json!("other"), "wrong-audience"),
        ("iat", Value::Null, "malformed"),
        ("iat", json!(NOON + 61), "not-yet-valid"),
        ("exp", Value::Null, "malformed"),
        ("exp", json!(NOON - 61), "expired"),
        ("exp", json!(NOON + 86_461), "lasts-too-long"),
        ("jti", Value::Null, "malformed"),
        ("nonce", json!("n"), "malformed"),
        ("events", Value::Null, "malformed"),
        ("events", json!({ "http://schemas.openid.net/event/other": {} }), "malformed"),
        ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": true }), "malformed"),
    ] {
        let refusal = ended.with_claim(name, value.clone()).await.expect_err("it was accepted");
        assert_eq!(refusal.code(), code, "{name} {value}: {refusal}");
    }
    let nobody = with(with(claims(&ended.provider), "sub", Value::Null), "sid", Value::Null);
    assert!(matches!(ended.by(&rs256("first", &nobody, IDP)).await, Err(Refusal::Malformed { .. })));
    assert!(matches!(ended.by(&by(&json!({ "alg": "none" }), &claims(&ended.provider), |_| Vec::new())).await, Err(Refusal::WeakAlgorithm { .. })));
    assert_eq!(ended.by(&rs256("first", &claims(&ended.provider), ALIEN)).await, Err(Refusal::BadSignature));
}

#[tokio::test]
async fn an_id_token_ends_nothing() {
    let ended = Ended::new().await;
    let (_, started) = federation::oidc::authorize(&ended.discovered, &ended.provider.connection());
    let token = rs256("first", &ended.provider.claims(&started), IDP);
    assert!(matches!(ended.by(&token).await, Err(Refusal::Malformed { what }) if what.contains("events")));
}

#[tokio::test]
async fn strangers_make_us_fetch_keys_only_now_and_then() {
    let ended = Ended::new().await;
    let unknown = rs256("unknown", &claims(&ended.provider), ALIEN);
    for _ in 0..5 {
        assert!(matches!(ended.by(&unknown).await, Err(Refusal::UnknownKey { .. })));
    }
    assert_eq!(ended.provider.says().keys_fetched, 1);
    ended.provider.says().keys = json!({ "keys": [rsa_key("second", RENEWED)] });
    let renewed = rs256("second", &claims(&ended.provider), RENEWED);
    let later = accept_logout(&http(), &ended.discovered, &ended.provider.connection(), &renewed, NOW + 10_000_000).await;
    assert!(later.is_ok(), "{later:?}");
    let elsewhere = rs256("unknown", &with(claims(&ended.provider), "aud", json!("other")), ALIEN);
    assert!(accept_logout(&http(), &ended.discovered, &ended.provider.connection(), &elsewhere, NOW + 60_000_000).await.is_err());
    assert_eq!(ended.provider.says().keys_fetched, 2, "not at all for what is meant for somebody else");
}
