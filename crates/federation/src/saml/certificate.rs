//! X.509 certificates, which SAML takes for nothing but a wrapping of keys: what counts is that somebody who may has entered them here.

use crate::Refusal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use std::fmt::Write as _;

const MOST_BYTES: usize = 16 * 1_024;
const LEAST_RSA_BITS: usize = 2_048;

/// A certificate as people copy it, PEM or bare Base64, in DER. Its key must be one that we can check signatures with.
pub fn certificate(pem_or_base64: &str) -> Result<Vec<u8>, Refusal> {
    let text = pem_or_base64.trim();
    if text.contains("PRIVATE KEY") {
        return Err(Refusal::malformed("it holds a private key, which nobody else should have; enter the certificate (BEGIN CERTIFICATE)"));
    }
    let body = match text.split_once("-----BEGIN CERTIFICATE-----") {
        Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----").ok_or_else(|| Refusal::malformed("the certificate breaks off; copy all of it"))?.0,
        None if text.contains("-----BEGIN") => return Err(Refusal::malformed("that is no certificate; enter what stands under BEGIN CERTIFICATE")),
        None => text,
    };
    let der = base64(body).filter(|der| der.len() <= MOST_BYTES);
    let der = der.ok_or_else(|| Refusal::malformed("the certificate is not Base64; copy it as the provider shows it, with its first and last line"))?;
    PublicKey::of(&der)?;
    Ok(der)
}

/// The SHA-256 of a certificate, as providers show it: `AB:CD:…`.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest(&SHA256, der).as_ref() {
        let _ = write!(text, "{}{byte:02X}", if text.is_empty() { "" } else { ":" });
    }
    text
}

/// Base64 in lines, as XML and PEM have it.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let joined: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(joined).ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    P256,
    P384,
}

/// A key as `ring` takes it.
pub(super) struct PublicKey<'a> {
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// `[0]`, which a certificate's version stands under.
const VERSION: u8 = 0xa0;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];

impl<'a> PublicKey<'a> {
    pub(super) fn of(der: &'a [u8]) -> Result<Self, Refusal> {
        let Described(algorithm, curve, bytes) = subject_key(der).ok_or_else(|| Refusal::malformed("that is no X.509 certificate"))?;
        let kind = match (algorithm, curve) {
            (RSA, _) => Kind::Rsa,
            (ELLIPTIC, Some(P256)) => Kind::P256,
            (ELLIPTIC, Some(P384)) => Kind::P384,
            _ => return Err(Refusal::malformed("the certificate's key is neither RSA nor on the curves P-256 or P-384; choose one of these at the provider")),
        };
        if kind == Kind::Rsa {
            let bits = modulus_bits(bytes).ok_or_else(|| Refusal::malformed("the certificate's RSA key is damaged"))?;
            if bits < LEAST_RSA_BITS {
                return Err(Refusal::WeakAlgorithm { found: format!("an RSA key of {bits} bits") });
            }
        }
        Ok(Self { kind, bytes })
    }
}

/// A key as a certificate describes it: the algorithm, the curve if it has one, the key itself.
struct Described<'a>(&'a [u8], Option<&'a [u8]>, &'a [u8]);

/// RFC 5280, 4.1.
fn subject_key(der: &[u8]) -> Option<Described<'_>> {
    let mut certificate = Der(Der(der).take(SEQUENCE)?);
    let mut signed = Der(certificate.take(SEQUENCE)?);
    if signed.0.first() == Some(&VERSION) {
        signed.take(VERSION)?;
    }
    signed.take(INTEGER)?;
    // the signature's algorithm, the issuer, the validity, the subject
    for _ in 0..4 {
        signed.take(SEQUENCE)?;
    }
    let mut key = Der(signed.take(SEQUENCE)?);
    let mut algorithm = Der(key.take(SEQUENCE)?);
    let identifier = algorithm.take(OBJECT_IDENTIFIER)?;
    let curve = algorithm.take(OBJECT_IDENTIFIER);
    let (unused, bytes) = key.take(BIT_STRING)?.split_first()?;
    (*unused == 0).then_some(Described(identifier, curve, bytes))
}

fn modulus_bits(key: &[u8]) -> Option<usize> {
    let modulus = Der(Der(key).take(SEQUENCE)?).take(INTEGER)?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.get(zeros)?;
    Some((modulus.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// What is left to read of some DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The contents of the next value, which has this tag; it stays where it is otherwise.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if length > 0x7f {
            let (bytes, after) = rest.split_at_checked(length - 0x80)?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            length = bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte));
            rest = after;
        }
        let (contents, rest) = rest.split_at_checked(length)?;
        if *found != tag {
            return None;
        }
        self.0 = rest;
        Some(contents)
    }
}
