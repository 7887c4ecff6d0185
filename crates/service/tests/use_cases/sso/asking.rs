//! How often a provider is asked to describe itself: whoever opens the way there again and again does not have us ask it as often.

use super::stage::{Stage, connected, oidc};
use domain::time::Span;
use service::{
    actor::Meta,
    sso::{self, Begun},
};
use testkit::{World, on_both};

async fn begins(stage: &Stage) -> bool {
    let services = &stage.company.services;
    let begun = sso::begin(services, &services.anonymous(Meta::default()), stage.connection, None, "").await.unwrap();
    matches!(begun, Begun::Away { .. })
}

on_both! {
    async fn of_many_at_once_one_asks(world: World) {
        let stage = Stage::set(world).await;
        let begun = tokio::join!(begins(&stage), begins(&stage), begins(&stage), begins(&stage));
        assert_eq!((begun, stage.provider.described()), ((true, true, true, true), 1));
        // another connection to the same provider asks no more
        let other = connected(&stage.company, &stage.owner, &oidc("Other", &stage.provider)).await;
        stage.begin(other, None).await;
        assert_eq!(stage.provider.described(), 1);
        stage.company.clock.advance(Span::minutes(11));
        assert!(begins(&stage).await);
        assert_eq!(stage.provider.described(), 2);
    }

    async fn one_that_did_not_answer_rests(world: World) {
        let stage = Stage::set(world).await;
        stage.provider.is_confused(true);
        for _ in 0..5 {
            assert!(!begins(&stage).await);
        }
        assert_eq!(stage.provider.described(), 1);
        stage.provider.is_confused(false);
        assert!(!begins(&stage).await, "for a while");
        stage.company.clock.advance(Span::seconds(31));
        assert!(begins(&stage).await);
        assert_eq!(stage.provider.described(), 2);
    }
}
