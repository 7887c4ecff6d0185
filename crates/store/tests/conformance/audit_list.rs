//! The audit trail's list: pages that meet, and filters that leave just what they say, by themselves and together.

use crate::audit::{chain_of, change};
use domain::{
    audit::{Actor, Chain, Event, Object},
    audit_query::{AuditFilter, AuditQuery, Doer},
    id::{MemberId, OperationId, TokenId},
    page::{Cursor, PageSize},
    time::Timestamp,
};
use futures::StreamExt as _;
use store::audit;
use testkit::{World, on_both};

async fn seqs(world: &World, chain: Chain, filter: &AuditFilter, cursor: Option<&str>, size: u16) -> (Vec<i64>, Option<String>, Option<String>) {
    let cursor = cursor.map(|text| Cursor::decode(text).unwrap());
    let page = audit::page(&world.store, chain, &AuditQuery { filter: filter.clone(), cursor, size: PageSize::new(size) }).await.unwrap();
    (page.rows.iter().map(|entry| entry.seq).collect(), page.previous, page.next)
}

/// What this filter leaves, by pages of two and by the stream of all: the same.
async fn left(world: &World, chain: Chain, filter: AuditFilter) -> Vec<i64> {
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let (seqs, _, next) = seqs(world, chain, &filter, cursor.as_deref(), 2).await;
        paged.extend(seqs);
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let streamed: Vec<i64> = audit::all(&world.store, chain, filter).map(|entry| entry.unwrap().seq).collect().await;
    assert_eq!(paged, streamed);
    paged
}

async fn record(world: &World, chain: Chain, actor: &Actor, event: Event, object: Option<&Object>) -> Timestamp {
    let mut record = world.record(chain, event);
    (record.actor, record.object) = (actor.clone(), object.cloned());
    let at = record.at;
    world.store.begin().await.unwrap().commit(record).await.unwrap();
    at
}

