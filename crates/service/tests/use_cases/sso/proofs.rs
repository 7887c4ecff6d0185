//! A proven domain is looked for again every day: what is missing for too long is proven no longer, and nobody's session outlives it.

use super::stage::Stage;
use crate::{company::Browser, mail::links, resources::trail};
use domain::{
    failure::FailureKind,
    member::MemberKind,
    notice::Notice,
    sso::{
        domains::{DomainState, WorkspaceDomain},
        require::RequirementWish,
    },
    time::Span,
};
use serde_json::json;
use service::{actor::Meta, notices, sso, workspaces};
use testkit::{World, on_both};

/// The next round, a day later; says for how many domains it looked.
async fn a_day_later(stage: &Stage) -> usize {
    stage.company.clock.advance(Span::days(1));
    sso::proofs::round(&stage.company.services).await.unwrap()
}

/// As it stands, read past sessions that are over by now.
async fn acme(stage: &Stage) -> WorkspaceDomain {
    let db = &stage.company.world.store;
    let here = store::workspaces::by_slug(db, &stage.owner.slug).await.unwrap().unwrap();
    store::sso::domains::all(db, here.id, stage.company.services.now()).await.unwrap().remove(0)
}

/// How somebody stands who keeps their session open.
async fn stands(stage: &Stage, who: &Browser) -> Option<FailureKind> {
    stage.enters(who, &who.slug).await.err().map(|failure| failure.kind)
}

