//! Tokens: a machine's key to one workspace.

use crate::{
    grant::{Grant, GrantSummary},
    id::TokenId,
    member::GrantDraft,
    text::{PersonName, TokenName},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A row of the Tokens list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub id: TokenId,
    pub name: TokenName,
    /// The first characters of the secret, by which a person knows it again.
    pub prefix: String,
    pub owner_access: bool,
    pub grants: Vec<GrantSummary>,
    pub created_by: Option<PersonName>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub last_used_from: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub revision: i64,
}

/// A token with all that its drawer edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub name: TokenName,
    pub prefix: String,
    pub owner_access: bool,
    pub grants: Vec<Grant>,
    pub created_by: Option<PersonName>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub last_used_from: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// Until when the secret before this one works, where it was rotated.
    pub old_secret_until: Option<Timestamp>,
    /// Grows with every change; a save names the one it was made from.
    pub revision: i64,
}

/// What a token is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenWish {
    pub name: String,
    /// It may do all that an owner may; grants are not needed then.
    pub owner_access: bool,
    pub grants: Vec<GrantDraft>,
    pub expires_at: Option<Timestamp>,
}

/// How a token stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Active,
    /// It ends soon: time to make another, or to give this one longer.
    Expiring,
    Expired,
    Revoked,
}

impl TokenState {
    /// From when on people are told that a token ends.
    pub const WARNED: Span = Span::days(14);

    #[must_use]
    pub fn of(expires_at: Option<Timestamp>, revoked_at: Option<Timestamp>, now: Timestamp) -> Self {
        match (revoked_at, expires_at) {
            (Some(_), _) => Self::Revoked,
            (None, Some(end)) if end <= now => Self::Expired,
            (None, Some(end)) if end <= now.plus(Self::WARNED) => Self::Expiring,
            (None, Some(_) | None) => Self::Active,
        }
    }
}

/// A token's secret: `rc_ws_`, 43 characters of chance and 6 that are made from them, so that a slip of the pen and a scanner's find
/// are told from a token without a look into the database. It is shown once and kept as a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no token of Rolecall's: it begins with `rc_ws_` and is {LENGTH} characters long; copy it whole")]
pub struct TokenSecretError;

/// A key to one workspace.
const KIND: &str = "rc_ws_";
/// 256 bits in base 62.
const CHANCE: usize = 43;
const CHECK: usize = 6;
const LENGTH: usize = KIND.len() + CHANCE + CHECK;
/// How much of it lists show.
const SHOWN: usize = KIND.len() + 4;

impl TokenSecret {
    #[must_use]
    pub fn new(chance: [u8; 32]) -> Self {
        let body = base62::<CHANCE>(&chance);
        let check = checksum(&body);
        Self(format!("{KIND}{body}{check}"))
    }

    pub fn parse(text: &str) -> Result<Self, TokenSecretError> {
        let text = text.trim();
        let body = text.strip_prefix(KIND).filter(|rest| rest.len() == CHANCE + CHECK && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let (body, check) = body.ok_or(TokenSecretError)?.split_at(CHANCE);
        if checksum(body) == check { Ok(Self(text.to_owned())) } else { Err(TokenSecretError) }
    }

    /// Whether a text is as long as every secret is. All others can be none.
    #[must_use]
    pub const fn is_as_long(text: &str) -> bool {
        text.len() == LENGTH
    }

    /// The whole of it: for whoever it was made for, and for its hash.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its first characters, by which a person knows it again.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.get(..SHOWN).unwrap_or_default()
    }
}

/// Never says the secret.
impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSecret({}…)", self.prefix())
    }
}

fn checksum(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    base62::<CHECK>(&hash[..4])
}

/// The number that these bytes are, in `N` digits, the highest first.
fn base62<const N: usize>(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = bytes.to_vec();
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_told_to_end_two_weeks_before() {
        let now = Timestamp::from_micros(1_000_000);
        let state = |end: Timestamp| TokenState::of(Some(end), None, now);
        assert_eq!((TokenState::of(None, None, now), TokenState::of(None, Some(now), now)), (TokenState::Active, TokenState::Revoked));
        assert_eq!((state(now), state(now.plus(Span::seconds(1)))), (TokenState::Expired, TokenState::Expiring));
        assert_eq!((state(now.plus(Span::days(14))), state(now.plus(Span::days(15)))), (TokenState::Expiring, TokenState::Active));
        assert_eq!(TokenState::of(Some(now), Some(now), now), TokenState::Revoked);
    }

    #[test]
    fn a_secret_has_its_form() {
        let secret = TokenSecret::new([255; 32]);
        assert_eq!(secret.reveal().len(), LENGTH);
        assert!(TokenSecret::is_as_long(secret.reveal()) && !TokenSecret::is_as_long(secret.prefix()));
        assert_eq!(TokenSecret::new([0; 32]).reveal().get(..LENGTH - CHECK), Some("rc_ws_0000000000000000000000000000000000000000000"));
        assert_eq!(format!("{secret:?}"), format!("TokenSecret({}…)", secret.prefix()));
        assert_eq!((secret.prefix().len(), TokenSecret::parse(&format!(" {}\n", secret.reveal()))), (10, Ok(secret)));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_seen(chance: [u8; 32], at in KIND.len()..LENGTH, other in "[0-9A-Za-z]") {
            let secret = TokenSecret::new(chance);
            prop_assert_eq!(TokenSecret::parse(secret.reveal()), Ok(secret.clone()));
            let mut wrong = secret.reveal().to_owned();
            wrong.replace_range(at..=at, &other);
            if wrong != secret.reveal() {
                prop_assert_eq!(TokenSecret::parse(&wrong), Err(TokenSecretError));
            }
        }

        #[test]
        fn two_secrets_differ(one: [u8; 32], other: [u8; 32]) {
            prop_assert_eq!(one == other, TokenSecret::new(one) == TokenSecret::new(other));
        }
    }
}
