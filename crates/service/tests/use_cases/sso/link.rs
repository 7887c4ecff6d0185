//! Whose address is only a claim signs in otherwise and agrees; and comes no further by that than into the one workspace.

use super::stage::Stage;
use crate::{
    company::{Browser, PASSWORD},
    resources::trail,
};
use domain::{account::OwnName, failure::FailureKind, time::Span};
use serde_json::json;
use service::{
    account_deletion, accounts,
    actor::Meta,
    address_proof, own_name, sessions,
    sso::{self, Finished, link},
    workspaces,
};
use testkit::{World, on_both};

/// Eve comes by Amara's provider, which doesn't speak for her address; gives the cookie and the secret.
async fn asked(stage: &Stage) -> (String, String) {
    let sent = stage.begin(stage.connection, None).await;
    let mut claims = stage.claims(&sent);
    (claims["email"], claims["sub"]) = (json!("eve@acme.test"), json!("eve-there"));
    stage.provider.gives(&claims);
    let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
    let Finished::LinkNeeded { secret } = finished else { panic!("{finished:?}") };
    (sent.cookie, secret)
}

/// She has an account and a workspace of her own, and mail reaches her.
async fn eve(stage: &Stage) -> Browser {
    let eve = stage.company.founder("Eve").await;
    stage.company.has_mail(&eve).await;
    eve
}

