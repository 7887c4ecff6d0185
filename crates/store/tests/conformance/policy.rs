//! The change feed and the policy: read whole, or caught up by what changed, both come to the same.

use crate::team::Team;
use domain::{
    audit::{Chain, Event},
    catalog::{Action, Catalog},
    grant::{Grant, Holder, Scope},
    id::{ResourceId, TokenId, WorkspaceId},
    label::Label,
    member::MemberKind,
    plan::Plan,
    policy::{Policy, Subject, Target},
    text::TokenName,
    time::Timestamp,
};
use std::{collections::BTreeSet, sync::Arc};
use store::{
    grants, group_members, members,
    members::AccessUpdate,
    policy::{self, CaughtUp, Loaded},
    policy_changes::{self, KEPT_VERSIONS, MOST_TOUCHED, Since, Touched},
    tokens, workspaces,
};
use testkit::{World, on_both};

fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap())
}

async fn load(world: &World, workspace: WorkspaceId) -> Loaded {
    policy::load(&world.store, workspace, catalog()).await.unwrap().unwrap()
}

/// What was touched by the last version.
async fn last(world: &World, workspace: WorkspaceId) -> Since {
    let version = workspaces::policy_version(&world.store, workspace).await.unwrap().unwrap();
    policy_changes::since(&world.store, workspace, version - 1, version).await.unwrap()
}

fn only<const N: usize>(touched: [Touched; N]) -> Since {
    Since::Touched(BTreeSet::from(touched))
}

fn edits(policy: &Policy, subject: Subject, resource: ResourceId) -> bool {
    policy.decide(subject, &Action::parse("source:edit").unwrap(), &Target::Resource(resource), Timestamp::from_micros(0)).is_allowed()
}

/// Brings it up to date, and checks that a fresh one says the same of each of these.
async fn caught_up(world: &World, workspace: WorkspaceId, held: &mut Loaded, subjects: &[Subject], resources: &[ResourceId]) {
    let CaughtUp::Updates { version, updates } = policy::since(&world.store, workspace, held.version).await.unwrap() else { panic!("not caught up") };
    held.version = version;
    updates.into_iter().for_each(|update| held.take(update));
    let fresh = load(world, workspace).await;
    assert_eq!((held.version, held.policy.plan()), (fresh.version, fresh.policy.plan()));
    for subject in subjects {
        if let Subject::Member(id) = subject {
            assert_eq!(held.policy.member(*id), fresh.policy.member(*id));
        }
        for resource in resources {
            assert_eq!(held.policy.resource(*resource), fresh.policy.resource(*resource));
            assert_eq!(edits(&held.policy, *subject, *resource), edits(&fresh.policy, *subject, *resource), "{subject:?} on {resource}");
        }
    }
    assert_eq!(policy::since(&world.store, workspace, held.version).await.unwrap(), CaughtUp::Same);
}

