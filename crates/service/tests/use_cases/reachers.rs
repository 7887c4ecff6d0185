//! Who can reach a resource and why, and what a member sees.

use crate::company::Company;
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    member::{GrantDraft, MemberKind},
    policy::Subject,
};
use service::{groups, members, reachers};
use testkit::{World, on_both};

on_both! {
    async fn a_resource_says_who_can_reach_it_and_why(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let site = company.source(&amara, "site").await;
        let only = GrantSpec::new(RoleId::new("source_admin"), Scope::Only([site].into()));
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, vec![only]).await).await;
        let cy = company.id(&company.joined(&amara, "Cy", MemberKind::Member, Vec::new()).await).await;
        company.joined(&amara, "Dee", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let grants = vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_read_only"), Scope::All) }];
        let group = groups::create(&company.services, &owner, &GroupWish { name: "Readers".to_owned(), pii: false, grants }).await.unwrap();
        groups::add_members(&company.services, &owner, group.id, &[cy]).await.unwrap();

        let told = async |verb: &str| {
            let page = reachers::page(&company.services, &owner, site, verb, None).await.unwrap();
            assert_eq!(page.next, None);
            page.rows.into_iter().map(|row| (row.name, row.why)).collect::<Vec<_>>()
        };
        let pair = |name: &str, why: &str| (name.to_owned(), why.to_owned());
        let amara_too = pair("Amara", "as an owner, who may do anything in the workspace");
        let bea_too = pair("Bea", "Source Admin on 1 source");
        assert_eq!(told("read").await, [amara_too.clone(), bea_too.clone(), pair("Cy", "Source Read-only on all sources, through the group Readers")]);
        assert_eq!(told("edit").await, [amara_too, bea_too]);
        let behind = reachers::page(&company.services, &owner, site, "edit", Some(Subject::Member(owner.member().unwrap()))).await.unwrap();
        assert_eq!((behind.rows.len(), behind.rows[0].subject), (1, Subject::Member(bea)));
        assert_eq!(reachers::page(&company.services, &owner, site, "fly", None).await.unwrap_err().field.as_deref(), Some("action"));
        let stranger = reachers::page(&company.services, &company.owner(&eve).await, site, "read", None).await.unwrap_err();
        assert_eq!(stranger.kind, FailureKind::NotFound);
    }

    async fn an_owner_sees_what_a_member_sees(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let site = company.source(&amara, "site").await;
        let only = GrantSpec::new(RoleId::new("source_admin"), Scope::Only([site].into()));
        let browser = company.joined(&amara, "Bea", MemberKind::Member, vec![only]).await;
        let bea = company.id(&browser).await;
        let seen = members::seen_by(&company.services, &company.owner(&amara).await, bea).await.unwrap();
        let mine = members::mine(&company.services, &company.member(&browser).await).await.unwrap();
        assert_eq!((seen.access, seen.things.clone()), (mine.access, mine.things));
        assert_eq!(seen.things[0].resource.id, site);
        let stranger = members::seen_by(&company.services, &company.owner(&eve).await, bea).await.unwrap_err();
        assert_eq!(stranger.kind, FailureKind::NotFound);
    }
}
