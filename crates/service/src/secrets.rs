//! Secrets: made of chance or derived from the operator's key, handed out once, stored as hashes.

use crate::clock::Entropy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// SHA-256 of a secret: what is stored and searched by. Secrets are 256 bits of chance, so no salt or stretching is needed.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// SHA-256 of several parts, each told apart from its neighbours by its length.
#[must_use]
pub fn hash_all(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A new secret of 256 bits, as URL-safe text.
#[must_use]
pub fn random(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// How long the number is that no two seals share.
const NONCE: usize = 24;

/// A name for something that passes, of 22 characters: no secret, but nobody else's either.
#[must_use]
pub fn id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The operator's key, from which links are derived so that they can be shown again without being stored.
pub struct SecretKey([u8; 32]);

/// A key that can't be used; the message names the cure.
#[derive(Debug, thiserror::Error)]
#[error("ROLECALL_SECRET_KEY must be at least 32 characters; make one with `openssl rand -base64 32`")]
pub struct SecretKeyError;

impl SecretKey {
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        if text.len() < 32 {
            return Err(SecretKeyError);
        }
        Ok(Self(Sha256::digest(text.as_bytes()).into()))
    }

    /// HMAC-SHA256 over what the secret is for: the same again for the same words, unguessable without the key.
    #[must_use]
    pub fn derive(&self, purpose: &str, id: uuid::Uuid, generation: i32) -> String {
        URL_SAFE_NO_PAD.encode(self.derive_bytes(purpose, id, generation))
    }

    /// Whether this was derived for that; how long it takes to tell says nothing of what would be right.
    #[must_use]
    pub(crate) fn has_derived(&self, shown: &str, purpose: &str, id: uuid::Uuid, generation: i32) -> bool {
        shown.as_bytes().ct_eq(self.derive(purpose, id, generation).as_bytes()).into()
    }

    /// The same as bytes, for what is a key itself.
    #[must_use]
    pub(crate) fn derive_bytes(&self, purpose: &str, id: uuid::Uuid, generation: i32) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256>>::new_from_slice(&self.0) else {
            // HMAC takes keys of any length
            std::process::abort();
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(id.as_bytes());
        mac.update(&generation.to_be_bytes());
        mac.finalize().into_bytes().into()
    }

    /// By what it is known again: HMAC-SHA256 of nothing but that purpose.
    #[must_use]
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.derive_bytes("fingerprint", uuid::Uuid::nil(), 1)
    }

    /// Encrypts what must be read back and nobody beside the operator's key may read (XChaCha20-Poly1305). It opens only for the same
    /// purpose and thing.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, purpose: &str, id: uuid::Uuid, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let about = about(purpose, id);
        let sealed = self.cipher().encrypt(&nonce.into(), Payload { msg: plain, aad: &about });
        // it fails only for texts beyond 256 GiB
        let sealed = sealed.unwrap_or_else(|_| std::process::abort());
        [nonce.as_slice(), &sealed].concat()
    }

    /// What was sealed; `None` where it was changed, or sealed with another key or for something else.
    pub(crate) fn open(&self, purpose: &str, id: uuid::Uuid, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        self.cipher().decrypt(&(*nonce).into(), Payload { msg: text, aad: &about(purpose, id) }).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derive_bytes("seal", uuid::Uuid::nil(), 1).into())
    }
}

/// What is sealed is bound to it.
fn about(purpose: &str, id: uuid::Uuid) -> Vec<u8> {
    [purpose.as_bytes(), &[0], id.as_bytes()].concat()
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_secrets_differ_by_purpose_thing_generation_and_key() {
        let key = SecretKey::parse(&"k".repeat(32)).unwrap();
        let other = SecretKey::parse(&"o".repeat(32)).unwrap();
        let (one, two) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        let secret = key.derive("invite", one, 1);
        assert!(key.has_derived(&secret, "invite", one, 1));
        assert!(![&secret[1..], "", &format!("{secret}a")].iter().any(|shown| key.has_derived(shown, "invite", one, 1)));
        assert!(!key.has_derived(&secret, "invite", one, 2) && !other.has_derived(&secret, "invite", one, 1));
        assert_eq!(secret, key.derive("invite", one, 1));
        for different in [key.derive("reset", one, 1), key.derive("invite", two, 1), key.derive("invite", one, 2), other.derive("invite", one, 1)] {
            assert_ne!(secret, different);
        }
        assert!(SecretKey::parse("short").is_err());
        assert_eq!(key.fingerprint(), SecretKey::parse(&"k".repeat(32)).unwrap().fingerprint());
        assert_ne!(key.fingerprint(), other.fingerprint());
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
    }

    #[test]
    fn what_is_sealed_opens_for_its_own_purpose_and_key_alone() {
        let (key, other) = (SecretKey::parse(&"k".repeat(32)).unwrap(), SecretKey::parse(&"o".repeat(32)).unwrap());
        let (one, two) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        let sealed = key.seal(&crate::clock::SystemEntropy, "once", one, b"rc_ws_secret");
        assert_eq!(key.open("once", one, &sealed).as_deref(), Some(b"rc_ws_secret".as_slice()));
        assert!(!sealed.windows(6).any(|part| part == b"rc_ws_"));
        assert_ne!(sealed, key.seal(&crate::clock::SystemEntropy, "once", one, b"rc_ws_secret"));
        assert!(
            [key.open("once", two, &sealed), key.open("other", one, &sealed), other.open("once", one, &sealed), key.open("once", one, &[1; 9])]
                .iter()
                .all(Option::is_none)
        );
        let changed: Vec<u8> = sealed.iter().enumerate().map(|(place, byte)| if place == NONCE { byte ^ 1 } else { *byte }).collect();
        assert_eq!(key.open("once", one, &changed), None);
    }
}
