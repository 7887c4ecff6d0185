//! Tokens follow the version of their workspace's policy, and hear that they or the workspace ended.

use crate::{
    company::{Browser, Company},
    nodes::node,
};
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    member::GrantDraft,
    time::Span,
    token::TokenWish,
};
use futures::{Stream, StreamExt as _};
use service::{
    Services,
    access::WorkspaceToken,
    actor::Meta,
    closing, groups,
    live::versions::{self, MOST_STREAMS, Told},
    tokens,
};
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use testkit::{World, on_both};

type Followed = Pin<Box<dyn Stream<Item = Told> + Send>>;

fn weak(name: &str) -> TokenWish {
    let grants = vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_read_only"), Scope::All) }];
    TokenWish { name: name.to_owned(), grants, ..TokenWish::default() }
}

fn strong(name: &str) -> TokenWish {
    TokenWish { name: name.to_owned(), owner_access: true, ..TokenWish::default() }
}

async fn proof(services: &Services, secret: &str) -> WorkspaceToken {
    services.token(secret, &Meta::default()).await.unwrap()
}

/// Follows, and takes what is said first.
async fn followed(services: &Services, secret: &str) -> (Followed, i64) {
    let mut told: Followed = Box::pin(versions::follow(services, proof(services, secret).await).await.unwrap());
    match told.next().await {
        Some(Told::Version(version)) => (told, version),
        other => panic!("{other:?}"),
    }
}

/// Some change in this owner's workspace.
async fn change(company: &Company, by: &Browser, name: &str) {
    let wish = GroupWish { name: name.to_owned(), pii: false, grants: Vec::new() };
    groups::create(&company.services, &company.owner(by).await, &wish).await.unwrap();
}

/// The last thing told is how it ended.
async fn ended(mut told: Followed) -> (FailureKind, String) {
    loop {
        match told.next().await {
            Some(Told::Version(_)) => {}
            Some(Told::Gone(failure)) => {
                assert_eq!(told.next().await, None);
                return (failure.kind, failure.message);
            }
            None => panic!("it ended without a word"),
        }
    }
}

on_both! {
    async fn each_kind_of_token_is_told_of_its_own_workspace_alone(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let owner = company.owner(&amara).await;
        let (one, other) = (
            tokens::create(&company.services, &owner, strong("Shop")).await.unwrap(),
            tokens::create(&company.services, &owner, weak("Reader")).await.unwrap(),
        );
        let (mut shop, now) = followed(&company.services, one.secret.reveal()).await;
        let (mut reader, same) = followed(&company.services, other.secret.reveal()).await;
        assert_eq!(now, same);
        change(&company, &eve, "Elsewhere").await;
        change(&company, &amara, "Here").await;
        let next = Some(Told::Version(now + 1));
        assert_eq!((shop.next().await, reader.next().await), (next.clone(), next));
        company.services.ending.begin();
        assert_eq!((shop.next().await, reader.next().await), (None, None));
    }

    async fn a_token_hears_how_it_ended(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let services = &company.services;

        let revoked = tokens::create(services, &owner, weak("Revoked")).await.unwrap();
        let (told, _) = followed(services, revoked.secret.reveal()).await;
        tokens::revoke(services, &owner, revoked.id).await.unwrap();
        let (kind, words) = ended(told).await;
        assert!(kind == FailureKind::SignedOut && words.contains("revoked"), "{words}");

        let rotated = tokens::create(services, &owner, weak("Rotated")).await.unwrap();
        let (old, _) = followed(services, rotated.secret.reveal()).await;
        let graced = tokens::rotate(services, &owner, rotated.id, Span::hours(1)).await.unwrap();
        let (new, _) = followed(services, graced.secret.reveal()).await;
        company.clock.advance(Span::hours(1));
        change(&company, &amara, "After the grace").await;
        assert!(ended(old).await.1.contains("time of grace"));
        tokens::rotate(services, &owner, rotated.id, Span::seconds(0)).await.unwrap();
        assert!(ended(new).await.1.contains("time of grace"), "without grace at once");

        let short = TokenWish { expires_at: Some(services.now().plus(Span::days(1))), ..weak("Short") };
        let short = tokens::create(services, &owner, short).await.unwrap();
        let (told, _) = followed(services, short.secret.reveal()).await;
        company.clock.advance(Span::days(1));
        // nothing changed: it is looked at when its time has come
        assert!(ended(told).await.1.contains("expired"));
    }

    async fn a_closed_workspace_is_followed_by_nobody(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, strong("Shop")).await.unwrap();
        let late = proof(&company.services, made.secret.reveal()).await;
        let (told, _) = followed(&company.services, made.secret.reveal()).await;
        closing::close(&company.services, &owner, owner.workspace().name.as_str()).await.unwrap();
        let (kind, words) = ended(told).await;
        assert!(kind == FailureKind::NotFound && words.contains("closed"), "{words}");
        assert_eq!(versions::follow(&company.services, late).await.err().unwrap().kind, FailureKind::NotFound);
    }

    async fn a_database_that_is_silent_about_the_token_ends_the_stream(world: World) {
        let company = Company::new(world);
        // SQLite reads whatever is being written
        if company.world.store.backend() == store::Backend::Sqlite {
            return;
        }
        let amara = company.founder("Amara").await;
        let made = tokens::create(&company.services, &company.owner(&amara).await, strong("Shop")).await.unwrap();
        let (mut told, _) = followed(&company.services, made.secret.reveal()).await;
        let locked = "SELECT count(*)::text AS text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'tokens'::regclass \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let told = async {
            while company.world.text(locked).await == "0" {
                tokio::task::yield_now().await;
            }
            change(&company, &amara, "Meanwhile").await;
            let begun = Instant::now();
            (told.next().await, begun.elapsed())
        };
        tokio::select! {
            () = company.world.raw("BEGIN; LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(20); COMMIT") => panic!("it was waited for"),
            (told, took) = told => assert!(told.is_none() && took < Duration::from_secs(5), "{told:?} after {took:?}"),
        }
        let sleeps = "datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
        company.world.raw(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {sleeps}")).await;
    }

    async fn so_many_streams_and_no_more(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let made = tokens::create(&company.services, &company.owner(&amara).await, weak("Reader")).await.unwrap();
        let mut open = Vec::new();
        for _ in 0..MOST_STREAMS {
            open.push(followed(&company.services, made.secret.reveal()).await.0);
        }
        let refused = versions::follow(&company.services, proof(&company.services, made.secret.reveal()).await).await.err().unwrap();
        assert!(refused.kind == FailureKind::Limited && refused.message.contains("64"), "{refused}");
        open.pop();
        let _again = followed(&company.services, made.secret.reveal()).await;
    }

    async fn what_changes_on_one_node_is_told_on_the_other(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let made = tokens::create(&company.services, &company.owner(&amara).await, strong("Shop")).await.unwrap();
        let there = node(company.world.other_node().await);
        let (mut told, mut version) = followed(&there, made.secret.reveal()).await;
        for round in 0..5 {
            let begun = Instant::now();
            change(&company, &amara, &format!("Group {round}")).await;
            version += 1;
            assert_eq!(told.next().await, Some(Told::Version(version)));
            assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        }
        tokens::revoke(&company.services, &company.owner(&amara).await, made.id).await.unwrap();
        assert_eq!(ended(told).await.0, FailureKind::SignedOut);
    }
}
