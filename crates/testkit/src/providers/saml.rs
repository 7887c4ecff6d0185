//! A SAML provider that signs whatever a test wants said. Messages are written in canonical form by hand, so that none has to be made to sign.

use super::keys::{IDP, Key, der, sign};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::time::{Span, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

pub const ISSUER: &str = "https://idp.test/metadata";

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// An answer, of which each part can be made wrong.
#[derive(Clone, Debug)]
pub struct Answer {
    pub now: Timestamp,
    pub acs: String,
    pub audience: String,
    /// The request that it answers, if any.
    pub request: Option<String>,
    pub id: String,
    pub subject: String,
    pub attributes: Vec<(String, String)>,
    pub key: Key,
}

fn time(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{}Z", text.split('.').next().unwrap_or_default())
}

impl Answer {
    /// In Base64, as a form carries it.
    pub fn signed(&self) -> String {
        posted(&self.response(&with_signature(&self.assertion(), self.key)))
    }

    /// Signed around the assertion, as some providers do it.
    pub fn signed_whole(&self) -> String {
        posted(&with_signature(&self.response(&self.assertion()), self.key))
    }

    /// Who it is, by nobody's signature yet.
    pub fn assertion(&self) -> String {
        let (answers, now, end) = (self.answers(), time(self.now), time(self.now.plus(Span::minutes(5))));
        let Self { acs, audience, id, subject, .. } = self;
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, value)| format!("<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"))
            .collect();
        format!(
            "<saml:Assertion xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\"><saml:Issuer>{ISSUER}</saml:Issuer>\
             <saml:Subject><saml:NameID>{subject}</saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData{answers} NotOnOrAfter=\"{end}\" Recipient=\"{acs}\"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{end}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"session-1\"></saml:AuthnStatement>\
             <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )
    }

    /// Around anything.
    pub fn response(&self, inside: &str) -> String {
        let (answers, now, acs) = (self.answers(), time(self.now), &self.acs);
        format!(
            "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" Destination=\"{acs}\" ID=\"_response\"{answers} IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"{ASSERTION}\">{ISSUER}</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode></samlp:Status>\
             {inside}</samlp:Response>"
        )
    }

    fn answers(&self) -> String {
        self.request.as_ref().map(|request| format!(" InResponseTo=\"{request}\"")).unwrap_or_default()
    }
}

/// What a form carries.
#[must_use]
pub fn posted(xml: &str) -> String {
    STANDARD.encode(xml)
}

/// The pairs of an address's query.
#[must_use]
pub fn query(url: &str) -> HashMap<String, String> {
    form_urlencoded::parse(url.split_once('?').map_or("", |(_, query)| query).as_bytes()).into_owned().collect()
}

/// The id of the request that a browser carries to the provider.
#[must_use]
pub fn request_id(query: &HashMap<String, String>) -> String {
    let deflated = STANDARD.decode(&query["SAMLRequest"]).expect("a request is Base64");
    let xml = miniz_oxide::inflate::decompress_to_vec(&deflated).expect("a request is deflated");
    let xml = String::from_utf8(xml).expect("a request is text");
    xml.split_once(" ID=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a request has an id").0.to_owned()
}

/// A request to end the sessions of a subject, in Base64.
pub fn logout(now: Timestamp, slo: &str, id: &str, subject: &str, session: Option<&str>) -> String {
    let now = time(now);
    let session = session.map(|session| format!("<samlp:SessionIndex>{session}</samlp:SessionIndex>")).unwrap_or_default();
    let request = format!(
        "<samlp:LogoutRequest xmlns:samlp=\"{PROTOCOL}\" Destination=\"{slo}\" ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\">\
         <saml:Issuer xmlns:saml=\"{ASSERTION}\">{ISSUER}</saml:Issuer><saml:NameID xmlns:saml=\"{ASSERTION}\">{subject}</saml:NameID>{session}</samlp:LogoutRequest>"
    );
    STANDARD.encode(with_signature(&request, IDP))
}

/// The element, which is given in canonical form, with its signature behind its own issuer.
#[must_use]
pub fn with_signature(canonical: &str, key: Key) -> String {
    insert(canonical, &signature(canonical, key))
}

/// Any signature, where an element would have its own.
#[must_use]
pub fn insert(element: &str, signature: &str) -> String {
    element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
}

/// What an element in canonical form says of itself by this key.
#[must_use]
pub fn signature(canonical: &str, key: Key) -> String {
    let id = canonical.split_once(" ID=\"").expect("a message has an id").1.split_once('"').expect("a message has an id").0;
    let hash = STANDARD.encode(Sha256::digest(canonical.as_bytes()));
    let info = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{hash}</ds:DigestValue></ds:Reference>"
    );
    let value = STANDARD.encode(sign(key, format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{info}</ds:SignedInfo>").as_bytes()));
    format!(
        "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{info}</ds:SignedInfo><ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
        STANDARD.encode(der(key.1))
    )
}