on_both! {
    async fn who_never_had_mail_at_the_address_does_not_agree(world: World) {
        let stage = Stage::bare(world).await;
        let squatter = stage.company.founder("Eve").await;
        let (cookie, secret) = asked(&stage).await;
        let services = &stage.company.services;
        let refused = link::confirm(services, stage.company.signed_in(&squatter).await, Some(&cookie), &secret).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("not proven yet"), "{refused}");
        assert_eq!(store::sso::identities::find(&stage.company.world.store, stage.connection, "eve-there").await.unwrap(), None);
        // the question waits until it is shown
        stage.company.has_mail(&squatter).await;
        link::confirm(services, stage.company.signed_in(&squatter).await, Some(&cookie), &secret).await.unwrap();
    }

    async fn who_agrees_is_linked_and_comes_in(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let (cookie, secret) = asked(&stage).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let offered = link::offer(services, &anyone, None, Some(&cookie), &secret).await.unwrap();
        assert_eq!((offered.email.as_str(), offered.subject.as_str(), offered.may_agree), ("eve@acme.test", "eve-there", false));
        let me = stage.company.signed_in(&eve).await;
        assert!(link::offer(services, &anyone, Some(&me), Some(&cookie), &secret).await.unwrap().may_agree);
        let linked = link::confirm(services, me, Some(&cookie), &secret).await.unwrap();
        assert_eq!(linked.next, "/w/somewhere");
        let here = Browser { secret: linked.session_secret, slug: stage.owner.slug.clone() };
        stage.enters(&here, &stage.owner.slug).await.unwrap();
        assert!(trail(&stage.company, &stage.owner).await.contains(&"linked eve@acme.test with Okta".to_owned()));
        // from now on she just comes in
        let again = stage.comes(json!({ "sub": "eve-there", "email": "eve@acme.test" })).await;
        assert_eq!(stage.company.signed_in(&again).await.account().email.as_str(), "eve@acme.test");
    }

    async fn a_provider_opens_no_other_workspace_of_somebody_it_does_not_speak_for(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let (cookie, secret) = asked(&stage).await;
        let services = &stage.company.services;
        link::confirm(services, stage.company.signed_in(&eve).await, Some(&cookie), &secret).await.unwrap();
        // whoever owns the provider can say at any time that Eve is there
        let forged = stage.comes(json!({ "sub": "eve-there", "email": "eve@acme.test" })).await;
        stage.enters(&forged, &stage.owner.slug).await.unwrap();
        let refused = stage.enters(&forged, &eve.slug).await.unwrap_err();
        assert!(refused.kind == FailureKind::SignedOut && refused.message.contains("Eve Inc"), "{refused}");
        let listed = workspaces::mine(services, &stage.company.signed_in(&forged).await).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.workspace.slug.as_str()).collect::<Vec<_>>(), [stage.owner.slug.as_str()]);
        // nor sees, or does, what is her account's
        let bound = async || stage.company.signed_in(&forged).await;
        assert_eq!(sessions::mine(services, &bound().await).await.unwrap().len(), 1, "of her sessions its own alone");
        let hers = sessions::mine(services, &stage.company.signed_in(&stage.by_password("eve@acme.test", &eve.slug).await).await).await.unwrap();
        for refused in [
            sessions::end(services, &bound().await, hers[0].id).await,
            sessions::end_others(services, &bound().await).await.map(drop),
            workspaces::create(services, &bound().await, "Third").await.map(drop),
            accounts::change_password(services, &bound().await, PASSWORD, "another-lantern-orbit").await,
            address_proof::confirm(services, &bound().await, "whatever was mailed").await,
            own_name::change(services, &bound().await, "Eve Else").await,
            account_deletion::preview(services, &bound().await).await.map(drop),
            account_deletion::delete(services, &bound().await, "eve@acme.test", PASSWORD).await,
        ] {
            assert_eq!(refused.unwrap_err().kind, FailureKind::Forbidden);
        }
        assert!(matches!(own_name::standing(services, &bound().await).await.unwrap(), OwnName::Kept(_)));
        // nor agrees in her name
        let (cookie, secret) = {
            let sent = stage.begin(stage.connection, None).await;
            let mut claims = stage.claims(&sent);
            (claims["email"], claims["sub"]) = (json!("eve@acme.test"), json!("another"));
            stage.provider.gives(&claims);
            let Finished::LinkNeeded { secret } = stage.back(&sent, Some(&sent.cookie), None).await.unwrap() else { panic!() };
            (sent.cookie, secret)
        };
        let refused = link::confirm(services, stage.company.signed_in(&forged).await, Some(&cookie), &secret).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        // her own session is what it was
        let own = stage.by_password("eve@acme.test", &eve.slug).await;
        stage.enters(&own, &eve.slug).await.unwrap();
    }

    async fn who_is_asked_to_agree_is_told_how_far_they_come_by_it(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let (cookie, secret) = asked(&stage).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let offer = async || link::offer(services, &anyone, Some(&stage.company.signed_in(&eve).await), Some(&cookie), &secret).await.unwrap();
        assert!(offer().await.only_here);
        let linked = link::confirm(services, stage.company.signed_in(&eve).await, Some(&cookie), &secret).await.unwrap();
        let here = Browser { secret: linked.session_secret, slug: stage.owner.slug.clone() };
        stage.enters(&here, &stage.owner.slug).await.unwrap();
        assert_eq!(stage.enters(&here, &eve.slug).await.unwrap_err().kind, FailureKind::SignedOut, "as it was told");
    }

    async fn whose_domain_was_proven_meanwhile_is_told_so(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let (cookie, secret) = asked(&stage).await;
        stage.proves(&stage.owner, "acme.test").await;
        let services = &stage.company.services;
        let me = stage.company.signed_in(&eve).await;
        let offered = link::offer(services, &services.anonymous(Meta::default()), Some(&me), Some(&cookie), &secret).await.unwrap();
        assert!(!offered.only_here);
        let linked = link::confirm(services, me, Some(&cookie), &secret).await.unwrap();
        let here = Browser { secret: linked.session_secret, slug: stage.owner.slug.clone() };
        stage.enters(&here, &eve.slug).await.unwrap();
    }

    async fn nobody_else_agrees(world: World) {
        let stage = Stage::bare(world).await;
        stage.company.founder("Eve").await;
        let (cookie, secret) = asked(&stage).await;
        let services = &stage.company.services;
        let refused = link::confirm(services, stage.company.signed_in(&stage.owner).await, Some(&cookie), &secret).await.unwrap_err();
        assert!(refused.kind == FailureKind::Forbidden && refused.message.contains("eve@acme.test"), "{refused}");
    }

    async fn nobody_is_led_to_agree_to_what_they_have_not_begun(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let (_, secret) = asked(&stage).await;
        let services = &stage.company.services;
        for cookie in [None, Some("x".repeat(43))] {
            let refused = link::confirm(services, stage.company.signed_in(&eve).await, cookie.as_deref(), &secret).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        }
    }

    async fn a_question_is_answered_once_and_in_time(world: World) {
        let stage = Stage::bare(world).await;
        let eve = eve(&stage).await;
        let services = &stage.company.services;
        let (cookie, secret) = asked(&stage).await;
        stage.company.clock.advance(Span::minutes(31));
        let late = link::confirm(services, stage.company.signed_in(&eve).await, Some(&cookie), &secret).await.unwrap_err();
        assert_eq!(late.kind, FailureKind::NotFound, "{late}");
        let (cookie, secret) = asked(&stage).await;
        link::confirm(services, stage.company.signed_in(&eve).await, Some(&cookie), &secret).await.unwrap();
        let eve = stage.by_password("eve@acme.test", &eve.slug).await;
        let again = link::confirm(services, stage.company.signed_in(&eve).await, Some(&cookie), &secret).await.unwrap_err();
        assert_eq!(again.kind, FailureKind::NotFound, "{again}");
        // nor through a connection that was switched off meanwhile
        let sent = stage.begin(stage.connection, None).await;
        let mut claims = stage.claims(&sent);
        (claims["email"], claims["sub"]) = (json!("eve@acme.test"), json!("eve-elsewhere"));
        stage.provider.gives(&claims);
        let Finished::LinkNeeded { secret } = stage.back(&sent, Some(&sent.cookie), None).await.unwrap() else { panic!() };
        sso::connections::switch(services, &stage.company.owner(&stage.owner).await, stage.connection, false).await.unwrap();
        let refused = link::confirm(services, stage.company.signed_in(&eve).await, Some(&sent.cookie), &secret).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
    }
}
