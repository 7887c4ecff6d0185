//! Turns the code that came back into who has signed in (OpenID Connect Core, 3.1.3).

use super::{
    claims::Claims,
    discovery::{Provider, json},
    start::{Connection, Started},
    token::Token,
};
use crate::{
    Identity, Refusal,
    instant::{FURTHEST, SKEW},
    known_by,
    outgoing::{Answer, Credentials, Outgoing},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::digest;
use serde::Deserialize;

#[derive(Deserialize)]
struct Granted {
    id_token: Option<String>,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Failed {
    error: String,
    error_description: Option<String>,
}

/// Asks the provider for the tokens, and believes the ID token or says why not. `code` and `iss` come from [`returned`](super::returned). The
/// caller has held the state against the browser's, and gives back what this browser has started.
pub async fn redeem(
    http: &Outgoing,
    provider: &Provider,
    connection: &Connection,
    started: &Started,
    code: &str,
    iss: Option<&str>,
    now: i64,
) -> Result<Identity, Refusal> {
    is_the_one(provider, connection, iss)?;
    let granted = tokens(http, provider, connection, started, code).await?;
    let written = granted.id_token.ok_or_else(|| Refusal::malformed("the provider gave no ID token; is `openid` among the scopes that it allows?"))?;
    let token = Token::read(&written)?;
    let algorithm = token.algorithm();
    let mut claims = token.check(http, provider, now, || true).await?;
    let end = claims.check_frame(&connection.issuer, &connection.client_id, now)?;
    if claims.text("nonce") != Some(&started.nonce) {
        return Err(Refusal::NonceMismatch);
    }
    let access = granted.access_token.as_deref();
    if let (Some(hash), Some(access)) = (claims.text("at_hash"), access) {
        let whole = digest(algorithm.hash(), access.as_bytes());
        let half = &whole.as_ref()[..whole.as_ref().len() / 2];
        if URL_SAFE_NO_PAD.encode(half) != hash {
            return Err(Refusal::malformed("the access token is not the one that the ID token came with"));
        }
    }
    let subject = known_by("`sub`", claims.needed("sub")?.to_owned())?;
    let session = claims.text("sid").map(|sid| known_by("`sid`", sid.to_owned())).transpose()?;
    if claims.text("email").is_none()
        && let (Some(endpoint), Some(access)) = (&provider.userinfo_endpoint, access)
    {
        claims.complete_by(userinfo(http, endpoint, access, &subject).await?);
    }
    Ok(Identity {
        email: claims.text("email").map(str::to_owned),
        email_verified: claims.truth("email_verified"),
        name: claims.text("name").map(str::to_owned).or_else(|| parts_of_name(&claims)),
        claims: claims.flat(),
        session,
        message: started.nonce.clone(),
        // some providers let tokens last for weeks; whoever has begun comes back within minutes, and once
        message_ends: end.min(now.saturating_add(FURTHEST)).saturating_add(SKEW),
        subject,
    })
}

/// That the browser comes from the provider that it was sent to, and not from another connection's (RFC 9207).
fn is_the_one(provider: &Provider, connection: &Connection, iss: Option<&str>) -> Result<(), Refusal> {
    let wrong = |found: &str| Refusal::WrongIssuer { expected: connection.issuer.clone(), found: found.to_owned() };
    if provider.issuer != connection.issuer {
        return Err(wrong(&provider.issuer));
    }
    match iss {
        Some(found) if found != connection.issuer => Err(wrong(found)),
        None if provider.names_itself => Err(wrong("nobody (the provider says that it names itself)")),
        _ => Ok(()),
    }
}

async fn tokens(http: &Outgoing, provider: &Provider, connection: &Connection, started: &Started, code: &str) -> Result<Granted, Refusal> {
    let form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &connection.redirect), ("code_verifier", &started.verifier)];
    let Some(secret) = &connection.client_secret else {
        let form = [form, vec![("client_id", &connection.client_id)]].concat();
        return granted(&http.post_form(&provider.token_endpoint, Credentials::None, &form).await?);
    };
    let mut refused = None;
    if provider.secret_by_basic || !provider.secret_by_post {
        let basic = Credentials::Basic { name: &connection.client_id, password: secret };
        match granted(&http.post_form(&provider.token_endpoint, basic, &form).await?) {
            Err(error @ Refusal::ClientRefused { .. }) if provider.secret_by_post => refused = Some(error),
            other => return other,
        }
    }
    // some know a client by the other way only
    let form = [form, vec![("client_id", &connection.client_id), ("client_secret", secret)]].concat();
    let second = granted(&http.post_form(&provider.token_endpoint, Credentials::None, &form).await?);
    second.map_err(|error| refused.filter(|_| matches!(error, Refusal::ClientRefused { .. })).unwrap_or(error))
}

fn granted(answer: &Answer) -> Result<Granted, Refusal> {
    if (400..500).contains(&answer.status)
        && let Ok(Failed { error, error_description }) = serde_json::from_str(&answer.text)
    {
        let why = error_description.map_or_else(|| error.clone(), |said| format!("{error}, {said}"));
        return Err(match error.as_str() {
            "invalid_grant" => Refusal::CodeRefused { why },
            "invalid_client" | "unauthorized_client" => Refusal::ClientRefused { why },
            _ => Refusal::ProviderRefused { why },
        });
    }
    json(answer, "the tokens")
}

/// What more the provider tells, of the same person (Core, 5.3.2).
async fn userinfo(http: &Outgoing, endpoint: &str, access: &str, subject: &str) -> Result<Claims, Refusal> {
    let answer = http.get_text(endpoint, Credentials::Bearer(access)).await?;
    if answer.status >= 400 {
        return Err(Refusal::ProviderDown { why: format!("asked for the email address (userinfo), it answers with status {}", answer.status) });
    }
    let claims = Claims::read(answer.text.as_bytes())?;
    let found = claims.text("sub").unwrap_or_default();
    if found != subject {
        return Err(Refusal::OtherSubject { token: subject.to_owned(), userinfo: found.to_owned() });
    }
    Ok(claims)
}

fn parts_of_name(claims: &Claims) -> Option<String> {
    let parts: Vec<&str> = ["given_name", "family_name"].iter().filter_map(|name| claims.text(name)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
