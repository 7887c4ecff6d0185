//! People come in by SAML: an answer is judged where it is posted, and handed on to the browser that began.

use super::{
    outside::TestOutside,
    sign_in::{group, groups_of, rule},
    stage::{Stage, connected, oidc},
};
use crate::company::Company;
use domain::{
    failure::FailureKind,
    id::ConnectionId,
    sso::{ConnectionDraft, Preset, ProviderDraft, SamlDraft},
    time::Span,
};
use service::{
    actor::Meta,
    sso::{self, Finished, Handed},
};
use std::sync::Arc;
use testkit::{
    World, on_both,
    providers::{
        keys::{IDP, Key, OTHER},
        oidc::Provider,
        saml::{Answer, ISSUER, request_id},
    },
};

pub fn draft(name: &str, key: Key) -> ConnectionDraft {
    let told = SamlDraft {
        metadata: None,
        entity_id: ISSUER.to_owned(),
        sso_url: "https://idp.test/sso".to_owned(),
        slo_url: "https://idp.test/slo".to_owned(),
        certificates: vec![key.1.to_owned()],
    };
    ConnectionDraft { name: name.to_owned(), preset: Preset::Other, provider: ProviderDraft::Saml(told), allow_idp_initiated: false, mapping: Vec::new() }
}

/// Amara's company with a SAML connection, and `acme.test` proven.
pub async fn set(world: World) -> Stage {
    let outside = Arc::new(TestOutside::default());
    let company = Company::in_world(world, outside.clone());
    let owner = company.founder("Amara").await;
    let connection = connected(&company, &owner, &draft("Entra", IDP)).await;
    let stage = Stage { company, outside, owner, provider: Provider::open().await, connection };
    stage.proves(&stage.owner, "acme.test").await;
    stage
}

/// What is right in all.
pub fn answer(stage: &Stage, connection: ConnectionId, request: Option<String>) -> Answer {
    let at = |end: &str| format!("http://rolecall.test/sso/saml/{connection}/{end}");
    Answer {
        now: stage.company.services.now(),
        acs: at("acs"),
        audience: at("metadata"),
        id: format!("_{}", stage.company.world.id(domain::id::SignInId::new)),
        request,
        subject: "bea-there".to_owned(),
        attributes: vec![("email".to_owned(), "bea@acme.test".to_owned()), ("groups".to_owned(), "data".to_owned())],
        key: IDP,
    }
}

pub async fn post(stage: &Stage, connection: ConnectionId, answer: &str, state: Option<&str>) -> Handed {
    let services = &stage.company.services;
    sso::receive_saml(services, &services.anonymous(Meta::default()), connection, answer, state).await.unwrap()
}

pub async fn with_ticket(stage: &Stage, handed: Handed, cookie: Option<&str>) -> Finished {
    let Handed::Ticket(ticket) = handed else { panic!("{handed:?}") };
    let services = &stage.company.services;
    sso::finish_ticket(services, &services.anonymous(Meta::default()), cookie, None, &ticket).await.unwrap()
}

/// The whole way.
pub async fn comes(stage: &Stage) -> crate::company::Browser {
    let sent = stage.begin(stage.connection, None).await;
    let answer = answer(stage, stage.connection, Some(request_id(&sent.query)));
    let handed = post(stage, stage.connection, &answer.signed(), Some(&sent.query["RelayState"])).await;
    stage.came(with_ticket(stage, handed, Some(&sent.cookie)).await)
}

async fn refused(stage: &Stage, handed: Handed) -> String {
    let Handed::Ended(finished) = handed else { panic!("{handed:?}") };
    stage.refused(finished).await
}

