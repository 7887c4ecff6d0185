//! The audit trail: chains without gaps whoever writes at once, pages that meet, and every tampering found.

use domain::{
    audit::{Actor, Chain, Event, Object, Origin},
    id::{MemberId, WorkspaceId},
    page::{Cursor, PageSize},
    plan::Plan,
};
use std::sync::Arc;
use store::{
    Store,
    audit::{self, Fault, Filter, Verdict},
};
use testkit::{World, on_both};

async fn change(world: &World, store: &Store, chain: Chain) -> Option<i64> {
    let tx = store.begin().await.unwrap();
    tx.commit(world.record(chain, Event::PlanChanged { before: Plan::Free, after: Plan::Team })).await.unwrap().policy_version
}

/// A workspace whose chain has this many entries, its founding included.
async fn chain_of(world: &World, entries: usize) -> (WorkspaceId, Chain) {
    let id = world.workspace("acme").await;
    for _ in 1..entries {
        change(world, &world.store, Chain::Workspace(id)).await;
    }
    (id, Chain::Workspace(id))
}

async fn seqs(world: &World, chain: Chain, filter: &Filter, cursor: Option<&str>, size: u16) -> (Vec<i64>, Option<String>, Option<String>) {
    let cursor = cursor.map(|text| Cursor::decode(text).unwrap());
    let page = audit::page(&world.store, chain, filter, cursor.as_ref(), PageSize::new(size)).await.unwrap();
    (page.rows.iter().map(|entry| entry.seq).collect(), page.previous, page.next)
}

on_both! {
    async fn an_entry_reads_back_as_it_was_recorded(world: World) {
        let (id, chain) = chain_of(&world, 1).await;
        let member = world.id(MemberId::new);
        let mut record = world.record(chain, Event::MemberLeft { member: "Amara \"李\" O'Kafor\n".to_owned(), email: "a@b.co".to_owned(), before: Default::default() });
        record.actor = Actor::Member { id: member, name: "Amara".to_owned() };
        record.object = Some(Object::new("member", member.uuid()));
        record.origin = Origin { address: Some("192.0.2.1".to_owned()), request: Some("r1".to_owned()) };
        world.store.begin().await.unwrap().commit(record.clone()).await.unwrap();
        let page = audit::page(&world.store, chain, &Filter::default(), None, PageSize::SCREEN).await.unwrap();
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
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Whole { entries: 41 });
        assert_eq!(audit::verify(&world.store, Chain::Accounts).await.unwrap(), Verdict::Whole { entries: 10 });
        assert_eq!(store::workspaces::by_id(&world.store, id).await.unwrap().unwrap().policy_version, 41);
        assert_eq!(audit::chains(&world.store).await.unwrap(), [Chain::Accounts, chain]);
    }

    async fn a_chain_nobody_wrote_to_is_whole(world: World) {
        assert_eq!(audit::verify(&world.store, Chain::Accounts).await.unwrap(), Verdict::Whole { entries: 0 });
    }

    async fn a_changed_entry_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("UPDATE audit SET event_json = replace(event_json, 'team', 'free') WHERE seq = 3").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Changed { seq: 3 }));
    }

    async fn a_changed_column_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("UPDATE audit SET event = 'signed_out' WHERE seq = 4").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Changed { seq: 4 }));
    }

    async fn a_missing_entry_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("DELETE FROM audit WHERE seq = 2").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Missing { seq: 2 }));
    }

    async fn a_cut_off_end_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("DELETE FROM audit WHERE seq > 3").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Missing { seq: 4 }));
    }

    async fn an_end_moved_back_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Longer { seq: 3 }));
    }

    async fn an_entry_taken_from_elsewhere_is_found(world: World) {
        let (_, chain) = chain_of(&world, 5).await;
        world.raw("UPDATE audit SET prev = (SELECT prev FROM audit WHERE seq = 2) WHERE seq = 4").await;
        assert_eq!(audit::verify(&world.store, chain).await.unwrap(), Verdict::Broken(Fault::Unlinked { seq: 4 }));
    }

    async fn pages_meet_in_both_directions(world: World) {
        let (_, chain) = chain_of(&world, 7).await;
        let all = Filter::default();
        let (first, none, next) = seqs(&world, chain, &all, None, 3).await;
        assert_eq!((first, none), (vec![7, 6, 5], None));
        let (second, _, next) = seqs(&world, chain, &all, next.as_deref(), 3).await;
        assert_eq!(second, [4, 3, 2]);
        let (third, previous, end) = seqs(&world, chain, &all, next.as_deref(), 3).await;
        assert_eq!((third, end), (vec![1], None));
        let (second, previous, _) = seqs(&world, chain, &all, previous.as_deref(), 3).await;
        assert_eq!(second, [4, 3, 2]);
        let (first, none, next) = seqs(&world, chain, &all, previous.as_deref(), 3).await;
        assert_eq!((first, none), (vec![7, 6, 5], None));
        assert!(next.is_some());
    }

    async fn a_filter_narrows_to_event_time_and_chain(world: World) {
        let (id, chain) = chain_of(&world, 4).await;
        let other = Chain::Workspace(world.workspace("other").await);
        let founded = Filter { event: Some("workspace_created".to_owned()), ..Filter::default() };
        assert_eq!(seqs(&world, chain, &founded, None, 9).await.0, [1]);
        assert_eq!(seqs(&world, other, &Filter::default(), None, 9).await.0, [1]);
        let entries = audit::page(&world.store, chain, &Filter::default(), None, PageSize::SCREEN).await.unwrap().rows;
        let span = Filter { from: Some(entries[2].at), until: Some(entries[0].at), ..Filter::default() };
        assert_eq!(seqs(&world, chain, &span, None, 9).await.0, [3, 2]);
        let nobody = Filter { actor: Some(id.uuid()), ..Filter::default() };
        let page = audit::page(&world.store, chain, &nobody, None, PageSize::SCREEN).await.unwrap();
        assert_eq!((page.rows.len(), page.total), (0, None));
    }
}
