//! User groups: made, changed, filled, emptied and deleted, and what their members reach by them.

use crate::company::{Browser, Company};
use domain::{
    audit::Event,
    catalog::{Action, RoleId},
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    group::{Group, GroupWish},
    id::{GroupId, MemberId},
    member::{GrantDraft, MemberAccess, MemberKind},
    plan::Plan,
    policy::{Question, Subject, Target},
    resource::ResourceType,
    save::SaveOutcome,
};
use service::{actor::Meta, decisions, groups, members};
use testkit::{World, on_both};

fn draft(role: &str) -> GrantDraft {
    GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), Scope::All) }
}

fn wish(name: &str, roles: &[&str]) -> GroupWish {
    GroupWish { name: name.to_owned(), pii: false, grants: roles.iter().map(|role| draft(role)).collect() }
}

async fn made(company: &Company, by: &Browser, name: &str, roles: &[&str]) -> Group {
    groups::create(&company.services, &company.owner(by).await, &wish(name, roles)).await.unwrap()
}

/// Whether this member may read the workspace's sources.
async fn reads(company: &Company, by: &Browser, who: MemberId) -> bool {
    let read = Action::new(&ResourceType::new("source"), "read");
    let owner = company.owner(by).await;
    decisions::check(&company.services, &owner, Subject::Member(who), &read, &Target::Type, None).await.unwrap().decision.is_allowed()
}

async fn set_plan(company: &Company, by: &Browser, plan: Plan) {
    let slug = company.owner(by).await.workspace().slug.to_string();
    service::operator::set_plan(&company.services, &company.services.operator(), &slug, plan.as_str()).await.unwrap();
}

async fn activity(company: &Company, by: &Browser, member: MemberId) -> Vec<Event> {
    let entries = members::activity(&company.services, &company.owner(by).await, member).await.unwrap();
    entries.into_iter().map(|entry| entry.event).collect()
}

