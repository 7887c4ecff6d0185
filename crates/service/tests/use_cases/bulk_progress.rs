//! How far a change of many is: told to who makes it for as long as it runs, and to nobody else.

use crate::company::{Browser, Company};
use domain::{
    bulk::{BulkChange, BulkProgress, BulkStage, BulkTicket, UserSelection},
    failure::Failure,
    group::GroupWish,
    id::GroupId,
    member::{MemberKind, UserId, UserQuery},
};
use service::{Services, access::WorkspaceOwner, accounts, actor::Meta, bulk, groups, seed::Sizes};
use std::{future::Future, pin::pin};
use testkit::{World, on_both};

const TICKET: BulkTicket = BulkTicket(7);

/// What came of it, and all that was told of it on the way: looked at whenever it waits for the database.
async fn followed<T>(services: &Services, owner: &WorkspaceOwner, doing: impl Future<Output = Result<T, Failure>>) -> (T, Vec<BulkProgress>) {
    let mut doing = pin!(doing);
    let mut told: Vec<BulkProgress> = Vec::new();
    let answer = std::future::poll_fn(|context| {
        let polled = doing.as_mut().poll(context);
        let far = bulk::progress(services, owner, TICKET).filter(|far| told.last() != Some(far));
        told.extend(far);
        polled
    });
    let answer = answer.await.unwrap();
    assert_eq!(bulk::progress(services, owner, TICKET), None, "it has ended");
    (answer, told)
}

/// It never goes back, and goes through all that there is to do.
fn goes_through(told: &[BulkProgress]) {
    assert!(told.windows(2).all(|pair| pair[0].percent() <= pair[1].percent()), "{told:?}");
    for stage in [BulkStage::Looking, BulkStage::Writing, BulkStage::Recording] {
        assert!(told.iter().any(|far| far.stage == stage && far.done <= far.of), "{stage:?} in {told:?}");
    }
    assert!(told.iter().any(|far| far.stage == BulkStage::Recording && far.done > 0), "{told:?}");
}

async fn group(services: &Services, owner: &WorkspaceOwner) -> GroupId {
    let wish = GroupWish { name: "Everybody".to_owned(), pii: false, grants: Vec::new() };
    groups::create(services, owner, &wish).await.unwrap().id
}

on_both! {
    async fn a_change_and_its_undo_tell_how_far_they_are(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let sizes = Sizes { members: 1_203, groups: 3, resources: 10, seed: 1 };
        let seeded = service::seed::sizes(services, &services.operator(), sizes).await.unwrap();
        let anybody = services.anonymous(Meta::default());
        let secret = accounts::sign_in(services, &anybody, &seeded.owner, &seeded.password).await.unwrap();
        let owner = company.owner(&Browser { secret, slug: seeded.slug.clone() }).await;
        let everybody = UserSelection::Matching(UserQuery { kinds: vec![MemberKind::Member], ..UserQuery::default() });
        for change in [BulkChange::JoinGroups(vec![group(services, &owner).await]), BulkChange::Remove] {
            let seen = bulk::preview(services, &owner, &everybody, &change).await.unwrap().seen();
            let (answer, told) = followed(services, &owner, bulk::apply(services, &owner, &everybody, &change, seen, Some(TICKET))).await;
            goes_through(&told);
            assert!(told.iter().any(|far| far.stage == BulkStage::Writing && far.of == answer.outcome.changed.count), "{told:?}");
            let (_, told) = followed(services, &owner, bulk::undo(services, &owner, answer.done.unwrap().id, Some(TICKET))).await;
            assert!(told.iter().any(|far| far.stage == BulkStage::Recording && far.of == answer.outcome.changed.count), "{told:?}");
        }
    }

    async fn nobody_else_is_told(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let eve = company.founder("Eve").await;
        let (other, stranger) = (company.owner(&bea).await, company.owner(&eve).await);
        let selection = UserSelection::These(vec![UserId::Member(company.id(&bea).await)]);
        let change = BulkChange::JoinGroups(vec![group(services, &owner).await]);
        let seen = bulk::preview(services, &owner, &selection, &change).await.unwrap().seen();
        let mut doing = pin!(bulk::apply(services, &owner, &selection, &change, seen, Some(TICKET)));
        let mut mine = false;
        let answer = std::future::poll_fn(|context| {
            let polled = doing.as_mut().poll(context);
            mine |= bulk::progress(services, &owner, TICKET).is_some();
            let others = [(&other, TICKET), (&stranger, TICKET), (&owner, BulkTicket(8))];
            assert!(others.into_iter().all(|(who, ticket)| bulk::progress(services, who, ticket).is_none()));
            polled
        });
        assert_eq!(answer.await.unwrap().outcome.changed.count, 1);
        assert!(mine, "who makes it is told");
    }
}
