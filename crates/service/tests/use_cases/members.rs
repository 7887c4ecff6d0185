//! A member's access and its change, removing and leaving.

use crate::company::{Browser, Company};
use domain::{
    catalog::RoleId,
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    id::ResourceId,
    label::Label,
    member::{GrantDraft, Member, MemberAccess, MemberKind, UserQuery},
    resource::{Resource, ResourceType},
    save::SaveOutcome,
    text::{ResourceKey, ResourceName},
    time::Span,
};
use service::{actor::Meta, bulk, members, resources, workspaces};
use std::collections::BTreeSet;
use testkit::{World, on_both};

fn draft(role: &str, scope: Scope) -> GrantDraft {
    GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), scope) }
}

fn wish(grants: Vec<GrantDraft>) -> MemberAccess {
    MemberAccess { kind: MemberKind::Member, pii: false, grants, groups: Vec::new() }
}

fn prod() -> Scope {
    Scope::Labelled(BTreeSet::from([Label::parse("environment:prod").unwrap()]))
}

/// Two sources, one of them labelled `environment:prod`.
async fn sources(company: &Company, owner: &Browser) -> Vec<ResourceId> {
    let workspace = company.owner(owner).await.workspace().id;
    let source = |n: u8, labels: Vec<Label>| Resource {
        id: company.world.id(ResourceId::new),
        kind: ResourceType::new("source"),
        key: ResourceKey::parse(&format!("s{n}")).unwrap(),
        name: ResourceName::parse(&format!("Source {n}")).unwrap(),
        parent: None,
        labels,
    };
    let all = [source(1, vec![Label::parse("environment:prod").unwrap()]), source(2, Vec::new())];
    let tx = company.world.store.begin().await.unwrap();
    store::resources::insert_many(&tx, workspace, &all, company.services.now()).await.unwrap();
    let event = domain::audit::Event::ResourceCreated { kind: "source".to_owned(), key: "s1".to_owned(), name: "Source 1".to_owned() };
    tx.commit(company.world.record(domain::audit::Chain::Workspace(workspace), event)).await.unwrap();
    all.iter().map(|resource| resource.id).collect()
}

/// So many sources, by number.
async fn many_resources(company: &Company, owner: &Browser, count: usize) -> Vec<ResourceId> {
    let workspace = company.owner(owner).await.workspace().id;
    let source = |n: usize| Resource {
        id: company.world.id(ResourceId::new),
        kind: ResourceType::new("source"),
        key: ResourceKey::parse(&format!("s{n}")).unwrap(),
        name: ResourceName::parse(&format!("Source {n:04}")).unwrap(),
        parent: None,
        labels: Vec::new(),
    };
    let all: Vec<Resource> = (1..=count).map(source).collect();
    let tx = company.world.store.begin().await.unwrap();
    store::resources::insert_many(&tx, workspace, &all, company.services.now()).await.unwrap();
    let event = domain::audit::Event::ResourceCreated { kind: "source".to_owned(), key: "s1".to_owned(), name: "Source 0001".to_owned() };
    tx.commit(company.world.record(domain::audit::Chain::Workspace(workspace), event)).await.unwrap();
    all.iter().map(|resource| resource.id).collect()
}

async fn save(company: &Company, by: &Browser, whom: &Browser, wish: MemberAccess) -> Result<SaveOutcome<Member>, domain::failure::Failure> {
    let owner = company.owner(by).await;
    let id = company.id(whom).await;
    let revision = members::find(&company.services, &owner, id).await?.revision;
    members::change_access(&company.services, &owner, id, revision, wish, None).await
}

