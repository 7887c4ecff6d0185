//! By which secrets a workspace's tokens are known: hashes, held beside the policy and as new as it.

use domain::{id::TokenId, time::Timestamp};
use std::collections::HashMap;

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// The secret of a token, and the one before it where that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secrets {
    pub hash: SecretHash,
    /// The one before, and the first moment at which it works no more.
    pub replaced: Option<(SecretHash, Timestamp)>,
}

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub token: TokenId,
    /// The first moment at which this secret works no more, where the token has another by now.
    pub until: Option<Timestamp>,
}

/// The keys of all tokens that were not revoked; those that ended or will end among them.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    by_hash: HashMap<SecretHash, Key>,
    of_token: HashMap<TokenId, Secrets>,
}

impl Keys {
    #[must_use]
    pub fn find(&self, hash: &SecretHash) -> Option<Key> {
        self.by_hash.get(hash).copied()
    }

    pub(crate) fn put(&mut self, token: TokenId, secrets: Secrets) {
        self.remove(token);
        if let Some((hash, until)) = secrets.replaced {
            self.by_hash.insert(hash, Key { token, until: Some(until) });
        }
        self.by_hash.insert(secrets.hash, Key { token, until: None });
        self.of_token.insert(token, secrets);
    }

    pub(crate) fn remove(&mut self, token: TokenId) {
        let Some(before) = self.of_token.remove(&token) else { return };
        self.by_hash.remove(&before.hash);
        if let Some((hash, _)) = before.replaced {
            self.by_hash.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_the_secrets_it_has_and_no_other() {
        let token = |n: u8| TokenId::new(Timestamp::default(), [n; 10]);
        let end = Timestamp::from_micros(9);
        let mut keys = Keys::default();
        keys.put(token(1), Secrets { hash: [1; 32], replaced: None });
        keys.put(token(2), Secrets { hash: [2; 32], replaced: None });
        keys.put(token(1), Secrets { hash: [3; 32], replaced: Some(([1; 32], end)) });
        assert_eq!(keys.find(&[1; 32]), Some(Key { token: token(1), until: Some(end) }));
        assert_eq!(keys.find(&[3; 32]), Some(Key { token: token(1), until: None }));
        keys.put(token(1), Secrets { hash: [4; 32], replaced: Some(([3; 32], end)) });
        assert_eq!(keys.find(&[1; 32]), None);
        keys.remove(token(1));
        assert_eq!((keys.find(&[3; 32]), keys.find(&[4; 32])), (None, None));
        assert_eq!(keys.find(&[2; 32]), Some(Key { token: token(2), until: None }));
    }
}
