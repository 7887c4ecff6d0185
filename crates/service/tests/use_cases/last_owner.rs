//! A workspace always has an owner, whatever two of them do at the same instant.

use crate::company::{Browser, Company};
use domain::{
    failure::{Failure, FailureKind},
    id::MemberId,
    member::{Member, MemberAccess, MemberKind},
    save::SaveOutcome,
};
use service::{access::WorkspaceOwner, members};
use testkit::{World, on_both};

/// An owner who has read somebody's access and is about to make a plain member of them.
struct Demotion {
    owner: WorkspaceOwner,
    member: MemberId,
    revision: i64,
}

impl Demotion {
    async fn prepare(company: &Company, by: &Browser, whom: &Browser) -> Self {
        let owner = company.owner(by).await;
        let member = company.id(whom).await;
        let revision = members::find(&company.services, &owner, member).await.unwrap().revision;
        Self { owner, member, revision }
    }

    async fn save(&self, company: &Company) -> Result<SaveOutcome<Member>, Failure> {
        let plain = MemberAccess { kind: MemberKind::Member, pii: false, grants: Vec::new(), groups: Vec::new() };
        members::change_access(&company.services, &self.owner, self.member, self.revision, plain, None).await
    }
}

async fn demote(company: &Company, by: &Browser, whom: &Browser) -> Result<SaveOutcome<Member>, Failure> {
    Demotion::prepare(company, by, whom).await.save(company).await
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
        assert_eq!(company.owner(&amara).await.person().unwrap().kind(), MemberKind::Owner);
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
        // both are owners when they begin; what each may do is asked again inside the change
        let (one, two) = (Demotion::prepare(&company, &amara, &bea).await, Demotion::prepare(&company, &bea, &amara).await);
        let (one, two) = tokio::join!(one.save(&company), two.save(&company));
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
