//! The keys of the providers in these tests, and of the forger. They sign by `ring`, without any of the crate's own code.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};

macro_rules! pem {
    ($name:literal) => {
        (include_str!(concat!("fixtures/keys/", $name, ".key.pem")), include_str!(concat!("fixtures/keys/", $name, ".crt.pem")))
    };
}

pub const IDP: (&str, &str) = pem!("idp");
pub const RENEWED: (&str, &str) = pem!("renewed");
pub const ALIEN: (&str, &str) = pem!("alien");
pub const CURVE: (&str, &str) = pem!("curve");
pub const CURVE384: (&str, &str) = pem!("curve384");
pub const SHORT: (&str, &str) = pem!("short");

/// What a PEM holds.
pub fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).unwrap()
}

/// RSA with SHA-256.
pub fn sign(key: (&str, &str), message: &[u8]) -> Vec<u8> {
    let pair = rsa(key);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

pub fn rsa(key: (&str, &str)) -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&der(key.0)).unwrap()
}
