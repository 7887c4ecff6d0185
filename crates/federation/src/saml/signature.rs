//! Signatures that an element holds about itself (XML Signature, as SAML profiles it in Core 5.4).
//!
//! What a signature holds for is given back as a [`Signed`]: the very text that was hashed, and nothing around it. Whoever reads a message
//! reads that text, so that an element which stands elsewhere, twice, or half inside was never there. One form alone is accepted: one
//! reference, to the element that the signature stands in; the enveloped and the exclusive canonical transform; SHA-2. Keys come from the
//! connection; what stands in `KeyInfo` is never believed.

use super::{
    canonical::canonical,
    certificate::{Kind, PublicKey, base64, fingerprint},
    xml::{attribute, child, is, needed, text},
};
use crate::Refusal;
use ring::{
    digest::{self, SHA256, SHA384, SHA512, digest},
    signature as with,
};
use roxmltree::Node;
use std::collections::BTreeSet;

pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// How many prefixes a canonical transform may be told to include: each is looked for at each element.
const MOST_PREFIXES: usize = 32;
/// How many nodes `SignedInfo` may have; the form that is accepted has some twenty.
const MOST_INFO: usize = 200;

/// A text that one of the provider's keys has signed.
pub(super) struct Signed(String);

impl Signed {
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Checks the signature that stands in an element, about that element.
pub(super) fn verify(signature: Node<'_, '_>, certificates: &[Vec<u8>]) -> Result<Signed, Refusal> {
    let element = signature.parent_element().ok_or_else(|| Refusal::malformed("the signature stands alone"))?;
    if signature.children().any(|part| part.is_element() && !["SignedInfo", "SignatureValue", "KeyInfo"].iter().any(|name| is(part, DS, name))) {
        return Err(Refusal::malformed("the signature holds more than a signature"));
    }
    let info = needed(signature, DS, "SignedInfo")?;
    let method = method(algorithm(needed(info, DS, "SignatureMethod")?)?)?;
    let canonical_method = needed(info, DS, "CanonicalizationMethod")?;
    if algorithm(canonical_method)? != EXCLUSIVE {
        return Err(unusual("it is canonicalised in another way than the exclusive one"));
    }
    let reference = needed(info, DS, "Reference")?;
    if attribute(reference, "URI")?.strip_prefix('#') != Some(attribute(element, "ID")?) {
        return Err(unusual("it is not about the element that it stands in"));
    }
    let inclusive = transforms(reference)?;
    let hash = hash(algorithm(needed(reference, DS, "DigestMethod")?)?)?;
    let expected = base64(&text(needed(reference, DS, "DigestValue")?)).ok_or(Refusal::BadSignature)?;
    // The small part first: what nobody known has signed costs no reading of the large one.
    if info.descendants().nth(MOST_INFO).is_some() {
        return Err(unusual("it holds more than one reference needs"));
    }
    let signed_info = canonical(info, None, &prefixes(canonical_method)?);
    let value = base64(&text(needed(signature, DS, "SignatureValue")?)).ok_or(Refusal::BadSignature)?;
    if !method.holds(signed_info.as_bytes(), &value, certificates) {
        return Err(stranger(signature, certificates).unwrap_or(Refusal::BadSignature));
    }
    let signed = canonical(element, Some(signature.id()), &inclusive);
    if digest(hash, signed.as_bytes()).as_ref() != expected {
        return Err(Refusal::BadSignature);
    }
    Ok(Signed(signed))
}

/// A signature algorithm and the kind of key that it takes.
pub(super) struct Method(Kind, &'static dyn with::VerificationAlgorithm);

impl Method {
    /// Whether one of the certificates' keys has signed it.
    pub(super) fn holds(&self, message: &[u8], signature: &[u8], certificates: &[Vec<u8>]) -> bool {
        let keys = certificates.iter().filter_map(|der| PublicKey::of(der).ok()).filter(|key| key.kind == self.0);
        keys.into_iter().any(|key| with::UnparsedPublicKey::new(self.1, key.bytes).verify(message, signature).is_ok())
    }
}

/// What a signature's algorithm is; for a signature in XML and one beside it alike.
pub(super) fn method(uri: &str) -> Result<Method, Refusal> {
    match uri {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Ok(Method(Kind::Rsa, &with::RSA_PKCS1_2048_8192_SHA256)),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Ok(Method(Kind::Rsa, &with::RSA_PKCS1_2048_8192_SHA384)),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Ok(Method(Kind::Rsa, &with::RSA_PKCS1_2048_8192_SHA512)),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => Ok(Method(Kind::Rsa, &with::RSA_PSS_2048_8192_SHA256)),
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => Ok(Method(Kind::Rsa, &with::RSA_PSS_2048_8192_SHA384)),
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => Ok(Method(Kind::Rsa, &with::RSA_PSS_2048_8192_SHA512)),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Ok(Method(Kind::P256, &with::ECDSA_P256_SHA256_FIXED)),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Ok(Method(Kind::P384, &with::ECDSA_P384_SHA384_FIXED)),
        _ => Err(weak(uri)),
    }
}

fn hash(uri: &str) -> Result<&'static digest::Algorithm, Refusal> {
    match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(&SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(&SHA384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(&SHA512),
        _ => Err(weak(uri)),
    }
}

/// The two transforms, and the prefixes that the second includes.
fn transforms<'a>(reference: Node<'a, '_>) -> Result<Vec<&'a str>, Refusal> {
    let list = needed(reference, DS, "Transforms")?;
    let steps: Vec<_> = list.children().filter(Node::is_element).collect();
    let [enveloped, exclusive] = steps[..] else {
        return Err(unusual("it is made by other transforms than the enveloped and the exclusive canonical one"));
    };
    let fits =
        [(enveloped, ENVELOPED), (exclusive, EXCLUSIVE)].iter().all(|(step, uri)| is(*step, DS, "Transform") && step.attribute("Algorithm") == Some(uri));
    if !fits || enveloped.children().any(|inside| inside.is_element()) {
        return Err(unusual("it is made by other transforms than the enveloped and the exclusive canonical one"));
    }
    prefixes(exclusive)
}

fn prefixes<'a>(step: Node<'a, '_>) -> Result<Vec<&'a str>, Refusal> {
    let list = child(step, EXCLUSIVE, "InclusiveNamespaces")?;
    let list = list.and_then(|list| list.attribute("PrefixList")).unwrap_or_default();
    if list.split_ascii_whitespace().nth(MOST_PREFIXES).is_some() {
        return Err(unusual("its list of prefixes is too long"));
    }
    let once: BTreeSet<&str> = list.split_ascii_whitespace().collect();
    Ok(once.into_iter().collect())
}

fn algorithm<'a>(node: Node<'a, '_>) -> Result<&'a str, Refusal> {
    attribute(node, "Algorithm")
}

fn weak(uri: &str) -> Refusal {
    let sha1 = uri.ends_with("sha1");
    Refusal::WeakAlgorithm { found: if sha1 { "SHA-1".to_owned() } else { format!("the algorithm `{uri}`") } }
}

fn unusual(why: &str) -> Refusal {
    Refusal::malformed(format!("its signature is of a form that is not accepted: {why}"))
}

/// Tells a certificate that the message brings and the connection doesn't have: most likely a renewed one. Nothing but the reason rests on it.
fn stranger(signature: Node<'_, '_>, certificates: &[Vec<u8>]) -> Option<Refusal> {
    let brought = signature.descendants().find(|node| is(*node, DS, "X509Certificate"))?;
    let der = base64(&text(brought)).filter(|der| !certificates.contains(der))?;
    Some(Refusal::UnknownKey { key: format!("certificate with the SHA-256 fingerprint {}", fingerprint(&der)) })
}
