//! An OpenID provider on loopback: it signs in whomever a test says.

use super::keys::{IDP, Key, pair, sign};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::KeyPair as _;
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

pub const CLIENT: &str = "rolecall";

/// A token of these claims.
pub fn token(kind: &str, claims: &Value, key: Key) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": "one", "typ": kind })), part(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sign(key, signed.as_bytes())))
}

#[derive(Clone, Debug)]
pub struct Provider {
    pub issuer: String,
    /// What the token endpoint answers, and what it was asked.
    answer: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// How often it was asked to describe itself, and whether it can't.
    described: Arc<AtomicUsize>,
    confused: Arc<AtomicBool>,
}

impl Provider {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let issuer = format!("http://{}", listener.local_addr().expect("it has an address"));
        let provider = Self { issuer, answer: Arc::default(), asked: Arc::default(), described: Arc::default(), confused: Arc::default() };
        let kept = provider.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
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
                let body = kept.answers(line.split(' ').nth(1).unwrap_or_default(), String::from_utf8(body).expect("a form is text"));
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                let _ = write.write_all(answer.as_bytes()).await;
            }
        });
        provider
    }

    fn answers(&self, path: &str, body: String) -> String {
        let at = |end: &str| format!("{}{end}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => {
                self.described.fetch_add(1, Ordering::Relaxed);
                if self.confused.load(Ordering::Relaxed) {
                    return "{}".to_owned();
                }
                let (authorize, token, keys) = (at("/authorize"), at("/token"), at("/keys"));
                json!({ "issuer": self.issuer, "authorization_endpoint": authorize, "token_endpoint": token, "jwks_uri": keys }).to_string()
            }
            "/keys" => {
                let pair = pair(IDP);
                let point = pair.public_key().as_ref();
                let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
                json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "one", "x": part(&point[1..33]), "y": part(&point[33..]) }] }).to_string()
            }
            "/token" => {
                self.asked.lock().expect("nobody panicked with it").push(body);
                self.answer.lock().expect("nobody panicked with it").clone()
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
        *self.answer.lock().expect("nobody panicked with it") = json!({ "id_token": token, "access_token": "access", "token_type": "Bearer" }).to_string();
    }

    /// Describes itself no more, or again.
    pub fn is_confused(&self, confused: bool) {
        self.confused.store(confused, Ordering::Relaxed);
    }

    /// How often it was asked to describe itself.
    pub fn described(&self) -> usize {
        self.described.load(Ordering::Relaxed)
    }

    /// How many codes were shown to it.
    pub fn codes(&self) -> usize {
        self.asked.lock().expect("nobody panicked with it").len()
    }
}