on_both! {
    async fn who_is_asked_for_comes_in(world: World) {
        let stage = set(world).await;
        let bea = comes(&stage).await;
        assert_eq!(stage.company.signed_in(&bea).await.account().email.as_str(), "bea@acme.test");
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
        assert!(comes(&stage).await.secret != bea.secret, "and again");
    }

    async fn groups_follow_the_attributes(world: World) {
        let stage = set(world).await;
        let (data, ops) = (group(&stage, "Data").await, group(&stage, "Ops").await);
        stage.edit(|draft| draft.mapping = vec![rule("data", data), rule("ops", ops)]).await.unwrap();
        let bea = comes(&stage).await;
        assert_eq!(groups_of(&stage, &bea).await, ["Data"]);
        // an attribute of several values stands once for each
        let cases: [(&[&str], &[&str]); 3] = [(&["ops", "data", "else"], &["Data", "Ops"]), (&["ops"], &["Ops"]), (&[], &[])];
        for (values, expected) in cases {
            let sent = stage.begin(stage.connection, None).await;
            let right = answer(&stage, stage.connection, Some(request_id(&sent.query)));
            let mut attributes = vec![("email".to_owned(), "bea@acme.test".to_owned())];
            attributes.extend(values.iter().map(|value| ("groups".to_owned(), (*value).to_owned())));
            let handed = post(&stage, stage.connection, &Answer { attributes, ..right }.signed(), Some(&sent.query["RelayState"])).await;
            let bea = stage.came(with_ticket(&stage, handed, Some(&sent.cookie)).await);
            assert_eq!(groups_of(&stage, &bea).await, expected);
        }
    }

    async fn a_ticket_is_of_one_browser_and_one_use(world: World) {
        let stage = set(world).await;
        let services = &stage.company.services;
        let sent = stage.begin(stage.connection, None).await;
        let answer = answer(&stage, stage.connection, Some(request_id(&sent.query))).signed();
        let Handed::Ticket(ticket) = post(&stage, stage.connection, &answer, Some(&sent.query["RelayState"])).await else { panic!() };
        let finish = async |cookie: Option<&str>| sso::finish_ticket(services, &services.anonymous(Meta::default()), cookie, None, &ticket).await.unwrap();
        assert_eq!(stage.refused(finish(None).await).await, "other-browser");
        assert_eq!(stage.refused(finish(Some(&sent.cookie)).await).await, "used-already");
    }

    async fn an_answer_is_taken_once(world: World) {
        let stage = set(world).await;
        stage.edit(|draft| draft.allow_idp_initiated = true).await.unwrap();
        let unasked = answer(&stage, stage.connection, None).signed();
        let handed = post(&stage, stage.connection, &unasked, None).await;
        stage.came(with_ticket(&stage, handed, None).await);
        assert_eq!(refused(&stage, post(&stage, stage.connection, &unasked, None).await).await, "replayed");
        // nor the answer to a request of ours, with its state or without
        let sent = stage.begin(stage.connection, None).await;
        let asked = answer(&stage, stage.connection, Some(request_id(&sent.query))).signed();
        post(&stage, stage.connection, &asked, Some(&sent.query["RelayState"])).await;
        for (state, code) in [(Some(sent.query["RelayState"].as_str()), "used-already"), (None, "wrong-request")] {
            assert_eq!(refused(&stage, post(&stage, stage.connection, &asked, state).await).await, code);
        }
    }

    async fn an_answer_that_is_posted_again_is_told_so_however_often(world: World) {
        let stage = set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        let asked = answer(&stage, stage.connection, Some(request_id(&sent.query))).signed();
        let state = sent.query["RelayState"].as_str();
        assert!(state.len() <= 80, "providers need not hand back more: {state}");
        let handed = post(&stage, stage.connection, &asked, Some(state)).await;
        // the page was loaded again before the ticket arrived, which is good still
        assert_eq!(refused(&stage, post(&stage, stage.connection, &asked, Some(state)).await).await, "used-already");
        stage.came(with_ticket(&stage, handed, Some(&sent.cookie)).await);
        for _ in 0..40 {
            // nor is it among the answers that nobody asked for, of which few may come
            let again = post(&stage, stage.connection, &asked, Some(state)).await;
            assert!(matches!(again, Handed::Ended(Finished::Refused(_))), "{again:?}");
        }
        assert_eq!(stage.log().await.len(), 2, "one that came in, and one refusal");
        // and once it is forgotten
        stage.company.clock.advance(Span::hours(2));
        sso::forget(&stage.company.services).await.unwrap();
        assert_eq!(refused(&stage, post(&stage, stage.connection, &asked, Some(state)).await).await, "used-already");
    }

    async fn a_state_that_is_made_up_is_none_of_ours(world: World) {
        let stage = set(world).await;
        let (one, two) = (stage.begin(stage.connection, None).await, stage.begin(stage.connection, None).await);
        let asked = answer(&stage, stage.connection, Some(request_id(&one.query))).signed();
        let (one, two) = (one.query["RelayState"].as_str(), two.query["RelayState"].as_str());
        let (id, proof) = (one.split_once('.').unwrap().0, two.split_once('.').unwrap().1);
        for made_up in [format!("{id}."), format!("{id}.{proof}"), format!("{one}x"), proof.to_owned()] {
            assert_eq!(refused(&stage, post(&stage, stage.connection, &asked, Some(&made_up)).await).await, "unsolicited", "{made_up}");
        }
    }

    async fn a_test_that_is_posted_again_leads_to_what_it_showed(world: World) {
        let stage = set(world).await;
        let services = &stage.company.services;
        let owner = stage.company.owner(&stage.owner).await;
        let (started, cookie) = sso::begin_test(services, &owner, stage.connection, None).await.unwrap();
        let query = testkit::providers::saml::query(&started.url);
        let asked = answer(&stage, stage.connection, Some(request_id(&query))).signed();
        let handed = post(&stage, stage.connection, &asked, Some(&query["RelayState"])).await;
        assert!(matches!(with_ticket(&stage, handed, Some(&cookie)).await, Finished::Tested { .. }));
        let again = post(&stage, stage.connection, &asked, Some(&query["RelayState"])).await;
        assert!(matches!(again, Handed::Ended(Finished::Tested { attempt, .. }) if attempt == started.attempt), "{again:?}");
        let result = sso::test_result(services, &owner, started.attempt).await.unwrap().unwrap();
        assert_eq!(result.refused, None);
    }

    async fn what_nobody_asked_for_is_refused_unless_the_connection_lets_it(world: World) {
        let stage = set(world).await;
        let unasked = answer(&stage, stage.connection, None).signed();
        assert_eq!(refused(&stage, post(&stage, stage.connection, &unasked, None).await).await, "unsolicited");
        stage.edit(|draft| draft.allow_idp_initiated = true).await.unwrap();
        let unasked = answer(&stage, stage.connection, None);
        // what a provider began is linked to nobody by agreement: who agrees must be who began
        let claimed = Answer { subject: "eve-there".to_owned(), attributes: vec![("email".to_owned(), "eve@elsewhere.test".to_owned())], ..unasked.clone() };
        let handed = post(&stage, stage.connection, &Answer { id: "_claimed".to_owned(), ..claimed }.signed(), None).await;
        assert_eq!(stage.refused(with_ticket(&stage, handed, None).await).await, "link-needed");
        let handed = post(&stage, stage.connection, &unasked.signed(), Some("/w/amara-inc")).await;
        let Finished::SignedIn { next, .. } = with_ticket(&stage, handed, None).await else { panic!() };
        assert_eq!(next, "/w/amara-inc");
    }

    async fn an_answer_of_another_tenant_is_refused(world: World) {
        let stage = set(world).await;
        // Eve's provider says that Bea is there, and Eve posts it where Amara's would
        let eve = stage.company.founder("Eve").await;
        let theirs = connected(&stage.company, &eve, &draft("Hers", OTHER)).await;
        let sent = stage.begin(stage.connection, None).await;
        let forged = Answer { key: OTHER, ..answer(&stage, stage.connection, Some(request_id(&sent.query))) };
        let handed = post(&stage, stage.connection, &forged.signed(), Some(&sent.query["RelayState"])).await;
        assert_eq!(refused(&stage, handed).await, "unknown-key");
        // one that was made for hers fits nowhere else
        let sent = stage.begin(stage.connection, None).await;
        let elsewhere = answer(&stage, theirs, Some(request_id(&sent.query)));
        let handed = post(&stage, stage.connection, &elsewhere.signed(), Some(&sent.query["RelayState"])).await;
        assert_eq!(refused(&stage, handed).await, "wrong-recipient");
        // and what was begun at one is not finished at the other
        let sent = stage.begin(stage.connection, None).await;
        let mixed = Answer { key: OTHER, ..answer(&stage, theirs, Some(request_id(&sent.query))) };
        let handed = post(&stage, theirs, &mixed.signed(), Some(&sent.query["RelayState"])).await;
        assert_eq!(refused(&stage, handed).await, "wrong-connection");
    }

    async fn a_renewed_certificate_is_taken_beside_the_old_one(world: World) {
        let stage = set(world).await;
        stage.edit(|draft| {
            let ProviderDraft::Saml(told) = &mut draft.provider else { panic!() };
            told.certificates.push(OTHER.1.to_owned());
        }).await.unwrap();
        for key in [OTHER, IDP] {
            let sent = stage.begin(stage.connection, None).await;
            let answer = Answer { key, ..answer(&stage, stage.connection, Some(request_id(&sent.query))) };
            let handed = post(&stage, stage.connection, &answer.signed(), Some(&sent.query["RelayState"])).await;
            stage.came(with_ticket(&stage, handed, Some(&sent.cookie)).await);
        }
    }

    async fn another_entity_id_is_another_provider(world: World) {
        let stage = set(world).await;
        let bea = comes(&stage).await;
        stage.edit(|draft| {
            let ProviderDraft::Saml(told) = &mut draft.provider else { panic!() };
            told.entity_id = "https://idp.test/another".to_owned();
        }).await.unwrap();
        assert_eq!(stage.enters(&bea, &bea.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        assert_eq!(store::sso::identities::find(&stage.company.world.store, stage.connection, "bea-there").await.unwrap(), None);
        // another certificate or address is the same provider still
        stage.edit(|draft| {
            let ProviderDraft::Saml(told) = &mut draft.provider else { panic!() };
            told.entity_id = ISSUER.to_owned();
        }).await.unwrap();
        let bea = comes(&stage).await;
        stage.edit(|draft| {
            let ProviderDraft::Saml(told) = &mut draft.provider else { panic!() };
            told.certificates.push(OTHER.1.to_owned());
        }).await.unwrap();
        stage.enters(&bea, &bea.slug).await.unwrap();
    }

    async fn metadata_is_of_saml_connections_alone(world: World) {
        let stage = set(world).await;
        let services = &stage.company.services;
        let other = connected(&stage.company, &stage.owner, &oidc("Okta", &stage.provider)).await;
        let anyone = services.anonymous(Meta::default());
        assert!(sso::metadata(services, &anyone, stage.connection).await.unwrap().contains("AssertionConsumerService"));
        assert_eq!(sso::metadata(services, &anyone, other).await.unwrap_err().kind, FailureKind::NotFound);
    }
}
