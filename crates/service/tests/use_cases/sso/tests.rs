//! Tests of a connection show all and change nothing.

use super::stage::Stage;
use crate::resources::trail;
use domain::{failure::FailureKind, member::MemberKind, sso::log::Purpose, time::Span};
use serde_json::{Value, json};
use service::{
    actor::Meta,
    sso::{self, Finished, OidcAnswer},
};
use testkit::{World, on_both, providers::saml::query};

/// An owner goes the whole way; gives the attempt.
async fn tested(stage: &Stage, edit: impl FnOnce(&mut Value)) -> domain::id::AttemptId {
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

async fn accounts(stage: &Stage) -> u64 {
    store::accounts::count(&stage.company.world.store).await.unwrap()
}

on_both! {
    async fn a_test_shows_the_claims_and_changes_nothing(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        // before it is switched on, too
        sso::connections::switch(services, &stage.company.owner(&stage.owner).await, stage.connection, false).await.unwrap();
        let before = accounts(&stage).await;
        let attempt = tested(&stage, |claims| claims["groups"] = json!(["data", "ops"])).await;
        let owner = stage.company.owner(&stage.owner).await;
        let result = sso::test_result(services, &owner, attempt).await.unwrap().unwrap();
        let received = result.received.unwrap();
        assert_eq!((received.subject.as_str(), received.email.as_deref(), result.refused), ("0001", Some("bea@acme.test"), None));
        assert!(received.claims.contains(&("groups".to_owned(), vec!["data".to_owned(), "ops".to_owned()])), "{:?}", received.claims);
        assert_eq!(result.would, ["An account for bea@acme.test would be made.", "They would become a member of Amara Inc."]);
        assert_eq!(accounts(&stage).await, before);
        assert_eq!(stage.log().await[0].purpose, Purpose::Test);
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "tested the connection Okta: it works");
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
