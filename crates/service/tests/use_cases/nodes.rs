//! Two nodes on one database, by the machine's own clock: what one takes away, the other refuses within a second.

use crate::company::{Company, SECRET_KEY};
use domain::{
    audit::{Chain, Event},
    catalog::{Action, Catalog, RoleId},
    grant::{GrantSpec, Holder, Scope},
    member::MemberKind,
    policy::{Subject, Target},
    resource::ResourceType,
};
use service::{Services, Settings, decisions, secrets::SecretKey};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::Store;
use testkit::{World, on_both};

/// How long a commit on one node may take to be in another's answers.
const A_SECOND: Duration = Duration::from_secs(1);

/// A node as `serve` runs it, by the machine's clock.
pub fn node(store: Store) -> Services {
    let settings = Settings::usual("http://rolecall.test".to_owned(), SecretKey::parse(SECRET_KEY).unwrap());
    let services = Services::new(store, Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), settings);
    tokio::spawn(decisions::listen(services.clone()));
    services
}

on_both! {
    async fn a_grant_taken_away_here_is_refused_there_within_a_second(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let all = || vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)];
        let bea = company.joined(&amara, "Bea", MemberKind::Member, all()).await;
        let (owner, bea) = (company.owner(&amara).await, company.id(&bea).await);
        let workspace = owner.workspace().id;
        let there = node(company.world.other_node().await);
        let create = Action::new(&ResourceType::new("source"), "create");
        let ask = async |at_least| decisions::check(&there, &owner, Subject::Member(bea), &create, &Target::Type, at_least).await.unwrap();
        let take = async || {
            let tx = company.world.store.begin().await.unwrap();
            store::grants::replace(&tx, workspace, Holder::Member(bea), &[], company.services.now()).await.unwrap();
            tx.commit(company.world.record(Chain::Workspace(workspace), Event::UsersExported { count: 0 })).await.unwrap().policy_version.unwrap()
        };
        let give = async || {
            let grants: Vec<_> = all().into_iter().map(|spec| domain::grant::Grant { id: company.world.id(domain::id::GrantId::new), spec }).collect();
            let tx = company.world.store.begin().await.unwrap();
            store::grants::replace(&tx, workspace, Holder::Member(bea), &grants, company.services.now()).await.unwrap();
            tx.commit(company.world.record(Chain::Workspace(workspace), Event::UsersExported { count: 0 })).await.unwrap().policy_version.unwrap()
        };
        for _ in 0..5 {
            let version = give().await;
            assert!(ask(Some(version)).await.decision.is_allowed());
            take().await;
            let taken = Instant::now();
            while ask(None).await.decision.is_allowed() {
                assert!(taken.elapsed() < A_SECOND, "still allowed");
                tokio::task::yield_now().await;
            }
            // and at once where the version is named
            let version = give().await;
            assert!(ask(Some(version)).await.decision.is_allowed());
            let version = take().await;
            let answer = ask(Some(version)).await;
            assert!(!answer.decision.is_allowed() && answer.policy_version >= version);
        }
    }

    async fn a_lost_connection_loses_no_change(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let all = vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)];
        let bea = company.joined(&amara, "Bea", MemberKind::Member, all).await;
        let (owner, bea) = (company.owner(&amara).await, company.id(&bea).await);
        let there = node(company.world.other_node().await);
        let create = Action::new(&ResourceType::new("source"), "create");
        let ask = async || decisions::check(&there, &owner, Subject::Member(bea), &create, &Target::Type, None).await.unwrap();
        assert!(ask().await.decision.is_allowed());
        if company.world.store.backend() == store::Backend::Postgres {
            company.world.raw("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
        }
        let tx = loop {
            // the pool finds its dead connections one by one
            match company.world.store.begin().await {
                Ok(tx) => match store::grants::replace(&tx, owner.workspace().id, Holder::Member(bea), &[], company.services.now()).await {
                    Ok(()) => break tx,
                    Err(_) => continue,
                },
                Err(_) => continue,
            }
        };
        let record = company.world.record(Chain::Workspace(owner.workspace().id), Event::UsersExported { count: 0 });
        tx.commit(record).await.unwrap();
        let taken = Instant::now();
        while ask().await.decision.is_allowed() {
            assert!(taken.elapsed() < A_SECOND, "still allowed");
            tokio::task::yield_now().await;
        }
    }
}
