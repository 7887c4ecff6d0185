//! Workspaces are found by URL name, and counted as their changes say.

use domain::{
    audit::{Chain, Event},
    id::{MemberId, WorkspaceId},
    member::MemberKind,
    plan::Plan,
    settings::{IdleLimit, InviteDays, WorkspaceRules},
    text::WorkspaceName,
    workspace::{Workspace, WorkspaceCounts, WorkspaceSlug},
};
use store::{Constraint, workspaces};
use testkit::{World, on_both};

fn slug(text: &str) -> WorkspaceSlug {
    WorkspaceSlug::parse(text).unwrap()
}

fn created(world: &World, id: WorkspaceId) -> domain::audit::Record {
    world.record(Chain::Workspace(id), Event::WorkspaceCreated { name: "Acme".to_owned(), slug: "acme".to_owned() })
}

on_both! {
    async fn a_workspace_reads_back_as_it_was_written(world: World) {
        let name = WorkspaceName::parse("Acme, Inc. 李").unwrap();
        let workspace = Workspace::new(world.id(WorkspaceId::new), slug("acme"), name, Plan::Team);
        let tx = world.store.begin().await.unwrap();
        workspaces::insert(&tx, &workspace, world.now()).await.unwrap();
        // a change sees its own writes, and nobody else does
        assert!(workspaces::slug_taken(&tx, &slug("acme")).await.unwrap());
        assert!(!workspaces::slug_taken(&world.store, &slug("acme")).await.unwrap());
        tx.commit(created(&world, workspace.id)).await.unwrap();
        let expected = Workspace { policy_version: 1, ..workspace };
        assert_eq!(workspaces::by_slug(&world.store, &slug("acme")).await.unwrap(), Some(expected.clone()));
        assert_eq!(workspaces::by_id(&world.store, expected.id).await.unwrap(), Some(expected.clone()));
        assert_eq!(workspaces::by_slug(&world.store, &slug("other")).await.unwrap(), None);
        assert_eq!(workspaces::counts(&world.store, expected.id).await.unwrap(), WorkspaceCounts::default());
    }

    async fn a_url_name_is_taken_once(world: World) {
        let first = world.workspace("acme").await;
        let mut second = workspaces::by_id(&world.store, first).await.unwrap().unwrap();
        second.id = world.id(WorkspaceId::new);
        let tx = world.store.begin().await.unwrap();
        let error = workspaces::insert(&tx, &second, world.now()).await.unwrap_err();
        assert!(error.is_conflict(Constraint::WorkspaceSlug), "{error:?}");
    }

    async fn the_plan_is_set_in_one_workspace_only(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let tx = world.store.begin().await.unwrap();
        assert!(workspaces::set_plan(&tx, acme, Plan::Free).await.unwrap());
        assert!(!workspaces::set_plan(&tx, world.id(WorkspaceId::new), Plan::Free).await.unwrap());
        tx.commit(world.record(Chain::Workspace(acme), Event::PlanChanged { before: Plan::Business, after: Plan::Free })).await.unwrap();
        assert_eq!(workspaces::by_id(&world.store, acme).await.unwrap().unwrap().plan, Plan::Free);
        assert_eq!(workspaces::by_id(&world.store, other).await.unwrap().unwrap().plan, Plan::Business);
    }

    async fn settings_are_set_by_whoever_knows_the_last_revision(world: World) {
        let (acme, other) = (world.workspace("acme").await, world.workspace("other").await);
        let rules = WorkspaceRules { idle: IdleLimit::parse(15).unwrap(), invites: InviteDays::parse(30).unwrap() };
        let name = WorkspaceName::parse("Acme, Inc.").unwrap();
        let tx = world.store.begin().await.unwrap();
        assert!(workspaces::set(&tx, acme, 1, &name, &slug("acme-inc"), rules).await.unwrap());
        assert!(!workspaces::set(&tx, acme, 1, &name, &slug("late"), rules).await.unwrap());
        tx.commit(created(&world, acme)).await.unwrap();
        let found = workspaces::by_slug(&world.store, &slug("acme-inc")).await.unwrap().unwrap();
        assert_eq!((found.id, found.name, found.rules, found.revision), (acme, name.clone(), rules, 2));
        assert_eq!(workspaces::by_slug(&world.store, &slug("acme")).await.unwrap(), None);
        assert_eq!(workspaces::by_id(&world.store, other).await.unwrap().unwrap().rules, WorkspaceRules::default());
        let tx = world.store.begin().await.unwrap();
        let error = workspaces::set(&tx, acme, 2, &name, &slug("other"), rules).await.unwrap_err();
        assert!(error.is_conflict(Constraint::WorkspaceSlug), "{error:?}");
    }

    async fn all_workspaces_are_listed_by_url_name(world: World) {
        for name in ["zeta", "acme", "mid-2"] {
            world.workspace(name).await;
        }
        let slugs: Vec<String> = workspaces::list(&world.store).await.unwrap().into_iter().map(|workspace| workspace.slug.to_string()).collect();
        assert_eq!(slugs, ["acme", "mid-2", "zeta"]);
    }

    async fn an_account_sees_its_own_workspaces_only(world: World) {
        let (amara, ben) = (world.account("amara@acme.test").await, world.account("ben@acme.test").await);
        let (zeta, acme, other) = (world.workspace("zeta").await, world.workspace("acme").await, world.workspace("other").await);
        for (account, workspace, kind) in [(amara, zeta, "owner"), (amara, acme, "member"), (ben, other, "owner")] {
            let [id, workspace, account] = [world.id(MemberId::new).uuid(), workspace.uuid(), account.uuid()].map(|id| world.literal(id));
            let no = world.boolean(false);
            world.raw(&format!("INSERT INTO members VALUES ({id}, {workspace}, {account}, '{kind}', {no}, 'x', 'x', 'x@acme.test', 1, 0, 1)")).await;
        }
        let mine = workspaces::memberships(&world.store, amara).await.unwrap();
        let seen: Vec<_> = mine.iter().map(|membership| (membership.workspace.slug.as_str(), membership.kind)).collect();
        assert_eq!(seen, [("acme", MemberKind::Member), ("zeta", MemberKind::Owner)]);
    }

    async fn a_locked_workspace_waits_for_the_change_that_locked_it(world: World) {
        let id = world.workspace("acme").await;
        let tx = world.store.begin().await.unwrap();
        assert!(workspaces::lock(&tx, id).await.unwrap().is_some());
        assert!(workspaces::lock(&tx, world.id(WorkspaceId::new)).await.unwrap().is_none());
        let other = world.other_node().await;
        let waiting = tokio::spawn(async move {
            let tx = other.begin().await.unwrap();
            workspaces::lock(&tx, id).await.unwrap().unwrap().plan
        });
        workspaces::set_plan(&tx, id, Plan::Free).await.unwrap();
        tx.commit(world.record(Chain::Workspace(id), Event::PlanChanged { before: Plan::Business, after: Plan::Free })).await.unwrap();
        assert_eq!(waiting.await.unwrap(), Plan::Free);
    }
}
