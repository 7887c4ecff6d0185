//! Tests of a connection show all and change nothing.

use super::{
    saml,
    sign_in::{group, groups_of, rule},
    stage::Stage,
};
use crate::resources::trail;
use domain::{
    failure::FailureKind,
    id::AttemptId,
    member::MemberKind,
    sso::{
        log::Purpose,
        way_in::{TestRefusal, TestResult},
    },
    time::Span,
};
use serde_json::{Value, json};
use service::{
    actor::Meta,
    sso::{self, Finished, Handed, OidcAnswer},
};
use testkit::{
    World, on_both,
    providers::{
        keys::{IDP, OTHER},
        saml::{Answer, posted, query, request_id, with_signature},
    },
};

/// An owner goes the whole way; gives the attempt.
async fn tested(stage: &Stage, edit: impl FnOnce(&mut Value)) -> AttemptId {
    let services = &stage.company.services;
    let (started, cookie) = sso::begin_test(services, &stage.company.owner(&stage.owner).await, stage.connection, None).await.unwrap();
    let sent = super::stage::Sent { query: query(&started.url), cookie };
    let mut claims = stage.claims(&sent);
    edit(&mut claims);
    stage.provider.gives(&claims);
    let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
    assert!(matches!(&finished, Finished::Tested { attempt, .. } if *attempt == started.attempt), "{finished:?}");
    started.attempt
}

/// The same by SAML, by what the provider makes of the right answer.
async fn tested_by_saml(stage: &Stage, says: impl FnOnce(Answer) -> String) -> AttemptId {
    let services = &stage.company.services;
    let (started, cookie) = sso::begin_test(services, &stage.company.owner(&stage.owner).await, stage.connection, None).await.unwrap();
    let query = query(&started.url);
    let answer = says(saml::answer(stage, stage.connection, Some(request_id(&query))));
    let finished = match saml::post(stage, stage.connection, &answer, Some(&query["RelayState"])).await {
        Handed::Ended(finished) => finished,
        ticket => saml::with_ticket(stage, ticket, Some(&cookie)).await,
    };
    assert!(matches!(&finished, Finished::Tested { attempt, .. } if *attempt == started.attempt), "{finished:?}");
    started.attempt
}

async fn shown(stage: &Stage, attempt: AttemptId) -> TestResult {
    sso::test_result(&stage.company.services, &stage.company.owner(&stage.owner).await, attempt).await.unwrap().unwrap()
}

async fn is_linked(stage: &Stage, subject: &str) -> bool {
    store::sso::identities::find(&stage.company.world.store, stage.connection, subject).await.unwrap().is_some()
}