on_both! {
    async fn each_write_says_what_it_touched(world: World) {
        let team = Team::new(&world, "acme").await;
        assert_eq!(last(&world, team.id).await, only([]));
        let ada = team.member("Ada", "ada@acme.test").await;
        assert_eq!(last(&world, team.id).await, only([Touched::Member(ada)]));
        let group = team.group("Developers", &[ada]).await;
        assert_eq!(last(&world, team.id).await, only([Touched::Group(group), Touched::Member(ada)]));
        let grant = team.grant("source_admin", Scope::All);
        for (holder, touched) in [(Holder::Group(group), Touched::Group(group)), (Holder::Member(ada), Touched::Member(ada))] {
            team.give(holder, &[Grant { id: world.id(domain::id::GrantId::new), ..grant.clone() }]).await;
            assert_eq!(last(&world, team.id).await, only([touched]));
            team.give(holder, &[]).await;
            assert_eq!(last(&world, team.id).await, only([touched]));
            team.give(holder, &[]).await;
            assert_eq!(last(&world, team.id).await, only([]), "nothing was taken away");
        }
        let source = team.resource("source", "Website");
        team.register(std::slice::from_ref(&source)).await;
        assert_eq!(last(&world, team.id).await, only([Touched::Resource(source.id)]));
        let invite = team.invite(team.invited("new@acme.test")).await;
        team.give(Holder::Invite(invite), &[grant]).await;
        assert_eq!(last(&world, team.id).await, only([]), "an invite reaches nobody yet");
        let tx = team.begin().await;
        grants::move_invite_to_member(&tx, team.id, invite, ada).await.unwrap();
        team.commit(tx).await;
        assert_eq!(last(&world, team.id).await, only([Touched::Member(ada)]));
        let tx = team.begin().await;
        group_members::set_of_member(&tx, team.id, ada, &[]).await.unwrap();
        workspaces::set_plan(&tx, team.id, Plan::Free).await.unwrap();
        team.commit(tx).await;
        assert_eq!(last(&world, team.id).await, only([Touched::Member(ada), Touched::Plan]));
        let tx = team.begin().await;
        assert!(members::remove(&tx, team.id, ada).await.unwrap());
        team.commit(tx).await;
        assert_eq!(last(&world, team.id).await, only([Touched::Member(ada)]));
    }

    async fn a_touched_workspace_gets_a_version_whatever_the_record_says(world: World) {
        let (acme, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let tx = acme.begin().await;
        workspaces::set_plan(&tx, acme.id, Plan::Team).await.unwrap();
        tx.commit(world.record(Chain::Workspace(other.id), Event::SignedOut)).await.unwrap();
        assert_eq!(last(&world, acme.id).await, only([Touched::Plan]));
        assert_eq!(workspaces::policy_version(&world.store, acme.id).await.unwrap(), Some(2));
        assert_eq!(last(&world, other.id).await, only([]));
    }

    async fn a_dropped_change_says_nothing(world: World) {
        let team = Team::new(&world, "acme").await;
        let held = load(&world, team.id).await;
        let tx = team.begin().await;
        workspaces::set_plan(&tx, team.id, Plan::Free).await.unwrap();
        drop(tx);
        assert_eq!(policy::since(&world.store, team.id, held.version).await.unwrap(), CaughtUp::Same);
    }

    async fn caught_up_is_as_read_anew(world: World) {
        let team = Team::new(&world, "acme").await;
        let (ada, bea) = (team.member("Ada", "ada@acme.test").await, team.owner("Bea", "bea@acme.test").await);
        let mut source = team.resource("source", "Website");
        source.labels = vec![Label::parse("environment:prod").unwrap()];
        team.labels(&["environment:prod"]).await;
        let mut held = load(&world, team.id).await;
        team.register(std::slice::from_ref(&source)).await;
        let group = team.group("Developers", &[]).await;
        let token = world.id(TokenId::new);
        let all = [Subject::Member(ada), Subject::Member(bea), Subject::Group(group), Subject::Token(token)];
        caught_up(&world, team.id, &mut held, &all, &[source.id]).await;
        assert!(!edits(&held.policy, all[0], source.id) && edits(&held.policy, all[1], source.id));

        let prod = Scope::Labelled(BTreeSet::from([Label::parse("environment:prod").unwrap()]));
        team.give(Holder::Group(group), &[team.grant("source_admin", prod)]).await;
        let tx = team.begin().await;
        group_members::set_of_member(&tx, team.id, ada, &[group]).await.unwrap();
        let new = tokens::NewToken {
            id: token,
            name: TokenName::parse("ci").unwrap(),
            secret_hash: world.hash(),
            prefix: "rc_x".to_owned(),
            owner_access: false,
            created_by: None,
            created_by_name: None,
            created_at: world.now(),
            expires_at: None,
        };
        tokens::insert(&tx, team.id, &new).await.unwrap();
        grants::replace(&tx, team.id, Holder::Token(token), &[team.grant("source_admin", Scope::Only(BTreeSet::from([source.id])))], world.now()).await.unwrap();
        team.commit(tx).await;
        caught_up(&world, team.id, &mut held, &all, &[source.id]).await;
        assert!(edits(&held.policy, all[0], source.id) && edits(&held.policy, all[3], source.id));

        let tx = team.begin().await;
        assert!(members::set_access(&tx, team.id, bea, 1, AccessUpdate { kind: MemberKind::Member, pii: true }).await.unwrap());
        assert!(members::remove(&tx, team.id, ada).await.unwrap());
        workspaces::set_plan(&tx, team.id, Plan::Free).await.unwrap();
        team.commit(tx).await;
        caught_up(&world, team.id, &mut held, &all, &[source.id]).await;
        assert!(all[..2].iter().all(|subject| !edits(&held.policy, *subject, source.id)));
        assert!(edits(&held.policy, all[3], source.id), "a source admin by name is on every plan");
    }

    async fn who_is_too_far_behind_reads_it_anew(world: World) {
        let team = Team::new(&world, "acme").await;
        let here = team.world.literal(team.id.uuid());
        team.member("Ada", "ada@acme.test").await;
        for wrong in [-1, 99] {
            assert_eq!(policy::since(&world.store, team.id, wrong).await.unwrap(), CaughtUp::TooMuch, "{wrong}");
        }
        // a gap in the feed is never taken for "nothing happened"
        world.raw(&format!("DELETE FROM policy_changes WHERE workspace_id = {here} AND version = 2")).await;
        assert_eq!(policy::since(&world.store, team.id, 1).await.unwrap(), CaughtUp::TooMuch);
        // old rows go with the next change
        world.raw(&format!("UPDATE workspaces SET policy_version = {} WHERE id = {here}", KEPT_VERSIONS + 1)).await;
        team.member("Ben", "ben@acme.test").await;
        assert_eq!(world.text(&format!("SELECT CAST(count(*) AS text) AS text FROM policy_changes WHERE workspace_id = {here}")).await, "1");
        assert_eq!(policy::since(&world.store, team.id, 1).await.unwrap(), CaughtUp::TooMuch);
        assert_eq!(policy::since(&world.store, world.id(WorkspaceId::new), 1).await.unwrap(), CaughtUp::Gone);
    }

    async fn a_change_of_too_much_sends_everybody_to_read_anew(world: World) {
        let team = Team::new(&world, "acme").await;
        let before = load(&world, team.id).await.version;
        let people: Vec<_> = (0..=MOST_TOUCHED).map(|n| team.person("Somebody", &format!("p{n}@acme.test"))).collect();
        team.join(&people).await;
        assert_eq!(policy::since(&world.store, team.id, before).await.unwrap(), CaughtUp::TooMuch);
        let fresh = load(&world, team.id).await;
        assert!(people.iter().all(|new| fresh.policy.member(new.id).is_some()));
    }

    async fn all_stretches_are_read_and_nothing_of_others(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        // more than one stretch
        let sources: Vec<_> = (0..9_001).map(|n| team.resource("source", &format!("Source {n}"))).collect();
        team.register(&sources).await;
        let (foreign, theirs) = (other.resource("source", "Theirs"), other.member("Ada", "ada@acme.test").await);
        other.register(std::slice::from_ref(&foreign)).await;
        let loaded = load(&world, team.id).await;
        assert_eq!(loaded.policy.resources().count(), sources.len());
        let known = |source: &domain::resource::Resource| {
            let found = loaded.policy.resource(source.id)?;
            Some((found.kind, found.parent, found.labels) == (source.kind.clone(), source.parent, source.labels.clone()))
        };
        assert!(sources.iter().all(|source| known(source) == Some(true)));
        assert!(loaded.policy.resource(foreign.id).is_none() && loaded.policy.member(theirs).is_none());
        assert!(loaded.weight > 9_001 * 100);
        assert!(policy::load(&world.store, world.id(WorkspaceId::new), catalog()).await.unwrap().is_none());
    }

    async fn a_load_sees_one_moment(world: World) {
        let team = Team::new(&world, "acme").await;
        let snapshot = world.store.snapshot().await.unwrap();
        let before = workspaces::policy_version(&snapshot, team.id).await.unwrap();
        team.member("Ada", "ada@acme.test").await;
        assert_eq!(workspaces::policy_version(&snapshot, team.id).await.unwrap(), before);
        assert_ne!(workspaces::policy_version(&world.store, team.id).await.unwrap(), before);
    }

    async fn other_nodes_hear_of_a_commit_where_the_database_tells(world: World) {
        let node = world.other_node().await;
        let Some(mut listener) = node.listen().await.unwrap() else {
            assert_eq!(world.store.backend(), store::Backend::Sqlite);
            return;
        };
        let team = Team::new(&world, "acme").await;
        let heard = listener.next().await.unwrap();
        assert_eq!((heard.workspace, heard.version), (team.id, 1));
        team.member("Ada", "ada@acme.test").await;
        let heard = listener.pulse().await.unwrap();
        assert_eq!(heard.iter().map(|heard| heard.version).collect::<Vec<_>>(), [2]);
        world.raw("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1'").await;
        assert!(listener.next().await.is_err(), "a lost connection is told");
    }
}
