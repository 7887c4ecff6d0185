//! Every way to tamper with the audit trail is found, and the entry named; what went by age is no fault.

use crate::audit::{chain_of, change, whole};
use domain::{
    audit::{Chain, Event},
    audit_verdict::FaultKind,
    time::Timestamp,
};
use store::audit;
use testkit::{World, on_both};

async fn faults(world: &World, chain: Chain) -> Vec<(FaultKind, i64)> {
    audit::verify(&world.store, chain).await.unwrap().faults.into_iter().map(|fault| (fault.kind, fault.seq)).collect()
}

/// What is found after this is said to the database of a chain of six entries.
async fn found(world: &World, sql: &[&str]) -> Vec<(FaultKind, i64)> {
    let (_, chain) = chain_of(world, 6).await;
    assert_eq!(whole(world, chain).await, 6);
    for sql in sql {
        world.raw(sql).await;
    }
    faults(world, chain).await
}

/// Lets all entries from before this moment go, as the server does.
pub async fn let_go(world: &World, chain: Chain, before: Timestamp) -> i64 {
    let old = audit::old(&world.store, chain, before, before).await.unwrap().unwrap();
    let seal = old.seal.iter().map(|byte| format!("{byte:02x}")).collect();
    let event = Event::AuditPruned { count: old.count().unsigned_abs(), through: old.through, seal, before };
    let tx = world.store.begin().await.unwrap();
    assert!(audit::let_go(&tx, &old, world.now()).await.unwrap());
    tx.commit(world.record(chain, event)).await.unwrap();
    old.through
}

async fn moment(world: &World, chain: Chain, seq: i64) -> Timestamp {
    let page = audit::page(&world.store, chain, &Default::default()).await.unwrap();
    page.rows.iter().find(|entry| entry.seq == seq).unwrap().at
}

