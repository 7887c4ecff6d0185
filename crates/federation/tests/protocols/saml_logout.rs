//! Single logout, by redirect and by form: signed where it ends sessions here.

use crate::{
    keys::{self, ALIEN, IDP},
    saml_message::{at, idp, noon, sp, with_signature},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use federation::{
    Refusal,
    saml::{Carried, LoggedOut, accept_logout, logout_response},
};
use form_urlencoded::byte_serialize;
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec};

const SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

fn asked(change: &dyn Fn(String) -> String) -> String {
    let idp = idp();
    change(format!(
        r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="{}" ID="_logout" IssueInstant="2026-11-28T12:00:00Z" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{}</saml:Issuer><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">ada-0001</saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>"#,
        sp().slo,
        idp.entity_id
    ))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn query(xml: &str, relay_state: &str, algorithm: &str, key: (&str, &str)) -> String {
    let message = encoded(&STANDARD.encode(compress_to_vec(xml.as_bytes(), 6)));
    let relay_state = if relay_state.is_empty() { String::new() } else { format!("&RelayState={}", encoded(relay_state)) };
    let signed = format!("SAMLRequest={message}{relay_state}&SigAlg={}", encoded(algorithm));
    let signature = encoded(&STANDARD.encode(keys::sign(key, signed.as_bytes())));
    format!("{signed}&Signature={signature}")
}

fn by_redirect(query: &str) -> Result<LoggedOut, Refusal> {
    accept_logout(&sp(), &idp(), Carried::Redirect { query }, noon())
}

fn by_post(xml: &str) -> Result<LoggedOut, Refusal> {
    accept_logout(&sp(), &idp(), Carried::Post { message: &STANDARD.encode(xml), relay_state: Some("x") }, noon())
}

fn expected() -> LoggedOut {
    LoggedOut {
        subject: "ada-0001".into(),
        sessions: vec!["_session".into()],
        request: "_logout".into(),
        request_ends: at("2026-11-28T12:06:00Z"),
        relay_state: Some("x".into()),
    }
}

#[test]
fn a_request_that_says_nowhere_where_it_goes_is_refused() {
    let nowhere = |xml: String| xml.replace(&format!(r#" Destination="{}""#, sp().slo), "");
    let xml = asked(&nowhere);
    assert!(!xml.contains("Destination"));
    for judged in [by_redirect(&query(&xml, "x", SHA256, IDP)), by_post(&with_signature(&xml, IDP))] {
        assert!(matches!(&judged, Err(Refusal::Malformed { what }) if what.contains("no `Destination`")), "{judged:?}");
    }
}

#[test]
fn the_provider_ends_a_session() {
    assert_eq!(by_redirect(&query(&asked(&|same| same), "x", SHA256, IDP)), Ok(expected()));
    assert_eq!(by_post(&with_signature(&asked(&|same| same), IDP)), Ok(expected()));
    assert_eq!(by_post(include_str!("fixtures/signed/logout.xml")), Ok(expected()), "signed by xmlsec1");
}

#[test]
fn strangers_end_none() {
    let xml = asked(&|same| same);
    let right = query(&xml, "x", SHA256, IDP);
    assert_eq!(by_redirect(right.split_once("&SigAlg").unwrap().0), Err(Refusal::Unsigned));
    assert_eq!(by_redirect(&query(&xml, "x", SHA256, ALIEN)), Err(Refusal::BadSignature));
    assert_eq!(by_redirect(&right.replace("RelayState=x", "RelayState=y")), Err(Refusal::BadSignature));
    assert_eq!(by_redirect(&right.replace("&RelayState=x", "")), Err(Refusal::BadSignature));
    let other = query(&asked(&|xml| xml.replace("ada-0001", "eve")), "x", SHA256, ALIEN);
    let swapped = format!("{}&{}", other.split_once('&').unwrap().0, right.split_once('&').unwrap().1);
    assert_eq!(by_redirect(&swapped), Err(Refusal::BadSignature));
    let twice = format!("{}&{right}", other.split_once('&').unwrap().0);
    assert!(matches!(by_redirect(&twice), Err(Refusal::Malformed { what }) if what.contains("stands twice")));
    let sha1 = query(&xml, "x", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", IDP);
    assert_eq!(by_redirect(&sha1), Err(Refusal::WeakAlgorithm { found: "SHA-1".into() }));
    assert_eq!(by_post(&xml), Err(Refusal::Unsigned));
    assert!(matches!(by_post(&with_signature(&xml, ALIEN)), Err(Refusal::UnknownKey { .. })));
    assert_eq!(by_post(&with_signature(&xml, IDP).replace("ada-0001", "eve-0001")), Err(Refusal::BadSignature));
}

#[test]
fn it_is_for_us_by_the_provider_and_fresh() {
    let judged = |change: &dyn Fn(String) -> String| {
        let redirect = by_redirect(&query(&asked(change), "x", SHA256, IDP));
        assert_eq!(redirect, by_post(&with_signature(&asked(change), IDP)));
        redirect
    };
    let other = "https://idp.other.example.com";
    assert!(matches!(judged(&|xml| xml.replace(&idp().entity_id, other)), Err(Refusal::WrongIssuer { .. })));
    assert!(matches!(judged(&|xml| xml.replace(&sp().slo, other)), Err(Refusal::WrongRecipient { .. })));
    assert!(matches!(judged(&|xml| xml.replace("12:00:00Z", "11:50:00Z")), Err(Refusal::Expired { .. })));
    assert!(matches!(judged(&|xml| xml.replace("12:00:00Z", "12:05:00Z")), Err(Refusal::NotYetValid { .. })));
    let end = |end: &'static str| move |xml: String| xml.replace(" Version", &format!(" NotOnOrAfter=\"2026-11-28T{end}Z\" Version"));
    assert!(matches!(judged(&end("11:59:00")), Err(Refusal::Expired { .. })));
    assert_eq!(judged(&end("13:00:00")).unwrap().request_ends, at("2026-11-28T13:01:00Z"));
    assert!(matches!(judged(&|xml| xml.replace("LogoutRequest", "ArtifactResolve")), Err(Refusal::Malformed { .. })));
}

#[test]
fn a_message_that_unpacks_without_end_is_cut_off() {
    let bomb = encoded(&STANDARD.encode(compress_to_vec(&vec![b' '; 50_000_000], 6)));
    let signed = format!("SAMLRequest={bomb}&SigAlg={}", encoded(SHA256));
    let query = format!("{signed}&Signature={}", encoded(&STANDARD.encode(keys::sign(IDP, signed.as_bytes()))));
    assert!(matches!(by_redirect(&query), Err(Refusal::Malformed { what }) if what.contains("unpacked")));
}

fn unpacked(url: &str, field: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let value = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == field).unwrap().1.into_owned();
    String::from_utf8(decompress_to_vec(&STANDARD.decode(value).unwrap()).unwrap()).unwrap()
}

#[test]
fn we_answer_by_redirect() {
    let url = logout_response(&sp(), &idp(), "_a1", noon(), &expected()).unwrap();
    assert!(url.starts_with("https://idp.example.com/slo?SAMLResponse=") && url.ends_with("&RelayState=x"), "{url}");
    let xml = unpacked(&url, "SAMLResponse");
    assert!(xml.contains(r#"InResponseTo="_logout""#) && xml.contains(":status:Success"), "{xml}");
    let asked = LoggedOut { request: "_a&b".into(), ..expected() };
    let xml = unpacked(&logout_response(&sp(), &idp(), "_a2", noon(), &asked).unwrap(), "SAMLResponse");
    assert!(xml.contains(r#"InResponseTo="_a&amp;b""#) && xml.contains(r#"ID="_a2""#), "{xml}");
    let without = federation::saml::IdentityProvider { slo: None, ..idp() };
    assert_eq!(logout_response(&sp(), &without, "_a1", noon(), &expected()), None);
}
