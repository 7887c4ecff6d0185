//! A started service on a test's database: people who signed up, with a clock that tests move.

use domain::{
    audit::{Chain, Event},
    catalog::Catalog,
    email::EmailAddress,
    grant::GrantSpec,
    id::{MemberId, ResourceId},
    invite::Invitation,
    member::MemberKind,
    resource::{Resource, ResourceType},
    text::{ResourceKey, ResourceName},
    time::{Span, Timestamp},
    workspace::WorkspaceSlug,
};
use service::{
    Services, Settings,
    access::{SignedIn, WorkspaceMember, WorkspaceOwner},
    accounts::{self, SignUp},
    actor::Meta,
    clock::{Clock, Entropy},
    decisions::Limits,
    invites,
    secrets::SecretKey,
    sso::outside::Outside,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::Backend;
use testkit::World;

pub const PASSWORD: &str = "vexing-lantern-orbit";

pub const SECRET_KEY: &str = "a key for tests and nothing but tests";

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, by: Span) {
        self.0.fetch_add(by.as_seconds() * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Chance that never repeats in a test and is the same in every run.
#[derive(Debug, Default)]
struct TestEntropy(AtomicU64);

impl Entropy for TestEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&n.to_be_bytes()[..chunk.len()]);
        }
    }
}

fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::parse(Catalog::BUILT_IN).expect("the built-in catalogue is sound"))
}

fn settings(decisions: Limits, webhooks_to_private: bool) -> Settings {
    Settings {
        mail_is_on: true,
        decisions,
        webhooks_to_private,
        ..Settings::usual("http://rolecall.test".to_owned(), SecretKey::parse(SECRET_KEY).expect("long enough"))
    }
}

fn started(store: store::Store, clock: Arc<TestClock>, decisions: Limits, webhooks_to_private: bool) -> Services {
    Services::with(store, catalog(), settings(decisions, webhooks_to_private), clock, Arc::new(TestEntropy::default()))
}

/// The services of a test, and the world that they stand in.
#[derive(Debug)]
pub struct Company {
    pub services: Services,
    pub clock: Arc<TestClock>,
    pub world: World,
}

/// Somebody's session, as their browser keeps it.
#[derive(Debug)]
pub struct Browser {
    pub secret: String,
    pub slug: WorkspaceSlug,
}

impl Company {
    pub fn new(world: World) -> Self {
        Self::within(world, Limits::default())
    }

