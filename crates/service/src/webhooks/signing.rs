//! Secrets of webhooks and what is signed with them: HMAC-SHA256 over `id.timestamp.body`, as the Standard Webhooks specification has it.
//!
//! A secret is derived from the operator's key, so that none is stored.

use crate::{secrets::SecretKey, services::Services};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    id::WebhookId,
    time::{Span, Timestamp},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use store::webhooks::Generation;

const PURPOSE: &str = "webhook";

/// How long deliveries are signed with the secret before, too.
const GRACE: Span = Span::days(1);

/// `whsec_` and the key in base64: to be told once.
pub(super) fn secret(services: &Services, id: WebhookId, generation: i32) -> String {
    format!("whsec_{}", STANDARD.encode(key(&services.settings.secret_key, id, generation)))
}

fn key(secret_key: &SecretKey, id: WebhookId, generation: i32) -> [u8; 32] {
    secret_key.derive_bytes(PURPOSE, id.uuid(), generation)
}

/// The signatures that a delivery bears: by the secret, and for a day after a change by the one before.
pub(super) fn signatures(key_of: &SecretKey, webhook: WebhookId, secret: Generation, now: Timestamp, id: &str, timestamp: i64, body: &str) -> String {
    let by = |generation| format!("v1,{}", STANDARD.encode(sign(&key(key_of, webhook, generation), id, timestamp, body)));
    let before = secret.since.is_some_and(|since| now < since.plus(GRACE)).then(|| by(secret.number - 1));
    std::iter::once(by(secret.number)).chain(before).collect::<Vec<_>>().join(" ")
}

fn sign(key: &[u8], id: &str, timestamp: i64, body: &str) -> Vec<u8> {
    let Ok(mut mac) = <Hmac<Sha256>>::new_from_slice(key) else {
        // HMAC takes keys of any length
        std::process::abort();
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the specification's own test suites.
    #[test]
    fn signs_as_the_specification_says() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(STANDARD.encode(signature), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_secret_before_signs_for_a_day() {
        let key = SecretKey::parse(&"k".repeat(32)).unwrap();
        let (id, since) = (WebhookId::new(Timestamp::from_micros(1), [1; 10]), Timestamp::from_micros(0));
        let at = |now: Timestamp, number| signatures(&key, id, Generation { number, since: Some(since) }, now, "m", 1, "{}");
        let (new, old) = (at(since.plus(GRACE), 2), at(since.plus(GRACE), 1));
        assert_ne!(new, old);
        assert_eq!(at(since, 2), format!("{new} {old}"));
        assert_eq!(signatures(&key, id, Generation { number: 1, since: None }, since, "m", 1, "{}"), old);
    }
}
