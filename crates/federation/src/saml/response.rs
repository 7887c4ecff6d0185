//! Judges an answer that a browser has posted (Profiles 4.1.4): who sent it, for whom, to which request, and what of it is signed.

use super::{
    IdentityProvider, ServiceProvider, assertion,
    certificate::base64,
    names::{ASSERTION, FORMAT_ENTITY, PROTOCOL, SUCCESS},
    signature::{DS, Signed, verify},
    xml::{MOST_MESSAGE, child, is, needed, parse_message, plain_text, text},
};
use crate::{Identity, Refusal};
use roxmltree::Node;

/// What the caller knows of the sign-in that an answer belongs to.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'a> {
    /// This browser has begun one, by the request of that ID.
    Answer { request: &'a str },
    /// None was begun, and the connection lets the provider begin.
    Unsolicited,
}

/// Believes an answer, or says why not. The caller must refuse an [`Identity::message`] that it has seen before.
pub fn accept(sp: &ServiceProvider, idp: &IdentityProvider, saml_response_base64: &str, expected: Expected<'_>, now: i64) -> Result<Identity, Refusal> {
    let xml = from_form(saml_response_base64)?;
    let document = parse_message(&xml)?;
    let response = document.root_element();
    if !is(response, PROTOCOL, "Response") {
        return Err(Refusal::malformed("it is no SAML response"));
    }
    // None of this may be signed. It can refuse an answer, and make none good.
    check_heading(response, idp, &sp.acs)?;
    answers(response, expected)?;
    succeeded(response)?;
    let assertion = only_assertion(response)?;
    signatures_stand_right(response, assertion)?;
    let signed = signed_part(response, assertion, &idp.certificates)?;
    // From here on only what is signed is read.
    let document = parse_message(signed.text())?;
    let root = document.root_element();
    let assertion = if is(root, ASSERTION, "Assertion") { root } else { only_assertion(root)? };
    assertion::identity(assertion, sp, idp, expected, now)
}

/// What a form carries.
pub(super) fn from_form(base64_text: &str) -> Result<String, Refusal> {
    if base64_text.len() > MOST_MESSAGE {
        return Err(Refusal::TooLong);
    }
    let bytes = base64(base64_text).ok_or_else(|| Refusal::malformed("it is not Base64"))?;
    String::from_utf8(bytes).map_err(|_| Refusal::malformed("it is not UTF-8"))
}

/// What each message of a provider begins with; `to` is our address that it came to.
pub(super) fn check_heading(message: Node<'_, '_>, idp: &IdentityProvider, to: &str) -> Result<(), Refusal> {
    if message.attribute("Version") != Some("2.0") {
        return Err(Refusal::malformed("it is not of SAML 2.0"));
    }
    if let Some(destination) = message.attribute("Destination").filter(|destination| *destination != to) {
        return Err(Refusal::WrongRecipient { expected: to.to_owned(), found: destination.to_owned() });
    }
    child(message, ASSERTION, "Issuer")?.map_or(Ok(()), |issuer| is_from(issuer, idp))
}

pub(super) fn is_from(issuer: Node<'_, '_>, idp: &IdentityProvider) -> Result<(), Refusal> {
    let found = plain_text(issuer)?;
    let right = found == idp.entity_id && issuer.attribute("Format").is_none_or(|format| format == FORMAT_ENTITY);
    if right { Ok(()) } else { Err(Refusal::WrongIssuer { expected: idp.entity_id.clone(), found }) }
}

/// The response's own word about the request; the assertion's is checked with the assertion.
fn answers(response: Node<'_, '_>, expected: Expected<'_>) -> Result<(), Refusal> {
    match (response.attribute("InResponseTo"), expected) {
        (None, _) => Ok(()),
        (Some(found), Expected::Answer { request }) if found == request => Ok(()),
        (Some(_), _) => Err(Refusal::WrongRequest),
    }
}

/// That the provider has signed somebody in, or why not (Core 3.2.2.2).
fn succeeded(response: Node<'_, '_>) -> Result<(), Refusal> {
    let status = needed(response, PROTOCOL, "Status")?;
    let code = needed(status, PROTOCOL, "StatusCode")?;
    if code.attribute("Value") == Some(SUCCESS) {
        return Ok(());
    }
    let name = |code: Node<'_, '_>| code.attribute("Value").unwrap_or("no status").rsplit(':').next().unwrap_or_default().to_owned();
    let (first, second) = (name(code), child(code, PROTOCOL, "StatusCode")?.map(name));
    if [Some("AuthnFailed"), Some("RequestDenied")].contains(&second.as_deref()) {
        return Err(Refusal::Cancelled);
    }
    let said = child(status, PROTOCOL, "StatusMessage")?.map(text);
    Err(Refusal::ProviderRefused { why: [Some(first), second, said].into_iter().flatten().collect::<Vec<_>>().join(", ") })
}

/// The assertion, of which there may be no second one anywhere.
fn only_assertion<'a, 'i>(response: Node<'a, 'i>) -> Result<Node<'a, 'i>, Refusal> {
    let kinds = ["EncryptedAssertion", "EncryptedID", "EncryptedAttribute"];
    if response.descendants().any(|node| kinds.iter().any(|kind| is(node, ASSERTION, kind))) {
        return Err(Refusal::Encrypted);
    }
    let mut all = response.descendants().filter(|node| is(*node, ASSERTION, "Assertion"));
    match (all.next(), all.next()) {
        (Some(only), None) if only.parent_element() == Some(response) => Ok(only),
        (Some(_), None) => Err(Refusal::malformed("its assertion stands in an unusual place, as in a forgery")),
        (Some(_), Some(_)) => Err(Refusal::malformed("it holds several assertions, as a forgery does")),
        (None, _) => Err(Refusal::malformed("it holds no assertion")),
    }
}

/// Signatures stand in the response or in the assertion, nowhere else.
fn signatures_stand_right(response: Node<'_, '_>, assertion: Node<'_, '_>) -> Result<(), Refusal> {
    let right = |node: &Node<'_, '_>| node.parent_element().is_some_and(|parent| parent == response || parent == assertion);
    let mut all = response.descendants().filter(|node| is(*node, DS, "Signature"));
    if all.all(|signature| right(&signature)) { Ok(()) } else { Err(Refusal::malformed("a signature stands in an unusual place, as in a forgery")) }
}

/// Checks every signature there is, and gives the widest part that one holds for.
fn signed_part(response: Node<'_, '_>, assertion: Node<'_, '_>, certificates: &[Vec<u8>]) -> Result<Signed, Refusal> {
    let verified = |node| child(node, DS, "Signature")?.map(|signature| verify(signature, certificates)).transpose();
    let whole = verified(response)?;
    let part = verified(assertion)?;
    whole.or(part).ok_or(Refusal::Unsigned)
}
