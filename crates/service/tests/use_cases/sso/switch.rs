//! Nobody who is signed in becomes somebody else by where a browser was led: they are asked first.

use super::{
    saml,
    stage::{Sent, Stage},
};
use domain::{failure::FailureKind, time::Span};
use serde_json::json;
use service::{
    access::SignedIn,
    actor::Meta,
    sso::{self, Finished, Handed, switch},
};
use testkit::{World, on_both};

/// Amara's browser comes back from her company's provider, which says that it is Bea.
async fn led(stage: &Stage) -> (Sent, String) {
    let sent = stage.begin(stage.connection, None).await;
    stage.provider.gives(&stage.claims(&sent));
    let finished = stage.back(&sent, Some(&sent.cookie), Some(amara(stage).await)).await.unwrap();
    let Finished::SwitchNeeded { secret } = finished else { panic!("{finished:?}") };
    (sent, secret)
}

async fn amara(stage: &Stage) -> SignedIn {
    stage.company.signed_in(&stage.owner).await
}

async fn go_on(stage: &Stage, old: Option<SignedIn>, cookie: Option<&str>, secret: &str) -> Finished {
    let services = &stage.company.services;
    switch::confirm(services, &services.anonymous(Meta::default()), old, cookie, secret).await.unwrap()
}

on_both! {
    async fn who_is_signed_in_is_asked_before_they_are_somebody_else(world: World) {
        let stage = Stage::set(world).await;
        let (sent, secret) = led(&stage).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let me = amara(&stage).await;
        let offer = switch::offer(services, &anyone, Some(&me), Some(&sent.cookie), &secret).await.unwrap();
        assert_eq!((offer.signed_in_as, offer.as_whom.as_str()), (Some(me.account().email.clone()), "bea@acme.test"));
        assert_eq!((offer.connection.as_str(), offer.workspace.as_str()), ("Okta", "Amara Inc"));
        // nothing was made of it so far
        assert!(stage.log().await.is_empty());
        assert!(store::sso::identities::find(&stage.company.world.store, stage.connection, "0001").await.unwrap().is_none());
        let Finished::SignedIn { session_secret, next } = go_on(&stage, Some(me), Some(&sent.cookie), &secret).await else { panic!() };
        assert_eq!(next, "/w/somewhere");
        let bea = services.signed_in(&session_secret, Meta::default()).await.unwrap();
        assert_eq!(bea.account().email.as_str(), "bea@acme.test");
        // once
        let gone = switch::offer(services, &anyone, None, Some(&sent.cookie), &secret).await.unwrap_err();
        assert_eq!(gone.kind, FailureKind::NotFound);
        let again = go_on(&stage, None, Some(&sent.cookie), &secret).await;
        assert_eq!(stage.refused(again).await, "used-already");
    }

    async fn who_has_the_account_already_is_not_asked(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        let old = stage.company.signed_in(&bea).await;
        stage.came(stage.back(&sent, Some(&sent.cookie), Some(old)).await.unwrap());
    }

    async fn the_question_is_of_one_browser_and_waits_for_a_while(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let (sent, secret) = led(&stage).await;
        let elsewhere = "x".repeat(43);
        for cookie in [None, Some(elsewhere.as_str())] {
            let refused = switch::offer(services, &anyone, None, cookie, &secret).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        }
        assert_eq!(stage.refused(go_on(&stage, None, Some(&elsewhere), &secret).await).await, "other-browser");
        assert_eq!(stage.refused(go_on(&stage, None, Some(&sent.cookie), &secret).await).await, "used-already");
        let (sent, secret) = led(&stage).await;
        stage.company.clock.advance(Span::minutes(11));
        let late = switch::offer(services, &anyone, None, Some(&sent.cookie), &secret).await.unwrap_err();
        assert_eq!(late.kind, FailureKind::NotFound, "{late}");
        assert_eq!(stage.refused(go_on(&stage, None, Some(&sent.cookie), &secret).await).await, "too-late");
    }

    async fn a_question_that_is_brought_again_and_again_ends_all_the_same(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let (sent, mut secret) = led(&stage).await;
        // each time anew within the ten minutes of the one before
        for _ in 0..3 {
            stage.company.clock.advance(Span::minutes(6));
            let asked = sso::finish_ticket(services, &anyone, Some(&sent.cookie), Some(amara(&stage).await), &secret).await.unwrap();
            let Finished::SwitchNeeded { secret: next } = asked else { panic!("{asked:?}") };
            secret = next;
        }
        stage.company.clock.advance(Span::minutes(6));
        let late = sso::finish_ticket(services, &anyone, Some(&sent.cookie), Some(amara(&stage).await), &secret).await.unwrap();
        assert_eq!(stage.refused(late).await, "too-late");
    }

    async fn a_question_that_is_brought_without_an_answer_is_counted_and_its_answer_is_not(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let (sent, mut secret) = led(&stage).await;
        assert!((0..2_000).any(|_| services.limits.sso(None).is_err()));
        // while it is brought there may be room for one
        let mut counted = false;
        for _ in 0..20 {
            match sso::finish_ticket(services, &anyone, Some(&sent.cookie), Some(amara(&stage).await), &secret).await {
                Ok(Finished::SwitchNeeded { secret: next }) => secret = next,
                Ok(other) => panic!("{other:?}"),
                Err(failure) => counted |= failure.kind == FailureKind::Limited,
            }
        }
        assert!(counted);
        stage.came(go_on(&stage, Some(amara(&stage).await), Some(&sent.cookie), &secret).await);
    }

    async fn what_a_page_of_somebody_else_posts_makes_nobody_them(world: World) {
        let stage = saml::set(world).await;
        stage.edit(|draft| draft.allow_idp_initiated = true).await.unwrap();
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let unasked = saml::answer(&stage, stage.connection, None).signed();
        let Handed::Ticket(ticket) = saml::post(&stage, stage.connection, &unasked, None).await else { panic!() };
        // a ticket can be brought to any browser: one that is signed in asks
        let finished = sso::finish_ticket(services, &anyone, None, Some(amara(&stage).await), &ticket).await.unwrap();
        let Finished::SwitchNeeded { secret } = finished else { panic!("{finished:?}") };
        let asked = sso::finish_ticket(services, &anyone, None, Some(amara(&stage).await), &secret).await.unwrap();
        let Finished::SwitchNeeded { secret } = asked else { panic!("by its address nobody agrees: {asked:?}") };
        stage.came(go_on(&stage, Some(amara(&stage).await), None, &secret).await);
        // and one that is not comes in, as before
        let unasked = saml::answer(&stage, stage.connection, None).signed();
        let Handed::Ticket(ticket) = saml::post(&stage, stage.connection, &unasked, None).await else { panic!() };
        stage.came(sso::finish_ticket(services, &anyone, None, None, &ticket).await.unwrap());
    }
}
