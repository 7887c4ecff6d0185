//! People come in by SAML: an answer is judged where it is posted, and handed on to the browser that began.

use super::{
    outside::TestOutside,
    stage::{Stage, connected, oidc},
};
use crate::company::Company;
use domain::{
    failure::FailureKind,
    id::ConnectionId,
    sso::{ConnectionDraft, Preset, ProviderDraft, SamlDraft},
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
        for state in [Some(sent.query["RelayState"].as_str()), None] {
            let again = post(&stage, stage.connection, &asked, state).await;
            assert!(matches!(again, Handed::Ended(Finished::Refused(_))), "{again:?}");
        }
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

    async fn metadata_is_of_saml_connections_alone(world: World) {
        let stage = set(world).await;
        let services = &stage.company.services;
        let other = connected(&stage.company, &stage.owner, &oidc("Okta", &stage.provider)).await;
        let anyone = services.anonymous(Meta::default());
        assert!(sso::metadata(services, &anyone, stage.connection).await.unwrap().contains("AssertionConsumerService"));
        assert_eq!(sso::metadata(services, &anyone, other).await.unwrap_err().kind, FailureKind::NotFound);
    }
}
