//! The provider ends sessions without a browser (OpenID Connect Back-Channel Logout 1.0, 2.6).

use super::{discovery::Provider, start::Connection, token::Token};
use crate::{
    Refusal,
    instant::{SECOND, remembered},
    outgoing::Outgoing,
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How often strangers may make us ask the provider for its keys: anybody can send a token that names an unknown one.
const PAUSE: i64 = 10 * SECOND;

/// Whose sessions end: the one that is named, or else all of the subject's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOut {
    pub subject: Option<String>,
    pub session: Option<String>,
    /// What must not be accepted a second time.
    pub jti: String,
    /// Until when it must be remembered, in microseconds since 1970.
    pub ends: i64,
}

/// Believes a logout token, or says why not. The caller must refuse a `jti` that it has seen before.
pub async fn accept_logout(http: &Outgoing, provider: &Provider, connection: &Connection, logout_token: &str, now: i64) -> Result<LoggedOut, Refusal> {
    let token = Token::read(logout_token)?;
    if token.kind().is_some_and(|kind| !["logout+jwt", "application/logout+jwt", "jwt"].contains(&kind.to_ascii_lowercase().as_str())) {
        return Err(Refusal::malformed("the token is of another type than a logout token"));
    }
    // before the provider is asked for keys, what claims to be for somebody else goes
    token.unchecked().check_frame(&connection.issuer, &connection.client_id, now)?;
    let claims = token.check(http, provider, now, || provider.may_fetch_for_strangers(now, PAUSE)).await?;
    let end = claims.check_frame(&connection.issuer, &connection.client_id, now)?;
    if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(serde_json::Value::is_object) {
        return Err(Refusal::malformed("the token is not about a logout (events)"));
    }
    if claims.get("nonce").is_some() {
        // so that no ID token passes for one
        return Err(Refusal::malformed("the token has a nonce, as no logout token has"));
    }
    let (subject, session) = (claims.text("sub").map(str::to_owned), claims.text("sid").map(str::to_owned));
    if subject.is_none() && session.is_none() {
        return Err(Refusal::malformed("the token says neither whose sessions end nor which (sub, sid)"));
    }
    Ok(LoggedOut { subject, session, jti: claims.needed("jti")?.to_owned(), ends: remembered(end, now)? })
}
