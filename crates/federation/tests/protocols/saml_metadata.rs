//! Metadata in both directions, certificates as people copy them, and the request that begins a sign-in.

use crate::{
    keys::{ALIEN, CURVE, IDP, RENEWED, SHORT, der},
    saml_message::{idp, noon, sp},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use federation::{
    Refusal,
    saml::{IdentityProvider, certificate, metadata, read_metadata, request},
};

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().join("\n")
}

fn written(inside: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><!-- by hand --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.com/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{inside}</md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}

fn key(purpose: &str, pem: &str) -> String {
    format!(
        r"<md:KeyDescriptor{purpose}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
        body(pem)
    )
}

fn service(name: &str, binding: &str, to: &str) -> String {
    format!(r#"<md:{name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="{to}"/>"#)
}

fn sso() -> String {
    service("SingleSignOnService", "HTTP-POST", "https://idp.example.com/post")
        + &service("SingleSignOnService", "HTTP-Redirect", "https://idp.example.com/sso")
}

#[test]
fn a_providers_metadata_is_read() {
    let keys = [key(r#" use="signing""#, IDP.1), key("", RENEWED.1), key("", IDP.1), key(r#" use="encryption""#, ALIEN.1)].concat();
    let slo = service("SingleLogoutService", "HTTP-Redirect", "https://idp.example.com/slo");
    let read = read_metadata(&written(&[keys, slo, sso()].concat())).unwrap();
    assert_eq!(read, IdentityProvider { certificates: vec![der(IDP.1), der(RENEWED.1)], ..idp() });
    assert_eq!(read_metadata(&written(&[key("", CURVE.1), sso()].concat())).unwrap().slo, None);
}

#[test]
fn other_metadata_is_refused_with_the_reason() {
    let refused = |xml: &str, word: &str| {
        let refusal = read_metadata(xml).unwrap_err().to_string();
        assert!(refusal.contains(word), "{refusal}");
    };
    refused("<html/>", "no SAML metadata");
    refused(&metadata(&sp()), "describes no identity provider");
    refused(&written(&sso()), "no certificate");
    refused(&written(&key("", IDP.1)), "by redirect");
    refused(&written(&[key("", SHORT.1), sso()].concat()), "1024 bits");
    refused(&written(&[key("", IDP.1), service("SingleSignOnService", "HTTP-Redirect", "javascript:alert(1)")].concat()), "https://");
    let one = written(&[key("", IDP.1), sso()].concat());
    let part = one.split_once("--><").map(|(_, part)| format!("<{part}")).unwrap();
    let both = format!(r#"<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{part}{part}</md:EntitiesDescriptor>"#);
    refused(&both, "several identity providers");
    assert_eq!(read_metadata(&one.replace("<!-- by hand -->", "<!DOCTYPE x>")), Err(Refusal::Dtd));
    assert_eq!(read_metadata(&" ".repeat(2_000_000)), Err(Refusal::TooLong));
}

#[test]
fn certificates_are_read_as_people_copy_them() {
    let expected = der(IDP.1);
    for text in [IDP.1.to_owned(), body(IDP.1), body(IDP.1).replace('\n', ""), format!("subject=CN=x\n{}\n", IDP.1), IDP.1.replace('\n', "\r\n")] {
        assert_eq!(certificate(&text).as_ref(), Ok(&expected), "{text}");
    }
    for (text, word) in [
        (IDP.0, "private key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no certificate"),
        (&IDP.1[..400], "breaks off"),
        ("hello!", "not Base64"),
        ("aGVsbG8=", "no X.509 certificate"),
        ("", "no X.509 certificate"),
    ] {
        let refusal = certificate(text).unwrap_err().to_string();
        assert!(refusal.contains(word), "{refusal}");
    }
}

#[test]
fn a_damaged_certificate_does_no_harm() {
    let whole = der(CURVE.1);
    for end in 0..whole.len() {
        assert!(certificate(&STANDARD.encode(&whole[..end])).is_err(), "{end}");
    }
    for place in 0..whole.len() {
        for byte in [0x00, 0x30, 0x80, 0x84, 0xff] {
            let mut damaged = whole.clone();
            damaged[place] = byte;
            // what is damaged behind the key may pass, and the key then signs what it signs
            let _ = certificate(&STANDARD.encode(&damaged));
        }
    }
}

#[test]
fn a_provider_is_kept_as_json() {
    let json = serde_json::to_string(&idp()).unwrap();
    assert!(json.contains(&STANDARD.encode(der(IDP.1))));
    assert_eq!(serde_json::from_str::<IdentityProvider>(&json).unwrap(), idp());
}

#[test]
fn our_metadata_names_our_addresses() {
    let xml = metadata(&federation::saml::ServiceProvider { acs: "https://a.org/?a=1&b=\"2\"".into(), ..sp() });
    let document = roxmltree::Document::parse(&xml).unwrap();
    let service = document.descendants().find(|node| node.has_tag_name(("urn:oasis:names:tc:SAML:2.0:metadata", "AssertionConsumerService"))).unwrap();
    assert_eq!(service.attribute("Location"), Some("https://a.org/?a=1&b=\"2\""));
    assert_eq!(document.root_element().attribute("entityID"), Some(sp().entity_id.as_str()));
}

#[test]
fn the_request_says_where_to_answer() {
    let url = request(&sp(), &idp(), "_r1", noon(), "to/here?a=b&c");
    let (to, query) = url.split_once('?').unwrap();
    assert_eq!(to, "https://idp.example.com/sso");
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(pairs[1], ("RelayState".into(), "to/here?a=b&c".into()));
    let xml = String::from_utf8(miniz_oxide::inflate::decompress_to_vec(&STANDARD.decode(&pairs[0].1).unwrap()).unwrap()).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let root = document.root_element();
    let attributes = ["ID", "Version", "IssueInstant", "Destination", "AssertionConsumerServiceURL"].map(|name| root.attribute(name).unwrap());
    assert_eq!(attributes, ["_r1", "2.0", "2026-11-28T12:00:30Z", "https://idp.example.com/sso", sp().acs.as_str()]);
    let query_kept = request(&sp(), &IdentityProvider { sso: "https://idp.example.com/sso?tenant=1".into(), ..idp() }, "_r1", noon(), "");
    assert!(query_kept.starts_with("https://idp.example.com/sso?tenant=1&SAMLRequest=") && !query_kept.contains("RelayState"), "{query_kept}");
}
