//! Sessions hold until their end, and end one by one or all together.

use domain::{
    audit::{Chain, Event},
    id::{AccountId, SessionId},
    time::{Span, Timestamp},
};
use store::{
    StoreError,
    sessions::{self, NewSession},
};
use testkit::{World, on_both};

fn new(world: &World, account: AccountId) -> NewSession {
    let now = world.now();
    NewSession {
        id: world.id(SessionId::new),
        account,
        secret_hash: world.hash(),
        device: "Firefox on Linux".to_owned(),
        address: "192.0.2.1".to_owned(),
        created_at: now,
        expires_at: now.plus(Span::days(7)),
        came_by: None,
    }
}

async fn open(world: &World, account: AccountId) -> NewSession {
    let session = new(world, account);
    let tx = world.store.begin().await.unwrap();
    sessions::insert(&tx, &session).await.unwrap();
    tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
    session
}

async fn is_found(world: &World, session: &NewSession, now: Timestamp) -> bool {
    sessions::find_by_secret(&world.store, &session.secret_hash, now).await.unwrap().is_some()
}

on_both! {
    async fn a_session_is_found_by_its_secret_until_it_ends(world: World) {
        let session = open(&world, world.account("amara@acme.test").await).await;
        let found = sessions::find_by_secret(&world.store, &session.secret_hash, world.now()).await.unwrap().unwrap();
        assert_eq!((found.id, found.account, found.expires_at), (session.id, session.account, session.expires_at));
        assert_eq!(found.last_seen_at, session.created_at);
        assert!(is_found(&world, &session, Timestamp::from_micros(session.expires_at.micros() - 1)).await);
        assert!(!is_found(&world, &session, session.expires_at).await);
        assert_eq!(sessions::find_by_secret(&world.store, &world.hash(), world.now()).await.unwrap(), None);
    }

    async fn a_session_stands_for_its_own_account_until_it_ends(world: World) {
        let (amara, bea) = (world.account("amara@acme.test").await, world.account("bea@acme.test").await);
        let session = open(&world, amara).await;
        let stands = async |account, now| sessions::stands(&world.store, session.id, account, now).await.unwrap();
        assert!(stands(amara, session.created_at).await);
        assert!(!stands(bea, session.created_at).await);
        assert!(!stands(amara, session.expires_at).await);
        let tx = world.store.begin().await.unwrap();
        assert!(sessions::end(&tx, session.id, amara).await.unwrap());
        assert!(!sessions::stands(&tx, session.id, amara, session.created_at).await.unwrap());
    }

    async fn touching_moves_last_seen_forward_only(world: World) {
        let account = world.account("amara@acme.test").await;
        let (first, second) = (open(&world, account).await, open(&world, account).await);
        let later = world.now();
        sessions::touch(&world.store, first.id, later).await.unwrap();
        sessions::touch(&world.store, first.id, first.created_at).await.unwrap();
        let listed = sessions::list(&world.store, account, later).await.unwrap();
        assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [first.id, second.id]);
        assert_eq!(listed[0].last_seen_at, later);
        assert_eq!(listed[0].device, "Firefox on Linux");
    }

    async fn the_longest_rest_is_kept_whatever_follows(world: World) {
        let session = open(&world, world.account("amara@acme.test").await).await;
        let rested = async || sessions::find_by_secret(&world.store, &session.secret_hash, session.created_at).await.unwrap().unwrap().longest_rest;
        assert_eq!(rested().await, Span::micros(0));
        let mut now = session.created_at;
        for (rest, longest) in [(5, 5), (20, 20), (1, 20), (19, 20), (21, 21)] {
            now = now.plus(Span::minutes(rest));
            sessions::touch(&world.store, session.id, now).await.unwrap();
            // the second of two requests that come together changes nothing
            sessions::touch(&world.store, session.id, now).await.unwrap();
            assert_eq!(rested().await, Span::minutes(longest));
        }
    }

    async fn only_the_account_s_own_session_ends(world: World) {
        let (amara, ben) = (world.account("amara@acme.test").await, world.account("ben@acme.test").await);
        let session = open(&world, amara).await;
        let tx = world.store.begin().await.unwrap();
        assert!(!sessions::end(&tx, session.id, ben).await.unwrap());
        assert!(sessions::end(&tx, session.id, amara).await.unwrap());
        assert!(!sessions::end(&tx, session.id, amara).await.unwrap());
        tx.commit(world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        assert!(!is_found(&world, &session, world.now()).await);
    }

    async fn all_sessions_end_but_the_one_kept(world: World) {
        let (amara, ben) = (world.account("amara@acme.test").await, world.account("ben@acme.test").await);
        let (kept, _, _, other) = (open(&world, amara).await, open(&world, amara).await, open(&world, amara).await, open(&world, ben).await);
        let tx = world.store.begin().await.unwrap();
        assert_eq!(sessions::end_all(&tx, amara, Some(kept.id)).await.unwrap(), 2);
        tx.commit(world.record(Chain::Accounts, Event::AllSessionsEnded { count: 2 })).await.unwrap();
        assert!(is_found(&world, &kept, world.now()).await);
        assert!(is_found(&world, &other, world.now()).await);
        let tx = world.store.begin().await.unwrap();
        assert_eq!(sessions::end_all(&tx, amara, None).await.unwrap(), 1);
    }

    async fn expired_sessions_are_dropped_and_others_kept(world: World) {
        let account = world.account("amara@acme.test").await;
        let (old, young) = (open(&world, account).await, open(&world, account).await);
        assert_eq!(sessions::purge_expired(&world.store, old.expires_at).await.unwrap(), 1);
        assert!(is_found(&world, &young, world.now()).await);
        assert_eq!(sessions::list(&world.store, account, world.now()).await.unwrap().len(), 1);
    }

    async fn a_session_needs_its_account(world: World) {
        let tx = world.store.begin().await.unwrap();
        let error = sessions::insert(&tx, &new(&world, world.id(AccountId::new))).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }
}
