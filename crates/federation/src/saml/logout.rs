//! Single logout (Profiles 4.4): the provider ends a session, or we ask it to.
//!
//! A provider's request must be signed. Its answer to ours changes nothing here, and need not be.

use super::{
    IdentityProvider, ServiceProvider,
    assertion::lasts,
    names::{ASSERTION, PROTOCOL, SUCCESS},
    redirect::{Query, address, heading},
    response::{check_heading, from_form, is_from, succeeded},
    signature::{DS, verify},
    xml::{attribute, child, children, escaped, is, needed, parse_message, plain_text},
};
use crate::{
    Refusal,
    instant::{self, SECOND},
};
use roxmltree::Node;

/// How old a request may be that names no end.
const PATIENCE: i64 = 300 * SECOND;

/// How a logout message came.
#[derive(Clone, Copy, Debug)]
pub enum Carried<'a> {
    /// In an address; the query exactly as it was received, since that is what is signed.
    Redirect { query: &'a str },
    /// In a form: the field `SAMLRequest` or `SAMLResponse`, and `RelayState`.
    Post { message: &'a str, relay_state: Option<&'a str> },
}

/// Whom the provider has signed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedOut {
    pub subject: String,
    /// The sessions that end; all of the subject's where none is named.
    pub sessions: Vec<String>,
    /// The request's ID: what is answered, and must not be accepted twice.
    pub request: String,
    /// Until when that must be remembered, in microseconds since 1970.
    pub request_ends: i64,
    /// To give back with the answer.
    pub relay_state: Option<String>,
}

/// Believes a provider's request to end sessions, or says why not.
pub fn accept_logout(sp: &ServiceProvider, idp: &IdentityProvider, carried: Carried<'_>, now: i64) -> Result<LoggedOut, Refusal> {
    match carried {
        Carried::Redirect { query } => {
            let query = Query::read(query, "SAMLRequest")?;
            query.verify(&idp.certificates)?;
            asked(parse_message(&query.xml()?)?.root_element(), sp, idp, query.relay_state(), now)
        }
        Carried::Post { message, relay_state } => {
            let xml = from_form(message)?;
            let document = parse_message(&xml)?;
            let signature = child(document.root_element(), DS, "Signature")?.ok_or(Refusal::Unsigned)?;
            let signed = verify(signature, &idp.certificates)?;
            asked(parse_message(signed.text())?.root_element(), sp, idp, relay_state.map(str::to_owned), now)
        }
    }
}

/// Reads a request, all of which is signed.
fn asked(request: Node<'_, '_>, sp: &ServiceProvider, idp: &IdentityProvider, relay_state: Option<String>, now: i64) -> Result<LoggedOut, Refusal> {
    if !is(request, PROTOCOL, "LogoutRequest") {
        return Err(Refusal::malformed("it is no SAML logout request"));
    }
    check_heading(request, idp, &sp.slo)?;
    // what is signed says where it goes (Bindings 3.4.5.2, 3.5.5.2): else one that was meant for another's address would do here
    attribute(request, "Destination")?;
    is_from(needed(request, ASSERTION, "Issuer")?, idp)?;
    let issued = instant::read(attribute(request, "IssueInstant")?, "IssueInstant")?;
    instant::since(issued, now)?;
    let end = lasts(request, now)?.unwrap_or(issued.saturating_add(PATIENCE));
    instant::before(end, now)?;
    if child(request, ASSERTION, "EncryptedID")?.is_some() {
        return Err(Refusal::Encrypted);
    }
    Ok(LoggedOut {
        subject: plain_text(needed(request, ASSERTION, "NameID")?)?,
        sessions: children(request, PROTOCOL, "SessionIndex").map(plain_text).collect::<Result<_, _>>()?,
        request: attribute(request, "ID")?.to_owned(),
        request_ends: instant::remembered(end, now)?,
        relay_state,
    })
}

/// The address that tells the provider that it is done; `id` is new. None where the provider has no address for logout.
#[must_use]
pub fn logout_response(sp: &ServiceProvider, idp: &IdentityProvider, id: &str, now: i64, done: &LoggedOut) -> Option<String> {
    let slo = idp.slo.as_deref()?;
    let message = format!(
        r#"<samlp:LogoutResponse xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" {} InResponseTo="{}"><saml:Issuer>{}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status></samlp:LogoutResponse>"#,
        heading(id, now, slo),
        escaped(&done.request),
        escaped(&sp.entity_id),
    );
    Some(address(slo, "SAMLResponse", &message, done.relay_state.as_deref()))
}

/// The address that asks the provider to end the session; `id` comes back. None where the provider has no address for logout.
#[must_use]
pub fn logout_request(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    id: &str,
    now: i64,
    subject: &str,
    session: Option<&str>,
    relay_state: &str,
) -> Option<String> {
    let slo = idp.slo.as_deref()?;
    let session = session.map_or_else(String::new, |session| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escaped(session)));
    let message = format!(
        r#"<samlp:LogoutRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" {} NotOnOrAfter="{}"><saml:Issuer>{}</saml:Issuer><saml:NameID>{}</saml:NameID>{session}</samlp:LogoutRequest>"#,
        heading(id, now, slo),
        instant::write(now.saturating_add(PATIENCE)),
        escaped(&sp.entity_id),
        escaped(subject),
    );
    Some(address(slo, "SAMLRequest", &message, Some(relay_state)))
}

/// Reads the provider's answer to our request: that it has ended the session, or why not. Nothing may rest on it but what is shown.
pub fn accept_logout_response(sp: &ServiceProvider, idp: &IdentityProvider, carried: Carried<'_>, request: &str) -> Result<(), Refusal> {
    let xml = match carried {
        Carried::Redirect { query } => Query::read(query, "SAMLResponse")?.xml()?,
        Carried::Post { message, .. } => from_form(message)?,
    };
    let document = parse_message(&xml)?;
    let response = document.root_element();
    if !is(response, PROTOCOL, "LogoutResponse") {
        return Err(Refusal::malformed("it is no SAML logout response"));
    }
    check_heading(response, idp, &sp.slo)?;
    if response.attribute("InResponseTo") != Some(request) {
        return Err(Refusal::WrongRequest);
    }
    succeeded(response)
}
