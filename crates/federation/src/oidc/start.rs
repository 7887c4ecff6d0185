//! Sends the browser to the provider, and reads the query that it comes back with.

use super::discovery::Provider;
use crate::Refusal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use form_urlencoded::{Serializer, parse};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// What the provider knows us by.
#[derive(Clone)]
pub struct Connection {
    pub issuer: String,
    pub client_id: String,
    /// None for a public client, which PKCE alone protects.
    pub client_secret: Option<String>,
    /// Our address that the browser comes back to.
    pub redirect: String,
    /// `openid` is always among them.
    pub scopes: Vec<String>,
}

/// What is kept, sealed, for one browser until it comes back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Started {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// The address to send the browser to, and what to keep until it is back.
#[must_use]
pub fn authorize(provider: &Provider, connection: &Connection) -> (String, Started) {
    let started = Started { state: unguessable(), nonce: unguessable(), verifier: unguessable() };
    let mut scopes = vec!["openid"];
    scopes.extend(connection.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"));
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, started.verifier.as_bytes()));
    let query = [
        ("response_type", "code"),
        ("client_id", &connection.client_id),
        ("redirect_uri", &connection.redirect),
        ("scope", &scopes.join(" ")),
        ("state", &started.state),
        ("nonce", &started.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    (with_query(&provider.authorization_endpoint, &query), started)
}

/// The query that the browser came back with: the code and `iss`, for [`redeem`](super::redeem); or why there is none. The state must be the one
/// that this browser began with.
pub fn returned(query: &str, started: &Started) -> Result<(String, Option<String>), Refusal> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let find = |name: &str| {
        let mut found = parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let first = found.next();
        if found.next().is_some() { Err(Refusal::malformed(format!("`{name}` stands twice in the address"))) } else { Ok(first) }
    };
    if find("state")?.as_deref() != Some(&started.state) {
        return Err(Refusal::StateMismatch);
    }
    if let Some(error) = find("error")? {
        let said = find("error_description")?;
        return Err(match error.as_str() {
            "access_denied" | "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => Refusal::Cancelled,
            _ => Refusal::ProviderRefused { why: said.map_or_else(|| error.clone(), |said| format!("{error}, {said}")) },
        });
    }
    let code = find("code")?.filter(|code| !code.is_empty()).ok_or_else(|| Refusal::malformed("the address has no `code`"))?;
    Ok((code, find("iss")?))
}

fn with_query(endpoint: &str, pairs: &[(&str, &str)]) -> String {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' })
}

/// 256 bits of chance.
fn unguessable() -> String {
    let mut bytes = [0; 32];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // going on with what can be guessed would be worse than not going on
        tracing::error!(%error, "the operating system gives no random numbers");
        std::process::abort();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}
