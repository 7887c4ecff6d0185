//! Questions by token, answered from memory: never what the database would refuse, whoever changed it, and by the names that there are now.

use crate::company::{Browser, Company};
use domain::{
    audit::{Chain, Event},
    failure::{Failure, FailureKind},
    grant::GrantSpec,
    id::{ResourceId, TokenId},
    member::MemberKind,
    resource::{Resource, ResourceType},
    save::SaveOutcome,
    text::{ResourceKey, ResourceName},
    time::Span,
    token::TokenWish,
};
use service::{
    Services,
    access::WorkspaceOwner,
    actor::Meta,
    asked::{self, Wording},
    closing, decisions, invites, members, tokens,
};
use testkit::{World, on_both};

struct Scene {
    company: Company,
    amara: Browser,
}

impl Scene {
    async fn new(world: World) -> Self {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        Self { company, amara }
    }

    fn here(&self) -> &Services {
        &self.company.services
    }

    async fn owner(&self) -> WorkspaceOwner {
        self.company.owner(&self.amara).await
    }

    /// A token with owner access; its id and its secret.
    async fn token(&self, name: &str) -> (TokenId, String) {
        let wish = TokenWish { name: name.to_owned(), owner_access: true, ..TokenWish::default() };
        let made = tokens::create(self.here(), &self.owner().await, wish).await.unwrap();
        (made.id, made.secret.reveal().to_owned())
    }

    /// Registers a source by this id of the product's, behind every use case's back.
    async fn source(&self, key: &str) -> ResourceId {
        let source = Resource {
            id: self.company.world.id(ResourceId::new),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse(key).unwrap(),
            name: ResourceName::parse(key).unwrap(),
            parent: None,
            labels: Vec::new(),
        };
        let workspace = self.owner().await.workspace().id;
        let tx = self.company.world.store.begin().await.unwrap();
        store::resources::insert_many(&tx, workspace, std::slice::from_ref(&source), self.here().now()).await.unwrap();
        tx.commit(self.company.world.record(Chain::Workspace(workspace), Event::UsersExported { count: 0 })).await.unwrap();
        source.id
    }

    async fn unregister(&self, id: ResourceId) {
        let workspace = self.owner().await.workspace().id;
        let tx = self.company.world.store.begin().await.unwrap();
        assert!(store::resources::remove(&tx, workspace, id).await.unwrap());
        tx.commit(self.company.world.record(Chain::Workspace(workspace), Event::UsersExported { count: 0 })).await.unwrap();
    }
}

fn about(subject: &str, resource: &str) -> Wording {
    Wording { subject: subject.to_owned(), action: "source:edit".to_owned(), resource: resource.to_owned() }
}

/// What a product is told on this node: whether they may, and by which version.
async fn ask(node: &Services, secret: &str, wording: &Wording, at_least: Option<i64>) -> Result<(bool, i64), Failure> {
    let token = node.asking_token(secret, &Meta::default()).await?;
    let (told, version) = asked::check(node, &token, wording, at_least).await?;
    Ok((told.decision.is_allowed(), version))
}

/// Asked twice: the first time the database may say who asks, from then on memory does.
async fn known(node: &Services, secret: &str, wording: &Wording) {
    for _ in 0..2 {
        ask(node, secret, wording, None).await.unwrap();
    }
}

async fn refused(node: &Services, secret: &str, wording: &Wording, at_least: Option<i64>) -> Failure {
    ask(node, secret, wording, at_least).await.unwrap_err()
}

