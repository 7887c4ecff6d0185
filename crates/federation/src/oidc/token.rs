//! Signed tokens (JSON Web Signature, RFC 7515, compact): which key has signed one, and what it then says.

use super::{
    claims::Claims,
    discovery::Provider,
    keys::{Algorithm, Key},
};
use crate::{Refusal, outgoing::Outgoing};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

const MOST_BYTES: usize = 256 * 1_024;

/// Fields that name or bring keys (`jku`, `jwk`, `x5u`, `x5c`) are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// A token whose signature was not yet looked at.
pub(super) struct Token<'a> {
    algorithm: Algorithm,
    key: Option<String>,
    kind: Option<String>,
    signed: &'a str,
    signature: Vec<u8>,
    claims: Claims,
}

impl<'a> Token<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.len() > MOST_BYTES {
            return Err(Refusal::TooLong);
        }
        let broken = || Refusal::malformed("the token is not a signed one");
        let (signed, signature) = text.rsplit_once('.').ok_or_else(broken)?;
        let (header, payload) = signed.split_once('.').ok_or_else(broken)?;
        if payload.contains('.') {
            // five parts: an encrypted one
            return Err(Refusal::Encrypted);
        }
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| broken());
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| broken())?;
        let algorithm = Algorithm::named(&header.alg)?;
        if header.crit.is_some() {
            return Err(Refusal::malformed("the token demands extensions that are not known here (crit)"));
        }
        let claims = Claims::read(&decode(payload)?)?;
        Ok(Self { algorithm, key: header.kid, kind: header.typ, signed, signature: decode(signature)?, claims })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// What it claims; to be believed only after [`Token::check`].
    pub(super) fn unchecked(&self) -> &Claims {
        &self.claims
    }

    /// Believes the token if one of the provider's keys has signed it. Keys are fetched once more when none of the known ones can have.
    pub(super) async fn check(self, http: &Outgoing, provider: &Provider, now: i64, may_fetch: impl FnOnce() -> bool) -> Result<Claims, Refusal> {
        let known = provider.keys();
        match self.signed_by(&known) {
            Err(Refusal::UnknownKey { .. }) if may_fetch() => self.signed_by(&provider.fetch_keys(http, &known, now).await?)?,
            other => other?,
        }
        Ok(self.claims)
    }

    fn signed_by(&self, keys: &[Key]) -> Result<(), Refusal> {
        let mut candidates = keys.iter().filter(|key| key.fits(self.algorithm) && (self.key.is_none() || key.id == self.key)).peekable();
        let unknown = || Refusal::UnknownKey { key: self.key.as_ref().map_or_else(|| "without an ID".to_owned(), |id| format!("kid {id}")) };
        if candidates.peek().is_none() {
            return Err(unknown());
        }
        if candidates.any(|key| key.has_signed(self.algorithm, self.signed.as_bytes(), &self.signature)) {
            return Ok(());
        }
        // where the token names no key, a new one may have signed it
        Err(if self.key.is_none() { unknown() } else { Refusal::BadSignature })
    }
}
