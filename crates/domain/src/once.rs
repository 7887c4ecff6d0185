//! A write that happens once, however often it is sent: by a key that its sender chose (the HTTP header `Idempotency-Key`).

use crate::id::TokenId;
use std::fmt;
use uuid::Uuid;

/// What the sender calls the write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OnceKey(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to {MOST} visible ASCII characters; a random UUID does well")]
pub struct OnceKeyError;

/// How long a key may be.
const MOST: usize = 255;

impl OnceKey {
    pub fn parse(text: &str) -> Result<Self, OnceKeyError> {
        let text = text.trim();
        let is_sound = (1..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_sound { Ok(Self(text.to_owned())) } else { Err(OnceKeyError) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OnceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A write that is to happen once: it goes with the write's record, so that both are kept or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Keys are each token's own.
    pub token: TokenId,
    pub key: OnceKey,
    /// SHA-256 of what was asked: the same key with another request is a mistake of the sender's.
    pub fingerprint: [u8; 32],
    /// The request that does it. A request may commit more than once; another one with the same key may not.
    pub attempt: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_and_bounded() {
        assert_eq!(OnceKey::parse(" 3f-9a ").unwrap().as_str(), "3f-9a");
        assert!(OnceKey::parse(&"k".repeat(255)).is_ok());
        for wrong in ["", "  ", "a b", "ä", "a\u{7}", &"k".repeat(256)] {
            assert!(OnceKey::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
