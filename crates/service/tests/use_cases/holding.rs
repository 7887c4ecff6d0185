//! Pages of members by token: a node tells what the database would tell, whatever it remembers and whoever changed it.

use crate::company::{Browser, Company};
use domain::{
    catalog::{Action, RoleId},
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Scope},
    id::{MemberId, TokenId},
    member::{GrantDraft, MemberAccess, MemberKind, UserQuery},
    page::PageSize,
    policy::{Subject, Target},
    resource::ResourceType,
    time::Span,
    token::TokenWish,
};
use service::{
    Services,
    access::{ReadingOwner, WorkspaceOwner},
    actor::Meta,
    closing, decisions,
    members::{self, Holding},
    operator, tokens,
};
use testkit::{World, on_both};

struct Scene {
    company: Company,
    amara: Browser,
    /// Another node, which hears of nothing by itself: the clock stands still.
    there: Services,
    token: TokenId,
    secret: String,
}

impl Scene {
    async fn new(world: World) -> Self {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        operator::set_plan(&company.services, &company.services.operator(), amara.slug.as_str(), "business").await.unwrap();
        let there = company.twin(company.world.other_node().await);
        let wish = TokenWish { name: "One".to_owned(), owner_access: true, ..TokenWish::default() };
        let made = tokens::create(&company.services, &company.owner(&amara).await, wish).await.unwrap();
        let scene = Self { token: made.id, secret: made.secret.reveal().to_owned(), company, amara, there };
        // from now on the other node knows the token by heart
        scene.page(&scene.there).await.unwrap();
        assert!(scene.there.remembered_token(&scene.secret, &Meta::default()).is_some());
        scene
    }

    fn here(&self) -> &Services {
        &self.company.services
    }

    async fn owner(&self) -> WorkspaceOwner {
        self.company.owner(&self.amara).await
    }

    async fn page(&self, node: &Services) -> Result<Holding, Failure> {
        let meta = Meta::default();
        let owner: ReadingOwner = match node.remembered_token(&self.secret, &meta) {
            Some(remembered) => remembered.into(),
            None => node.owner_by_token(node.token(&self.secret, &meta).await?)?.into(),
        };
        members::holding(node, owner, UserQuery { size: PageSize::new(2), ..UserQuery::default() }).await
    }

    /// The same page on both nodes.
    async fn alike(&self) -> Holding {
        let (here, there) = (self.page(self.here()).await.unwrap(), self.page(&self.there).await.unwrap());
        assert_eq!((&here.page, &here.kinds), (&there.page, &there.kinds));
        there
    }

    /// Has the node read the policy.
    async fn holds_the_policy(&self, node: &Services) {
        let create = Action::new(&ResourceType::new("source"), "create");
        let subject = Subject::Member(self.company.id(&self.amara).await);
        decisions::check(node, &self.owner().await, subject, &create, &Target::Type, None).await.unwrap();
        assert_eq!(decisions::held(node, &node.operator()), [self.owner().await.workspace().id]);
    }

    async fn give(&self, member: MemberId, grants: Vec<GrantSpec>) {
        let owner = self.owner().await;
        let revision = members::find(self.here(), &owner, member).await.unwrap().revision;
        let grants = grants.into_iter().map(|spec| GrantDraft { id: None, spec }).collect();
        let wish = MemberAccess { kind: MemberKind::Member, pii: false, grants, groups: Vec::new() };
        members::change_access(self.here(), &owner, member, revision, wish, None).await.unwrap();
    }

    /// Why the token reads nothing more on the node that has heard of nothing.
    async fn refused(&self) -> Failure {
        self.page(&self.there).await.unwrap_err()
    }
}

fn role(role: &str, scope: Scope) -> GrantSpec {
    GrantSpec::new(RoleId::new(role), scope)
}