on_both! {
    async fn a_chain_nobody_wrote_to_is_whole(world: World) {
        assert_eq!(whole(&world, Chain::Accounts).await, 0);
    }

    async fn a_changed_entry_is_found(world: World) {
        let faults = found(&world, &["UPDATE audit SET event_json = replace(event_json, 'team', 'free') WHERE seq = 3"]).await;
        assert_eq!(faults, [(FaultKind::Changed, 3)]);
    }

    async fn a_fault_says_when_and_what(world: World) {
        let (_, chain) = chain_of(&world, 3).await;
        let at = moment(&world, chain, 2).await;
        world.raw("UPDATE audit SET actor_json = '{\"kind\":\"operator\"}' WHERE seq = 2").await;
        let verdict = audit::verify(&world.store, chain).await.unwrap();
        assert_eq!((verdict.faults[0].at, verdict.faults[0].event.as_deref(), verdict.entries), (Some(at), Some("plan_changed"), 3));
    }

    async fn a_changed_column_is_found(world: World) {
        assert_eq!(found(&world, &["UPDATE audit SET event = 'signed_out' WHERE seq = 4"]).await, [(FaultKind::Changed, 4)]);
    }

    async fn a_changed_moment_is_found(world: World) {
        assert_eq!(found(&world, &["UPDATE audit SET at = at - 1 WHERE seq = 4"]).await, [(FaultKind::Changed, 4)]);
    }

    async fn every_changed_entry_is_told(world: World) {
        let faults = found(&world, &["UPDATE audit SET at = at - 1 WHERE seq IN (2, 3, 5)"]).await;
        assert_eq!(faults, [(FaultKind::Changed, 2), (FaultKind::Changed, 3), (FaultKind::Changed, 5)]);
    }

    async fn a_missing_entry_is_found(world: World) {
        assert_eq!(found(&world, &["DELETE FROM audit WHERE seq = 2"]).await, [(FaultKind::Missing { through: 2 }, 2)]);
    }

    async fn missing_entries_are_told_as_one(world: World) {
        assert_eq!(found(&world, &["DELETE FROM audit WHERE seq IN (1, 2, 4)"]).await, [(FaultKind::Missing { through: 2 }, 1), (FaultKind::Missing { through: 4 }, 4)]);
    }

    async fn entries_that_changed_places_are_found(world: World) {
        let swap = ["UPDATE audit SET seq = 100 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 100"];
        assert_eq!(found(&world, &swap).await, [(FaultKind::Reordered { was: 4 }, 3), (FaultKind::Reordered { was: 3 }, 4)]);
    }

    async fn a_cut_off_end_is_found(world: World) {
        assert_eq!(found(&world, &["DELETE FROM audit WHERE seq > 3"]).await, [(FaultKind::CutOff { through: 6 }, 4)]);
        assert_eq!(audit::chains(&world.store).await.unwrap().len(), 1);
    }

    async fn a_chain_emptied_is_found(world: World) {
        assert_eq!(found(&world, &["DELETE FROM audit"]).await, [(FaultKind::CutOff { through: 6 }, 1)]);
    }

    async fn an_end_moved_back_is_found(world: World) {
        let faults = found(&world, &["UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)"]).await;
        assert_eq!(faults, [(FaultKind::Longer, 3)]);
    }

    async fn an_end_taken_away_is_found(world: World) {
        let faults = found(&world, &["DELETE FROM audit_heads"]).await;
        assert_eq!(faults, [(FaultKind::Longer, 0)]);
        assert_eq!(audit::chains(&world.store).await.unwrap().len(), 1, "its entries still tell of it");
    }

    async fn an_end_with_another_seal_is_found(world: World) {
        let faults = found(&world, &["UPDATE audit_heads SET hash = (SELECT hash FROM audit WHERE seq = 3)"]).await;
        assert_eq!(faults, [(FaultKind::End, 6)]);
    }

    async fn an_entry_taken_from_elsewhere_is_found(world: World) {
        let faults = found(&world, &["UPDATE audit SET prev = (SELECT prev FROM audit WHERE seq = 2) WHERE seq = 4"]).await;
        assert_eq!(faults, [(FaultKind::Changed, 4)]);
    }

    async fn an_entry_of_another_chain_put_in_is_found(world: World) {
        let (_, chain) = chain_of(&world, 4).await;
        let other = Chain::Workspace(world.workspace("other").await);
        for _ in 0..3 {
            change(&world, &world.store, other).await;
        }
        let id = |chain: Chain| match chain { Chain::Workspace(id) => world.literal(id.uuid()), Chain::Accounts => String::new() };
        world.raw(&format!("DELETE FROM audit WHERE chain = {} AND seq = 3", id(chain))).await;
        world.raw(&format!("UPDATE audit SET chain = {} WHERE chain = {} AND seq = 3", id(chain), id(other))).await;
        assert_eq!(faults(&world, chain).await, [(FaultKind::Unlinked, 3)]);
        assert_eq!(faults(&world, other).await, [(FaultKind::Missing { through: 3 }, 3)]);
    }

    async fn so_many_faults_are_told_and_no_more(world: World) {
        let (_, chain) = chain_of(&world, 1).await;
        let records: Vec<_> = (0..1_200).map(|_| world.record(chain, Event::SignedOut)).collect();
        world.store.begin().await.unwrap().commit_all(world.record(chain, Event::SignedOut), records).await.unwrap();
        assert_eq!(whole(&world, chain).await, 1_202);
        world.raw("UPDATE audit SET at = at + 1").await;
        let verdict = audit::verify(&world.store, chain).await.unwrap();
        assert_eq!((verdict.faults.len(), verdict.more), (100, true));
    }

    async fn what_went_by_age_is_no_fault(world: World) {
        let (_, chain) = chain_of(&world, 6).await;
        let cut = moment(&world, chain, 4).await;
        assert_eq!(let_go(&world, chain, cut).await, 3);
        for left in [true, false] {
            assert_eq!(audit::sweep(&world.store, chain, 2).await.unwrap(), if left { 2 } else { 1 });
            let verdict = audit::verify(&world.store, chain).await.unwrap();
            assert_eq!((verdict.pruned, verdict.entries, verdict.faults), (3, 4, Vec::new()));
        }
        assert_eq!(audit::sweep(&world.store, chain, 2).await.unwrap(), 0);
        let page = audit::page(&world.store, chain, &Default::default()).await.unwrap();
        assert_eq!((page.rows.iter().map(|entry| entry.seq).collect::<Vec<_>>(), page.total), (vec![7, 6, 5, 4], Some(4)));
        change(&world, &world.store, chain).await;
        assert_eq!(whole(&world, chain).await, 5);
    }

    async fn entries_go_again_and_again(world: World) {
        let (_, chain) = chain_of(&world, 3).await;
        for round in 1..=3 {
            change(&world, &world.store, chain).await;
            let newest = audit::page(&world.store, chain, &Default::default()).await.unwrap().rows[0].at;
            let through = let_go(&world, chain, newest).await;
            audit::sweep(&world.store, chain, 100).await.unwrap();
            let verdict = audit::verify(&world.store, chain).await.unwrap();
            assert_eq!((verdict.pruned, verdict.entries, verdict.is_whole()), (through, 2, true), "round {round}");
        }
    }

    async fn only_the_beginning_goes_however_clocks_were_set(world: World) {
        let (_, chain) = chain_of(&world, 6).await;
        let early = moment(&world, chain, 1).await;
        let cut = moment(&world, chain, 3).await;
        // written by a node whose clock was behind, and truly so
        let late = domain::audit::Record { at: early, ..world.record(chain, Event::SignedOut) };
        world.store.begin().await.unwrap().commit(late).await.unwrap();
        let old = audit::old(&world.store, chain, cut, cut).await.unwrap().unwrap();
        assert_eq!((old.through, old.count()), (2, 2));
        assert_eq!(audit::old(&world.store, chain, early, cut).await.unwrap(), None, "the oldest is not yet so old");
    }

    async fn one_node_lets_them_go(world: World) {
        let (_, chain) = chain_of(&world, 4).await;
        let cut = moment(&world, chain, 3).await;
        let old = audit::old(&world.store, chain, cut, cut).await.unwrap().unwrap();
        let_go(&world, chain, cut).await;
        let tx = world.other_node().await.begin().await.unwrap();
        assert!(!audit::let_go(&tx, &old, world.now()).await.unwrap());
    }

    async fn a_beginning_moved_by_hand_is_found(world: World) {
        let (_, chain) = chain_of(&world, 6).await;
        let cut = moment(&world, chain, 3).await;
        let_go(&world, chain, cut).await;
        world.raw("UPDATE audit_anchors SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)").await;
        world.raw("DELETE FROM audit WHERE seq <= 4").await;
        assert_eq!(faults(&world, chain).await, [(FaultKind::Beginning, 4)]);
    }

    async fn what_goes_can_be_proven_first(world: World) {
        let (_, chain) = chain_of(&world, 6).await;
        assert_eq!(audit::verify_through(&world.store, chain, 4).await.unwrap(), []);
        world.raw("UPDATE audit SET at = at - 1 WHERE seq IN (2, 5)").await;
        let faults = audit::verify_through(&world.store, chain, 4).await.unwrap();
        assert_eq!(faults.iter().map(|fault| (fault.kind, fault.seq)).collect::<Vec<_>>(), [(FaultKind::Changed, 2)]);
    }
}
