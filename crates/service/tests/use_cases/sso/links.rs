//! Whose account is linked takes a link off by themselves, but for the last way in.

use super::stage::{Stage, connected, oidc};
use crate::resources::trail;
use domain::{failure::FailureKind, id::ConnectionId, sso::way_in::LinkedWay};
use serde_json::json;
use service::{
    access::SignedIn,
    sso::{self, links},
};
use testkit::{World, on_both, providers::oidc::Provider};

async fn mine(stage: &Stage, me: &SignedIn) -> Vec<LinkedWay> {
    links::mine(&stage.company.services, me).await.unwrap()
}

async fn is_linked(stage: &Stage, connection: ConnectionId, subject: &str) -> bool {
    store::sso::identities::find(&stage.company.world.store, connection, subject).await.unwrap().is_some()
}

on_both! {
    async fn who_has_a_password_unlinks_and_the_sessions_that_came_by_it_end(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let came = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let by_password = stage.company.signed_in(&stage.owner).await;
        let link = mine(&stage, &by_password).await.remove(0);
        assert_eq!((link.connection, link.name.as_str(), link.workspace.as_str()), (stage.connection, "Okta", "Amara Inc"));
        assert_eq!((link.here, link.kept_on), (false, None));
        assert!(mine(&stage, &stage.company.signed_in(&came).await).await[0].here);
        assert!(links::unlink(services, &by_password, stage.connection).await.unwrap(), "this session goes on");
        assert!(!is_linked(&stage, stage.connection, "amara").await);
        assert_eq!(stage.enters(&came, &came.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        stage.enters(&stage.owner, &stage.owner.slug).await.unwrap();
        assert_eq!(mine(&stage, &by_password).await, []);
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "unlinked amara@acme.test from Okta");
        let again = links::unlink(services, &by_password, stage.connection).await.unwrap_err();
        assert_eq!(again.kind, FailureKind::NotFound, "{again}");
        // a provider that speaks for the address links it again
        let came = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let me = stage.company.signed_in(&came).await;
        assert!(!links::unlink(services, &me, stage.connection).await.unwrap(), "this one came by it");
        assert_eq!(stage.enters(&came, &came.slug).await.unwrap_err().kind, FailureKind::SignedOut);
    }

    async fn the_last_way_in_is_kept(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.comes(json!({})).await;
        let me = stage.company.signed_in(&bea).await;
        let kept = mine(&stage, &me).await.remove(0).kept_on.unwrap();
        assert!(kept.contains("only way in") && kept.contains("new password"), "{kept}");
        let refused = links::unlink(services, &me, stage.connection).await.unwrap_err();
        assert_eq!((refused.kind, refused.message), (FailureKind::Conflict, kept));
        assert!(is_linked(&stage, stage.connection, "0001").await);
        stage.enters(&bea, &bea.slug).await.unwrap();
        // with another one it may go; but one that is switched off is none
        let (first, provider) = (stage.connection, Provider::open().await);
        let other = connected(&stage.company, &stage.owner, &oidc("Second", &provider)).await;
        let second = Stage { provider, connection: other, ..stage };
        second.came(second.goes(json!({ "sub": "b2" })).await);
        let services = &second.company.services;
        let me = second.company.signed_in(&bea).await;
        let owner = second.company.owner(&second.owner).await;
        sso::connections::switch(services, &owner, other, false).await.unwrap();
        assert_eq!(links::unlink(services, &me, first).await.unwrap_err().kind, FailureKind::Conflict);
        sso::connections::switch(services, &owner, other, true).await.unwrap();
        links::unlink(services, &me, first).await.unwrap();
        assert!(!is_linked(&second, first, "0001").await && is_linked(&second, other, "b2").await);
    }

    async fn of_two_that_are_taken_off_at_once_one_stays(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({})).await;
        let (first, provider) = (stage.connection, Provider::open().await);
        let other = connected(&stage.company, &stage.owner, &oidc("Second", &provider)).await;
        let stage = Stage { provider, connection: other, ..stage };
        let bea = stage.comes(json!({ "sub": "b2" })).await;
        let services = &stage.company.services;
        let (one, two) = (stage.company.signed_in(&bea).await, stage.company.signed_in(&bea).await);
        let both = tokio::join!(links::unlink(services, &one, first), links::unlink(services, &two, other));
        assert_eq!([both.0.is_ok(), both.1.is_ok()].into_iter().filter(|done| *done).count(), 1);
    }

    async fn taking_off_holds_no_account_while_it_waits_for_the_workspace(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let (me, workspace) = (stage.company.signed_in(&stage.owner).await, stage.company.owner(&stage.owner).await.workspace().id);
        // somebody arrives at that workspace, and the account is written then
        let tx = stage.company.world.store.begin().await.unwrap();
        store::workspaces::lock(&tx, workspace).await.unwrap();
        let arriving = async {
            stage.company.somebody_waits().await;
            assert!(store::accounts::lock(&tx, me.account().id).await.unwrap());
            drop(tx);
        };
        let (unlinked, ()) = tokio::join!(links::unlink(services, &me, stage.connection), arriving);
        unlinked.unwrap();
        assert!(!is_linked(&stage, stage.connection, "amara").await);
    }

    async fn a_provider_that_speaks_for_one_workspace_alone_unlinks_nothing(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let came = stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        // the domain goes, and with it that provider's word about the account
        let owner = stage.company.owner(&stage.owner).await;
        let domain = sso::domains::all(services, &owner).await.unwrap().remove(0);
        sso::domains::remove(services, &owner, domain.id).await.unwrap();
        let bound = stage.company.signed_in(&came).await;
        assert_eq!(mine(&stage, &bound).await, []);
        assert_eq!(links::unlink(services, &bound, stage.connection).await.unwrap_err().kind, FailureKind::Forbidden);
    }
}
