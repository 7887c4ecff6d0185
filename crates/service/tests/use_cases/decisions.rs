//! Decisions from memory: as true as a fresh reading after every change, at least as new as asked, and no answer when too old.

use crate::company::{Browser, Company};
use domain::{
    catalog::{Action, RoleId},
    failure::FailureKind,
    grant::{Grant, GrantSpec, Holder, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId, TokenId, WorkspaceId},
    label::Label,
    member::{GrantDraft, MemberAccess, MemberKind},
    plan::Plan,
    policy::{Decision, Missing, Question, Reason, Subject, Target},
    resource::{Resource, ResourceType},
    text::{GroupName, ResourceKey, ResourceName, TokenName},
    time::Span,
};
use service::{
    Services,
    decisions::{self, Answer, Limits},
    members, operator,
};
use std::collections::BTreeSet;
use store::{WriteTx, group_members, groups, groups::NewGroup, tokens};
use testkit::{World, on_both};

fn edit() -> Action {
    Action::parse("source:edit").unwrap()
}

fn wish(scopes: Vec<Scope>) -> MemberAccess {
    let grants = scopes.into_iter().map(|scope| GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_admin"), scope) }).collect();
    MemberAccess { kind: MemberKind::Member, pii: false, grants, groups: Vec::new() }
}

/// A company with an owner, somebody who joined, and two sources.
struct Scene {
    company: Company,
    amara: Browser,
    bea: Browser,
    workspace: WorkspaceId,
    sources: Vec<ResourceId>,
}

impl Scene {
    async fn new(world: World) -> Self {
        Self::within(world, Limits::default()).await
    }

    async fn within(world: World, limits: Limits) -> Self {
        let company = Company::within(world, limits);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let workspace = company.owner(&amara).await.workspace().id;
        let mut scene = Self { company, amara, bea, workspace, sources: Vec::new() };
        scene.sources = vec![scene.source("prod", &["environment:prod"]).await, scene.source("plain", &[]).await];
        scene
    }

    fn services(&self) -> &Services {
        &self.company.services
    }

    async fn begin(&self) -> WriteTx {
        self.company.world.store.begin().await.unwrap()
    }

    async fn commit(&self, tx: WriteTx) -> i64 {
        let event = domain::audit::Event::UsersExported { count: 0 };
        let record = self.company.world.record(domain::audit::Chain::Workspace(self.workspace), event);
        tx.commit(record).await.unwrap().policy_version.unwrap()
    }

    async fn source(&self, key: &str, labels: &[&str]) -> ResourceId {
        let source = Resource {
            id: self.company.world.id(ResourceId::new),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse(key).unwrap(),
            name: ResourceName::parse(key).unwrap(),
            parent: None,
            labels: labels.iter().map(|label| Label::parse(label).unwrap()).collect(),
        };
        let tx = self.begin().await;
        store::resources::insert_many(&tx, self.workspace, std::slice::from_ref(&source), self.services().now()).await.unwrap();
        self.commit(tx).await;
        source.id
    }

    async fn give(&self, holder: Holder, scopes: Vec<Scope>) -> i64 {
        let grant = |scope| Grant { id: self.company.world.id(GrantId::new), spec: GrantSpec::new(RoleId::new("source_admin"), scope) };
        let tx = self.begin().await;
        let grants: Vec<Grant> = scopes.into_iter().map(grant).collect();
        store::grants::replace(&tx, self.workspace, holder, &grants, self.services().now()).await.unwrap();
        self.commit(tx).await
    }

    async fn save(&self, wish: MemberAccess) {
        let (owner, id) = (self.company.owner(&self.amara).await, self.company.id(&self.bea).await);
        let revision = members::find(self.services(), &owner, id).await.unwrap().revision;
        members::change_access(self.services(), &owner, id, revision, wish, None).await.unwrap();
    }

    async fn ask(&self, services: &Services, subject: Subject, resource: ResourceId, at_least: Option<i64>) -> Result<Answer, domain::failure::Failure> {
        let owner = self.company.owner(&self.amara).await;
        decisions::check(services, &owner, subject, &edit(), &Target::Resource(resource), at_least).await
    }

    /// What is held in memory, and what a process that has just started says, must be one.
    async fn may(&self, subject: Subject, resource: ResourceId) -> bool {
        let held = self.ask(self.services(), subject, resource, None).await.unwrap();
        let fresh = self.ask(&self.company.twin(self.company.world.store.clone()), subject, resource, None).await.unwrap();
        assert_eq!(held, fresh);
        held.decision.is_allowed()
    }
}

on_both! {
    async fn each_change_is_in_the_next_decision(world: World) {
        let scene = Scene::new(world).await;
        let [prod, plain] = scene.sources[..] else { panic!() };
        let id = scene.company.id(&scene.bea).await;
        let bea = Subject::Member(id);
        let amara = Subject::Member(scene.company.id(&scene.amara).await);
        assert!(scene.may(amara, plain).await);
        assert!(!scene.may(bea, plain).await);
        // a save in the drawer, and its undoing
        scene.save(wish(vec![Scope::Only(BTreeSet::from([plain]))])).await;
        assert!(scene.may(bea, plain).await && !scene.may(bea, prod).await);
        scene.save(wish(Vec::new())).await;
        assert!(!scene.may(bea, plain).await);
        // by a group, by a label that a new thing bears
        let group = GroupId::new(scene.services().now(), [3; 10]);
        let tx = scene.begin().await;
        let new = NewGroup { id: group, name: GroupName::parse("Developers").unwrap(), pii: false, created_at: scene.services().now() };
        groups::insert(&tx, scene.workspace, &new).await.unwrap();
        group_members::set_of_member(&tx, scene.workspace, id, &[group]).await.unwrap();
        scene.commit(tx).await;
        assert!(!scene.may(bea, prod).await);
        scene.give(Holder::Group(group), vec![Scope::Labelled(BTreeSet::from([Label::parse("environment:prod").unwrap()]))]).await;
        assert!(scene.may(bea, prod).await && scene.may(Subject::Group(group), prod).await && !scene.may(bea, plain).await);
        let later = scene.source("later", &["environment:prod"]).await;
        assert!(scene.may(bea, later).await);
        // the plan
        let operator = scene.services().operator();
        operator::set_plan(scene.services(), &operator, scene.amara.slug.as_str(), "free").await.unwrap();
        assert!(!scene.may(bea, prod).await);
        operator::set_plan(scene.services(), &operator, scene.amara.slug.as_str(), Plan::Business.as_str()).await.unwrap();
        assert!(scene.may(bea, prod).await);
        // a token
        let token = scene.company.world.id(TokenId::new);
        assert!(!scene.may(Subject::Token(token), prod).await);
        let tx = scene.begin().await;
        let new = tokens::NewToken {
            id: token,
            name: TokenName::parse("ci").unwrap(),
            secret_hash: scene.company.world.hash(),
            prefix: "rc_x".to_owned(),
            owner_access: false,
            created_by: None,
            created_by_name: None,
            created_at: scene.services().now(),
            expires_at: Some(scene.services().now().plus(Span::hours(1))),
        };
        tokens::insert(&tx, scene.workspace, &new).await.unwrap();
        scene.commit(tx).await;
        scene.give(Holder::Token(token), vec![Scope::All]).await;
        assert!(scene.may(Subject::Token(token), prod).await);
        scene.company.clock.advance(Span::hours(2));
        assert!(!scene.may(Subject::Token(token), prod).await, "it has expired");
        // leaving ends it all
        members::leave(scene.services(), &scene.company.member(&scene.bea).await).await.unwrap();
        assert!(!scene.may(bea, prod).await);
    }

    async fn who_joins_by_an_invite_may_at_once_and_who_is_removed_may_not(world: World) {
        let scene = Scene::new(world).await;
        let prod = scene.sources[0];
        assert!(scene.may(Subject::Member(scene.company.id(&scene.amara).await), prod).await);
        let cy = scene.company.joined(&scene.amara, "Cy", MemberKind::Member, vec![GrantSpec::new(RoleId::new("source_admin"), Scope::All)]).await;
        let cy = scene.company.id(&cy).await;
        assert!(scene.may(Subject::Member(cy), prod).await);
        members::remove(scene.services(), &scene.company.owner(&scene.amara).await, cy).await.unwrap();
        assert!(!scene.may(Subject::Member(cy), prod).await);
    }

    async fn a_member_asks_about_themselves_and_many_are_asked_at_once(world: World) {
        let scene = Scene::new(world).await;
        let target = Target::Resource(scene.sources[0]);
        let (owner, me) = (scene.company.owner(&scene.amara).await, scene.company.member(&scene.bea).await);
        let mine = decisions::check(scene.services(), &me, Subject::Member(me.member()), &edit(), &target, None).await.unwrap();
        assert!(!mine.decision.is_allowed());
        let ask = |subject| Question { subject, action: edit(), target: target.clone() };
        let all = [ask(Subject::Member(owner.member().unwrap())), ask(Subject::Member(me.member())), ask(Subject::Member(owner.member().unwrap()))];
        let answers = decisions::check_all(scene.services(), &owner, &all, None).await.unwrap();
        assert_eq!(answers.decisions.iter().map(Decision::is_allowed).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(answers.policy_version, mine.policy_version);
        let many = vec![all[0].clone(); decisions::MOST_QUESTIONS + 1];
        assert_eq!(decisions::check_all(scene.services(), &owner, &many, None).await.unwrap_err().kind, FailureKind::Invalid);
        let connect = decisions::check_connect(scene.services(), &owner, Subject::Member(owner.member().unwrap()), scene.sources[0], scene.sources[1], None).await.unwrap();
        assert_eq!(connect.decision, Decision::Allowed(vec![Reason::Owner { expires_at: None }]));
        let stranger = Subject::Member(scene.company.world.id(MemberId::new));
        assert_eq!(scene.ask(scene.services(), stranger, scene.sources[0], None).await.unwrap().decision, Decision::Denied(Missing::Unknown));
    }

    async fn another_node_answers_at_least_as_new_as_asked(world: World) {
        let scene = Scene::new(world).await;
        let prod = scene.sources[0];
        let id = scene.company.id(&scene.bea).await;
        let other = scene.company.twin(scene.company.world.other_node().await);
        scene.give(Holder::Member(id), vec![Scope::All]).await;
        let before = scene.ask(&other, Subject::Member(id), prod, None).await.unwrap();
        assert!(before.decision.is_allowed());
        let version = scene.give(Holder::Member(id), Vec::new()).await;
        // the clock stands still: it has had no reason to look
        assert_eq!(scene.ask(&other, Subject::Member(id), prod, None).await.unwrap(), before);
        let after = scene.ask(&other, Subject::Member(id), prod, Some(version)).await.unwrap();
        assert!(!after.decision.is_allowed() && after.policy_version == version);
        let refused = scene.ask(&other, Subject::Member(id), prod, Some(version + 1)).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Invalid, Some("at_least")));
    }

    async fn another_node_s_change_is_seen_within_a_second(world: World) {
        let scene = Scene::new(world).await;
        let prod = scene.sources[0];
        let id = scene.company.id(&scene.bea).await;
        let other = scene.company.twin(scene.company.world.other_node().await);
        scene.give(Holder::Member(id), vec![Scope::All]).await;
        assert!(scene.ask(&other, Subject::Member(id), prod, None).await.unwrap().decision.is_allowed());
        scene.give(Holder::Member(id), Vec::new()).await;
        scene.company.clock.advance(Span::seconds(1));
        assert!(!scene.ask(&other, Subject::Member(id), prod, None).await.unwrap().decision.is_allowed());
    }

    async fn without_its_database_a_node_answers_for_a_while_and_then_no_more(world: World) {
        let scene = Scene::new(world).await;
        let bea = Subject::Member(scene.company.id(&scene.bea).await);
        let owner = scene.company.owner(&scene.amara).await;
        let node = scene.company.world.other_node().await;
        let other = scene.company.twin(node.clone());
        let target = Target::Resource(scene.sources[0]);
        let before = decisions::check(&other, &owner, bea, &edit(), &target, None).await.unwrap();
        node.close().await.unwrap();
        scene.company.clock.advance(Span::seconds(9));
        assert_eq!(decisions::check(&other, &owner, bea, &edit(), &target, None).await.unwrap(), before);
        let newer = decisions::check(&other, &owner, bea, &edit(), &target, Some(before.policy_version + 1)).await.unwrap_err();
        assert_eq!(newer.kind, FailureKind::Unavailable);
        scene.company.clock.advance(Span::seconds(2));
        let refused = decisions::check(&other, &owner, bea, &edit(), &target, None).await.unwrap_err();
        assert_eq!((refused.kind, refused.kind.status()), (FailureKind::Unavailable, 503));
        // and a clock that was set back makes nothing fresh again
        scene.company.clock.advance(Span::hours(-1));
        assert_eq!(decisions::check(&other, &owner, bea, &edit(), &target, None).await.unwrap_err().kind, FailureKind::Unavailable);
    }

    async fn the_least_recently_used_leaves_and_comes_back(world: World) {
        // room for one
        let scene = Scene::within(world, Limits { memory: 1, ..Limits::default() }).await;
        let dana = scene.company.founder("Dana").await;
        let dana = scene.company.owner(&dana).await;
        let target = Target::Resource(scene.sources[0]);
        let amara = scene.company.owner(&scene.amara).await;
        for _ in 0..2 {
            for owner in [&amara, &dana] {
                let answer = decisions::check(scene.services(), owner, Subject::Member(owner.member().unwrap()), &edit(), &target, None).await.unwrap();
                // nothing of one workspace shows in another
                assert_eq!(answer.decision.is_allowed(), owner.workspace().id == scene.workspace);
                assert_eq!(decisions::held(scene.services(), &scene.services().operator()), [owner.workspace().id]);
            }
        }
        // a change while it was away is in the answer
        let bea = scene.company.id(&scene.bea).await;
        scene.give(Holder::Member(bea), vec![Scope::All]).await;
        assert!(scene.ask(scene.services(), Subject::Member(bea), scene.sources[0], None).await.unwrap().decision.is_allowed());
    }

    async fn many_who_ask_at_first_get_one_load(world: World) {
        let scene = Scene::new(world).await;
        let owner = std::sync::Arc::new(scene.company.owner(&scene.amara).await);
        let tasks: Vec<_> = (0..16).map(|_| {
            let (services, owner, target) = (scene.services().clone(), owner.clone(), Target::Resource(scene.sources[0]));
            tokio::spawn(async move { decisions::check(&services, owner.as_ref(), Subject::Member(owner.member().unwrap()), &edit(), &target, None).await.unwrap() })
        }).collect();
        for task in tasks {
            assert!(task.await.unwrap().decision.is_allowed());
        }
    }
}