on_both! {
    async fn a_token_that_was_revoked_on_one_node_reads_nothing_more_on_another(world: World) {
        let scene = Scene::new(world).await;
        scene.holds_the_policy(&scene.there).await;
        scene.alike().await;
        tokens::revoke(scene.here(), &scene.owner().await, scene.token).await.unwrap();
        let failure = scene.refused().await;
        assert!(failure.kind == FailureKind::SignedOut && failure.message.contains("revoked"), "{failure}");
    }

    async fn nor_by_a_secret_that_was_replaced_or_after_its_end(world: World) {
        let scene = Scene::new(world).await;
        let rotated = tokens::rotate(scene.here(), &scene.owner().await, scene.token, Span::hours(1)).await.unwrap();
        scene.alike().await;
        scene.company.clock.advance(Span::hours(1));
        let failure = scene.refused().await;
        assert!(failure.kind == FailureKind::SignedOut && failure.message.contains("time of grace"), "{failure}");
        let mut scene = scene;
        scene.secret = rotated.secret.reveal().to_owned();
        scene.alike().await;
        tokens::rotate(scene.here(), &scene.owner().await, scene.token, Span::seconds(0)).await.unwrap();
        assert_eq!(scene.refused().await.kind, FailureKind::SignedOut);
    }

    async fn nor_without_owner_access_nor_in_a_closed_workspace(world: World) {
        let scene = Scene::new(world).await;
        let revision = tokens::find(scene.here(), &scene.owner().await, scene.token).await.unwrap().revision;
        let wish = TokenWish { name: "One".to_owned(), ..TokenWish::default() };
        tokens::change(scene.here(), &scene.owner().await, scene.token, revision, &wish).await.unwrap();
        assert_eq!(scene.refused().await.kind, FailureKind::Forbidden);
        let wish = TokenWish { owner_access: true, ..wish };
        tokens::change(scene.here(), &scene.owner().await, scene.token, revision + 1, &wish).await.unwrap();
        scene.alike().await;
        let owner = scene.owner().await;
        closing::close(scene.here(), &owner, owner.workspace().name.as_str()).await.unwrap();
        assert_eq!(scene.refused().await.kind, FailureKind::NotFound);
    }

    async fn a_page_from_memory_is_the_page_of_the_database(world: World) {
        let scene = Scene::new(world).await;
        let (web, app) = (scene.company.source(&scene.amara, "web").await, scene.company.source(&scene.amara, "app").await);
        let bea = scene.company.id(&scene.company.joined(&scene.amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let ends = GrantSpec { expires_at: Some(scene.here().now().plus(Span::hours(1))), ..role("source_read_only", Scope::All) };
        scene.give(bea, vec![role("source_admin", Scope::Only([web, app].into())), ends]).await;
        scene.holds_the_policy(&scene.there).await;
        let held = scene.alike().await;
        assert_eq!((held.page.total, held.kinds.len(), held.page.rows[1].grants.len()), (Some(2), 2, 2));
        // and after its last change, which the node has not heard of
        scene.give(bea, vec![role("source_admin", Scope::Only([app].into()))]).await;
        let held = scene.alike().await;
        assert_eq!((held.kinds.len(), held.page.rows[1].grants.len()), (1, 1));
    }

    async fn what_memory_knows_is_not_asked_for_again(world: World) {
        let scene = Scene::new(world).await;
        let bea = scene.company.joined(&scene.amara, "Bea", MemberKind::Member, vec![role("source_admin", Scope::All)]).await;
        let bea = scene.company.id(&bea).await;
        scene.holds_the_policy(&scene.there).await;
        let before = scene.alike().await;
        // behind everybody's back: whoever asks the database for it again finds nothing
        scene.company.world.raw("DELETE FROM grants").await;
        scene.company.world.raw("UPDATE tokens SET revoked_at = 1").await;
        let after = scene.page(&scene.there).await.unwrap();
        assert_eq!((&after.page, after.page.rows[1].id, after.page.rows[1].grants.len()), (&before.page, bea, 1));
    }
}