on_both! {
    async fn a_token_that_ended_asks_nothing_more(world: World) {
        let scene = Scene::new(world).await;
        let question = about("email:amara@acme.test", "source");
        // revoked
        let (id, secret) = scene.token("One").await;
        known(scene.here(), &secret, &question).await;
        tokens::revoke(scene.here(), &scene.owner().await, id).await.unwrap();
        let failure = refused(scene.here(), &secret, &question, None).await;
        assert!(failure.kind == FailureKind::SignedOut && failure.message.contains("revoked"), "{failure}");
        // given another secret: the first one works for the time of grace
        let (id, secret) = scene.token("Two").await;
        known(scene.here(), &secret, &question).await;
        let other = tokens::rotate(scene.here(), &scene.owner().await, id, Span::hours(1)).await.unwrap();
        for secret in [&secret, other.secret.reveal()] {
            known(scene.here(), secret, &question).await;
        }
        scene.company.clock.advance(Span::hours(1));
        let failure = refused(scene.here(), &secret, &question, None).await;
        assert!(failure.message.contains("time of grace"), "{failure}");
        known(scene.here(), other.secret.reveal(), &question).await;
        // and without grace, the one before is gone at once
        let third = tokens::rotate(scene.here(), &scene.owner().await, id, Span::seconds(0)).await.unwrap();
        refused(scene.here(), other.secret.reveal(), &question, None).await;
        known(scene.here(), third.secret.reveal(), &question).await;
        // given an end, which comes
        let token = tokens::find(scene.here(), &scene.owner().await, id).await.unwrap();
        let end = scene.here().now().plus(Span::hours(1));
        let wish = TokenWish { name: "Two".to_owned(), owner_access: true, expires_at: Some(end), grants: Vec::new() };
        assert!(matches!(tokens::change(scene.here(), &scene.owner().await, id, token.revision, &wish).await.unwrap(), SaveOutcome::Saved(_)));
        known(scene.here(), third.secret.reveal(), &question).await;
        scene.company.clock.advance(Span::hours(1));
        let failure = refused(scene.here(), third.secret.reveal(), &question, None).await;
        assert!(failure.message.contains("expired"), "{failure}");
    }

    async fn a_token_without_owner_access_asks_about_itself_from_then_on(world: World) {
        let scene = Scene::new(world).await;
        let (id, secret) = scene.token("One").await;
        let others = about("email:amara@acme.test", "source");
        known(scene.here(), &secret, &others).await;
        let token = tokens::find(scene.here(), &scene.owner().await, id).await.unwrap();
        let wish = TokenWish { name: "One".to_owned(), ..TokenWish::default() };
        tokens::change(scene.here(), &scene.owner().await, id, token.revision, &wish).await.unwrap();
        assert_eq!(refused(scene.here(), &secret, &others, None).await.kind, FailureKind::Forbidden);
        assert_eq!(refused(scene.here(), &secret, &about("email:nobody@acme.test", "source"), None).await.kind, FailureKind::Forbidden);
        assert!(!ask(scene.here(), &secret, &about(&format!("token:{id}"), "source"), None).await.unwrap().0);
    }

    async fn in_a_closed_workspace_nothing_is_asked_until_it_is_kept(world: World) {
        let scene = Scene::new(world).await;
        let (_, secret) = scene.token("One").await;
        let question = about("email:amara@acme.test", "source");
        known(scene.here(), &secret, &question).await;
        let owner = scene.owner().await;
        closing::close(scene.here(), &owner, owner.workspace().name.as_str()).await.unwrap();
        for _ in 0..2 {
            let failure = refused(scene.here(), &secret, &question, None).await;
            assert!(failure.kind == FailureKind::NotFound && failure.message.contains("closed"), "{failure}");
        }
        let owner = scene.here().closed_owner(scene.company.signed_in(&scene.amara).await, &scene.amara.slug).await.unwrap();
        closing::keep(scene.here(), &owner).await.unwrap();
        known(scene.here(), &secret, &question).await;
    }

    async fn what_ends_on_one_node_ends_on_the_other_as_fast_as_decisions_do(world: World) {
        let scene = Scene::new(world).await;
        let there = scene.company.twin(scene.company.world.other_node().await);
        let question = about("email:amara@acme.test", "source");
        let (id, secret) = scene.token("One").await;
        known(&there, &secret, &question).await;
        let other = tokens::rotate(scene.here(), &scene.owner().await, id, Span::seconds(0)).await.unwrap();
        // the clock stands still: the other node has had no reason to look, and knows the new secret by the database
        known(&there, &secret, &question).await;
        known(&there, other.secret.reveal(), &question).await;
        scene.company.clock.advance(Span::seconds(1));
        assert_eq!(refused(&there, &secret, &question, None).await.kind, FailureKind::SignedOut);
        known(&there, other.secret.reveal(), &question).await;
        // at once where the version is named
        let version = ask(scene.here(), other.secret.reveal(), &question, None).await.unwrap().1;
        known(&there, other.secret.reveal(), &question).await;
        tokens::revoke(scene.here(), &scene.owner().await, id).await.unwrap();
        known(&there, other.secret.reveal(), &question).await;
        let failure = refused(&there, other.secret.reveal(), &question, Some(version + 1)).await;
        assert!(failure.kind == FailureKind::SignedOut && failure.message.contains("revoked"), "{failure}");
        // and from then on
        refused(&there, other.secret.reveal(), &question, None).await;
    }

    async fn a_node_that_knew_of_no_change_asks_by_what_the_named_version_gives(world: World) {
        let scene = Scene::new(world).await;
        let there = scene.company.twin(scene.company.world.other_node().await);
        let (id, secret) = scene.token("One").await;
        let others = about("email:amara@acme.test", "source");
        known(&there, &secret, &others).await;
        let before = ask(&there, &secret, &others, None).await.unwrap().1;
        let token = tokens::find(scene.here(), &scene.owner().await, id).await.unwrap();
        let wish = TokenWish { name: "One".to_owned(), ..TokenWish::default() };
        tokens::change(scene.here(), &scene.owner().await, id, token.revision, &wish).await.unwrap();
        assert!(ask(&there, &secret, &others, None).await.unwrap().0, "it has had no reason to look");
        assert_eq!(refused(&there, &secret, &others, Some(before + 1)).await.kind, FailureKind::Forbidden);
    }

    async fn names_follow_what_is_registered_and_who_is_here(world: World) {
        let scene = Scene::new(world).await;
        let (_, secret) = scene.token("One").await;
        let may = async |subject: &str, resource: &str| ask(scene.here(), &secret, &about(subject, resource), None).await.unwrap().0;
        let amara = "email:Amara@acme.test";
        assert!(!may(amara, "source:web").await, "it is not registered");
        let first = scene.source("web").await;
        assert!(may(amara, "source:web").await && may(amara, &format!("source:{first}")).await);
        scene.unregister(first).await;
        assert!(!may(amara, "source:web").await && !may(amara, &format!("source:{first}")).await);
        let second = scene.source("web").await;
        assert!(may(amara, "source:web").await && may(amara, &format!("source:{second}")).await && !may(amara, &format!("source:{first}")).await);
        // somebody comes, leaves, and comes back as somebody else with the same address
        let bea = "email:bea@acme.test";
        assert!(!may(bea, "source:web").await);
        let all = || vec![GrantSpec::new(domain::catalog::RoleId::new("source_admin"), domain::grant::Scope::All)];
        let browser = scene.company.joined(&scene.amara, "Bea", MemberKind::Member, all()).await;
        let before = scene.company.id(&browser).await;
        assert!(may(bea, "source:web").await && may(&format!("user:{before}"), "source:web").await);
        members::remove(scene.here(), &scene.owner().await, before).await.unwrap();
        assert!(!may(bea, "source:web").await && !may(&format!("user:{before}"), "source:web").await);
        let link = scene.company.invite(&scene.amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        invites::accept(scene.here(), &scene.company.signed_in(&browser).await, &link).await.unwrap();
        let after = scene.company.id(&browser).await;
        assert_ne!(before, after);
        assert!(!may(bea, "source:web").await, "what they had is gone");
        let owner = scene.owner().await;
        let member = members::find(scene.here(), &owner, after).await.unwrap();
        let grants = all().into_iter().map(|spec| domain::member::GrantDraft { id: None, spec }).collect();
        let wish = domain::member::MemberAccess { kind: MemberKind::Member, pii: false, grants, groups: Vec::new() };
        members::change_access(scene.here(), &owner, after, member.revision, wish, None).await.unwrap();
        assert!(may(bea, "source:web").await);
        // another node reads all of it anew, and says the same
        let there = scene.company.twin(scene.company.world.other_node().await);
        assert!(ask(&there, &secret, &about(bea, "source:web"), None).await.unwrap().0);
    }

    async fn a_batch_is_answered_by_one_version_and_a_mistake_names_its_place(world: World) {
        let scene = Scene::new(world).await;
        let (_, secret) = scene.token("One").await;
        scene.source("web").await;
        let token = scene.here().asking_token(&secret, &Meta::default()).await.unwrap();
        let all = [about("email:amara@acme.test", "source:web"), about("email:nobody@acme.test", "source:web"), about("email:amara@acme.test", "source:none")];
        let told = asked::check_all(scene.here(), &token, &all, None).await.unwrap();
        assert_eq!(told.told.iter().map(|told| told.decision.is_allowed()).collect::<Vec<_>>(), [true, false, false]);
        for (wrong, field) in [
            (about("amara", "source:web"), "checks[1].subject"),
            (about("email:amara@acme.test", "warehouse:web"), "checks[1].resource"),
            (Wording { action: "source:fly".to_owned(), ..all[0].clone() }, "checks[1].action"),
            (Wording { action: "fly".to_owned(), ..all[0].clone() }, "checks[1].action"),
        ] {
            let failure = asked::check_all(scene.here(), &token, &[all[0].clone(), wrong], None).await.unwrap_err();
            assert_eq!((failure.kind, failure.field.as_deref()), (FailureKind::Invalid, Some(field)), "{failure}");
        }
        // an address is looked up as it is written, and read only where nobody has it
        let capitals = [about("email: Amara@ACME.test", "source:web"), about("email:Nobody@acme.test", "source:web")];
        let told = asked::check_all(scene.here(), &token, &capitals, None).await.unwrap();
        assert_eq!(told.told.iter().map(|told| told.decision.is_allowed()).collect::<Vec<_>>(), [true, false]);
        // of several mistakes the first is told, whenever it is found
        let (address, action) = (about("email:nobody", "source:web"), Wording { action: "fly".to_owned(), ..all[0].clone() });
        let failure = asked::check_all(scene.here(), &token, &[address.clone(), action.clone()], None).await.unwrap_err();
        assert_eq!((failure.kind, failure.field.as_deref()), (FailureKind::Invalid, Some("checks[0].subject")), "{failure}");
        let failure = asked::check(scene.here(), &token, &Wording { subject: address.subject, ..action }, None).await.unwrap_err();
        assert_eq!((failure.kind, failure.field.as_deref()), (FailureKind::Invalid, Some("subject")), "{failure}");
        let many = vec![all[0].clone(); decisions::MOST_QUESTIONS + 1];
        assert_eq!(asked::check_all(scene.here(), &token, &many, None).await.unwrap_err().field.as_deref(), Some("checks"));
    }

    async fn the_use_of_a_token_is_noted_once_a_minute(world: World) {
        let scene = Scene::new(world).await;
        let (id, secret) = scene.token("One").await;
        let question = about("email:amara@acme.test", "source");
        let meta = Meta { address: Some("10.0.0.7".to_owned()), ..Meta::default() };
        let first = scene.here().now();
        scene.here().asking_token(&secret, &meta).await.unwrap();
        let used = async || tokens::find(scene.here(), &scene.owner().await, id).await.unwrap().last_used_at;
        assert_eq!(used().await, Some(first));
        known(scene.here(), &secret, &question).await;
        scene.company.clock.advance(Span::seconds(59));
        known(scene.here(), &secret, &question).await;
        assert_eq!(used().await, Some(first));
        scene.company.clock.advance(Span::seconds(1));
        let asking = scene.here().asking_token(&secret, &meta).await.unwrap();
        assert_eq!(asking.token(), id);
        // beside the answer, which does not wait for it
        while used().await != Some(first.plus(Span::minutes(1))) {
            tokio::task::yield_now().await;
        }
    }
}
