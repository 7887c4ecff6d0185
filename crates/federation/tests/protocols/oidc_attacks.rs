//! Tokens that are forged, borrowed or stale, and browsers that come back from elsewhere.

use crate::{
    keys::{ALIEN, CURVE, IDP, der},
    oidc_provider::{CLIENT, NOON, NOW, TestProvider, by, curve_key, http, part, rs256, rsa_key, with},
};
use federation::{
    Refusal,
    oidc::{authorize, redeem},
};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// Signed by the provider's key, with one claim changed.
async fn with_claim(name: &'static str, value: Value) -> Refusal {
    let provider = TestProvider::start().await;
    provider.signed_in(|claims| rs256("first", &with(claims, name, value), IDP)).await.expect_err("it was accepted")
}

#[tokio::test]
async fn tokens_without_a_public_keys_signature_are_refused() {
    let provider = TestProvider::start().await;
    let weak = |name: &str| Err(Refusal::WeakAlgorithm { found: format!("the algorithm `{name}`") });
    for none in ["none", "None", "NONE", ""] {
        assert_eq!(provider.signed_in(|claims| by(&json!({ "alg": none }), &claims, |_| Vec::new())).await, weak(none));
    }
    let pem = IDP.1.as_bytes().to_vec();
    for secret in [pem, der(IDP.1), b"s3cret~&".to_vec()] {
        let hs256 = |signed: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed).as_ref().to_vec();
        assert_eq!(provider.signed_in(|claims| by(&json!({ "alg": "HS256", "kid": "first" }), &claims, hs256)).await, weak("HS256"));
    }
    assert_eq!(
        provider.signed_in(|claims| format!("{}.{}.", part(r#"{"alg":"RS256","kid":"first"}"#), part(claims.to_string()))).await,
        Err(Refusal::BadSignature)
    );
}

#[tokio::test]
async fn keys_come_from_the_provider_alone() {
    let provider = TestProvider::start().await;
    assert_eq!(provider.signed_in(|claims| rs256("first", &claims, ALIEN)).await, Err(Refusal::BadSignature));
    let smuggled = json!({ "alg": "RS256", "kid": "alien", "jwk": rsa_key("alien", ALIEN), "jku": "https://evil.example.com/keys", "x5c": [] });
    let refusal = provider.signed_in(|claims| by(&smuggled, &claims, |signed| crate::keys::sign(ALIEN, signed))).await;
    assert_eq!(refusal, Err(Refusal::UnknownKey { key: "kid alien".into() }));
    let nameless = |key| move |claims: Value| by(&json!({ "alg": "RS256" }), &claims, |signed| crate::keys::sign(key, signed));
    assert!(provider.signed_in(nameless(IDP)).await.is_ok(), "a token may name none, if one of them has signed it");
    assert_eq!(provider.signed_in(nameless(ALIEN)).await, Err(Refusal::UnknownKey { key: "without an ID".into() }));
    provider.says().keys = json!({ "keys": [with(rsa_key("first", IDP), "use", json!("enc"))] });
    assert!(matches!(provider.signed_in(|claims| rs256("first", &claims, IDP)).await, Err(Refusal::UnknownKey { .. })), "a key for encryption");
    provider.says().keys = json!({ "keys": [with(rsa_key("first", IDP), "alg", json!("PS256"))] });
    assert!(matches!(provider.signed_in(|claims| rs256("first", &claims, IDP)).await, Err(Refusal::UnknownKey { .. })), "a key for another algorithm");
    provider.says().keys = json!({ "keys": [curve_key("first", CURVE)] });
    assert!(matches!(provider.signed_in(|claims| rs256("first", &claims, IDP)).await, Err(Refusal::UnknownKey { .. })), "a key of another kind");
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let provider = TestProvider::start().await;
    let changed = |claims: Value| {
        let token = rs256("first", &claims, IDP);
        let parts: Vec<&str> = token.split('.').collect();
        format!("{}.{}.{}", parts[0], part(with(claims, "sub", json!("eve")).to_string()), parts[2])
    };
    assert_eq!(provider.signed_in(changed).await, Err(Refusal::BadSignature));
    let demanding = json!({ "alg": "RS256", "kid": "first", "crit": ["exp"] });
    assert!(matches!(provider.signed_in(|claims| by(&demanding, &claims, |signed| crate::keys::sign(IDP, signed))).await, Err(Refusal::Malformed { .. })));
    assert_eq!(provider.signed_in(|_| "a.b.c.d.e".into()).await, Err(Refusal::Encrypted));
    for rubbish in ["", "a", "a.b", "a.b.c", "e30.e30.", "e30.e30.AA"] {
        assert!(matches!(provider.signed_in(|_| rubbish.into()).await, Err(Refusal::Malformed { .. })), "{rubbish}");
    }
}

#[tokio::test]
async fn the_nonce_is_this_browsers() {
    assert_eq!(with_claim("nonce", json!("another")).await, Refusal::NonceMismatch);
    assert_eq!(with_claim("nonce", Value::Null).await, Refusal::NonceMismatch);
    assert_eq!(with_claim("nonce", json!("")).await, Refusal::NonceMismatch);
}

#[tokio::test]
async fn the_audience_is_this_client() {
    let wrong = |found: &str| Refusal::WrongAudience { expected: CLIENT.into(), found: found.into() };
    assert_eq!(with_claim("aud", json!("other")).await, wrong("other"));
    assert_eq!(with_claim("aud", json!(["other", "more"])).await, wrong("other, more"));
    assert_eq!(with_claim("aud", Value::Null).await, wrong(""));
    assert!(matches!(with_claim("aud", json!([CLIENT, "other"])).await, Refusal::WrongAudience { found, .. } if found.contains("azp")));
    assert_eq!(with_claim("azp", json!("other")).await, wrong("\"other\""));
    let provider = TestProvider::start().await;
    let several = |claims| rs256("first", &with(with(claims, "aud", json!([CLIENT, "other"])), "azp", json!(CLIENT)), IDP);
    assert!(provider.signed_in(several).await.is_ok(), "several, of which this one asked");
    assert!(provider.signed_in(|claims| rs256("first", &with(claims, "aud", json!([CLIENT])), IDP)).await.is_ok());
}

#[tokio::test]
async fn the_issuer_is_the_connections() {
    assert!(matches!(with_claim("iss", json!("https://evil.example.com")).await, Refusal::WrongIssuer { found, .. } if found == "https://evil.example.com"));
    assert!(matches!(with_claim("iss", Value::Null).await, Refusal::Malformed { .. }));
}

#[tokio::test]
async fn the_time_is_now_within_a_minute() {
    assert!(matches!(with_claim("exp", json!(NOON - 60)).await, Refusal::Expired { .. }));
    assert!(matches!(with_claim("exp", Value::Null).await, Refusal::Malformed { .. }));
    assert!(matches!(with_claim("iat", json!(NOON + 61)).await, Refusal::NotYetValid { .. }));
    assert!(matches!(with_claim("iat", Value::Null).await, Refusal::Malformed { .. }));
    assert!(matches!(with_claim("nbf", json!(NOON + 61)).await, Refusal::NotYetValid { .. }));
    let provider = TestProvider::start().await;
    let near = |claims| rs256("first", &with(with(claims, "exp", json!(NOON - 59)), "iat", json!(NOON + 60)), IDP);
    assert!(provider.signed_in(near).await.is_ok());
}

#[tokio::test]
async fn nobody_is_nobody() {
    assert!(matches!(with_claim("sub", Value::Null).await, Refusal::Malformed { what } if what.contains("sub")));
    assert!(matches!(with_claim("sub", json!("")).await, Refusal::Malformed { .. }));
    assert!(matches!(with_claim("sub", json!(7)).await, Refusal::Malformed { .. }));
}

#[tokio::test]
async fn an_exchanged_access_token_is_found() {
    let hash = |token: &str| part(&digest::digest(&digest::SHA256, token.as_bytes()).as_ref()[..16]);
    assert!(matches!(with_claim("at_hash", json!(hash("another"))).await, Refusal::Malformed { what } if what.contains("access token")));
    let provider = TestProvider::start().await;
    assert!(provider.signed_in(|claims| rs256("first", &with(claims, "at_hash", json!(hash("access"))), IDP)).await.is_ok());
}

/// A browser that was sent to one provider comes back from another, whose code must not be spent at the first (RFC 9207).
#[tokio::test]
async fn a_mix_up_of_two_providers_is_refused_before_the_code_is_spent() {
    let (honest, evil) = (TestProvider::start().await, TestProvider::start().await);
    let discovered = honest.discovered().await;
    let (_, started) = authorize(&discovered, &honest.connection());
    let token = rs256("first", &honest.claims(&started), IDP);
    honest.says().token = (200, json!({ "id_token": token }).to_string());
    let back = async |provider, iss| redeem(&http(), provider, &honest.connection(), &started, "code", iss, NOW).await;
    let wrong = |found: &str| Err(Refusal::WrongIssuer { expected: honest.issuer.clone(), found: found.into() });
    assert_eq!(back(&discovered, Some(evil.issuer.as_str())).await, wrong(&evil.issuer));
    let other = evil.discovered().await;
    assert_eq!(back(&other, None).await, wrong(&evil.issuer), "another connection's provider");
    assert!(honest.says().asked.is_empty() && evil.says().asked.is_empty());
    assert!(back(&discovered, Some(honest.issuer.as_str())).await.is_ok());
    assert!(back(&discovered, None).await.is_ok(), "it never said that it names itself");
    honest.says().description["authorization_response_iss_parameter_supported"] = json!(true);
    let naming = honest.discovered().await;
    assert!(matches!(back(&naming, None).await, Err(Refusal::WrongIssuer { .. })), "it did");
}
