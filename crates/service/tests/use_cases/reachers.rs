//! Who can reach a resource and why, and what a member sees.

use crate::company::Company;
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    member::{GrantDraft, MemberAccess, MemberKind},
    policy::Subject,
};
use service::{
    groups, members,
    reachers::{self, Stretch},
};
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

    /// The other node's clock stands still, so that it looks for nothing new by itself.
    async fn what_another_node_changed_is_told_by_the_version_that_is_named(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.source(&amara, "site").await;
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let owner = company.owner(&amara).await;
        let there = company.twin(company.world.other_node().await);
        let (who, edit) = (format!("user:{bea}"), "source:edit");
        let reached = async |at_least| reachers::resources(&there, &owner, &who, edit, Some("source"), Stretch { after: None, limit: 10, at_least }).await;
        let reaching = async |at_least| reachers::of_resource(&there, &owner, "source:site", edit, Stretch { after: None, limit: 10, at_least }).await;
        assert_eq!((reached(None).await.unwrap().rows.len(), reaching(None).await.unwrap().rows.len()), (0, 1));

        let member = members::find(&company.services, &owner, bea).await.unwrap();
        let grants = vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_admin"), Scope::All) }];
        members::change_access(&company.services, &owner, bea, member.revision, MemberAccess { grants, ..member.access() }, None).await.unwrap();
        let version = company.owner(&amara).await.workspace().policy_version;
        let (mine, theirs) = (reached(Some(version)).await.unwrap(), reaching(Some(version)).await.unwrap());
        assert_eq!((mine.rows.len(), theirs.rows.len()), (1, 2));
        assert_eq!((mine.policy_version, theirs.policy_version), (version, version));
        for refused in [reached(Some(version + 9)).await.map(drop), reaching(Some(version + 9)).await.map(drop)] {
            assert_eq!(refused.unwrap_err().field.as_deref(), Some("at_least"));
        }
        let other = reachers::resources(&there, &owner, &who, edit, Some("space"), Stretch { after: None, limit: 10, at_least: None }).await;
        assert_eq!(other.unwrap_err().field.as_deref(), Some("type"));
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