    /// Whose identity providers may be on this machine, with such a world outside.
    pub fn in_world(world: World, outside: Arc<dyn Outside>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(world.now().micros())));
        let settings = Settings { sso_to_private: true, ..settings(Limits::default(), false) };
        let services = Services::in_world(world.store.clone(), catalog(), settings, clock.clone(), Arc::new(TestEntropy::default()), outside);
        Self { services, clock, world }
    }

    pub fn within(world: World, decisions: Limits) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(world.now().micros())));
        let services = started(world.store.clone(), clock.clone(), decisions, false);
        Self { services, clock, world }
    }

    /// Whose server sends no mail.
    pub fn without_mail(world: World) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(world.now().micros())));
        let settings = Settings { mail_is_on: false, ..settings(Limits::default(), false) };
        let services = Services::with(world.store.clone(), catalog(), settings, clock.clone(), Arc::new(TestEntropy::default()));
        Self { services, clock, world }
    }

    /// Where one is invited to sign up.
    pub fn by_invitation(world: World) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(world.now().micros())));
        let settings = Settings { signup_open: false, ..settings(Limits::default(), false) };
        let services = Services::with(world.store.clone(), catalog(), settings, clock.clone(), Arc::new(TestEntropy::default()));
        Self { services, clock, world }
    }

    /// Whose webhooks may lead to this machine.
    pub fn with_private_webhooks(world: World) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(world.now().micros())));
        let services = started(world.store.clone(), clock.clone(), Limits::default(), true);
        Self { services, clock, world }
    }

    /// Other services by the same clock, as another process has them.
    pub fn twin(&self, store: store::Store) -> Services {
        started(store, self.clock.clone(), Limits::default(), false)
    }

    /// Somebody with a workspace of their own, called after them.
    pub async fn founder(&self, name: &str) -> Browser {
        let form = SignUp {
            name: name.to_owned(),
            email: format!("{}@acme.test", name.to_lowercase()),
            password: PASSWORD.to_owned(),
            workspace_name: format!("{name} Inc"),
        };
        let up = accounts::sign_up(&self.services, &self.services.anonymous(Meta::default()), form).await.expect("the founder signs up");
        Browser { secret: up.session_secret, slug: up.slug }
    }

    /// Mail to their address has reached them.
    pub async fn has_mail(&self, who: &Browser) {
        self.world.gets_mail(self.signed_in(who).await.account().id).await;
    }

    /// Somebody invited by this owner, who made their account and joined. Their mail has reached them.
    pub async fn joined(&self, owner: &Browser, name: &str, kind: MemberKind, grants: Vec<GrantSpec>) -> Browser {
        let link = self.invite(owner, &format!("{}@acme.test", name.to_lowercase()), kind, grants).await;
        let up = invites::accept_as_new(&self.services, &self.services.anonymous(Meta::default()), &link, name, PASSWORD).await.expect("they join");
        let who = Browser { secret: up.session_secret, slug: up.slug };
        self.has_mail(&who).await;
        who
    }

    /// The secret of a new invite.
    pub async fn invite(&self, owner: &Browser, email: &str, kind: MemberKind, grants: Vec<GrantSpec>) -> String {
        let email = EmailAddress::parse(email).expect("the test's address is one");
        let invitation = Invitation { emails: vec![email], kind, pii: false, grants, groups: Vec::new() };
        let sent = invites::send(&self.services, &self.owner(owner).await, invitation).await.expect("the invite goes out");
        sent[0].link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub async fn signed_in(&self, who: &Browser) -> SignedIn {
        self.services.signed_in(&who.secret, Meta::default()).await.expect("the session holds")
    }

    pub async fn owner(&self, who: &Browser) -> WorkspaceOwner {
        self.services.owner(self.signed_in(who).await, &who.slug).await.expect("they are an owner")
    }

    pub async fn member(&self, who: &Browser) -> WorkspaceMember {
        self.services.member(self.signed_in(who).await, &who.slug).await.expect("they are a member")
    }

    /// A source of this owner's workspace.
    pub async fn source(&self, owner: &Browser, key: &str) -> ResourceId {
        let workspace = self.owner(owner).await.workspace().id;
        let source = Resource {
            id: self.world.id(ResourceId::new),
            kind: ResourceType::new("source"),
            key: ResourceKey::parse(key).expect("the test's key is one"),
            name: ResourceName::parse(key).expect("a key is a name"),
            parent: None,
            labels: Vec::new(),
        };
        let tx = self.world.store.begin().await.expect("a change begins");
        store::resources::insert_many(&tx, workspace, std::slice::from_ref(&source), self.services.now()).await.expect("the key is new");
        let event = Event::ResourceCreated { kind: "source".to_owned(), key: key.to_owned(), name: key.to_owned() };
        tx.commit(self.world.record(Chain::Workspace(workspace), event)).await.expect("the change commits");
        source.id
    }

    pub async fn id(&self, who: &Browser) -> MemberId {
        self.member(who).await.member()
    }

    /// Goes on once somebody waits for what another change holds. On SQLite they wait before they begin.
    pub async fn somebody_waits(&self) {
        let waiting = "SELECT count(*)::text AS text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let begun = Instant::now();
        while self.world.store.backend() == Backend::Postgres && self.world.text(waiting).await == "0" {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody waits");
            tokio::task::yield_now().await;
        }
    }
}
