//! The audit trail: what is recorded reads back, and chains have no gaps whoever writes at once.

use domain::{
    audit::{Actor, Chain, Event, Object, Origin},
    audit_query::AuditQuery,
    id::{MemberId, WorkspaceId},
    plan::Plan,
};
use std::sync::Arc;
use store::{Store, audit};
use testkit::{World, on_both};

pub async fn change(world: &World, store: &Store, chain: Chain) -> Option<i64> {
    let tx = store.begin().await.unwrap();
    tx.commit(world.record(chain, Event::PlanChanged { before: Plan::Free, after: Plan::Team })).await.unwrap().policy_version
}

/// A workspace whose chain has this many entries, its founding included.
pub async fn chain_of(world: &World, entries: usize) -> (WorkspaceId, Chain) {
    let id = world.workspace("acme").await;
    for _ in 1..entries {
        change(world, &world.store, Chain::Workspace(id)).await;
    }
    (id, Chain::Workspace(id))
}

/// How many entries a chain has that is whole.
pub async fn whole(world: &World, chain: Chain) -> i64 {
    let verdict = audit::verify(&world.store, chain).await.unwrap();
    assert!(verdict.is_whole(), "{:?}", verdict.faults);
    verdict.entries
}

on_both! {
    async fn an_entry_reads_back_as_it_was_recorded(world: World) {
        let (id, chain) = chain_of(&world, 1).await;
        let member = world.id(MemberId::new);
        let mut record = world.record(chain, Event::MemberLeft { member: "Amara \"李\" O'Kafor\n".to_owned(), email: "a@b.co".to_owned(), before: Default::default() });
        record.actor = Actor::Member { id: member, name: "Amara".to_owned() };
        record.object = Some(Object::new("member", member.uuid()));
        record.origin = Origin { address: Some("192.0.2.1".to_owned()), request: Some("r1".to_owned()), operation: None };
        world.store.begin().await.unwrap().commit(record.clone()).await.unwrap();
        let page = audit::page(&world.store, chain, &AuditQuery::default()).await.unwrap();
        let entry = &page.rows[0];
        assert_eq!((entry.id, entry.seq, entry.at), (record.id, 2, record.at));
        assert_eq!((&entry.actor, &entry.event, &entry.object, &entry.origin), (&record.actor, &record.event, &record.object, &record.origin));
        assert_eq!(page.total, Some(2));
        let of_member = audit::of_object(&world.store, chain, member.uuid(), 10).await.unwrap();
        assert_eq!(of_member.iter().collect::<Vec<_>>(), [entry]);
        assert_eq!(audit::of_object(&world.store, chain, id.uuid(), 10).await.unwrap(), []);
    }

    async fn commits_at_once_leave_no_gap(world: World) {
        let (id, chain) = chain_of(&world, 1).await;
        let nodes = [world.store.clone(), world.other_node().await];
        let world = Arc::new(world);
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let (world, store) = (Arc::clone(&world), nodes[n % 2].clone());
                // every fourth writes to the accounts' chain too, in the same change
                tokio::spawn(async move {
                    if n % 4 > 0 {
                        return change(&world, &store, chain).await;
                    }
                    let both = [world.record(Chain::Accounts, Event::SignedOut), world.record(chain, Event::SignedOut)];
                    let [first, second] = if n % 8 == 0 { both } else { let [a, b] = both; [b, a] };
                    store.begin().await.unwrap().commit_all(first, vec![second]).await.unwrap();
                    None
                })
            })
            .collect();
        let mut versions = Vec::new();
        for task in tasks {
            versions.extend(task.await.unwrap());
        }
        versions.sort_unstable();
        versions.dedup();
        assert_eq!(versions.len(), 30, "every change has a policy version of its own");
        assert_eq!(whole(&world, chain).await, 41);
        assert_eq!(whole(&world, Chain::Accounts).await, 10);
        assert_eq!(store::workspaces::by_id(&world.store, id).await.unwrap().unwrap().policy_version, 41);
        assert_eq!(audit::chains(&world.store).await.unwrap(), [Chain::Accounts, chain]);
    }
}
