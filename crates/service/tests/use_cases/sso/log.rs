//! The log of a connection can't be filled by repeating: the same of one attempt stands there once, and the same of one network is counted.

use super::{
    saml,
    stage::{Sent, Stage},
};
use crate::resources::trail;
use domain::{
    sso::log::{SignInEntry, SignInOutcome},
    time::Span,
};
use service::{
    actor::Meta,
    sso::{self, Finished, Handed, OidcAnswer},
};
use testkit::{World, on_both};

fn from(network: &str) -> Meta {
    Meta { address: Some(network.to_owned()), ..Meta::default() }
}

/// Comes back without its cookie, from there; gives the entry that tells of it.
async fn refused(stage: &Stage, sent: &Sent, network: &str) -> domain::id::SignInId {
    let services = &stage.company.services;
    let query = format!("code=code&state={}", sent.query["state"]);
    let answer = OidcAnswer { query: &query };
    let finished = sso::finish_oidc(services, &services.anonymous(from(network)), stage.connection, None, None, answer).await.unwrap();
    let Finished::Refused(id) = finished else { panic!("{finished:?}") };
    id
}

fn code(entry: &SignInEntry) -> &str {
    match &entry.outcome {
        SignInOutcome::Accepted => "",
        SignInOutcome::Refused { code, .. } => code,
    }
}

fn told(log: &[SignInEntry]) -> Vec<(&str, u64, &str)> {
    log.iter().map(|entry| (code(entry), entry.more, entry.address.as_deref().unwrap_or_default())).collect()
}

on_both! {
    async fn an_answer_that_is_brought_again_and_again_stands_there_once(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        let first = refused(&stage, &sent, "10.0.0.1").await;
        let mut ids = Vec::new();
        for n in 0..20 {
            // from wherever
            ids.push(refused(&stage, &sent, &format!("10.0.1.{n}")).await);
        }
        assert!(ids.iter().all(|id| *id == ids[0] && *id != first), "{ids:?}");
        let log = stage.log().await;
        let mut lines = told(&log);
        lines.sort_unstable();
        assert_eq!(lines, [("other-browser", 0, "10.0.0.1"), ("used-already", 0, "10.0.1.0")]);
        let trail = trail(&stage.company, &stage.owner).await;
        assert_eq!(trail.iter().filter(|line| line.starts_with("was refused as")).count(), 2);
    }

    async fn the_same_of_one_network_is_counted_in_one_entry(world: World) {
        let stage = Stage::set(world).await;
        for network in ["10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.1"] {
            let sent = stage.begin(stage.connection, None).await;
            refused(&stage, &sent, network).await;
        }
        let log = stage.log().await;
        let mut lines = told(&log);
        lines.sort_unstable();
        assert_eq!(lines, [("other-browser", 0, "10.0.0.2"), ("other-browser", 2, "10.0.0.1")]);
        // who comes in stands for themselves, and so does what happens on another day
        stage.comes(serde_json::json!({})).await;
        stage.comes(serde_json::json!({})).await;
        stage.company.clock.advance(Span::hours(25));
        let sent = stage.begin(stage.connection, None).await;
        refused(&stage, &sent, "10.0.0.1").await;
        let log = stage.log().await;
        assert_eq!((code(&log[0]), log[0].more), ("other-browser", 0));
        // those of one moment stand in any order
        let mut codes: Vec<_> = log.iter().map(code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["", "", "other-browser", "other-browser", "other-browser"]);
    }

    async fn what_anybody_can_post_fills_neither_the_log_nor_the_trail(world: World) {
        let stage = saml::set(world).await;
        stage.edit(|draft| draft.allow_idp_initiated = true).await.unwrap();
        let services = &stage.company.services;
        for _ in 0..40 {
            let handed = sso::receive_saml(services, &services.anonymous(from("10.0.0.9")), stage.connection, "x", None).await.unwrap();
            assert!(matches!(handed, Handed::Ended(Finished::Refused(_))), "{handed:?}");
        }
        let log = stage.log().await;
        assert_eq!((log.len(), log[0].more), (1, 39));
        let trail = trail(&stage.company, &stage.owner).await;
        assert!(trail.iter().filter(|line| line.starts_with("was refused as")).count() < 10, "{trail:?}");
    }

    async fn what_a_test_has_shown_stays(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let owner = stage.company.owner(&stage.owner).await;
        let (started, _) = sso::begin_test(services, &owner, stage.connection, None).await.unwrap();
        let query = testkit::providers::saml::query(&started.url);
        let sent = Sent { query, cookie: String::new() };
        for _ in 0..3 {
            let finished = stage.back(&sent, None, None).await.unwrap();
            assert!(matches!(finished, Finished::Tested { .. }), "{finished:?}");
        }
        let result = sso::test_result(services, &owner, started.attempt).await.unwrap().unwrap();
        assert_eq!(result.refused.unwrap().code, "other-browser");
        assert_eq!(stage.log().await.len(), 1);
    }
}
