//! A change is kept with its record, or not at all.

use crate::audit::whole;
use domain::{
    account::Account,
    audit::{Chain, Event},
    email::EmailAddress,
    id::{AccountId, WorkspaceId},
    text::PersonName,
};
use store::{
    StoreError,
    accounts::{self, NewAccount},
    workspaces,
};
use testkit::{World, on_both};

fn new(world: &World) -> NewAccount {
    let (name, email) = (PersonName::parse("Ben").unwrap(), EmailAddress::parse("ben@acme.test").unwrap());
    NewAccount { account: Account { id: world.id(AccountId::new), name, email, email_verified: true, created_at: world.now() }, password_hash: None }
}

on_both! {
    async fn a_dropped_change_leaves_nothing(world: World) {
        let tx = world.store.begin().await.unwrap();
        accounts::insert(&tx, &new(&world)).await.unwrap();
        drop(tx);
        assert_eq!(accounts::count(&world.store).await.unwrap(), 0);
        // and its connection serves the next change
        world.account("ben@acme.test").await;
        assert_eq!(accounts::count(&world.store).await.unwrap(), 1);
    }

    async fn a_change_whose_record_fails_leaves_nothing(world: World) {
        let nowhere = Chain::Workspace(world.id(WorkspaceId::new));
        let tx = world.store.begin().await.unwrap();
        accounts::insert(&tx, &new(&world)).await.unwrap();
        let error = tx.commit(world.record(nowhere, Event::SignedOut)).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
        assert_eq!(accounts::count(&world.store).await.unwrap(), 0);
        assert_eq!(whole(&world, nowhere).await, 0);
    }

    async fn a_record_is_written_once(world: World) {
        let record = world.record(Chain::Accounts, Event::SignedOut);
        world.store.begin().await.unwrap().commit(record.clone()).await.unwrap();
        assert!(world.store.begin().await.unwrap().commit(record).await.is_err());
        assert_eq!(whole(&world, Chain::Accounts).await, 1);
    }

    async fn several_records_raise_the_policy_version_once(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let record = |chain| world.record(chain, Event::SignedOut);
        let rest = vec![record(Chain::Workspace(other)), record(Chain::Accounts), record(Chain::Workspace(acme))];
        let committed = world.store.begin().await.unwrap().commit_all(record(Chain::Workspace(acme)), rest).await.unwrap();
        assert_eq!(committed.policy_version, Some(2));
        for (chain, entries) in [(Chain::Workspace(acme), 3), (Chain::Workspace(other), 2), (Chain::Accounts, 1)] {
            assert_eq!(whole(&world, chain).await, entries);
        }
        for id in [acme, other] {
            assert_eq!(workspaces::by_id(&world.store, id).await.unwrap().unwrap().policy_version, 2);
        }
    }

    async fn an_account_s_change_has_no_policy_version(world: World) {
        let tx = world.store.begin().await.unwrap();
        let committed = tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        assert_eq!(committed.policy_version, None);
    }
}
