//! Messages in an address (Bindings 3.4): deflated, Base64, percent-encoded, and a signature over the very characters of the query.

use super::{
    certificate::base64,
    signature,
    xml::{MOST_MESSAGE, escaped},
};
use crate::{Refusal, instant};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use form_urlencoded::{Serializer, parse};
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use std::borrow::Cow;

const LEVEL: u8 = 6;

/// The address that carries a message; `kind` is `SAMLRequest` or `SAMLResponse`.
pub(super) fn address(to: &str, kind: &str, message: &str, relay_state: Option<&str>) -> String {
    let carried = STANDARD.encode(compress_to_vec(message.as_bytes(), LEVEL));
    let mut query = Serializer::new(String::new());
    query.append_pair(kind, &carried);
    if let Some(relay_state) = relay_state.filter(|state| !state.is_empty()) {
        query.append_pair("RelayState", relay_state);
    }
    format!("{to}{}{}", if to.contains('?') { '&' } else { '?' }, query.finish())
}

/// The attributes that each message of ours begins with.
pub(super) fn heading(id: &str, now: i64, to: &str) -> String {
    format!(r#"ID="{}" Version="2.0" IssueInstant="{}" Destination="{}""#, escaped(id), instant::write(now), escaped(to))
}

/// A query that came in, read as far as its signature needs.
pub(super) struct Query<'a> {
    /// As it was sent: what is signed.
    message: &'a str,
    relay_state: Option<&'a str>,
    algorithm: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> Query<'a> {
    /// `kind` is `SAMLRequest` or `SAMLResponse`.
    pub(super) fn read(query: &'a str, kind: &str) -> Result<Self, Refusal> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let find = |name: &str| {
            let mut found = query.split('&').filter(|pair| pair.split_once('=').is_some_and(|(key, _)| key == name));
            let first = found.next();
            if found.next().is_some() { Err(Refusal::malformed(format!("`{name}` stands twice in the address"))) } else { Ok(first) }
        };
        if find("SAMLEncoding")?.is_some_and(|encoding| value(encoding) != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE") {
            return Err(Refusal::malformed("the message is packed in another way than DEFLATE"));
        }
        let message = find(kind)?.ok_or_else(|| Refusal::malformed(format!("the address has no `{kind}`")))?;
        Ok(Self { message, relay_state: find("RelayState")?, algorithm: find("SigAlg")?, signature: find("Signature")? })
    }

    pub(super) fn relay_state(&self) -> Option<String> {
        self.relay_state.map(|state| value(state).into_owned())
    }

    pub(super) fn xml(&self) -> Result<String, Refusal> {
        if self.message.len() > MOST_MESSAGE {
            return Err(Refusal::TooLong);
        }
        let packed = base64(&value(self.message)).ok_or_else(|| Refusal::malformed("it is not Base64"))?;
        let bytes = decompress_to_vec_with_limit(&packed, MOST_MESSAGE).map_err(|_| Refusal::malformed("it can't be unpacked"))?;
        String::from_utf8(bytes).map_err(|_| Refusal::malformed("it is not UTF-8"))
    }

    /// That one of the provider's keys has signed it (Bindings 3.4.4.1).
    pub(super) fn verify(&self, certificates: &[Vec<u8>]) -> Result<(), Refusal> {
        let (Some(algorithm), Some(signature)) = (self.algorithm, self.signature) else {
            return Err(Refusal::Unsigned);
        };
        let method = signature::method(&value(algorithm))?;
        let parts: Vec<&str> = [Some(self.message), self.relay_state, Some(algorithm)].into_iter().flatten().collect();
        let signature = base64(&value(signature)).ok_or(Refusal::BadSignature)?;
        if method.holds(parts.join("&").as_bytes(), &signature, certificates) { Ok(()) } else { Err(Refusal::BadSignature) }
    }
}

/// What stands behind the `=` of a pair.
fn value(pair: &str) -> Cow<'_, str> {
    parse(pair.as_bytes()).next().map(|(_, value)| value).unwrap_or_default()
}