on_both! {
    async fn a_proof_is_looked_for_once_a_day(world: World) {
        let stage = Stage::set(world).await;
        assert_eq!(sso::proofs::round(&stage.company.services).await.unwrap(), 0, "it was just shown");
        assert_eq!((a_day_later(&stage).await, sso::proofs::round(&stage.company.services).await.unwrap()), (1, 0));
        let domain = acme(&stage).await;
        assert_eq!((domain.failing_since, domain.checked_at), (None, Some(stage.company.services.now())));
    }

    async fn what_is_missing_for_a_week_lapses_and_is_told(world: World) {
        let stage = Stage::set(world).await;
        stage.outside.forgets_all();
        a_day_later(&stage).await;
        let begun = stage.company.services.now();
        let domain = acme(&stage).await;
        assert_eq!((domain.is_proven(), domain.failing_since, domain.lapses_at()), (true, Some(begun), Some(begun.plus(Span::days(7)))));
        assert_eq!(links(&stage.company).await, ["authentication"], "its owner can put it right");
        for _ in 1..7 {
            a_day_later(&stage).await;
            let domain = acme(&stage).await;
            assert!(domain.is_proven() && domain.failing_since == Some(begun), "{domain:?}");
        }
        a_day_later(&stage).await;
        let domain = acme(&stage).await;
        assert!(matches!(domain.state, DomainState::Pending { .. }) && domain.note.as_ref().is_some_and(|note| note.contains("proven no longer")), "{domain:?}");
        assert_eq!(links(&stage.company).await, ["authentication"]);
        let owner = stage.again(&stage.owner).await;
        let told = trail(&stage.company, &owner).await;
        assert_eq!(told.iter().filter(|line| line.contains("acme.test lapse")).count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|line| line.contains("did not find the proof")).count(), 1, "{told:?}");
        // it is looked for no more, and somebody else may prove it
        assert_eq!(a_day_later(&stage).await, 0);
        let eve = stage.company.founder("Eve").await;
        stage.proves(&eve, "acme.test").await;
    }

    async fn owners_are_notified_for_as_long_as_a_proof_is_missing(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let seen = async |who: &Browser| notices::all(services, &stage.company.member(who).await).await.unwrap();
        stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        let record = acme(&stage).await.txt_record();
        assert_eq!(seen(&stage.owner).await, []);
        stage.outside.forgets_all();
        a_day_later(&stage).await;
        let (owner, bea) = (stage.again(&stage.owner).await, stage.by_password("bea@acme.test", &stage.owner.slug).await);
        let since = services.now();
        let missing = Notice::DomainProofMissing { name: "acme.test".to_owned(), since, lapses_at: since.plus(Span::days(7)) };
        assert_eq!(seen(&owner).await, [missing]);
        assert_eq!(seen(&bea).await, [], "owners' matters are theirs");
        // gone with its cause: once it is found again, and once it has lapsed
        stage.outside.has_record("acme.test", &record);
        a_day_later(&stage).await;
        assert_eq!(seen(&stage.again(&owner).await).await, []);
        stage.outside.forgets_all();
        for _ in 0..8 {
            a_day_later(&stage).await;
        }
        assert!(!acme(&stage).await.is_proven());
        assert_eq!(seen(&stage.again(&owner).await).await, []);
    }

    async fn what_is_found_again_in_time_stays_proven(world: World) {
        let stage = Stage::set(world).await;
        let record = acme(&stage).await.txt_record();
        stage.outside.forgets_all();
        for _ in 0..6 {
            a_day_later(&stage).await;
        }
        stage.outside.has_record("acme.test", &record);
        a_day_later(&stage).await;
        let domain = acme(&stage).await;
        assert_eq!((domain.is_proven(), domain.failing_since, domain.note), (true, None, None));
        // the time begins anew
        stage.outside.forgets_all();
        a_day_later(&stage).await;
        a_day_later(&stage).await;
        assert!(acme(&stage).await.is_proven());
    }

    async fn where_nobody_answers_nothing_lapses(world: World) {
        let stage = Stage::set(world).await;
        stage.outside.falls_silent(true);
        for _ in 0..20 {
            a_day_later(&stage).await;
        }
        let domain = acme(&stage).await;
        assert!(domain.is_proven() && domain.failing_since.is_none() && domain.note.is_some(), "{domain:?}");
        // nor does silence end what began to fail, before the domain itself says so
        stage.outside.falls_silent(false);
        stage.outside.forgets_all();
        a_day_later(&stage).await;
        stage.outside.falls_silent(true);
        for _ in 0..20 {
            a_day_later(&stage).await;
        }
        assert!(acme(&stage).await.is_proven());
        stage.outside.falls_silent(false);
        a_day_later(&stage).await;
        assert!(!acme(&stage).await.is_proven());
    }

    async fn a_session_reaches_no_further_than_its_domain_is_proven(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let me = stage.company.signed_in(&amara).await;
        let other = workspaces::create(services, &me, "Second").await.unwrap();
        stage.enters(&amara, &other).await.unwrap();
        let domain = acme(&stage).await;
        sso::domains::remove(services, &stage.company.owner(&amara).await, domain.id).await.unwrap();
        // at once, and in the session that there is
        stage.enters(&amara, &amara.slug).await.unwrap();
        assert_eq!(stage.enters(&amara, &other).await.unwrap_err().kind, FailureKind::SignedOut);
        assert_eq!(workspaces::mine(services, &stage.company.signed_in(&amara).await).await.unwrap().len(), 1);
        let refused = workspaces::create(services, &stage.company.signed_in(&amara).await, "Third").await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        // nor where another workspace proves it
        let eve = stage.company.founder("Eve").await;
        stage.proves(&eve, "acme.test").await;
        assert_eq!(stage.enters(&amara, &other).await.unwrap_err().kind, FailureKind::SignedOut);
    }

    async fn where_it_is_required_a_session_is_lost_with_its_domain(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let amara = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        let bea = stage.comes(json!({})).await;
        let wish = RequirementWish { required: true, exceptions: vec![stage.company.id(&amara).await] };
        sso::require::set(services, &stage.company.owner(&amara).await, &wish).await.unwrap();
        assert_eq!(stands(&stage, &bea).await, None);
        let domain = acme(&stage).await;
        sso::domains::remove(services, &stage.company.owner(&amara).await, domain.id).await.unwrap();
        assert_eq!(stands(&stage, &bea).await, Some(FailureKind::SsoRequired));
        services.signed_in(&bea.secret, Meta::default()).await.unwrap();
        // who is linked comes anew by the connection, which speaks for them in that workspace
        let anew = stage.comes(json!({})).await;
        assert_eq!(stands(&stage, &anew).await, None);
    }
}
