//! A workspace always has an owner, whatever two of them do at the same instant.

use crate::company::{Browser, Company};
use domain::{
    failure::FailureKind,
    member::{MemberAccess, MemberKind, SaveOutcome},
};
use service::members;
use testkit::{World, on_both};

async fn demote(company: &Company, by: &Browser, whom: &Browser) -> Result<SaveOutcome, domain::failure::Failure> {
    let owner = company.owner(by).await;
    let id = company.id(whom).await;
    let revision = members::find(&company.services, &owner, id).await.unwrap().revision;
    let plain = MemberAccess { kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: Vec::new() };
    members::change_access(&company.services, &owner, id, revision, plain).await
}

on_both! {
    async fn the_last_owner_is_neither_demoted_nor_removed_nor_let_go(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let id = company.id(&amara).await;
        let owner = company.owner(&amara).await;
        for refused in [
            demote(&company, &amara, &amara).await.map(|_| ()),
            members::remove(&company.services, &owner, id).await,
            members::leave(&company.services, &company.member(&amara).await).await,
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Conflict);
            assert!(refused.message.contains("last owner"), "{refused}");
        }
        assert_eq!(company.owner(&amara).await.kind(), MemberKind::Owner);
    }

    async fn one_of_two_owners_may_go(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        assert!(matches!(demote(&company, &amara, &bea).await.unwrap(), SaveOutcome::Saved(member) if member.kind == MemberKind::Member));
    }

    async fn two_owners_who_demote_each_other_at_once_leave_one(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let (one, two) = tokio::join!(demote(&company, &amara, &bea), demote(&company, &bea, &amara));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }

    async fn two_owners_who_leave_at_once_leave_one(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let (me, you) = (company.member(&amara).await, company.member(&bea).await);
        let (one, two) = tokio::join!(members::leave(&company.services, &me), members::leave(&company.services, &you));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }

    async fn who_was_demoted_meanwhile_saves_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let stale = company.owner(&bea).await;
        demote(&company, &amara, &bea).await.unwrap();
        let refused = members::remove(&company.services, &stale, company.id(&amara).await).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Forbidden);
    }
}
