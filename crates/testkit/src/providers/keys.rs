//! The keys of providers in tests: one that they are known by, and another.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};

/// A private key and its certificate, in PEM.
pub type Key = (&'static str, &'static str);

pub const IDP: Key = (include_str!("keys/idp.key.pem"), include_str!("keys/idp.crt.pem"));
pub const OTHER: Key = (include_str!("keys/other.key.pem"), include_str!("keys/other.crt.pem"));
/// Of a server at `localhost`, for whoever is told to trust it. Its certificate is signed by itself, for a hundred years.
pub const LOCALHOST: Key = (include_str!("keys/localhost.key.pem"), include_str!("keys/localhost.crt.pem"));

/// What a PEM holds.
pub fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>()).expect("the key is one")
}

/// By ECDSA with SHA-256.
pub fn sign(key: Key, message: &[u8]) -> Vec<u8> {
    pair(key).sign(&SystemRandom::new(), message).expect("the key is one").as_ref().to_vec()
}

/// By HMAC with SHA-256, as whoever shares a secret signs.
#[must_use]
pub fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

pub(crate) fn pair(key: Key) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(key.0), &SystemRandom::new()).expect("the key is one")
}