on_both! {
    async fn pages_meet_in_both_directions(world: World) {
        let (_, chain) = chain_of(&world, 7).await;
        let all = AuditFilter::default();
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

    async fn entries_of_one_moment_stand_in_the_order_of_the_chain(world: World) {
        let (_, chain) = chain_of(&world, 1).await;
        let at = world.now();
        let records: Vec<_> = (0..5).map(|_| domain::audit::Record { at, ..world.record(chain, Event::SignedOut) }).collect();
        let [first, rest @ ..] = records.as_slice() else { unreachable!() };
        world.store.begin().await.unwrap().commit_all(first.clone(), rest.to_vec()).await.unwrap();
        assert_eq!(left(&world, chain, AuditFilter::default()).await, [6, 5, 4, 3, 2, 1]);
    }

    async fn a_cursor_of_another_list_begins_at_the_start(world: World) {
        let (id, chain) = chain_of(&world, 3).await;
        let foreign = Cursor { key: "amara".to_owned(), id: id.uuid(), before: true }.encode();
        let (rows, previous, _) = seqs(&world, chain, &AuditFilter::default(), Some(&foreign), 2).await;
        assert_eq!((rows, previous), (vec![3, 2], None));
    }

    async fn filters_leave_what_they_name(world: World) {
        let (workspace, chain) = chain_of(&world, 1).await;
        let amara = world.id(MemberId::new);
        let bea = world.id(MemberId::new);
        let shop = world.id(TokenId::new);
        let member = |id| Actor::Member { id, name: "Somebody".to_owned() };
        let token = Actor::Token { id: shop, name: "Shop".to_owned() };
        let (of_bea, of_shop) = (Object::new("member", bea.uuid()), Object::new("token", shop.uuid()));
        let label = |name: &str| Event::LabelCreated { label: name.to_owned() };
        record(&world, chain, &member(amara), label("A"), None).await;
        let third = record(&world, chain, &member(bea), label("B"), Some(&of_bea)).await;
        record(&world, chain, &token, Event::SignedOut, Some(&of_bea)).await;
        let fifth = record(&world, chain, &Actor::Operator, Event::TokenRevoked { name: "Shop".to_owned() }, Some(&of_shop)).await;
        record(&world, chain, &member(amara), Event::SignedOut, Some(&of_bea)).await;
        change(&world, &world.store, Chain::Workspace(world.workspace("other").await)).await;

        let none = AuditFilter::default;
        let event = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (filter, expected) in [
            (none(), vec![6, 5, 4, 3, 2, 1]),
            (AuditFilter { actors: vec![Doer::Member(amara)], ..none() }, vec![6, 2]),
            (AuditFilter { actors: vec![Doer::Token(shop)], ..none() }, vec![4]),
            (AuditFilter { actors: vec![Doer::Operator], ..none() }, vec![5]),
            (AuditFilter { actors: vec![Doer::System], ..none() }, vec![1]),
            (AuditFilter { actors: vec![Doer::Anonymous], ..none() }, vec![]),
            (AuditFilter { actors: vec![Doer::Operator, Doer::Member(bea), Doer::Member(amara)], ..none() }, vec![6, 5, 3, 2]),
            (AuditFilter { events: event(&["label_created"]), ..none() }, vec![3, 2]),
            (AuditFilter { events: event(&["label_created", "token_revoked", "label_created"]), ..none() }, vec![5, 3, 2]),
            (AuditFilter { events: event(&["never"]), ..none() }, vec![]),
            (AuditFilter { object: Some(of_bea.clone()), ..none() }, vec![6, 4, 3]),
            (AuditFilter { object: Some(Object::new("token", bea.uuid())), ..none() }, vec![]),
            (AuditFilter { from: Some(third), ..none() }, vec![6, 5, 4, 3]),
            (AuditFilter { until: Some(third), ..none() }, vec![2, 1]),
            (AuditFilter { from: Some(third), until: Some(fifth), ..none() }, vec![4, 3]),
            (AuditFilter { actors: vec![Doer::Member(amara)], events: event(&["label_created"]), ..none() }, vec![2]),
            (AuditFilter { object: Some(of_bea.clone()), actors: vec![Doer::Member(amara), Doer::Token(shop)], events: event(&["signed_out"]), ..none() }, vec![6, 4]),
            (AuditFilter { object: Some(of_bea.clone()), actors: vec![Doer::Operator], ..none() }, vec![]),
            (AuditFilter { object: Some(of_bea), events: event(&["signed_out"]), from: Some(fifth), ..none() }, vec![6]),
        ] {
            assert_eq!(left(&world, chain, filter.clone()).await, expected, "{filter:?}");
        }
        let narrowed = AuditQuery { filter: AuditFilter { object: Some(Object::new("workspace", workspace.uuid())), ..none() }, ..AuditQuery::default() };
        let page = audit::page(&world.store, chain, &narrowed).await.unwrap();
        assert_eq!((page.rows.len(), page.total), (0, None));
    }

    async fn an_operation_leaves_its_parts_alone(world: World) {
        let (_, chain) = chain_of(&world, 1).await;
        let (one, other) = (world.id(OperationId::new), world.id(OperationId::new));
        let part = |operation: OperationId| {
            let mut record = world.record(chain, Event::SignedOut);
            record.origin.operation = Some(operation);
            record
        };
        world.store.begin().await.unwrap().commit_all(part(one), vec![part(one), part(other), part(one)]).await.unwrap();
        change(&world, &world.store, chain).await;
        let of = |operation: OperationId| AuditFilter { operation: Some(operation), ..AuditFilter::default() };
        for (filter, expected) in [
            (of(one), vec![5, 3, 2]),
            (of(other), vec![4]),
            (of(world.id(OperationId::new)), vec![]),
            (AuditFilter { actors: vec![Doer::System], events: vec!["signed_out".to_owned()], ..of(one) }, vec![5, 3, 2]),
            (AuditFilter { events: vec!["plan_changed".to_owned()], ..of(one) }, vec![]),
        ] {
            assert_eq!(left(&world, chain, filter.clone()).await, expected, "{filter:?}");
        }
    }

    async fn the_stream_of_all_goes_on_behind_its_first_batch(world: World) {
        let (_, chain) = chain_of(&world, 1).await;
        let first = world.record(chain, Event::SignedOut);
        let records: Vec<_> = (0..1_100).map(|_| world.record(chain, Event::SignedOut)).collect();
        world.store.begin().await.unwrap().commit_all(first, records).await.unwrap();
        let streamed: Vec<i64> = audit::all(&world.store, chain, AuditFilter::default()).map(|entry| entry.unwrap().seq).collect().await;
        assert!(streamed.iter().copied().eq((1..=1_102).rev()), "{} entries, some twice or not at all", streamed.len());
    }
}
