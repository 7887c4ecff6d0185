//! An OpenID provider on loopback: it signs in whomever a test says.

use super::keys::{IDP, Key, pair, sign};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::KeyPair as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

pub const CLIENT: &str = "rolecall";

/// A token of these claims.
pub fn token(kind: &str, claims: &Value, key: Key) -> String {
    token_by(&json!({ "alg": "ES256", "kid": "one", "typ": kind }), claims, |signed| sign(key, signed))
}

/// A token of any header, signed by whatever a forger has.
pub fn token_by(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The public part of a key, as a provider lists it.
#[must_use]
pub fn listed(id: &str, key: Key) -> Value {
    let pair = pair(key);
    let point = pair.public_key().as_ref();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": part(&point[1..33]), "y": part(&point[33..]) })
}

#[derive(Debug, Default)]
struct State {
    /// What any code is worth.
    answer: String,
    /// What these codes are worth, by the challenge that they were asked for with.
    issued: HashMap<String, (String, String)>,
    /// The requests for tokens.
    asked: Vec<String>,
    /// How often it was asked to describe itself.
    described: usize,
    /// Describes itself no more.
    is_confused: bool,
    is_down: bool,
}

#[derive(Clone, Debug)]
pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let issuer = format!("http://{}", listener.local_addr().expect("it has an address"));
        let provider = Self { issuer, state: Arc::default() };
        let kept = provider.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                if kept.state().is_down {
                    continue;
                }
                let (read, mut write) = stream.split();
                let mut read = BufReader::new(read);
                let (mut line, mut length) = (String::new(), 0);
                read.read_line(&mut line).await.expect("the request is whole");
                loop {
                    let mut header = String::new();
                    read.read_line(&mut header).await.expect("the request is whole");
                    let Some((name, value)) = header.trim().split_once(": ") else { break };
                    if name.eq_ignore_ascii_case("content-length") {
                        length = value.parse().expect("a length is a number");
                    }
                }
                let mut body = vec![0; length];
                read.read_exact(&mut body).await.expect("the request is whole");
                let (status, body) = kept.answers(line.split(' ').nth(1).unwrap_or_default(), String::from_utf8(body).expect("a form is text"));
                let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = write.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        provider
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked with it")
    }

    fn answers(&self, path: &str, body: String) -> (&'static str, String) {
        let at = |end: &str| format!("{}{end}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => {
                let mut state = self.state();
                state.described += 1;
                if state.is_confused {
                    return ("200 OK", "{}".to_owned());
                }
                let description = json!({
                    "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
                });
                ("200 OK", description.to_string())
            }
            "/keys" => ("200 OK", json!({ "keys": [listed("one", IDP)] }).to_string()),
            "/token" => {
                let mut state = self.state();
                let answer = state.redeemed(&body);
                state.asked.push(body);
                answer
            }
            other => panic!("nobody asks a provider for {other}"),
        }
    }

    /// The next code is worth a token of these claims.
    pub fn gives(&self, claims: &Value) {
        self.gives_token(&token("JWT", claims, IDP));
    }

    /// The next code is worth this token.
    pub fn gives_token(&self, token: &str) {
        self.state().answer = granted(token);
    }

    /// This code is worth a token of these claims to whoever shows the verifier of the challenge, and to nobody else (RFC 7636, 4.6).
    pub fn issues(&self, code: &str, challenge: &str, claims: &Value) {
        self.state().issued.insert(code.to_owned(), (challenge.to_owned(), granted(&token("JWT", claims, IDP))));
    }

    /// From now on it hangs up on everybody.
    pub fn goes_down(&self) {
        self.state().is_down = true;
    }

    /// Describes itself no more, or again.
    pub fn is_confused(&self, confused: bool) {
        self.state().is_confused = confused;
    }

    /// How often it was asked to describe itself.
    pub fn described(&self) -> usize {
        self.state().described
    }

    /// How many codes were shown to it.
    pub fn codes(&self) -> usize {
        self.state().asked.len()
    }
}

impl State {
    fn redeemed(&self, form: &str) -> (&'static str, String) {
        let field = |name: &str| form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
        let Some((challenge, answer)) = self.issued.get(&field("code")) else { return ("200 OK", self.answer.clone()) };
        if URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes())) == *challenge {
            ("200 OK", answer.clone())
        } else {
            ("400 Bad Request", json!({ "error": "invalid_grant" }).to_string())
        }
    }
}

fn granted(token: &str) -> String {
    json!({ "id_token": token, "access_token": "access", "token_type": "Bearer" }).to_string()
}