on_both! {
    async fn a_test_shows_the_claims_and_changes_nothing(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        // before it is switched on, too
        sso::connections::switch(services, &stage.company.owner(&stage.owner).await, stage.connection, false).await.unwrap();
        let before = stage.people().await;
        let attempt = tested(&stage, |claims| claims["groups"] = json!(["data", "ops"])).await;
        let owner = stage.company.owner(&stage.owner).await;
        let result = sso::test_result(services, &owner, attempt).await.unwrap().unwrap();
        let received = result.received.unwrap();
        assert_eq!((received.subject.as_str(), received.email.as_deref(), result.refused), ("0001", Some("bea@acme.test"), None));
        assert!(received.claims.contains(&("groups".to_owned(), vec!["data".to_owned(), "ops".to_owned()])), "{:?}", received.claims);
        assert_eq!(result.would, ["An account for bea@acme.test would be made.", "They would become a member of Amara Inc."]);
        assert_eq!((stage.people().await, is_linked(&stage, "0001").await), (before, false));
        assert_eq!(stage.log().await[0].purpose, Purpose::Test);
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "tested the connection Okta: it works");
    }

    async fn a_test_by_saml_shows_the_attributes_and_changes_nothing(world: World) {
        let stage = saml::set(world).await;
        let before = stage.people().await;
        let result = shown(&stage, tested_by_saml(&stage, |answer| answer.signed()).await).await;
        let received = result.received.unwrap();
        assert_eq!((received.subject.as_str(), received.email.as_deref(), result.refused), ("bea-there", Some("bea@acme.test"), None));
        assert!(received.claims.contains(&("groups".to_owned(), vec!["data".to_owned()])), "{:?}", received.claims);
        assert_eq!(result.would, ["An account for bea@acme.test would be made.", "They would become a member of Amara Inc."]);
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "tested the connection Entra: it works");
        // nor is an account linked that is there
        let owner = |answer: Answer| Answer { attributes: vec![("email".to_owned(), "amara@acme.test".to_owned())], ..answer }.signed();
        let result = shown(&stage, tested_by_saml(&stage, owner).await).await;
        assert_eq!(result.would, ["The account of amara@acme.test would be linked, since its domain is proven for Amara Inc."]);
        assert_eq!((stage.people().await, is_linked(&stage, "bea-there").await), (before, false));
        assert!(stage.log().await.iter().all(|entry| entry.purpose == Purpose::Test));
    }

    async fn a_test_by_saml_says_what_was_wrong(world: World) {
        let stage = saml::set(world).await;
        let before = stage.people().await;
        let changed = |answer: Answer| posted(&answer.response(&with_signature(&answer.assertion(), IDP)).replace("bea-there", "amara-there"));
        let says = |status: &'static str| move |answer: Answer| posted(&answer.response("").replace("status:Success", status));
        let denied = "status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:RequestDenied\"></samlp:StatusCode></samlp:StatusCode>";
        let denies = |answer: Answer| posted(&answer.response("").replace("status:Success\"></samlp:StatusCode>", denied));
        for (attempt, code) in [
            (tested_by_saml(&stage, changed).await, "bad-signature"),
            (tested_by_saml(&stage, |answer| Answer { key: OTHER, ..answer }.signed()).await, "unknown-key"),
            (tested_by_saml(&stage, |answer| Answer { audience: "https://elsewhere.test".to_owned(), ..answer }.signed()).await, "wrong-audience"),
            (tested_by_saml(&stage, says("status:Requester")).await, "provider-refused"),
            (tested_by_saml(&stage, denies).await, "cancelled"),
        ] {
            let TestResult { received, refused, would, .. } = shown(&stage, attempt).await;
            let TestRefusal { code: found, reason } = refused.unwrap();
            assert_eq!((found.as_str(), received, would), (code, None, Vec::new()), "{reason}");
            assert!(reason.ends_with('.') && reason.len() > 20, "{reason}");
        }
        assert_eq!((stage.people().await, stage.log().await.len()), (before, 5));
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "tested the connection Entra: it was refused");
    }

    async fn a_test_changes_nothing_of_who_is_known(world: World) {
        let stage = Stage::set(world).await;
        let data = group(&stage, "Data").await;
        stage.edit(|draft| draft.mapping = vec![rule("data", data)]).await.unwrap();
        let bea = stage.comes(json!({})).await;
        let before = stage.people().await;
        let attempt = tested(&stage, |claims| {
            (claims["name"], claims["email"], claims["groups"]) = (json!("Bea Okafor"), json!("bea.okafor@acme.test"), json!(["data"]));
        })
        .await;
        let result = shown(&stage, attempt).await;
        assert_eq!(result.would, ["They are known: the account of bea@acme.test is linked.", "The mapping puts them into Data."]);
        let me = stage.company.signed_in(&bea).await;
        assert_eq!((me.account().name.as_str(), me.account().email.as_str()), ("Bea Brandt", "bea@acme.test"));
        assert_eq!((groups_of(&stage, &bea).await, stage.people().await), (Vec::new(), before));
    }

    async fn a_test_says_what_was_wrong(world: World) {
        let stage = Stage::set(world).await;
        let attempt = tested(&stage, |claims| claims["aud"] = json!("another")).await;
        let owner = stage.company.owner(&stage.owner).await;
        let result = sso::test_result(&stage.company.services, &owner, attempt).await.unwrap().unwrap();
        let refused = result.refused.unwrap();
        assert_eq!((refused.code.as_str(), result.received), ("wrong-audience", None));
        assert!(refused.reason.contains("client ID"), "{}", refused.reason);
        let attempt = tested(&stage, |claims| claims["email"] = json!("eve@elsewhere.test")).await;
        let result = sso::test_result(&stage.company.services, &owner, attempt).await.unwrap().unwrap();
        assert!(result.would[0].contains("sign in otherwise and agree"), "{:?}", result.would);
    }

    async fn a_test_is_its_owner_s_and_is_forgotten(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Owner, Vec::new()).await;
        let attempt = tested(&stage, |_| {}).await;
        let other = sso::test_result(services, &stage.company.owner(&bea).await, attempt).await.unwrap_err();
        assert_eq!(other.kind, FailureKind::NotFound);
        let owner = stage.company.owner(&stage.owner).await;
        assert!(sso::test_result(services, &owner, attempt).await.unwrap().is_some());
        let (waiting, _) = sso::begin_test(services, &owner, stage.connection, None).await.unwrap();
        assert_eq!(sso::test_result(services, &owner, waiting.attempt).await.unwrap(), None, "it is on its way");
        stage.company.clock.advance(Span::minutes(61));
        assert_eq!(sso::test_result(services, &owner, attempt).await.unwrap_err().kind, FailureKind::NotFound);
    }

    async fn a_test_s_answer_in_another_browser_signs_nobody_in(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let owner = stage.company.owner(&stage.owner).await;
        let (started, _) = sso::begin_test(services, &owner, stage.connection, None).await.unwrap();
        let state = query(&started.url)["state"].clone();
        let answer = format!("code=c&state={state}");
        let finished = sso::finish_oidc(services, &services.anonymous(Meta::default()), stage.connection, None, None, OidcAnswer { query: &answer }).await.unwrap();
        assert!(matches!(finished, Finished::Tested { .. }));
        let result = sso::test_result(services, &owner, started.attempt).await.unwrap().unwrap();
        assert_eq!(result.refused.unwrap().code, "other-browser");
    }
}