on_both! {
    async fn members_reach_what_their_group_does_until_they_are_taken_out(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let (owner, bea) = (company.owner(&amara).await, company.id(&bea).await);
        let group = made(&company, &amara, "Designers", &["source_read_only"]).await;
        assert!(!reads(&company, &amara, bea).await);
        assert_eq!(groups::add_members(&company.services, &owner, group.id, &[bea, owner.member().unwrap(), bea]).await.unwrap(), 2);
        assert!(reads(&company, &amara, bea).await);
        assert_eq!(groups::add_members(&company.services, &owner, group.id, &[bea]).await.unwrap(), 0, "she is in it already");
        assert_eq!(groups::find(&company.services, &owner, group.id).await.unwrap().members, 2);

        assert_eq!(groups::remove_members(&company.services, &owner, group.id, &[bea]).await.unwrap(), 1);
        assert!(!reads(&company, &amara, bea).await);
        let told = activity(&company, &amara, bea).await;
        assert!(matches!(&told[..2], [Event::MemberLeftGroup { member, .. }, Event::MemberJoinedGroup { group, .. }] if member == "Bea" && group.name.as_str() == "Designers"), "{told:?}");
    }

    async fn an_owner_is_told_why(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let (site, owner) = (company.source(&amara, "site").await, company.owner(&amara).await);
        let group = made(&company, &amara, "Designers", &["source_read_only"]).await;
        groups::add_members(&company.services, &owner, group.id, &[bea]).await.unwrap();
        let explained = async |by: &Browser, verb, target| {
            let question = Question { subject: Subject::Member(bea), action: Action::new(&ResourceType::new("source"), verb), target };
            service::check::by_owner(&company.services, &company.owner(by).await, &question).await
        };
        let told = explained(&amara, "read", Target::Resource(site)).await.unwrap();
        assert_eq!((told.allowed, told.why.as_str()), (true, "Source Read-only on all sources, through the group Designers"));
        let told = explained(&amara, "edit", Target::Resource(site)).await.unwrap();
        assert!(!told.allowed && told.why.contains("Source Admin"), "{}", told.why);
        assert_eq!(explained(&amara, "fly", Target::Type).await.unwrap_err().field.as_deref(), Some("action"));
        let stranger = explained(&eve, "read", Target::Resource(site)).await.unwrap();
        assert!(!stranger.allowed && !stranger.why.contains("Designers"), "{}", stranger.why);
    }

    async fn a_change_is_one_step_and_a_stale_one_gets_theirs(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let opened = made(&company, &amara, "Designers", &["source_read_only"]).await;
        let SaveOutcome::Saved(after) =
            groups::change(&company.services, &owner, opened.id, opened.revision, &GroupWish { pii: true, ..wish("Design", &["function_admin"]) }).await.unwrap()
        else {
            panic!("nobody else changed it")
        };
        assert_eq!((after.name.as_str(), after.pii, after.revision), ("Design", true, opened.revision + 1));
        assert_eq!(after.grants.iter().map(|grant| grant.spec.role.as_str()).collect::<Vec<_>>(), ["function_admin"]);

        let late = groups::change(&company.services, &owner, opened.id, opened.revision, &wish("Mine", &[])).await.unwrap();
        assert_eq!(late, SaveOutcome::Conflict(after));
    }

    async fn names_are_unique_whatever_their_case(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let first = made(&company, &amara, "Designers", &[]).await;
        let second = made(&company, &amara, "Writers", &[]).await;
        for refused in [
            groups::create(&company.services, &owner, &wish("DESIGNERS", &[])).await.map(drop).unwrap_err(),
            groups::change(&company.services, &owner, second.id, second.revision, &wish("designers", &[])).await.map(drop).unwrap_err(),
            groups::create(&company.services, &owner, &wish("  ", &[])).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(refused.field.as_deref(), Some("name"), "{refused}");
        }
        let same = groups::change(&company.services, &owner, first.id, first.revision, &wish("DESIGNERS", &[])).await.unwrap();
        assert!(matches!(same, SaveOutcome::Saved(group) if group.name.as_str() == "DESIGNERS"), "its own name is free for it");
    }

    async fn deleting_says_who_loses_and_takes_it_from_them(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let own = vec![GrantSpec::new(RoleId::new("source_read_only"), Scope::All)];
        let cem = company.id(&company.joined(&amara, "Cem", MemberKind::Member, own).await).await;
        // one source, so that there is something to lose
        let group = made(&company, &amara, "Designers", &["source_read_only"]).await;
        company.source(&amara, "site").await;
        groups::add_members(&company.services, &owner, group.id, &[bea, cem, owner.member().unwrap()]).await.unwrap();
        let preview = groups::removal_preview(&company.services, &owner, group.id).await.unwrap();
        assert_eq!((preview.members, preview.losers, preview.access.is_minimal()), (3, Some(1), false), "Cem reaches as much by himself, the owner everything");

        let open = members::find(&company.services, &owner, bea).await.unwrap();
        groups::delete(&company.services, &owner, group.id).await.unwrap();
        assert!(!reads(&company, &amara, bea).await);
        assert!(reads(&company, &amara, cem).await);
        assert_eq!(members::find(&company.services, &owner, bea).await.unwrap().groups, []);
        assert_eq!(groups::page(&company.services, &owner, None, None).await.unwrap().total, Some(0));

        // who still has the member's drawer open is told, and nothing is stored
        let stale = members::change_access(&company.services, &owner, bea, open.revision, open.access(), None).await.unwrap();
        assert!(matches!(stale, SaveOutcome::Conflict(theirs) if theirs.groups.is_empty()));
        let fresh = members::find(&company.services, &owner, bea).await.unwrap();
        let refused = members::change_access(&company.services, &owner, bea, fresh.revision, open.access(), None).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("groups"), "{refused}");
        // and who has the group's own drawer open, too
        for refused in [
            groups::delete(&company.services, &owner, group.id).await.unwrap_err(),
            groups::change(&company.services, &owner, group.id, group.revision, &wish("Designers", &[])).await.map(drop).unwrap_err(),
            groups::add_members(&company.services, &owner, group.id, &[bea]).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(refused.kind, FailureKind::NotFound, "{refused}");
        }
    }

    async fn a_member_added_from_the_group_is_no_surprise_in_an_open_drawer(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let group = made(&company, &amara, "Designers", &[]).await;
        let open = members::find(&company.services, &owner, bea).await.unwrap();
        groups::add_members(&company.services, &owner, group.id, &[bea]).await.unwrap();
        let wish = MemberAccess { pii: true, ..open.access() };
        let saved = members::change_access(&company.services, &owner, bea, open.revision, wish, None).await.unwrap();
        assert!(matches!(saved, SaveOutcome::Conflict(theirs) if theirs.groups.len() == 1), "else the save would have taken her out again");
    }

    async fn a_plan_without_groups_lets_nobody_new_into_one(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let group = made(&company, &amara, "Designers", &["source_admin"]).await;
        groups::add_members(&company.services, &owner, group.id, &[owner.member().unwrap()]).await.unwrap();
        set_plan(&company, &amara, Plan::Team).await;
        let member = members::find(&company.services, &owner, bea).await.unwrap();
        let joining = MemberAccess { groups: vec![group.id], ..member.access() };
        for refused in [
            groups::create(&company.services, &owner, &wish("Writers", &[])).await.map(drop).unwrap_err(),
            groups::add_members(&company.services, &owner, group.id, &[bea]).await.map(drop).unwrap_err(),
            members::change_access(&company.services, &owner, bea, member.revision, joining, None).await.map(drop).unwrap_err(),
        ] {
            assert!(refused.field.as_deref() == Some("groups") && refused.message.contains("Business"), "{refused}");
        }
        // what is there can be renamed, emptied and ended
        assert!(matches!(groups::change(&company.services, &owner, group.id, group.revision, &wish("Design", &["source_admin"])).await.unwrap(), SaveOutcome::Saved(_)));
        assert_eq!(groups::remove_members(&company.services, &owner, group.id, &[owner.member().unwrap()]).await.unwrap(), 1);
        groups::delete(&company.services, &owner, group.id).await.unwrap();
    }

    async fn only_owners_and_only_their_own(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let group = made(&company, &amara, "Designers", &["source_admin"]).await;
        let stranger = company.owner(&eve).await;
        for refused in [
            groups::find(&company.services, &stranger, group.id).await.map(drop).unwrap_err(),
            groups::change(&company.services, &stranger, group.id, 1, &wish("x", &[])).await.map(drop).unwrap_err(),
            groups::add_members(&company.services, &stranger, group.id, &[stranger.member().unwrap()]).await.map(drop).unwrap_err(),
            groups::removal_preview(&company.services, &stranger, group.id).await.map(drop).unwrap_err(),
            groups::delete(&company.services, &stranger, group.id).await.unwrap_err(),
            groups::find(&company.services, &company.owner(&amara).await, company.world.id(GroupId::new)).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(refused.kind, FailureKind::NotFound, "{refused}");
        }
        // a stranger's member is nobody here
        let owner = company.owner(&amara).await;
        let foreign = groups::add_members(&company.services, &owner, group.id, &[owner.member().unwrap(), stranger.member().unwrap()]).await.unwrap_err();
        assert_eq!(foreign.field.as_deref(), Some("members"), "{foreign}");
        assert_eq!(groups::find(&company.services, &owner, group.id).await.unwrap().members, 0, "nobody was added");

        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let signed_in = company.services.signed_in(&bea.secret, Meta::default()).await.unwrap();
        assert_eq!(company.services.owner(signed_in, &bea.slug).await.unwrap_err().kind, FailureKind::Forbidden, "a member has no proof to call any of these with");
    }

    async fn who_lost_ownership_meanwhile_changes_no_group(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let group = made(&company, &amara, "Designers", &[]).await;
        let proof = company.owner(&bea).await;
        let owner = company.owner(&amara).await;
        let member = members::find(&company.services, &owner, proof.member().unwrap()).await.unwrap();
        members::change_access(&company.services, &owner, member.id, member.revision, MemberAccess { kind: MemberKind::Member, ..member.access() }, None).await.unwrap();
        for refused in [
            groups::create(&company.services, &proof, &wish("Writers", &[])).await.map(drop).unwrap_err(),
            groups::change(&company.services, &proof, group.id, group.revision, &wish("x", &[])).await.map(drop).unwrap_err(),
            groups::add_members(&company.services, &proof, group.id, &[member.id]).await.map(drop).unwrap_err(),
            groups::remove_members(&company.services, &proof, group.id, &[member.id]).await.map(drop).unwrap_err(),
            groups::delete(&company.services, &proof, group.id).await.unwrap_err(),
        ] {
            assert_eq!(refused.kind, FailureKind::Forbidden, "{refused}");
        }
    }
}
