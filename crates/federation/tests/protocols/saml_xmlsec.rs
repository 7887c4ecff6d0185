//! Messages that xmlsec1 has signed (`fixtures/make-signed.sh`), of the shapes that providers give them.

use crate::{
    keys::{CURVE, CURVE384, IDP, RENEWED, der},
    saml_message::{at, idp, judged, noon, sp},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use federation::{
    Identity, Refusal,
    saml::{Expected, accept},
};

macro_rules! signed {
    ($name:literal) => {
        include_str!(concat!("fixtures/signed/", $name, ".xml"))
    };
}

fn judged_by(xml: &str, certificates: &[(&str, &str)]) -> Result<Identity, Refusal> {
    let idp = federation::saml::IdentityProvider { certificates: certificates.iter().map(|key| der(key.1)).collect(), ..idp() };
    accept(&sp(), &idp, &STANDARD.encode(xml), Expected::Answer { request: "_request" }, noon())
}

#[test]
fn each_shape_says_who_it_is() {
    let expected = Identity {
        subject: "ada-0001".into(),
        email: Some("ada@example.com".into()),
        email_verified: None,
        name: Some("Ada Lovelace & Söhne".into()),
        claims: vec![
            ("email".into(), vec!["ada@example.com".into()]),
            ("displayName".into(), vec!["Ada Lovelace & Söhne".into()]),
            ("groups".into(), vec!["analysts".into(), "admins".into()]),
        ],
        session: Some("_session".into()),
        message: "_assertion".into(),
        message_ends: at("2026-11-28T12:06:00Z"),
    };
    for (shape, xml) in [
        ("response", signed!("response")),
        ("assertion", signed!("assertion")),
        ("both", signed!("both")),
        ("sha384", signed!("sha384")),
        ("sha512", signed!("sha512")),
    ] {
        assert_eq!(judged(xml).as_ref(), Ok(&expected), "{shape}");
    }
    assert_eq!(judged_by(signed!("curve"), &[CURVE]).as_ref(), Ok(&expected));
    assert_eq!(judged_by(signed!("curve384"), &[CURVE384]).as_ref(), Ok(&expected));
}

#[test]
fn one_of_several_certificates_is_enough() {
    assert!(judged_by(signed!("response"), &[RENEWED, CURVE, IDP]).is_ok());
    assert!(matches!(judged_by(signed!("response"), &[RENEWED, CURVE]), Err(Refusal::UnknownKey { .. })));
    assert!(matches!(judged_by(signed!("response"), &[]), Err(Refusal::UnknownKey { .. })));
}

#[test]
fn sha1_is_refused_in_both_places() {
    for xml in [signed!("sha1"), signed!("sha1-digest")] {
        assert_eq!(judged(xml), Err(Refusal::WeakAlgorithm { found: "SHA-1".into() }));
    }
}

#[test]
fn a_certificate_that_the_message_brings_is_not_believed() {
    let refusal = judged(signed!("alien")).unwrap_err();
    let Refusal::UnknownKey { key } = &refusal else { panic!("{refusal:?}") };
    assert!(key.contains(&federation::saml::fingerprint(&der(crate::keys::ALIEN.1))), "{key}");
}

#[test]
fn without_a_signature_it_says_nothing() {
    assert_eq!(judged(signed!("nothing")), Err(Refusal::Unsigned));
}

#[test]
fn white_space_inside_is_signed_too() {
    let moved = signed!("response").replacen("<Issuer>", " <Issuer>", 1);
    assert_eq!(judged(&moved), Err(Refusal::BadSignature));
}
