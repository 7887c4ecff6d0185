//! Whose account it is that a provider has shown: of whom it may speak, and what others held of that account before.

use super::stage::{Stage, connected, oidc};
use crate::{
    company::{Browser, PASSWORD},
    mail::links,
    resources::trail,
};
use domain::{
    audit::{Chain, Event},
    failure::FailureKind,
    id::ResetId,
    member::MemberKind,
    time::Span,
};
use serde_json::json;
use service::{accounts, actor::Meta, invites, members, sso::Finished, workspaces};
use testkit::{World, on_both, providers::oidc::Provider};

on_both! {
    async fn a_known_account_of_a_proven_domain_is_linked(world: World) {
        let stage = Stage::set(world).await;
        let amara = stage.comes(json!({ "sub": "amara", "email": "Amara@Acme.Test", "name": "A. Okafor" })).await;
        let me = stage.company.signed_in(&amara).await;
        // hers already, with its own name
        assert_eq!((me.account().email.as_str(), me.account().name.as_str()), ("amara@acme.test", "Amara"));
        assert!(trail(&stage.company, &stage.owner).await.contains(&"linked amara@acme.test with Okta".to_owned()));
        // her other workspaces are open to this session too: her domain's provider speaks for her
        let other = workspaces::create(&stage.company.services, &me, "Second").await.unwrap();
        stage.enters(&amara, &other).await.unwrap();
    }

    async fn who_made_an_account_of_somebody_else_s_address_holds_nothing_of_it_when_they_come(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        // somebody signs up with Bea's address, and waits; they have brought about all that an account can be entered by
        let squatter = stage.company.founder("Bea").await;
        let account = stage.company.signed_in(&squatter).await.account().clone();
        assert!(!account.email_verified);
        let theirs = connected(&stage.company, &squatter, &oidc("Theirs", &Provider::open().await)).await;
        let (now, reset) = (services.now(), stage.company.world.hash());
        let tx = stage.company.world.store.begin().await.unwrap();
        store::sso::identities::link(&tx, theirs, "squatter", account.id, now).await.unwrap();
        let id = stage.company.world.id(ResetId::new);
        let new = store::resets::NewReset { id, account: account.id, secret_hash: reset, created_at: now, expires_at: now.plus(Span::minutes(30)) };
        store::resets::insert(&tx, &new).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        let bea = stage.comes(json!({})).await;
        let me = stage.company.signed_in(&bea).await;
        assert_eq!((me.account().id, me.account().email_verified), (account.id, true));
        assert!(services.signed_in(&squatter.secret, Meta::default()).await.is_err(), "their session is over");
        let anyone = services.anonymous(Meta::default());
        assert!(accounts::sign_in(services, &anyone, "bea@acme.test", PASSWORD).await.is_err(), "so is their password");
        assert!(store::resets::find(&stage.company.world.store, &reset).await.unwrap().is_none(), "and the link to set another");
        assert_eq!(store::sso::identities::find(&stage.company.world.store, theirs, "squatter").await.unwrap(), None, "and their provider's word");
        let told = trail(&stage.company, &stage.owner).await;
        assert!(told.contains(&"got the account of bea@acme.test by Okta, without what others held of it".to_owned()), "{told:?}");
        // once: who comes again loses nothing
        stage.comes(json!({})).await;
        stage.enters(&bea, &stage.owner.slug).await.unwrap();
    }

    async fn who_has_shown_their_address_keeps_what_they_hold(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        stage.enters(&stage.owner, &stage.owner.slug).await.unwrap();
        stage.by_password("amara@acme.test", &stage.owner.slug).await;
        // and so does who is signed in to the account in the browser that comes
        let eve = stage.company.founder("Eve").await;
        let sent = stage.begin(stage.connection, None).await;
        let mut claims = stage.claims(&sent);
        (claims["sub"], claims["email"]) = (json!("eve"), json!("eve@acme.test"));
        stage.provider.gives(&claims);
        let old = stage.company.signed_in(&eve).await;
        let came = stage.came(stage.back(&sent, Some(&sent.cookie), Some(old)).await.unwrap());
        assert!(stage.company.signed_in(&came).await.account().email_verified);
        stage.by_password("eve@acme.test", &eve.slug).await;
    }

    async fn an_invite_s_link_that_its_owner_copied_proves_no_address(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        // somebody founds a workspace, invites Bea, and opens the link that owners are shown
        let eve = stage.company.founder("Eve").await;
        let copied = stage.company.invite(&eve, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let anyone = services.anonymous(Meta::default());
        let squatter = invites::accept_as_new(services, &anyone, &copied, "Bea", PASSWORD).await.unwrap().session_secret;
        assert!(!services.signed_in(&squatter, Meta::default()).await.unwrap().account().email_verified);
        stage.comes(json!({})).await;
        assert!(services.signed_in(&squatter, Meta::default()).await.is_err(), "their session is over");
        assert!(accounts::sign_in(services, &anyone, "bea@acme.test", PASSWORD).await.is_err(), "so is their password");
    }

    async fn the_mailed_link_of_an_invite_proves_its_address(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let copied = stage.company.invite(&stage.owner, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let mailed = links(&stage.company).await.pop().unwrap();
        let (secret, proof) = mailed.split_once('.').unwrap();
        assert_eq!(secret, copied);
        // a proof that is made up is no link at all, not even a copied one
        for forged in [format!("{secret}."), format!("{secret}.{secret}"), format!("{secret}.{proof}.")] {
            assert_eq!(invites::offer(services, &services.anonymous(Meta::default()), &forged).await.unwrap_err().kind, FailureKind::NotFound);
        }
        let anyone = services.anonymous(Meta::default());
        let bea = invites::accept_as_new(services, &anyone, &mailed, "Bea", PASSWORD).await.unwrap();
        assert!(services.signed_in(&bea.session_secret, Meta::default()).await.unwrap().account().email_verified);
        stage.comes(json!({})).await;
        services.signed_in(&bea.session_secret, Meta::default()).await.unwrap();
        stage.by_password("bea@acme.test", &bea.slug).await;
        // who has an account proves it the same way
        let cai = stage.company.founder("Cai").await;
        stage.company.invite(&stage.owner, "cai@acme.test", MemberKind::Member, Vec::new()).await;
        let mailed = links(&stage.company).await.pop().unwrap();
        invites::accept(services, &stage.company.signed_in(&cai).await, &mailed).await.unwrap();
        assert!(stage.company.signed_in(&cai).await.account().email_verified);
    }

    async fn an_account_that_is_a_workspace_s_last_way_in_is_not_given_over(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        stage.comes(json!({ "sub": "first" })).await;
        // she is also the one owner of another workspace who may come by password
        let me = stage.company.signed_in(&bea).await;
        let second = workspaces::create(services, &me, "Second").await.unwrap();
        let hers = Browser { secret: bea.secret.clone(), slug: second };
        let (workspace, owner) = (stage.company.owner(&hers).await.workspace().id, stage.company.id(&hers).await);
        let dora = stage.company.joined(&hers, "Dora", MemberKind::Owner, Vec::new()).await;
        let other = stage.company.id(&dora).await;
        let tx = stage.company.world.store.begin().await.unwrap();
        store::workspaces::require_sso(&tx, workspace, true).await.unwrap();
        store::sso::requirement::set_exceptions(&tx, workspace, &[owner]).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
        members::remove(services, &stage.company.owner(&stage.owner).await, stage.company.id(&bea).await).await.unwrap();
        let finished = stage.goes(json!({ "sub": "second" })).await;
        assert_eq!(stage.refused(finished).await, "last-way-in");
        stage.by_password("bea@acme.test", &hers.slug).await;
        // with another owner to come by password, she is let go of
        let tx = stage.company.world.store.begin().await.unwrap();
        store::sso::requirement::set_exceptions(&tx, workspace, &[owner, other]).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Workspace(workspace), Event::SignedOut)).await.unwrap();
        stage.comes(json!({ "sub": "second" })).await;
        let anyone = services.anonymous(Meta::default());
        assert!(accounts::sign_in(services, &anyone, "bea@acme.test", PASSWORD).await.is_err(), "what the first one held is over");
    }

    async fn whoever_arrives_locks_workspaces_in_order(world: World) {
        let stage = Stage::bare(world).await;
        let services = &stage.company.services;
        // Bea, of an address that was never shown to be hers, is excepted in Amara's workspace, and comes by a connection of Zoe's younger one
        let bea = stage.company.founder("Bea").await;
        let invite = stage.company.invite(&stage.owner, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        invites::accept(services, &stage.company.signed_in(&bea).await, &invite).await.unwrap();
        let (amara, older) = (stage.company.id(&stage.owner).await, stage.company.owner(&stage.owner).await.workspace().id);
        let there = stage.company.id(&Browser { secret: bea.secret, slug: stage.owner.slug.clone() }).await;
        let tx = stage.company.world.store.begin().await.unwrap();
        store::workspaces::require_sso(&tx, older, true).await.unwrap();
        store::sso::requirement::set_exceptions(&tx, older, &[amara, there]).await.unwrap();
        tx.commit(stage.company.world.record(Chain::Workspace(older), Event::SignedOut)).await.unwrap();
        stage.company.clock.advance(Span::minutes(1));
        let zoe = stage.company.founder("Zoe").await;
        let younger = stage.company.owner(&zoe).await.workspace().id;
        assert!(older < younger);
        let hers = connected(&stage.company, &zoe, &oidc("Hers", &stage.provider)).await;
        stage.proves(&zoe, "acme.test").await;
        let sent = stage.begin(hers, None).await;
        stage.provider.gives(&stage.claims(&sent));
        // another arrival has the older one, and goes on to the younger
        let tx = stage.company.world.store.begin().await.unwrap();
        store::workspaces::lock(&tx, older).await.unwrap();
        let other = async {
            stage.company.somebody_waits().await;
            store::workspaces::lock(&tx, younger).await.unwrap().unwrap();
            drop(tx);
        };
        let (finished, ()) = tokio::join!(stage.back_to(hers, &sent, Some(&sent.cookie), None), other);
        assert!(matches!(finished.unwrap(), Finished::SignedIn { .. }));
    }

    async fn a_second_person_of_an_address_is_not_the_first_one(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let first = stage.comes(json!({ "sub": "first" })).await;
        let account = stage.company.signed_in(&first).await.account().id;
        let id = stage.company.id(&first).await;
        let finished = stage.goes(json!({ "sub": "second" })).await;
        assert_eq!(stage.refused(finished).await, "address-of-another");
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "was refused as bea@acme.test by Okta");
        stage.enters(&first, &stage.owner.slug).await.unwrap();
        // an owner knows that the first one left
        members::remove(services, &stage.company.owner(&stage.owner).await, id).await.unwrap();
        let second = stage.comes(json!({ "sub": "second" })).await;
        assert_eq!(stage.company.signed_in(&second).await.account().id, account);
        assert!(services.signed_in(&first.secret, Meta::default()).await.is_err(), "what the first one held is over");
        let finished = stage.goes(json!({ "sub": "first" })).await;
        assert_eq!(stage.refused(finished).await, "address-of-another");
    }

    async fn an_address_that_is_no_proven_domain_s_is_linked_to_nobody(world: World) {
        let stage = Stage::bare(world).await;
        let eve = stage.company.founder("Eve").await;
        for claims in [json!({ "email": "eve@acme.test" }), json!({ "email": "nobody@acme.test" })] {
            let finished = stage.goes(claims).await;
            assert!(matches!(finished, Finished::LinkNeeded { .. }), "the same for both: {finished:?}");
        }
        let log = stage.log().await;
        assert_eq!(log.len(), 2);
        assert!(stage.enters(&eve, &stage.owner.slug).await.is_err());
    }

    async fn an_address_that_the_provider_has_not_verified_is_linked_to_nobody(world: World) {
        let stage = Stage::set(world).await;
        let finished = stage.goes(json!({ "email": "amara@acme.test", "email_verified": false })).await;
        assert!(matches!(finished, Finished::LinkNeeded { .. }), "{finished:?}");
        // a provider that says nothing of it speaks for its domain
        stage.comes(json!({ "email_verified": null })).await;
    }

    async fn without_an_address_nobody_comes_in(world: World) {
        let stage = Stage::set(world).await;
        for email in [json!(null), json!(""), json!("bea")] {
            let finished = stage.goes(json!({ "email": email })).await;
            assert_eq!(stage.refused(finished).await, "no-address");
        }
    }

    async fn a_domain_of_another_workspace_counts_there_alone(world: World) {
        let stage = Stage::bare(world).await;
        let eve = stage.company.founder("Eve").await;
        stage.proves(&eve, "acme.test").await;
        let finished = stage.goes(json!({})).await;
        assert!(matches!(finished, Finished::LinkNeeded { .. }), "{finished:?}");
    }
}
