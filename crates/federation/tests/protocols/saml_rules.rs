//! What a rightly signed answer must say besides: by whom, for whom, when, to which request, and that it went well.

use crate::{
    keys::IDP,
    saml_message::{Answer, GOOD, at, idp, judged, noon, sp, with_signature},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use federation::{
    Identity, Refusal,
    saml::{Expected, accept},
};

/// The same change in both ways to sign an answer must give the same refusal.
fn refused(change: impl Fn(&mut Answer)) -> Refusal {
    let mut answer = Answer::right();
    change(&mut answer);
    let refusals = [answer.signed(), answer.signed_whole()].map(|xml| judged(&xml).expect_err("it was accepted"));
    assert_eq!(refusals[0], refusals[1]);
    refusals[0].clone()
}

#[test]
fn a_person_is_known_by_what_can_be_kept() {
    for name in ["x".repeat(256), "ada\tlovelace".to_owned()] {
        is_malformed("its NameID is longer than 255", |answer| answer.name_id = format!("<saml:NameID>{name}</saml:NameID>"));
    }
    let longest = "x".repeat(255);
    let answer = Answer { name_id: format!("<saml:NameID>{longest}</saml:NameID>"), ..Answer::right() };
    assert_eq!(judged(&answer.signed()).unwrap().subject, longest);
}

fn is_malformed(word: &str, change: impl Fn(&mut Answer)) {
    let refusal = refused(change);
    assert!(matches!(&refusal, Refusal::Malformed { what } if what.contains(word)), "{refusal:?}");
}

fn judged_at(answer: &Answer, now: &str) -> Result<Identity, Refusal> {
    accept(&sp(), &idp(), &STANDARD.encode(answer.signed()), Expected::Answer { request: "_request" }, at(now))
}

fn unsolicited(answer: &Answer) -> Result<Identity, Refusal> {
    accept(&sp(), &idp(), &STANDARD.encode(answer.signed()), Expected::Unsolicited, noon())
}

#[test]
fn it_is_for_us() {
    let audience = |to: &str| Answer::right().conditions.replace(&format!(">{}<", sp().entity_id), &format!(">{to}<"));
    let other = "https://other.example.com";
    let wrong = |found: &str| Refusal::WrongAudience { expected: sp().entity_id, found: found.into() };
    assert_eq!(refused(|answer| answer.conditions = audience(other)), wrong(other));
    assert_eq!(refused(|answer| answer.conditions = audience(&sp().entity_id.to_uppercase())), wrong(&sp().entity_id.to_uppercase()));
    let several = format!("{other}</saml:Audience><saml:Audience>{}", sp().entity_id);
    assert!(judged(&Answer { conditions: audience(&several), ..Answer::right() }.signed()).is_ok(), "one of several");
    let one = format!("<saml:AudienceRestriction><saml:Audience>{other}</saml:Audience></saml:AudienceRestriction></saml:Conditions>");
    assert_eq!(refused(|answer| answer.conditions = answer.conditions.replace("</saml:Conditions>", &one)), wrong(other), "two restrictions must both hold");
    assert_eq!(refused(|answer| answer.conditions = "<saml:Conditions></saml:Conditions>".into()), wrong("nobody in particular"));
    is_malformed("no `Conditions`", |answer| answer.conditions = String::new());
}

/// Another connection's answer by the same provider, posted to this one: another workspace's, say.
#[test]
fn it_came_to_where_it_was_sent() {
    let other = "https://rolecall.example.com/sso/saml/2/acs";
    let wrong = Refusal::WrongRecipient { expected: sp().acs, found: other.into() };
    assert_eq!(refused(|answer| answer.confirmation = answer.confirmation.replace(&sp().acs, other)), wrong);
    assert_eq!(refused(|answer| answer.destination = format!(r#" Destination="{other}""#)), wrong);
    is_malformed("no `Recipient`", |answer| answer.confirmation = answer.confirmation.replace(&format!(r#" Recipient="{}""#, sp().acs), ""));
    let silent = Answer { destination: String::new(), ..Answer::right() };
    assert!(judged(&silent.signed()).is_ok(), "the recipient in the assertion suffices");
}

#[test]
fn it_is_by_the_connections_provider() {
    let other = "https://idp.other.example.com";
    let wrong = Refusal::WrongIssuer { expected: idp().entity_id, found: other.into() };
    assert_eq!(refused(|answer| answer.assertion_issuer = other.into()), wrong);
    assert_eq!(refused(|answer| answer.issuer = other.into()), wrong);
}

#[test]
fn it_is_neither_too_old_nor_too_new() {
    let right = Answer::right();
    assert!(judged_at(&right, "2026-11-28T12:05:59Z").is_ok());
    assert!(matches!(judged_at(&right, "2026-11-28T12:06:00Z"), Err(Refusal::Expired { at, .. }) if at == "2026-11-28T12:05:00Z"));
    assert!(judged_at(&right, "2026-11-28T11:54:00Z").is_ok());
    assert!(matches!(judged_at(&right, "2026-11-28T11:53:59Z"), Err(Refusal::NotYetValid { from, .. }) if from == "2026-11-28T11:55:00Z"));
    let end = "NotOnOrAfter=\"2026-11-28T12:05:00Z\"";
    let past = "NotOnOrAfter=\"2026-11-28T11:59:00Z\"";
    assert!(matches!(refused(|answer| answer.conditions = answer.conditions.replace(end, past)), Refusal::Expired { .. }), "the conditions alone");
    assert!(matches!(refused(|answer| answer.confirmation = answer.confirmation.replace(end, past)), Refusal::Expired { .. }), "the confirmation alone");
    let over = "_session\" SessionNotOnOrAfter=\"2026-11-28T11:59:00Z\"";
    assert!(matches!(refused(|answer| answer.rest = answer.rest.replace("_session\"", over)), Refusal::Expired { .. }), "the session alone");
    is_malformed("no end", |answer| answer.confirmation = answer.confirmation.replace(&format!(" {end}"), ""));
    is_malformed("is no time", |answer| answer.conditions = answer.conditions.replace("2026-11-28T12:05:00Z", "soon"));
}

#[test]
fn what_must_be_remembered_ends_with_the_first_of_its_ends() {
    let longer = Answer { conditions: Answer::right().conditions.replace("12:05:00Z", "18:00:00Z"), ..Answer::right() };
    let identity = judged(&longer.signed()).unwrap();
    assert_eq!((identity.message.as_str(), identity.message_ends), ("_assertion", at("2026-11-28T12:06:00Z")));
    assert!(judged_at(&longer, "2026-11-28T12:06:00Z").is_err(), "from then on it is refused by its age");
}

#[test]
fn what_lasts_for_longer_than_a_day_is_refused() {
    let end = |to: &str| {
        let right = Answer::right();
        let end = |text: &str| text.replace("NotOnOrAfter=\"2026-11-28T12:05:00Z\"", &format!("NotOnOrAfter=\"{to}\""));
        Answer { conditions: end(&right.conditions), confirmation: end(&right.confirmation), ..right }
    };
    assert_eq!(judged(&end("2026-11-29T12:00:00Z").signed()).unwrap().message_ends, at("2026-11-29T12:01:00Z"));
    assert!(matches!(judged(&end("2026-11-29T12:02:00Z").signed()), Err(Refusal::LastsTooLong { until }) if until == "2026-11-29T12:02:00Z"));
    assert!(matches!(judged(&end("9999-12-31T23:59:59Z").signed()), Err(Refusal::LastsTooLong { .. })));
}

#[test]
fn it_answers_the_request_that_was_made() {
    let other = " InResponseTo=\"_other\"";
    let own = " InResponseTo=\"_request\"";
    assert_eq!(refused(|answer| answer.confirmation = answer.confirmation.replace(own, other)), Refusal::WrongRequest);
    assert_eq!(refused(|answer| answer.in_response_to = other.into()), Refusal::WrongRequest);
    assert_eq!(refused(|answer| answer.confirmation = answer.confirmation.replace(own, "")), Refusal::Unsolicited, "whatever the response says around it");
}

#[test]
fn the_provider_may_begin_where_that_is_allowed() {
    let right = Answer::right();
    let begun = Answer { in_response_to: String::new(), confirmation: right.confirmation.replace(" InResponseTo=\"_request\"", ""), ..right.clone() };
    assert_eq!(unsolicited(&begun).unwrap().subject, GOOD);
    assert_eq!(judged(&begun.signed()), Err(Refusal::Unsolicited), "not in a browser that has begun by itself");
    assert_eq!(unsolicited(&right), Err(Refusal::WrongRequest), "an answer to somebody's request is not unsolicited");
    assert_eq!(unsolicited(&Answer { in_response_to: String::new(), ..right }), Err(Refusal::WrongRequest));
}

#[test]
fn it_went_well() {
    let status = |first: &str, second: &str, said: &str| {
        let code = |name: &str, inside: &str| format!(r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{name}">{inside}</samlp:StatusCode>"#);
        let inside = if second.is_empty() { String::new() } else { code(second, "") };
        Answer { status: code(first, &inside) + said, ..Answer::right() }
    };
    for cancelled in ["RequestDenied", "AuthnFailed"] {
        // providers send it without assertion, signed or not
        assert_eq!(judged(&status("Responder", cancelled, "").response("")), Err(Refusal::Cancelled));
    }
    let said = "<samlp:StatusMessage>no such application</samlp:StatusMessage>";
    let why = |why: &str| Err(Refusal::ProviderRefused { why: why.into() });
    assert_eq!(judged(&status("Requester", "", said).response("")), why("Requester, no such application"));
    assert_eq!(judged(&status("Responder", "NoPassive", "").signed_whole()), why("Responder, NoPassive"), "even with an assertion");
    let nested = status("Responder", "Success", "").response("");
    assert_eq!(judged(&nested), why("Responder, Success"), "only the first word counts");
    assert!(matches!(judged(&Answer { status: String::new(), ..Answer::right() }.signed()), Err(Refusal::Malformed { .. })));
}

#[test]
fn somebody_has_signed_in_and_has_a_lasting_name() {
    let named = |format: &str| format!(r#"<saml:NameID Format="urn:oasis:names:tc:SAML:{format}">{GOOD}</saml:NameID>"#);
    assert_eq!(refused(|answer| answer.name_id = named("2.0:nameid-format:transient")), Refusal::PassingName);
    assert_eq!(judged(&Answer { name_id: named("2.0:nameid-format:persistent"), ..Answer::right() }.signed()).unwrap().subject, GOOD);
    is_malformed("no `NameID`", |answer| answer.name_id = String::new());
    is_malformed("NameID is empty", |answer| answer.name_id = "<saml:NameID> </saml:NameID>".into());
    is_malformed("stands twice", |answer| answer.name_id = answer.name_id.repeat(2));
    is_malformed("AuthnStatement", |answer| answer.rest = String::new());
}

#[test]
fn one_confirmation_that_holds_is_enough() {
    let judged_with = |change: &dyn Fn(String) -> String| judged(&Answer::right().response(&with_signature(&change(Answer::right().assertion()), IDP)));
    let holder = |assertion: String| assertion.replace(":cm:bearer", ":cm:holder-of-key");
    assert!(matches!(judged_with(&holder), Err(Refusal::Malformed { what }) if what.contains("bearer")));
    let start = "<saml:SubjectConfirmation ";
    let both = |other: fn(&str) -> String| {
        move |assertion: String| {
            let (before, confirmation) = assertion.split_once(start).unwrap();
            let (confirmation, after) = confirmation.split_once("</saml:SubjectConfirmation>").unwrap();
            let one = |text: &str| format!("{start}{text}</saml:SubjectConfirmation>");
            format!("{before}{}{}{after}", one(&other(confirmation)), one(confirmation))
        }
    };
    assert_eq!(judged_with(&both(|text| text.replace(":cm:bearer", ":cm:sender-vouches"))).unwrap().subject, GOOD);
    assert_eq!(judged_with(&both(|text| text.replace("12:05:00Z", "11:00:00Z"))).unwrap().subject, GOOD);
}

#[test]
fn the_address_comes_from_attributes_or_from_the_name() {
    let email = |answer: &Answer| judged(&answer.signed()).unwrap().email;
    let address = |format: &str| Answer { name_id: format!("<saml:NameID{format}>ada@example.com</saml:NameID>"), ..Answer::right() };
    assert_eq!(email(&Answer::right()), None);
    assert_eq!(email(&address("")).as_deref(), Some("ada@example.com"));
    assert_eq!(email(&address(r#" Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress""#)).as_deref(), Some("ada@example.com"));
    assert_eq!(email(&address(r#" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent""#)), None, "that one is a name like any other");
    let oid = r#"<saml:AttributeStatement><saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3"><saml:AttributeValue>ada@work.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"#;
    assert_eq!(email(&Answer { rest: Answer::right().rest + oid, ..address("") }).as_deref(), Some("ada@work.example"));
}

#[test]
fn what_is_encrypted_or_not_known_is_refused_by_name() {
    let encrypted = "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedAssertion>";
    assert_eq!(judged(&Answer::right().response(encrypted)), Err(Refusal::Encrypted));
    assert_eq!(refused(|answer| answer.name_id = "<saml:EncryptedID></saml:EncryptedID>".into()), Refusal::Encrypted);
    let condition = "<saml:Condition></saml:Condition></saml:Conditions>";
    is_malformed("condition `Condition`", |answer| answer.conditions = answer.conditions.replace("</saml:Conditions>", condition));
    let once = "<saml:OneTimeUse></saml:OneTimeUse></saml:Conditions>";
    assert!(judged(&Answer { conditions: Answer::right().conditions.replace("</saml:Conditions>", once), ..Answer::right() }.signed()).is_ok());
}

#[test]
fn rubbish_is_refused_without_a_fuss() {
    let accept = |text: &str| accept(&sp(), &idp(), text, Expected::Unsolicited, noon());
    assert_eq!(accept(&"A".repeat(600_000)), Err(Refusal::TooLong));
    for rubbish in ["", "%%%", "AAAA", "////", &STANDARD.encode("<a/>"), &STANDARD.encode("not xml")] {
        assert!(matches!(accept(rubbish), Err(Refusal::Malformed { .. })), "{rubbish}");
    }
}
