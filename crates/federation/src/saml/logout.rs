//! Single logout (Profiles 4.4): the provider ends a session, by a request that must be signed, and is answered. We never ask it to.

use super::{
    IdentityProvider, ServiceProvider,
    assertion::lasts,
    names::{ASSERTION, PROTOCOL, SUCCESS},
    redirect::{Query, address, heading},
    response::{check_heading, from_form, is_from},
    signature::{DS, verify},
    xml::{attribute, child, children, escaped, is, needed, parse_message, plain_text},
};
use crate::{
    Refusal,
    instant::{self, SECOND, SKEW},
};
use roxmltree::Node;

/// How old a request may be that names no end.
const PATIENCE: i64 = 300 * SECOND;

/// How a logout message came.
#[derive(Clone, Copy, Debug)]
pub enum Carried<'a> {
    /// In an address; the query exactly as it was received, since that is what is signed.
    Redirect { query: &'a str },
    /// In a form: the field `SAMLRequest`, and `RelayState`.
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
        request_ends: end.saturating_add(SKEW),
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
