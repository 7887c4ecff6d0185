//! A link to set a new password works once, for its hour.

use domain::{
    audit::{Chain, Event},
    id::{AccountId, ResetId},
    time::Span,
};
use std::sync::Arc;
use store::{
    Store,
    resets::{self, NewReset},
    sessions,
};
use testkit::{World, on_both};

async fn ask(world: &World, account: AccountId) -> NewReset {
    let now = world.now();
    let reset = NewReset { id: world.id(ResetId::new), account, secret_hash: world.hash(), created_at: now, expires_at: now.plus(Span::hours(1)) };
    let tx = world.store.begin().await.unwrap();
    resets::void_others(&tx, account).await.unwrap();
    resets::insert(&tx, &reset).await.unwrap();
    tx.commit(world.record(Chain::Accounts, Event::PasswordResetRequested { email: "amara@acme.test".to_owned() })).await.unwrap();
    reset
}

async fn take(world: &World, store: &Store, id: ResetId) -> bool {
    let tx = store.begin().await.unwrap();
    let used = resets::mark_used(&tx, id, world.now()).await.unwrap();
    if used {
        tx.commit(world.record(Chain::Accounts, Event::PasswordReset)).await.unwrap();
    }
    used
}

on_both! {
    async fn a_link_is_used_once(world: World) {
        let reset = ask(&world, world.account("amara@acme.test").await).await;
        let found = resets::find(&world.store, &reset.secret_hash).await.unwrap().unwrap();
        assert_eq!((found.id, found.account, found.expires_at, found.used), (reset.id, reset.account, reset.expires_at, false));
        assert!(take(&world, &world.store, reset.id).await);
        assert!(!take(&world, &world.store, reset.id).await);
        assert!(resets::find(&world.store, &reset.secret_hash).await.unwrap().unwrap().used);
    }

    async fn two_nodes_at_once_use_it_once(world: World) {
        let reset = ask(&world, world.account("amara@acme.test").await).await;
        let other = world.other_node().await;
        let world = Arc::new(world);
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let world = Arc::clone(&world);
                let store = if n % 2 == 0 { world.store.clone() } else { other.clone() };
                tokio::spawn(async move { take(&world, &store, reset.id).await })
            })
            .collect();
        let mut wins = 0;
        for task in tasks {
            wins += u32::from(task.await.unwrap());
        }
        assert_eq!(wins, 1);
    }

    async fn an_old_link_is_not_used(world: World) {
        let reset = ask(&world, world.account("amara@acme.test").await).await;
        let tx = world.store.begin().await.unwrap();
        assert!(!resets::mark_used(&tx, reset.id, reset.expires_at).await.unwrap());
        drop(tx);
        sessions::purge_expired(&world.store, reset.expires_at).await.unwrap();
        assert_eq!(resets::find(&world.store, &reset.secret_hash).await.unwrap(), None);
    }

    async fn a_newer_link_voids_the_older(world: World) {
        let (amara, ben) = (world.account("amara@acme.test").await, world.account("ben@acme.test").await);
        let (older, others) = (ask(&world, amara).await, ask(&world, ben).await);
        let newer = ask(&world, amara).await;
        assert_eq!(resets::find(&world.store, &older.secret_hash).await.unwrap(), None);
        assert!(resets::find(&world.store, &newer.secret_hash).await.unwrap().is_some());
        assert!(resets::find(&world.store, &others.secret_hash).await.unwrap().is_some());
    }
}
