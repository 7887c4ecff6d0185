//! Forgeries of answers that a provider has signed: none makes another person, and most have a name in the literature.
//!
//! XSW 1 to 8 are the signature wrappings of Somorovsky et al., *On Breaking SAML: Be Whoever You Want to Be* (2012).

use crate::{
    keys::{ALIEN, IDP, SHORT},
    saml_message::{Answer, EVIL, GOOD, insert, judged, over, signature, with_signature},
};
use federation::Refusal;

/// Of somebody else, by nobody.
fn evil() -> Answer {
    Answer { assertion: "_evil".into(), name_id: format!("<saml:NameID>{EVIL}</saml:NameID>"), ..Answer::right() }
}

fn refused(attack: &str, xml: &str) -> Refusal {
    match judged(xml) {
        Ok(identity) => panic!("{attack} signs in {}", identity.subject),
        Err(refusal) => refusal,
    }
}

fn is_malformed(attack: &str, xml: &str, word: &str) {
    let refusal = refused(attack, xml);
    assert!(matches!(&refusal, Refusal::Malformed { what } if what.contains(word)), "{attack}: {refusal:?}");
}

#[test]
fn the_signed_answer_is_fine_before_it_is_forged() {
    assert_eq!(judged(&Answer::right().signed()).unwrap().subject, GOOD);
    assert_eq!(judged(&Answer::right().signed_whole()).unwrap().subject, GOOD);
}

