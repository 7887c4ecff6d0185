//! Writes SAML messages, right and wrong, and signs them. They are written in canonical form by hand, so that no canonicalisation is needed to sign.

use crate::keys::{self, IDP, der};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::DateTime;
use federation::{
    Identity, Refusal,
    saml::{Expected, IdentityProvider, ServiceProvider, accept},
};
use ring::digest::{SHA256, digest};

pub const EVIL: &str = "evil@example.com";
pub const GOOD: &str = "ada-0001";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

pub fn sp() -> ServiceProvider {
    let at = |end: &str| format!("https://rolecall.example.com/sso/saml/1{end}");
    ServiceProvider { entity_id: at(""), acs: at("/acs"), slo: at("/slo") }
}

pub fn idp() -> IdentityProvider {
    IdentityProvider {
        entity_id: "https://idp.example.com/metadata".into(),
        sso: "https://idp.example.com/sso".into(),
        slo: Some("https://idp.example.com/slo".into()),
        certificates: vec![der(IDP.1)],
    }
}

pub fn at(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).unwrap().timestamp_micros()
}

/// When the messages of these tests come in.
pub fn noon() -> i64 {
    at("2026-11-28T12:00:30Z")
}

/// What the sign-in of these tests says of an answer.
pub fn judged(xml: &str) -> Result<Identity, Refusal> {
    accept(&sp(), &idp(), &STANDARD.encode(xml), Expected::Answer { request: "_request" }, noon())
}

/// An answer, each part of which can be made wrong.
#[derive(Clone)]
pub struct Answer {
    pub issuer: String,
    pub destination: String,
    pub in_response_to: String,
    pub status: String,
    pub assertion: String,
    pub assertion_issuer: String,
    /// With markup.
    pub name_id: String,
    pub confirmation: String,
    pub conditions: String,
    pub rest: String,
}

impl Answer {
    pub fn right() -> Self {
        let sp = sp();
        Self {
            issuer: idp().entity_id,
            destination: format!(r#" Destination="{}""#, sp.acs),
            in_response_to: r#" InResponseTo="_request""#.into(),
            status: r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>"#.into(),
            assertion: "_assertion".into(),
            assertion_issuer: idp().entity_id,
            name_id: format!("<saml:NameID>{GOOD}</saml:NameID>"),
            confirmation: format!(r#" InResponseTo="_request" NotOnOrAfter="2026-11-28T12:05:00Z" Recipient="{}""#, sp.acs),
            conditions: format!(
                r#"<saml:Conditions NotBefore="2026-11-28T11:55:00Z" NotOnOrAfter="2026-11-28T12:05:00Z"><saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
                sp.entity_id
            ),
            rest: r#"<saml:AuthnStatement AuthnInstant="2026-11-28T12:00:00Z" SessionIndex="_session"></saml:AuthnStatement>"#.into(),
        }
    }

    pub fn assertion(&self) -> String {
        let Self { assertion, assertion_issuer, name_id, confirmation, conditions, rest, .. } = self;
        format!(
            r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{assertion}" IssueInstant="2026-11-28T12:00:00Z" Version="2.0"><saml:Issuer>{assertion_issuer}</saml:Issuer><saml:Subject>{name_id}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData{confirmation}></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>{conditions}{rest}</saml:Assertion>"#
        )
    }

    /// Around anything.
    pub fn response(&self, inside: &str) -> String {
        let Self { issuer, destination, in_response_to, status, .. } = self;
        format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"{destination} ID="_response"{in_response_to} IssueInstant="2026-11-28T12:00:00Z" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml:Issuer><samlp:Status>{status}</samlp:Status>{inside}</samlp:Response>"#
        )
    }

    /// As most providers do it: the assertion is signed.
    pub fn signed(&self) -> String {
        self.response(&with_signature(&self.assertion(), IDP))
    }

    /// As the others do it.
    pub fn signed_whole(&self) -> String {
        with_signature(&self.response(&self.assertion()), IDP)
    }
}

/// The signature of an element about itself, which is given in canonical form.
pub fn signature(canonical: &str, key: (&str, &str)) -> String {
    let id = canonical.split_once(r#" ID=""#).unwrap().1.split_once('"').unwrap().0;
    let hash = STANDARD.encode(digest(&SHA256, canonical.as_bytes()));
    let inside = format!(
        r##"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"></ds:Transform><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{hash}</ds:DigestValue></ds:Reference>"##
    );
    over(&inside, key)
}

/// A signature over whatever `SignedInfo` is to hold.
pub fn over(signed_info: &str, key: (&str, &str)) -> String {
    let value = STANDARD.encode(keys::sign(key, format!(r#"<ds:SignedInfo xmlns:ds="{DS}">{signed_info}</ds:SignedInfo>"#).as_bytes()));
    format!(
        r#"<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{signed_info}</ds:SignedInfo><ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"#,
        STANDARD.encode(der(key.1))
    )
}

/// Behind the element's own issuer, where SAML wants it.
pub fn insert(element: &str, signature: &str) -> String {
    element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
}

pub fn with_signature(canonical: &str, key: (&str, &str)) -> String {
    insert(canonical, &signature(canonical, key))
}
