//! A provider on loopback that says whatever a test wants, and remembers what it was asked.

use crate::keys::{self, IDP, der};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use federation::{
    Identity, Refusal,
    oidc::{Connection, Provider, Started, authorize, discover, redeem},
    outgoing::Outgoing,
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaPublicKeyComponents},
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

pub const CLIENT: &str = "rolecall";
/// When the tokens of these tests come in, in seconds and as the crate takes it.
pub const NOON: i64 = 1_795_867_230;
pub const NOW: i64 = NOON * 1_000_000;

/// What is answered, and what was asked.
pub struct Says {
    pub description: Value,
    pub keys: Value,
    pub token: (u16, String),
    pub userinfo: (u16, String),
    pub keys_fetched: usize,
    /// Header `Authorization` and body of each request for tokens.
    pub asked: Vec<(Option<String>, String)>,
}

type Shared = Arc<Mutex<Says>>;

pub struct TestProvider {
    pub issuer: String,
    says: Shared,
}

impl TestProvider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Says {
            description: json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
                "jwks_uri": format!("{issuer}/keys"),
            }),
            keys: json!({ "keys": [rsa_key("first", IDP)] }),
            token: (500, String::new()),
            userinfo: (500, String::new()),
            keys_fetched: 0,
            asked: Vec::new(),
        };
        let says: Shared = Arc::new(Mutex::new(says));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(async |State(says): State<Shared>| said(&says).description.to_string()))
            .route("/keys", get(give_keys))
            .route("/token", post(give_token))
            .route("/userinfo", get(async |State(says): State<Shared>| answer(&said(&says).userinfo)))
            .with_state(says.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, says }
    }

    pub fn says(&self) -> MutexGuard<'_, Says> {
        said(&self.says)
    }

    pub fn connection(&self) -> Connection {
        Connection {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: Some("s3cret~&".into()),
            redirect: "https://rolecall.example.com/sso/oidc/1/back".into(),
            scopes: vec!["email".into(), "profile".into()],
        }
    }

    pub async fn discovered(&self) -> Provider {
        discover(&http(), &self.issuer).await.unwrap()
    }

    /// The claims of a token that is right in all.
    pub fn claims(&self, started: &Started) -> Value {
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "ada-0001", "nonce": started.nonce, "iat": NOON - 10, "exp": NOON + 300,
            "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace", "sid": "session-1", "groups": ["analysts", "admins"],
        })
    }

    /// Signs in, with a token that the test makes of the right claims.
    pub async fn signed_in(&self, token: impl FnOnce(Value) -> String) -> Result<Identity, Refusal> {
        let provider = self.discovered().await;
        self.signed_in_at(&provider, token).await
    }

    pub async fn signed_in_at(&self, provider: &Provider, token: impl FnOnce(Value) -> String) -> Result<Identity, Refusal> {
        let (_, started) = authorize(provider, &self.connection());
        let token = token(self.claims(&started));
        self.says().token = (200, json!({ "id_token": token, "access_token": "access", "token_type": "Bearer" }).to_string());
        redeem(&http(), provider, &self.connection(), &started, "code", None, NOW).await
    }
}

fn said(says: &Shared) -> MutexGuard<'_, Says> {
    says.lock().unwrap()
}

async fn give_keys(State(says): State<Shared>) -> String {
    let mut says = said(&says);
    says.keys_fetched += 1;
    says.keys.to_string()
}

async fn give_token(State(says): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let mut says = said(&says);
    let shown = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    says.asked.push((shown, body));
    answer(&says.token)
}

fn answer((status, text): &(u16, String)) -> Response {
    (StatusCode::from_u16(*status).unwrap(), text.clone()).into_response()
}

/// As an operator who allows loopback has it.
pub fn http() -> Outgoing {
    Outgoing::new(true).unwrap()
}

pub fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn rsa_key(id: &str, key: (&str, &str)) -> Value {
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(keys::rsa(key).public());
    json!({ "kty": "RSA", "use": "sig", "kid": id, "n": part(n), "e": part(e) })
}

pub fn curve_key(id: &str, key: (&str, &str)) -> Value {
    let pair = curve(key);
    let point = pair.public_key().as_ref();
    json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": part(&point[1..33]), "y": part(&point[33..]) })
}

fn curve(key: (&str, &str)) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(key.0), &SystemRandom::new()).unwrap()
}

/// A token by RSA with SHA-256.
pub fn rs256(id: &str, claims: &Value, key: (&str, &str)) -> String {
    by(&json!({ "alg": "RS256", "kid": id }), claims, |signed| keys::sign(key, signed))
}

pub fn es256(id: &str, claims: &Value, key: (&str, &str)) -> String {
    by(&json!({ "alg": "ES256", "kid": id }), claims, |signed| curve(key).sign(&SystemRandom::new(), signed).unwrap().as_ref().to_vec())
}

/// A token by any means.
pub fn by(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
    let signature = part(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The claims with one of them set, or left out.
pub fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}
