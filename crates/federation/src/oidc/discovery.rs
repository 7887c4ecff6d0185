//! What a provider says of itself (OpenID Connect Discovery), and the keys that it signs with, as far as they are known.

use super::keys::Key;
use crate::{
    Refusal,
    instant::SECOND,
    outgoing::{Answer, Credentials, Outgoing},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a provider rests that could not give its keys: who waits meanwhile hears why.
const REST: i64 = 30 * SECOND;

/// A provider. Copies share its keys, which are fetched when one is missing: keep it for as long as its description is to be believed.
#[derive(Clone, Debug)]
pub struct Provider {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    /// How a client may show its secret, as the provider lists it.
    pub(super) secret_by_basic: bool,
    pub(super) secret_by_post: bool,
    /// It says who it is when the browser comes back (RFC 9207).
    pub(super) names_itself: bool,
    keys: Arc<Mutex<Known>>,
    /// In the hand of who fetches keys; the others wait for what comes of it.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Arc<Vec<Key>>,
    /// When they were last fetched for a caller who might be anybody.
    fetched: Option<i64>,
    /// When they could not be fetched the last time, and why.
    failed: Option<(i64, Refusal)>,
}

#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Reads the provider's description. Its issuer must be the given one to the letter.
pub async fn discover(http: &Outgoing, issuer: &str) -> Result<Provider, Refusal> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = http.get_text(&url, Credentials::None).await?;
    let found: Description = json(&answer, "the provider's description")?;
    if found.issuer != issuer {
        return Err(Refusal::WrongIssuer { expected: issuer.to_owned(), found: found.issuer });
    }
    for endpoint in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri].into_iter().chain(&found.userinfo_endpoint) {
        http.address(endpoint)?;
    }
    // without a list it is the one (Discovery, 3)
    let methods = found.token_endpoint_auth_methods_supported.unwrap_or_else(|| vec!["client_secret_basic".to_owned()]);
    let has = |method: &str| methods.iter().any(|known| known == method);
    Ok(Provider {
        issuer: found.issuer,
        authorization_endpoint: found.authorization_endpoint,
        token_endpoint: found.token_endpoint,
        jwks_uri: found.jwks_uri,
        userinfo_endpoint: found.userinfo_endpoint,
        secret_by_basic: has("client_secret_basic"),
        secret_by_post: has("client_secret_post"),
        names_itself: found.authorization_response_iss_parameter_supported,
        keys: Arc::default(),
        flight: Arc::default(),
    })
}

impl Provider {
    pub(super) fn keys(&self) -> Arc<Vec<Key>> {
        self.known(|known| known.keys.clone())
    }

    /// Fetches them where those that are `lacking` one are all that is known: of many who miss a key at once, one asks the provider.
    pub(super) async fn fetch_keys(&self, http: &Outgoing, lacking: &Arc<Vec<Key>>, now: i64) -> Result<Arc<Vec<Key>>, Refusal> {
        let _flight = self.flight.lock().await;
        let known = self.keys();
        if !Arc::ptr_eq(&known, lacking) {
            return Ok(known);
        }
        if let Some((at, why)) = self.known(|known| known.failed.clone())
            && now.saturating_sub(at) < REST
        {
            return Err(why);
        }
        let fetched = self.fetched(http).await;
        self.known(|known| match &fetched {
            Ok(keys) => (known.keys, known.failed) = (keys.clone(), None),
            Err(why) => known.failed = Some((now, why.clone())),
        });
        fetched
    }

    async fn fetched(&self, http: &Outgoing) -> Result<Arc<Vec<Key>>, Refusal> {
        let answer = http.get_text(&self.jwks_uri, Credentials::None).await?;
        Ok(Arc::new(Key::all(json(&answer, "the provider's list of keys")?)?))
    }

    /// Whether keys may be fetched for whoever comes by; strangers can't make us ask the provider more often than this.
    pub(super) fn may_fetch_for_strangers(&self, now: i64, pause: i64) -> bool {
        self.known(|known| {
            let may = known.fetched.is_none_or(|fetched| now.saturating_sub(fetched) >= pause);
            if may {
                known.fetched = Some(now);
            }
            may
        })
    }

    fn known<T>(&self, with: impl FnOnce(&mut Known) -> T) -> T {
        // whole at every moment, so a panic elsewhere has left nothing half done
        with(&mut self.keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a provider answers with when all is well.
pub(super) fn json<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Refusal> {
    if answer.status >= 400 {
        return Err(Refusal::ProviderDown { why: format!("asked for {what}, it answers with status {}", answer.status) });
    }
    serde_json::from_str(&answer.text).map_err(|error| Refusal::malformed(format!("{what} is not as it should be: {error}")))
}
