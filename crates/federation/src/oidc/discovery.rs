//! What a provider says of itself (OpenID Connect Discovery), and the keys that it signs with, as far as they are known.

use super::keys::Key;
use crate::{
    Refusal,
    outgoing::{Answer, Credentials, Outgoing},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::{Arc, Mutex, PoisonError};

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
}

#[derive(Debug, Default)]
struct Known {
    keys: Arc<Vec<Key>>,
    /// When they were last fetched for a caller who might be anybody.
    fetched: Option<i64>,
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
    })
}

impl Provider {
    pub(super) fn keys(&self) -> Arc<Vec<Key>> {
        self.known(|known| known.keys.clone())
    }

    pub(super) async fn fetch_keys(&self, http: &Outgoing) -> Result<Arc<Vec<Key>>, Refusal> {
        let answer = http.get_text(&self.jwks_uri, Credentials::None).await?;
        let keys = Arc::new(Key::all(json(&answer, "the provider's list of keys")?)?);
        self.known(|known| known.keys = keys.clone());
        Ok(keys)
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