on_both! {
    async fn a_save_is_one_change_that_a_member_then_sees(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let sources = sources(&company, &amara).await;
        let before = company.owner(&amara).await.workspace().policy_version;
        let only = Scope::Only(BTreeSet::from([sources[1]]));
        save(&company, &amara, &bea, wish(vec![draft("source_admin", only), draft("source_read_only", prod())])).await.unwrap();
        assert_eq!(company.owner(&amara).await.workspace().policy_version, before + 1);
        let mine = members::mine(&company.services, &company.member(&bea).await).await.unwrap();
        let things: Vec<(String, String)> = mine.things.iter().map(|thing| (thing.resource.name.to_string(), thing.verb.clone())).collect();
        assert_eq!(things, [("Source 1".to_owned(), "read".to_owned()), ("Source 2".to_owned(), "edit".to_owned())]);
        save(&company, &amara, &bea, wish(Vec::new())).await.unwrap();
        assert!(members::mine(&company.services, &company.member(&bea).await).await.unwrap().access.is_minimal());
    }

    async fn a_stale_save_gets_theirs_and_writes_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let id = company.id(&bea).await;
        let opened = members::find(&company.services, &owner, id).await.unwrap();
        save(&company, &amara, &bea, wish(vec![draft("source_admin", Scope::All)])).await.unwrap();
        let late = members::change_access(&company.services, &owner, id, opened.revision, wish(Vec::new()), None).await.unwrap();
        let SaveOutcome::Conflict(theirs) = late else { panic!("saved over it") };
        assert_eq!(theirs.grants.len(), 1);
        assert_eq!(members::find(&company.services, &owner, id).await.unwrap(), theirs);
    }

    async fn wrong_grants_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let nowhere = Scope::Only(BTreeSet::from([company.world.id(ResourceId::new)]));
        let unknown = Scope::Labelled(BTreeSet::from([Label::parse("region:mars").unwrap()]));
        let mut past = draft("source_admin", Scope::All);
        past.spec.expires_at = Some(company.services.now());
        for (wrong, word) in [
            (draft("auditor", Scope::All), "`auditor` does not exist"),
            (draft("tracking_plan_admin", prod()), "can't take the scope"),
            (draft("source_admin", Scope::Only(BTreeSet::new())), "names nothing"),
            (draft("source_admin", nowhere), "no longer exists"),
            (draft("source_admin", unknown), "region:mars"),
            (past, "past"),
        ] {
            let refused = save(&company, &amara, &bea, wish(vec![wrong])).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("roles"));
            assert!(refused.message.contains(word), "{refused}");
        }
        let operator = company.services.operator();
        service::operator::set_plan(&company.services, &operator, amara.slug.as_str(), "team").await.unwrap();
        let locked = save(&company, &amara, &bea, wish(vec![draft("source_read_only", Scope::All)])).await.unwrap_err();
        assert!(locked.message.contains("Business plan"), "{locked}");
        let labelled = save(&company, &amara, &bea, wish(vec![draft("source_admin", prod())])).await.unwrap_err();
        assert!(labelled.message.contains("Business plan"), "{labelled}");
        assert!(save(&company, &amara, &bea, wish(vec![draft("source_admin", Scope::All)])).await.is_ok());
    }

    async fn a_grant_that_expired_or_is_locked_stays_when_others_change(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let mut soon = draft("source_read_only", Scope::All);
        soon.spec.expires_at = Some(company.services.now().plus(Span::hours(1)));
        let SaveOutcome::Saved(saved) = save(&company, &amara, &bea, wish(vec![soon])).await.unwrap() else { panic!() };
        company.clock.advance(Span::hours(2));
        service::operator::set_plan(&company.services, &company.services.operator(), amara.slug.as_str(), "free").await.unwrap();
        let mut again = saved.access();
        again.grants.push(draft("source_admin", Scope::All));
        let SaveOutcome::Saved(after) = save(&company, &amara, &bea, again).await.unwrap() else { panic!() };
        assert_eq!(after.grants.len(), 2);
        assert!(after.grants.contains(&saved.grants[0]));
    }

    async fn owner_removes_member_who_then_is_a_stranger(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)]).await;
        let owner = company.owner(&amara).await;
        let id = company.id(&bea).await;
        assert_eq!(members::removal_preview(&company.services, &owner, id).await.unwrap().grants, 1);
        members::remove(&company.services, &owner, id).await.unwrap();
        let me = company.services.signed_in(&bea.secret, Meta::default()).await.unwrap();
        assert!(workspaces::mine(&company.services, &me).await.unwrap().is_empty(), "the account lives on");
        assert_eq!(company.services.member(me, &bea.slug).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(members::remove(&company.services, &owner, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(workspaces::counts(&company.services, owner.person().unwrap()).await.unwrap().members, 1);
    }

    async fn one_who_was_removed_comes_back_by_undo(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let (owner, id) = (company.owner(&amara).await, company.id(&bea).await);
        let before = members::find(&company.services, &owner, id).await.unwrap();
        members::remove(&company.services, &owner, id).await.unwrap();
        let done = bulk::latest(&company.services, &owner).await.unwrap().remove(0);
        assert_eq!(done.summary, "Bea removed from the workspace");
        let trail = members::activity(&company.services, &owner, id).await.unwrap();
        assert_eq!((trail[0].event.name(), trail[0].origin.operation), ("member_removed", Some(done.id)));
        assert_eq!(bulk::undo(&company.services, &owner, done.id, None).await.unwrap().changed.words(), "Bea");
        let after = members::find(&company.services, &owner, id).await.unwrap();
        assert_eq!((after.kind, after.joined_at), (before.kind, before.joined_at));
        assert!(bulk::latest(&company.services, &owner).await.unwrap().is_empty());

        // nobody takes back that they removed themselves
        let own = company.owner(&bea).await;
        members::remove(&company.services, &own, id).await.unwrap();
        let trail = members::activity(&company.services, &owner, id).await.unwrap();
        assert_eq!((trail[0].event.name(), trail[0].origin.operation), ("member_removed", None));
    }

    async fn of_two_who_were_removed_one_after_the_other_both_come_back(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let mut removed = Vec::new();
        for name in ["Bea", "Cy", "Dee", "Eli", "Fay", "Gil"] {
            let id = company.id(&company.joined(&amara, name, MemberKind::Member, Vec::new()).await).await;
            company.clock.advance(Span::seconds(1));
            members::remove(&company.services, &owner, id).await.unwrap();
            removed.push(id);
        }
        let offered = bulk::latest(&company.services, &owner).await.unwrap();
        let names: Vec<&str> = offered.iter().filter_map(|done| done.summary.split(' ').next()).collect();
        assert_eq!(names, ["Gil", "Fay", "Eli", "Dee", "Cy"], "the newest five");
        // in any order
        for done in [&offered[1], &offered[0]] {
            assert_eq!(bulk::undo(&company.services, &owner, done.id, None).await.unwrap().restored, 1);
        }
        for id in &removed[4..] {
            members::find(&company.services, &owner, *id).await.unwrap();
        }
        let left: Vec<_> = bulk::latest(&company.services, &owner).await.unwrap().into_iter().map(|done| done.id).collect();
        assert_eq!((left.len(), &left[..3]), (4, &[offered[2].id, offered[3].id, offered[4].id][..]));
    }

    async fn member_can_not_become_owner_by_asking(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let me = company.signed_in(&bea).await;
        assert_eq!(company.services.owner(me, &bea.slug).await.unwrap_err().kind, FailureKind::Forbidden);
    }

    async fn strangers_find_nothing(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let me = company.signed_in(&eve).await;
        assert_eq!(company.services.owner(me, &amara.slug).await.unwrap_err().kind, FailureKind::NotFound);
        let theirs = company.id(&amara).await;
        let stranger = company.owner(&eve).await;
        assert_eq!(members::find(&company.services, &stranger, theirs).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(members::remove(&company.services, &stranger, theirs).await.unwrap_err().kind, FailureKind::NotFound);
        let page = members::users(&company.services, &stranger, &UserQuery::default()).await.unwrap();
        assert_eq!(page.rows.len(), 1);
    }

    async fn a_member_leaves_and_the_activity_tells(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let id = company.id(&bea).await;
        members::leave(&company.services, &company.member(&bea).await).await.unwrap();
        let told = members::activity(&company.services, &company.owner(&amara).await, id).await.unwrap();
        let sentences: Vec<String> = told.iter().map(|entry| format!("{} {}", entry.actor.name(), entry.event.sentence())).collect();
        assert!(sentences.contains(&"Bea left the workspace".to_owned()), "{sentences:?}");
        assert!(sentences.contains(&"Bea accepted the invite to bea@acme.test".to_owned()), "{sentences:?}");
    }

    async fn what_a_draft_would_reach_is_tried_and_leaves_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![GrantSpec::new(RoleId::new("source_admin"), prod())]).await;
        sources(&company, &amara).await;
        let owner = company.owner(&amara).await;
        let held = members::find(&company.services, &owner, company.id(&bea).await).await.unwrap().access();
        let preview = members::preview(&company.services, &owner, &held, &wish(vec![draft("source_admin", Scope::All)])).await.unwrap();
        let sources = preview.changes.iter().find(|change| change.kind.as_str() == "source" && change.verb == "edit").unwrap();
        assert_eq!((sources.gained, sources.lost), (1, 0), "one of the two was reached before");
        let invited = members::preview(&company.services, &owner, &wish(Vec::new()), &wish(vec![draft("source_admin", prod())])).await.unwrap();
        assert!(invited.changes.iter().any(|change| (change.verb.as_str(), change.gained) == ("edit", 1)));
        let mine = members::mine(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!(mine.things.iter().map(|thing| thing.resource.name.as_str()).collect::<Vec<_>>(), ["Source 1"]);
        assert_eq!((mine.things[0].verb.as_str(), mine.complete), ("edit", true));
    }

    async fn a_member_who_reaches_much_sees_the_first_in_order(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)]).await;
        many_resources(&company, &amara, 1_200).await;
        let mine = members::mine(&company.services, &company.member(&bea).await).await.unwrap();
        assert_eq!((mine.things.len(), mine.complete), (200, false));
        assert_eq!(mine.things[0].resource.name.as_str(), "Source 0001");
        assert_eq!(mine.things[199].resource.name.as_str(), "Source 0200");
        assert_eq!(mine.access.reaches[0].count, 1_200);
    }

    async fn a_workspace_too_large_for_a_browser_is_searched(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        assert!(members::access_context(&company.services, &owner).await.unwrap().complete);
        let ids = many_resources(&company, &amara, 2_001).await;
        let context = members::access_context(&company.services, &owner).await.unwrap();
        assert!(!context.complete && context.resources.is_empty() && context.groups.is_empty());
        let kind = ResourceType::new("source");
        let page = resources::page(&company.services, &owner, &kind, Some("source 20"), None).await.unwrap();
        assert_eq!(page.rows.first().map(|resource| resource.name.as_str()), Some("Source 2000"));
        assert_eq!(resources::named(&company.services, &owner, &ids[..2]).await.unwrap().len(), 2);
        let refused = resources::named(&company.services, &owner, &ids).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("resources"));
        let stranger = company.founder("Eve").await;
        let elsewhere = company.owner(&stranger).await;
        assert!(resources::named(&company.services, &elsewhere, &ids[..2]).await.unwrap().is_empty(), "nothing crosses a workspace");
    }
}
