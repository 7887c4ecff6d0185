//! Judges an assertion that is signed (Core 2.3 to 2.7, Profiles 4.1.4), and reads who has signed in.

use super::{
    Expected, IdentityProvider, ServiceProvider,
    names::{ASSERTION, BEARER, FORMAT_EMAIL, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED},
    response::is_from,
    xml::{attribute, children, is, needed, plain_text, text},
};
use crate::{Identity, Refusal, instant, known_by};
use roxmltree::Node;

/// An attribute: its name, its friendly name, its values.
type Attribute<'a> = (&'a str, Option<&'a str>, Vec<String>);

/// Names under which providers give the email address, in order.
const EMAILS: [&str; 6] =
    ["email", "mail", "emailaddress", "user.email", "urn:oid:0.9.2342.19200300.100.1.3", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"];
/// And a person's whole name. Entra's `…/claims/name` is no name but an address, and comes last.
const NAMES: [&str; 6] = [
    "displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "cn",
    "name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
];
const FIRST_NAMES: [&str; 5] =
    ["firstname", "givenname", "user.firstname", "urn:oid:2.5.4.42", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"];
const LAST_NAMES: [&str; 6] =
    ["lastname", "surname", "sn", "user.lastname", "urn:oid:2.5.4.4", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"];

pub(super) fn identity(assertion: Node<'_, '_>, sp: &ServiceProvider, idp: &IdentityProvider, expected: Expected<'_>, now: i64) -> Result<Identity, Refusal> {
    if attribute(assertion, "Version")? != "2.0" {
        return Err(Refusal::malformed("its assertion is not of SAML 2.0"));
    }
    is_from(needed(assertion, ASSERTION, "Issuer")?, idp)?;
    let within = conditions(assertion, sp, now)?;
    let subject = needed(assertion, ASSERTION, "Subject")?;
    let confirmed = confirmation(subject, sp, expected, now)?;
    let name_id = needed(subject, ASSERTION, "NameID")?;
    let format = name_id.attribute("Format").unwrap_or(FORMAT_UNSPECIFIED);
    if format == FORMAT_TRANSIENT {
        return Err(Refusal::PassingName);
    }
    let person = known_by("NameID", plain_text(name_id)?)?;
    if person.is_empty() {
        return Err(Refusal::malformed("its NameID is empty"));
    }
    let session = session(assertion, now)?.map(|session| known_by("SessionIndex", session)).transpose()?;
    let attributes = attributes(assertion)?;
    let is_address = format == FORMAT_EMAIL || (format == FORMAT_UNSPECIFIED && person.contains('@'));
    Ok(Identity {
        email: value(&attributes, &EMAILS).or_else(|| is_address.then(|| person.clone())),
        email_verified: None,
        name: whole_name(&attributes),
        claims: attributes.into_iter().map(|(name, _, values)| (name.to_owned(), values)).collect(),
        session,
        message: attribute(assertion, "ID")?.to_owned(),
        message_ends: instant::remembered(within.map_or(confirmed, |end| end.min(confirmed)), now)?,
        subject: person,
    })
}

/// That it is meant for us, now. When it ends, if it says so.
fn conditions(assertion: Node<'_, '_>, sp: &ServiceProvider, now: i64) -> Result<Option<i64>, Refusal> {
    let conditions = needed(assertion, ASSERTION, "Conditions")?;
    let end = lasts(conditions, now)?;
    let mut audiences = 0;
    for condition in conditions.children().filter(Node::is_element) {
        if is(condition, ASSERTION, "AudienceRestriction") {
            audiences += 1;
            let found: Vec<String> = children(condition, ASSERTION, "Audience").map(plain_text).collect::<Result<_, _>>()?;
            if !found.contains(&sp.entity_id) {
                return Err(Refusal::WrongAudience { expected: sp.entity_id.clone(), found: found.join(", ") });
            }
        } else if !is(condition, ASSERTION, "OneTimeUse") && !is(condition, ASSERTION, "ProxyRestriction") {
            // Core 2.5.1: what is not understood makes it worth nothing
            return Err(Refusal::malformed(format!("its condition `{}` is not known here", condition.tag_name().name())));
        }
    }
    if audiences == 0 {
        return Err(Refusal::WrongAudience { expected: sp.entity_id.clone(), found: "nobody in particular".to_owned() });
    }
    Ok(end)
}

/// That it came to the right address, in time, to the right request; until when it may be used. One confirmation that holds is enough.
fn confirmation(subject: Node<'_, '_>, sp: &ServiceProvider, expected: Expected<'_>, now: i64) -> Result<i64, Refusal> {
    let mut refusal = Refusal::malformed("its subject is not confirmed for whoever brings it (bearer)");
    for confirmation in children(subject, ASSERTION, "SubjectConfirmation").filter(|node| node.attribute("Method") == Some(BEARER)) {
        match needed(confirmation, ASSERTION, "SubjectConfirmationData").and_then(|data| bearer(data, sp, expected, now)) {
            Ok(end) => return Ok(end),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn bearer(data: Node<'_, '_>, sp: &ServiceProvider, expected: Expected<'_>, now: i64) -> Result<i64, Refusal> {
    let recipient = attribute(data, "Recipient")?;
    if recipient != sp.acs {
        return Err(Refusal::WrongRecipient { expected: sp.acs.clone(), found: recipient.to_owned() });
    }
    match (data.attribute("InResponseTo"), expected) {
        (Some(found), Expected::Answer { request }) if found == request => {}
        (None, Expected::Unsolicited) => {}
        (None, Expected::Answer { .. }) => return Err(Refusal::Unsolicited),
        (Some(_), _) => return Err(Refusal::WrongRequest),
    }
    lasts(data, now)?.ok_or_else(|| Refusal::malformed("its subject's confirmation has no end (NotOnOrAfter)"))
}

/// Holds `NotBefore` and `NotOnOrAfter` against the clock, and gives the latter.
pub(super) fn lasts(node: Node<'_, '_>, now: i64) -> Result<Option<i64>, Refusal> {
    if let Some(start) = node.attribute("NotBefore") {
        instant::since(instant::read(start, "NotBefore")?, now)?;
    }
    let end = node.attribute("NotOnOrAfter").map(|end| instant::read(end, "NotOnOrAfter")).transpose()?;
    end.map_or(Ok(()), |end| instant::before(end, now))?;
    Ok(end)
}

/// The SessionIndex, if there is one. That somebody was signed in must be said.
fn session(assertion: Node<'_, '_>, now: i64) -> Result<Option<String>, Refusal> {
    let mut statements = children(assertion, ASSERTION, "AuthnStatement");
    let first = statements.next().ok_or_else(|| Refusal::malformed("it does not say that anybody has signed in (AuthnStatement)"))?;
    for statement in std::iter::once(first).chain(statements) {
        if let Some(end) = statement.attribute("SessionNotOnOrAfter") {
            instant::before(instant::read(end, "SessionNotOnOrAfter")?, now)?;
        }
    }
    Ok(first.attribute("SessionIndex").filter(|index| !index.is_empty()).map(str::to_owned))
}

fn attributes<'a>(assertion: Node<'a, '_>) -> Result<Vec<Attribute<'a>>, Refusal> {
    let mut attributes: Vec<Attribute<'a>> = Vec::new();
    for written in children(assertion, ASSERTION, "AttributeStatement").flat_map(|statement| children(statement, ASSERTION, "Attribute")) {
        let name = attribute(written, "Name")?;
        let values = children(written, ASSERTION, "AttributeValue").map(text).collect::<Vec<_>>();
        match attributes.iter_mut().find(|(known, _, _)| *known == name) {
            Some((_, _, known)) => known.extend(values),
            None => attributes.push((name, written.attribute("FriendlyName"), values)),
        }
    }
    Ok(attributes)
}

/// The first value of the first of these names that has one.
fn value(attributes: &[Attribute<'_>], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let called =
            |attribute: &&Attribute<'_>| attribute.0.eq_ignore_ascii_case(name) || attribute.1.is_some_and(|friendly| friendly.eq_ignore_ascii_case(name));
        attributes.iter().find(called).and_then(|(_, _, values)| values.iter().find(|value| !value.is_empty()).cloned())
    })
}

fn whole_name(attributes: &[Attribute<'_>]) -> Option<String> {
    let parts = || {
        let (first, last) = (value(attributes, &FIRST_NAMES), value(attributes, &LAST_NAMES));
        let parts: Vec<String> = [first, last].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    let [display @ .., _, _] = &NAMES;
    value(attributes, display).or_else(parts).or_else(|| value(attributes, &NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&'static str, &str)]) -> Option<String> {
        whole_name(&pairs.iter().map(|(name, value)| (*name, None, vec![(*value).to_owned()])).collect::<Vec<_>>())
    }

    #[test]
    fn a_name_is_found_where_providers_put_it() {
        assert_eq!(named(&[("displayName", "Ada L."), ("firstName", "Ada")]).as_deref(), Some("Ada L."));
        assert_eq!(named(&[("lastName", "Lovelace"), ("firstName", "Ada"), ("name", "ada")]).as_deref(), Some("Ada Lovelace"));
        let entra = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
        assert_eq!(named(&[(&*format!("{entra}name").leak(), "ada@x.org"), (&*format!("{entra}givenname").leak(), "Ada")]).as_deref(), Some("Ada"));
        assert_eq!(named(&[("role", "x")]), None);
    }
}