#[test]
fn xsw_1_and_2_wrap_the_whole_response() {
    let right = Answer::right();
    let original = right.response(&right.assertion());
    let signature = signature(&original, IDP);
    let forged = evil().response(&evil().assertion()).replace(r#"ID="_response""#, r#"ID="_forged""#);
    let inside = signature.replace("</ds:Signature>", &format!("{original}</ds:Signature>"));
    is_malformed("XSW 1", &insert(&forged, &inside), "several assertions");
    let before = insert(&forged, &format!("{original}{signature}"));
    is_malformed("XSW 2", &before, "several assertions");
}

#[test]
fn xsw_3_to_6_bring_a_second_assertion() {
    let right = Answer::right();
    let (original, signature) = (right.assertion(), signature(&right.assertion(), IDP));
    let signed = insert(&original, &signature);
    is_malformed("XSW 3", &right.response(&format!("{}{signed}", evil().assertion())), "several assertions");
    is_malformed("XSW 3, the other way round", &right.response(&format!("{signed}{}", evil().assertion())), "several assertions");
    let around = evil().assertion().replace("</saml:Assertion>", &format!("{signed}</saml:Assertion>"));
    is_malformed("XSW 4", &right.response(&around), "several assertions");
    let forged = insert(&evil().assertion(), &signature);
    is_malformed("XSW 5", &right.response(&format!("{forged}{original}")), "several assertions");
    let inside = signature.replace("</ds:Signature>", &format!("{original}</ds:Signature>"));
    is_malformed("XSW 6", &right.response(&insert(&evil().assertion(), &inside)), "several assertions");
}

#[test]
fn xsw_7_and_8_hide_one_where_anything_may_stand() {
    let right = Answer::right();
    let (original, signature) = (right.assertion(), signature(&right.assertion(), IDP));
    let extension = format!("<samlp:Extensions>{}</samlp:Extensions>{}", evil().assertion(), insert(&original, &signature));
    is_malformed("XSW 7", &right.response(&extension), "several assertions");
    let object = signature.replace("</ds:Signature>", &format!("<ds:Object>{original}</ds:Object></ds:Signature>"));
    is_malformed("XSW 8", &right.response(&insert(&evil().assertion(), &object)), "several assertions");
}

/// The same, where the hidden one is no assertion by name any more: then the signature itself must tell.
#[test]
fn a_signature_holds_for_its_own_element_alone() {
    let right = Answer::right();
    let hidden = right.assertion().replace("saml:Assertion", "saml:Advice");
    let about_hidden = signature(&hidden, IDP);
    let forged = right.response(&insert(&evil().assertion(), &about_hidden)).replace("</samlp:Status>", &format!("</samlp:Status>{hidden}"));
    is_malformed("a signature of another element", &forged, "not about the element");
    let twice = forged.replace(r#"ID="_evil""#, r#"ID="_assertion""#);
    assert_eq!(refused("one ID twice", &twice), Refusal::DuplicateId { id: "_assertion".into() });
    let object = about_hidden.replace("</ds:Signature>", &format!("<ds:Object>{hidden}</ds:Object></ds:Signature>"));
    is_malformed("an object in the signature", &right.response(&insert(&evil().assertion(), &object)), "more than a signature");
    let elsewhere = right.response(&evil().assertion()).replace("</samlp:Status>", &format!("{}</samlp:Status>", signature(&right.assertion(), IDP)));
    is_malformed("a signature elsewhere", &elsewhere, "unusual place");
}

#[test]
fn an_assertion_stands_directly_in_the_response() {
    let right = Answer::right();
    let wrapped = right.response(&format!("<samlp:Extensions>{}</samlp:Extensions>", with_signature(&right.assertion(), IDP)));
    is_malformed("an assertion in an extension", &wrapped, "unusual place");
    is_malformed("an assertion alone", &with_signature(&right.assertion(), IDP), "no SAML response");
}

#[test]
fn what_covers_an_assertion_is_the_response_around_it_or_itself() {
    let right = Answer::right();
    assert!(judged(&right.signed_whole()).is_ok(), "an unsigned assertion in a signed response");
    assert!(judged(&right.signed()).is_ok(), "a signed assertion in an unsigned response");
    assert_eq!(refused("nothing signed", &right.response(&right.assertion())), Refusal::Unsigned);
    let whole = with_signature(&right.response(&with_signature(&right.assertion(), IDP)), IDP);
    assert!(judged(&whole).is_ok(), "both");
    let one_wrong = with_signature(&right.response(&with_signature(&right.assertion(), ALIEN)), IDP);
    assert!(matches!(refused("one of two is an alien's", &one_wrong), Refusal::UnknownKey { .. }));
}

#[test]
fn an_assertion_that_was_replaced_after_the_response_was_signed_is_refused() {
    let right = Answer::right();
    let signed = right.signed_whole();
    let replaced = |by: &str| signed.replace(&right.assertion(), by);
    assert!(judged(&replaced(&right.assertion())).is_ok());
    assert_eq!(refused("another assertion", &replaced(&evil().assertion())), Refusal::BadSignature);
    let disguised = Answer { assertion: right.assertion.clone(), ..evil() };
    assert_eq!(refused("another assertion of the same ID", &replaced(&disguised.assertion())), Refusal::BadSignature);
    // nor does a signature of its own help: each that is there must hold
    assert_eq!(refused("one with a signature of its own", &replaced(&with_signature(&evil().assertion(), IDP))), Refusal::BadSignature);
}

#[test]
fn an_unsigned_assertion_counts_neither_beside_the_signed_one_nor_instead_of_it() {
    let right = Answer::right();
    let (signed, kept) = (with_signature(&right.assertion(), IDP), signature(&right.assertion(), IDP));
    let unsigned = evil().assertion();
    is_malformed("before it", &right.response(&format!("{unsigned}{signed}")), "several assertions");
    is_malformed("behind it", &right.response(&format!("{signed}{unsigned}")), "several assertions");
    is_malformed("within it", &right.response(&signed.replace("</saml:Assertion>", &format!("{unsigned}</saml:Assertion>"))), "several assertions");
    assert_eq!(refused("instead of it", &right.response(&unsigned)), Refusal::Unsigned);
    is_malformed("instead of it, with its signature", &right.response(&insert(&unsigned, &kept)), "not about the element");
    let disguised = Answer { assertion: right.assertion.clone(), ..evil() }.assertion();
    assert_eq!(refused("instead of it, with its signature and ID", &right.response(&insert(&disguised, &kept))), Refusal::BadSignature);
    let left = kept + &unsigned;
    is_malformed("instead of it, beside its signature", &right.response(&left), "not about the element");
}

#[test]
fn a_comment_in_a_name_does_not_cut_it() {
    let right = Answer { name_id: format!("<saml:NameID>{EVIL}.attacker.org</saml:NameID>"), ..Answer::right() };
    let signed = right.signed();
    assert_eq!(judged(&signed).unwrap().subject, format!("{EVIL}.attacker.org"));
    for cut in ["<!-- -->", "<?x?>"] {
        is_malformed(cut, &signed.replace(".attacker.org", &format!("{cut}.attacker.org")), "comment");
    }
    let section = signed.replace(".attacker.org", "<![CDATA[.attacker.org]]>");
    assert_eq!(judged(&section).unwrap().subject, format!("{EVIL}.attacker.org"), "a section is text, whole");
    let split = Answer { name_id: format!("<saml:NameID>{EVIL}<saml:x></saml:x>.attacker.org</saml:NameID>"), ..Answer::right() };
    is_malformed("an element in a name", &split.signed(), "more than text");
}

#[test]
fn document_types_and_entities_are_refused() {
    let signed = Answer::right().signed();
    for dtd in ["<!DOCTYPE x>", r#"<!DOCTYPE x [<!ENTITY e "evil">]>"#, r#"<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/">%e;]>"#] {
        assert_eq!(refused(dtd, &format!("{dtd}{signed}")), Refusal::Dtd);
    }
    is_malformed("an entity without one", &signed.replace(GOOD, "&e;"), "not XML");
}

#[test]
fn weak_algorithms_and_keys_are_refused() {
    let signed = Answer::right().signed();
    let sha1 = Refusal::WeakAlgorithm { found: "SHA-1".into() };
    let method = signed.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(refused("RSA with SHA-1", &method), sha1);
    let digest = signed.replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1");
    assert_eq!(refused("SHA-1", &digest), sha1);
    let hmac = signed.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
    assert!(matches!(refused("HMAC with the certificate", &hmac), Refusal::WeakAlgorithm { .. }));
    assert!(matches!(federation::saml::certificate(SHORT.1), Err(Refusal::WeakAlgorithm { found }) if found.contains("1024")));
}

#[test]
fn a_certificate_smuggled_in_is_not_believed() {
    let forged = evil().response(&with_signature(&evil().assertion(), ALIEN));
    assert!(matches!(refused("an alien's signature with its certificate", &forged), Refusal::UnknownKey { .. }));
    let borrowed = {
        let alien = signature(&evil().assertion(), ALIEN);
        let key_info = |text: &str| text.split_once("<ds:KeyInfo>").unwrap().1.split_once("</ds:KeyInfo>").unwrap().0.to_owned();
        alien.replace(&key_info(&alien), &key_info(&signature(&evil().assertion(), IDP)))
    };
    assert_eq!(refused("an alien's signature with the right certificate", &evil().response(&insert(&evil().assertion(), &borrowed))), Refusal::BadSignature);
}

/// Else anybody could have a large message read, by a signature that nobody has to know.
#[test]
fn a_key_that_nobody_knows_is_refused_before_what_it_signed_is_read() {
    let other = signature(&Answer::right().assertion(), ALIEN);
    assert!(matches!(
        refused("an alien's signature about something else", &evil().response(&insert(&evil().assertion().replace("_evil", "_assertion"), &other))),
        Refusal::UnknownKey { .. }
    ));
}

/// Signed by the right key, so that only their form is wrong.
#[test]
fn signatures_of_other_forms_are_refused() {
    let right = Answer::right();
    let signed_info = |change: &dyn Fn(String) -> String| {
        let signature = signature(&right.assertion(), IDP);
        let inside = signature.split_once("<ds:SignedInfo>").unwrap().1.split_once("</ds:SignedInfo>").unwrap().0.to_owned();
        right.response(&insert(&right.assertion(), &over(&change(inside), IDP)))
    };
    assert!(judged(&signed_info(&|same| same)).is_ok());
    let reference =
        |text: &str| format!("<ds:Reference{}</ds:Reference>", text.split_once("<ds:Reference").unwrap().1.split_once("</ds:Reference>").unwrap().0);
    is_malformed("two references", &signed_info(&|text| format!("{text}{}", reference(&text))), "`Reference` stands twice");
    is_malformed("no reference", &signed_info(&|text| text.replace(&reference(&text), "")), "no `Reference`");
    is_malformed("the whole document", &signed_info(&|text| text.replace(r##"URI="#_assertion""##, r#"URI="""#)), "not about the element");
    is_malformed("an XPointer", &signed_info(&|text| text.replace("#_assertion", "#xpointer(id('_assertion'))")), "not about the element");
    is_malformed("another's ID", &signed_info(&|text| text.replace("#_assertion", "#_response")), "not about the element");
    let enveloped = r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#;
    is_malformed("one transform less", &signed_info(&|text| text.replace(enveloped, "")), "transforms");
    for (name, uri) in [("XPath", "http://www.w3.org/TR/1999/REC-xpath-19991116"), ("XSLT", "http://www.w3.org/TR/1999/REC-xslt-19991116")] {
        let transform = format!(r#"<ds:Transform Algorithm="{uri}"></ds:Transform>"#);
        is_malformed(name, &signed_info(&|text| text.replace(enveloped, &transform)), "transforms");
        is_malformed(name, &signed_info(&|text| text.replace(enveloped, &format!("{enveloped}{transform}"))), "transforms");
    }
    let prefixes =
        |list: &str| format!(r#"<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="{list}"></ec:InclusiveNamespaces>"#);
    let long = prefixes(&(0..33).map(|number| format!("p{number}")).collect::<Vec<_>>().join(" "));
    for step in ["ds:Transform", "ds:CanonicalizationMethod"] {
        let plain = format!(r#"<{step} Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">"#);
        is_malformed("many prefixes", &signed_info(&|text| text.replace(&plain, &format!("{plain}{long}"))), "list of prefixes is too long");
        let twice = prefixes(&["p"; 32].join(" "));
        assert!(judged(&signed_info(&|text| text.replace(&plain, &format!("{plain}{twice}")))).is_ok(), "prefixes that nothing declares");
    }
    is_malformed("a long story", &signed_info(&|text| format!("{text}{}", "<ds:Object></ds:Object>".repeat(200))), "more than one reference needs");
    let comments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    is_malformed("with comments", &signed_info(&|text| text.replace("http://www.w3.org/2001/10/xml-exc-c14n#", comments)), "canonicalised in another way");
}
