//! Domains: proven by a record or a tag, in time, for one workspace at a time.

use super::stage::Stage;
use crate::{company::Browser, resources::trail};
use domain::{
    failure::{Failure, FailureKind},
    sso::domains::{DomainState, ProofMethod, WorkspaceDomain},
    time::Span,
};
use service::sso;
use testkit::{World, on_both};

async fn add(stage: &Stage, who: &Browser, domain: &str) -> Result<WorkspaceDomain, Failure> {
    sso::domains::add(&stage.company.services, &stage.company.owner(who).await, domain).await
}

async fn look(stage: &Stage, who: &Browser, domain: &WorkspaceDomain) -> Result<(WorkspaceDomain, bool), Failure> {
    let checked = sso::domains::check(&stage.company.services, &stage.company.owner(who).await, domain.id).await?;
    Ok((checked.domain, checked.found))
}

on_both! {
    async fn a_domain_is_proven_by_its_record(world: World) {
        let stage = Stage::bare(world).await;
        let added = add(&stage, &stage.owner, " Acme.TEST ").await.unwrap();
        let DomainState::Pending { until } = added.state else { panic!("{added:?}") };
        assert_eq!((added.name.as_str(), until), ("acme.test", stage.company.services.now().plus(Span::days(14))));
        stage.outside.has_record("acme.test", "v=spf1 -all");
        stage.outside.has_record("acme.test", "rolecall-domain-verification=of-somebody-else");
        let (waiting, found) = look(&stage, &stage.owner, &added).await.unwrap();
        assert!(!found && waiting.note.as_ref().is_some_and(|note| note.contains("another value")), "{waiting:?}");
        stage.outside.has_record("acme.test", &added.txt_record());
        let (proven, found) = look(&stage, &stage.owner, &added).await.unwrap();
        assert!(found && matches!(proven.state, DomainState::Proven { by: ProofMethod::Dns, .. }), "{proven:?}");
        assert_eq!(trail(&stage.company, &stage.owner).await[..2], ["proved the domain acme.test by a DNS record", "added the domain acme.test"]);
        // proven is proven for a while, also when the record is gone
        stage.outside.forgets_all();
        stage.company.clock.advance(Span::days(100));
        let owner = stage.again(&stage.owner).await;
        let (still, found) = look(&stage, &owner, &added).await.unwrap();
        let lapses_at = stage.company.services.now().plus(Span::days(7));
        assert!(!found && still.is_proven() && still.note.is_some() && still.lapses_at() == Some(lapses_at), "{still:?}");
    }

    async fn or_by_a_tag_on_its_page(world: World) {
        let stage = Stage::bare(world).await;
        let added = add(&stage, &stage.owner, "acme.test").await.unwrap();
        stage.outside.has_page("acme.test", &format!("<html><body>{}</body></html>", added.meta_tag()));
        assert!(!look(&stage, &stage.owner, &added).await.unwrap().1, "visitors write in the body");
        stage.outside.has_page("acme.test", &format!("<html><head>{}</head><body></body></html>", added.meta_tag()));
        let (proven, _) = look(&stage, &stage.owner, &added).await.unwrap();
        assert!(matches!(proven.state, DomainState::Proven { by: ProofMethod::MetaTag, .. }), "{proven:?}");
    }

    async fn a_domain_that_another_workspace_has_proven_is_refused(world: World) {
        let stage = Stage::bare(world).await;
        let eve = stage.company.founder("Eve").await;
        // both may try; who shows the proof first has it
        let (ours, theirs) = (add(&stage, &stage.owner, "acme.test").await.unwrap(), add(&stage, &eve, "acme.test").await.unwrap());
        assert_ne!(ours.token, theirs.token);
        for domain in [&ours, &theirs] {
            stage.outside.has_record("acme.test", &domain.txt_record());
        }
        assert!(look(&stage, &eve, &theirs).await.unwrap().1);
        let refused = look(&stage, &stage.owner, &ours).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("proven for another workspace") && !refused.message.contains("Eve"), "{refused}");
        sso::domains::remove(&stage.company.services, &stage.company.owner(&stage.owner).await, ours.id).await.unwrap();
        let refused = add(&stage, &stage.owner, "ACME.test").await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Conflict, Some("domain")));
        // once it is let go of it is free
        sso::domains::remove(&stage.company.services, &stage.company.owner(&eve).await, theirs.id).await.unwrap();
        let ours = add(&stage, &stage.owner, "acme.test").await.unwrap();
        stage.outside.has_record("acme.test", &ours.txt_record());
        assert!(look(&stage, &stage.owner, &ours).await.unwrap().1);
    }

    async fn of_two_that_prove_it_at_once_one_has_it(world: World) {
        let stage = Stage::bare(world).await;
        let eve = stage.company.founder("Eve").await;
        let (ours, theirs) = (add(&stage, &stage.owner, "acme.test").await.unwrap(), add(&stage, &eve, "acme.test").await.unwrap());
        for domain in [&ours, &theirs] {
            stage.outside.has_record("acme.test", &domain.txt_record());
        }
        let both = tokio::join!(look(&stage, &stage.owner, &ours), look(&stage, &eve, &theirs));
        let proven = [both.0.is_ok(), both.1.is_ok()].into_iter().filter(|proven| *proven).count();
        assert_eq!(proven, 1);
    }

    async fn what_was_not_proven_in_time_begins_anew(world: World) {
        let stage = Stage::bare(world).await;
        let added = add(&stage, &stage.owner, "acme.test").await.unwrap();
        let refused = add(&stage, &stage.owner, "acme.test").await.unwrap_err();
        assert!(refused.message.contains("in the list already"), "{refused}");
        stage.outside.has_record("acme.test", &added.txt_record());
        stage.company.clock.advance(Span::days(14));
        let owner = stage.again(&stage.owner).await;
        let refused = look(&stage, &owner, &added).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("add it again"), "{refused}");
        let all = sso::domains::all(&stage.company.services, &stage.company.owner(&owner).await).await.unwrap();
        assert_eq!(all[0].state, DomainState::Expired);
        let again = add(&stage, &owner, "acme.test").await.unwrap();
        assert_ne!(again.token, added.token);
        assert!(!look(&stage, &owner, &again).await.unwrap().1, "the old record proves nothing");
    }

    async fn what_is_no_domain_is_refused_and_others_are_not_seen(world: World) {
        let stage = Stage::bare(world).await;
        for bad in ["", "acme", "bea@acme.test", "bücher.example", "https://acme.test"] {
            assert_eq!(add(&stage, &stage.owner, bad).await.unwrap_err().field.as_deref(), Some("domain"), "{bad}");
        }
        let eve = stage.company.founder("Eve").await;
        let theirs = add(&stage, &eve, "eve.test").await.unwrap();
        assert_eq!(look(&stage, &stage.owner, &theirs).await.unwrap_err().kind, FailureKind::NotFound);
        let owner = stage.company.owner(&stage.owner).await;
        assert_eq!(sso::domains::remove(&stage.company.services, &owner, theirs.id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(sso::domains::all(&stage.company.services, &owner).await.unwrap(), []);
    }
}
