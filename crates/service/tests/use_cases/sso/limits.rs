//! How many may come in from one network: each sign-in counts once, when it begins; what nobody waits for is counted wherever it comes.

use super::{
    saml,
    stage::{Sent, Stage},
};
use domain::{failure::FailureKind, time::Span};
use service::{
    actor::Meta,
    sso::{self, Finished},
};
use testkit::{World, on_both, providers::saml::request_id};

/// Everybody behind this address has begun as many sign-ins as may be.
fn use_up(stage: &Stage) {
    let limits = &stage.company.services.limits;
    assert!((0..2_000).any(|_| limits.sso(None).is_err()));
}

/// So many browsers that are on their way to the provider.
async fn sent(stage: &Stage, how_many: usize) -> Vec<Sent> {
    let mut sent = Vec::new();
    for _ in 0..how_many {
        sent.push(stage.begin(stage.connection, None).await);
    }
    sent
}

on_both! {
    async fn who_is_on_their_way_comes_in_however_many_begin_behind_them(world: World) {
        let stage = Stage::set(world).await;
        for sent in sent(&stage, 5).await {
            stage.provider.gives(&stage.claims(&sent));
            use_up(&stage);
            let services = &stage.company.services;
            let begun = sso::begin(services, &services.anonymous(Meta::default()), stage.connection, None, "/").await;
            assert_eq!(begun.unwrap_err().kind, FailureKind::Limited, "nobody else begins");
            let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
            assert!(matches!(finished, Finished::SignedIn { .. }), "{finished:?}");
        }
    }

    async fn neither_the_answer_of_a_saml_provider_nor_its_ticket_counts_again(world: World) {
        let stage = saml::set(world).await;
        for sent in sent(&stage, 5).await {
            let answer = saml::answer(&stage, stage.connection, Some(request_id(&sent.query))).signed();
            use_up(&stage);
            let handed = saml::post(&stage, stage.connection, &answer, Some(&sent.query["RelayState"])).await;
            use_up(&stage);
            stage.came(saml::with_ticket(&stage, handed, Some(&sent.cookie)).await);
        }
    }

    async fn what_nobody_waits_for_is_counted(world: World) {
        let stage = Stage::set(world).await;
        let mut sent = sent(&stage, 2).await;
        let (late, used) = (sent.remove(0), sent.remove(0));
        stage.provider.gives(&stage.claims(&used));
        stage.back(&used, Some(&used.cookie), None).await.unwrap();
        stage.company.clock.advance(Span::minutes(11));
        for again in [&late, &used] {
            use_up(&stage);
            // while they are brought there may be room for one
            let mut refused = false;
            for _ in 0..20 {
                let brought = stage.back(again, Some(&again.cookie), None).await;
                refused |= brought.is_err_and(|failure| failure.kind == FailureKind::Limited);
            }
            assert!(refused);
        }
    }

    async fn the_sign_in_page_finds_the_way_of_as_many_as_may_begin(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        use_up(&stage);
        let anyone = services.anonymous(Meta::default());
        sso::ways::ways_in(services, &anyone, None, None).await.unwrap();
        sso::ways::where_to_sign_in(services, &anyone, "bea@acme.test").await.unwrap();
        // and is counted by itself
        assert!((0..2_000).any(|_| services.limits.ways(None).is_err()));
        let refused = sso::ways::where_to_sign_in(services, &anyone, "bea@acme.test").await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Limited, "{refused}");
    }
}
