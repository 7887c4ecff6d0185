//! Roles: the catalogue for everybody, who holds what for owners.

use crate::{
    company::{Browser, Company},
    resources::spec,
};
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{Holder, Scope},
    group::GroupWish,
    held::HolderKind,
    id::GroupId,
    member::{GrantDraft, MemberKind},
    page::Cursor,
};
use service::{groups, invites, members, roles};
use testkit::{World, on_both};

async fn group(company: &Company, owner: &Browser, name: &str, role: &str) -> GroupId {
    let wish = GroupWish { name: name.to_owned(), pii: false, grants: vec![GrantDraft { id: None, spec: spec(role, Scope::All) }] };
    groups::create(&company.services, &company.owner(owner).await, &wish).await.unwrap().id
}

async fn names(company: &Company, owner: &Browser, role: &str, kind: HolderKind) -> Vec<String> {
    let owner = company.owner(owner).await;
    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let page = roles::holders(&company.services, &owner, &RoleId::new(role), kind, cursor).await.unwrap();
        names.extend(page.rows.into_iter().map(|row| row.holder.name));
        cursor = page.next.map(|text| Cursor::decode(&text).unwrap());
        if cursor.is_none() {
            return names;
        }
    }
}

on_both! {
    async fn holders_are_counted_and_listed_by_kind(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let twice = vec![spec("source_admin", Scope::All), spec("source_admin", Scope::Labelled([crate::resources::label("environment:dev")].into()))];
        let bea = company.joined(&amara, "Bea", MemberKind::Member, twice).await;
        company.joined(&eve, "Finn", MemberKind::Member, vec![spec("source_admin", Scope::All)]).await;
        let data = group(&company, &amara, "Data", "source_admin").await;
        groups::add_members(&company.services, &company.owner(&amara).await, data, &[company.id(&bea).await]).await.unwrap();
        company.invite(&amara, "zoe@acme.test", MemberKind::Member, vec![spec("source_admin", Scope::All)]).await;

        let overview = roles::overview(&company.services, &company.member(&amara).await).await.unwrap();
        assert_eq!(overview.catalog.roles.len(), company.services.catalog.roles.len());
        let holders = overview.holders.unwrap();
        assert_eq!(holders.iter().map(|one| (one.role.as_str(), one.members, one.groups, one.tokens, one.invites)).collect::<Vec<_>>(), [("source_admin", 1, 1, 0, 1)]);
        assert_eq!(names(&company, &amara, "source_admin", HolderKind::Member).await, ["Bea", "Bea"], "each grant with its own scope");
        assert_eq!(names(&company, &amara, "source_admin", HolderKind::Group).await, ["Data"]);
        assert_eq!(names(&company, &amara, "source_admin", HolderKind::Invite).await, ["zoe@acme.test"]);
        assert!(names(&company, &amara, "source_admin", HolderKind::Token).await.is_empty());
        let page = roles::holders(&company.services, &company.owner(&amara).await, &RoleId::new("source_admin"), HolderKind::Group, None).await.unwrap();
        assert_eq!((page.rows[0].holder.members, page.rows[0].holder.id, page.total), (Some(1), Holder::Group(data), Some(1)));

        let owner = company.owner(&amara).await;
        let users = members::users(&company.services, &owner, &domain::member::UserQuery::default()).await.unwrap();
        let pending = users.rows.iter().find_map(|row| match row.id { domain::member::UserId::Invite(id) => Some(id), domain::member::UserId::Member(_) => None });
        invites::revoke(&company.services, &owner, pending.unwrap()).await.unwrap();
        assert!(names(&company, &amara, "source_admin", HolderKind::Invite).await.is_empty(), "a revoked invite brings nothing");
    }

    async fn a_member_sees_the_catalogue_and_not_its_holders(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_admin", Scope::All)]).await;
        let overview = roles::overview(&company.services, &company.member(&bea).await).await.unwrap();
        assert!(overview.holders.is_none() && !overview.catalog.roles.is_empty());
    }

    async fn a_role_that_the_catalogue_lacks_is_not_there(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let refused = roles::holders(&company.services, &company.owner(&amara).await, &RoleId::new("rocket"), HolderKind::Member, None).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::NotFound);
    }

    async fn pages_follow_each_other_without_a_gap(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        for n in 0..60 {
            group(&company, &amara, &format!("g{n:02}"), "source_read_only").await;
        }
        let expected: Vec<String> = (0..60).map(|n| format!("g{n:02}")).collect();
        let mut found = names(&company, &amara, "source_read_only", HolderKind::Group).await;
        found.sort();
        assert_eq!(found, expected);
    }
}
