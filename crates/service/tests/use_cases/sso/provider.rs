//! An OpenID provider on loopback: it signs in whomever a test says.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

pub const CLIENT: &str = "rolecall";

pub const IDP: (&str, &str) = (include_str!("keys/idp.key.pem"), include_str!("keys/idp.crt.pem"));
pub const OTHER: (&str, &str) = (include_str!("keys/other.key.pem"), include_str!("keys/other.crt.pem"));

/// What a PEM holds.
pub fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>()).unwrap()
}

/// By ECDSA with SHA-256.
pub fn sign(key: (&str, &str), message: &[u8]) -> Vec<u8> {
    pair(key).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

fn pair(key: (&str, &str)) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(key.0), &SystemRandom::new()).unwrap()
}

/// A token of these claims.
pub fn token(kind: &str, claims: &Value, key: (&str, &str)) -> String {
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
}

impl Provider {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { issuer, answer: Arc::default(), asked: Arc::default() };
        let kept = provider.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (read, mut write) = stream.split();
                let mut read = BufReader::new(read);
                let (mut line, mut length) = (String::new(), 0);
                read.read_line(&mut line).await.unwrap();
                loop {
                    let mut header = String::new();
                    read.read_line(&mut header).await.unwrap();
                    let Some((name, value)) = header.trim().split_once(": ") else { break };
                    if name.eq_ignore_ascii_case("content-length") {
                        length = value.parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                read.read_exact(&mut body).await.unwrap();
                let body = kept.answers(line.split(' ').nth(1).unwrap_or_default(), String::from_utf8(body).unwrap());
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                let _ = write.write_all(answer.as_bytes()).await;
            }
        });
        provider
    }

    fn answers(&self, path: &str, body: String) -> String {
        let at = |end: &str| format!("{}{end}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => json!({
                "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
            })
            .to_string(),
            "/keys" => {
                let pair = pair(IDP);
                let point = pair.public_key().as_ref();
                let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
                json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "one", "x": part(&point[1..33]), "y": part(&point[33..]) }] }).to_string()
            }
            "/token" => {
                self.asked.lock().unwrap().push(body);
                self.answer.lock().unwrap().clone()
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
        *self.answer.lock().unwrap() = json!({ "id_token": token, "access_token": "access", "token_type": "Bearer" }).to_string();
    }

    /// How many codes were shown to it.
    pub fn codes(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}
