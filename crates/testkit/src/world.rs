//! A test's world: its database, and a clock and chance that give the same every time.

use crate::databases::Place;
use domain::{
    account::Account,
    audit::{Actor, Chain, Event, Origin, Record},
    email::EmailAddress,
    id::{AccountId, AuditId, WorkspaceId},
    plan::Plan,
    text::{PersonName, WorkspaceName},
    time::{Span, Timestamp},
    workspace::{Workspace, WorkspaceSlug},
};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::{Backend, Store, accounts, accounts::NewAccount, workspaces};
use uuid::Uuid;

#[derive(Debug)]
pub struct World {
    pub store: Store,
    place: Place,
    seconds: AtomicI64,
    drawn: AtomicU64,
}

impl World {
    pub(crate) const fn new(store: Store, place: Place) -> Self {
        Self { store, place, seconds: AtomicI64::new(0), drawn: AtomicU64::new(0) }
    }

    /// A second later than when it was last asked; it starts at 2026-11-23T09:00:00Z.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_795_424_400_000_000).plus(Span::seconds(self.seconds.fetch_add(1, Ordering::Relaxed)))
    }

    /// Never the same twice in a test, and the same in every run.
    pub fn chance(&self) -> [u8; 10] {
        let mut bytes = [7; 10];
        bytes[2..].copy_from_slice(&self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }

    /// A new id: `world.id(MemberId::new)`.
    pub fn id<T>(&self, make: fn(Timestamp, [u8; 10]) -> T) -> T {
        make(self.now(), self.chance())
    }

    /// What a secret's hash could be.
    pub fn hash(&self) -> [u8; 32] {
        let mut bytes = [9; 32];
        bytes[..10].copy_from_slice(&self.chance());
        bytes
    }

    /// A record by the system, for tests that are about something else.
    pub fn record(&self, chain: Chain, event: Event) -> Record {
        Record { id: self.id(AuditId::new), at: self.now(), chain, actor: Actor::System, event, object: None, origin: Origin::default(), once: None }
    }

    /// An account by this address, without a password.
    pub async fn gets_mail(&self, account: AccountId) {
        let tx = self.store.begin().await.expect("a change begins");
        store::accounts::set_verified(&tx, account).await.expect("there is the account");
        tx.commit(self.record(Chain::Accounts, Event::SignedOut)).await.expect("the change commits");
    }

    pub async fn account(&self, email: &str) -> AccountId {
        let id = self.id(AccountId::new);
        let email = EmailAddress::parse(email).expect("the test's address is one");
        let name = PersonName::parse(email.as_str()).expect("an address is a name");
        let tx = self.store.begin().await.expect("a change begins");
        let account = Account { id, email: email.clone(), name, email_verified: true, created_at: self.now() };
        accounts::insert(&tx, &NewAccount { account, password_hash: None }).await.expect("the account is new");
        tx.commit(self.record(Chain::Accounts, Event::AccountCreated { email: email.to_string() })).await.expect("the change commits");
        id
    }

    /// An empty workspace on the plan `business`.
    pub async fn workspace(&self, slug: &str) -> WorkspaceId {
        let id = self.id(WorkspaceId::new);
        let (name, slug) = (WorkspaceName::parse(slug).expect("a slug is a name"), WorkspaceSlug::parse(slug).expect("the test's slug is one"));
        let tx = self.store.begin().await.expect("a change begins");
        let event = Event::WorkspaceCreated { name: name.to_string(), slug: slug.to_string() };
        workspaces::insert(&tx, &Workspace::new(id, slug, name, Plan::Business), self.now()).await.expect("the workspace is new");
        tx.commit(self.record(Chain::Workspace(id), event)).await.expect("the change commits");
        id
    }

    /// Says something to the database behind the store's back.
    pub async fn raw(&self, sql: &str) {
        self.place.raw(sql).await;
    }

    /// The one text that this query names `text`, read behind the store's back.
    pub async fn text(&self, sql: &str) -> String {
        self.place.text(sql).await
    }

    /// An id as this database's SQL writes it.
    pub fn literal(&self, id: Uuid) -> String {
        match self.store.backend() {
            Backend::Sqlite => format!("x'{}'", id.simple()),
            Backend::Postgres => format!("'{id}'"),
        }
    }

    /// A truth value as this database's SQL writes it.
    pub fn boolean(&self, value: bool) -> &'static str {
        match (self.store.backend(), value) {
            (Backend::Sqlite, false) => "0",
            (Backend::Sqlite, true) => "1",
            (Backend::Postgres, false) => "false",
            (Backend::Postgres, true) => "true",
        }
    }

    /// A second store on the same database, as another node has it.
    pub async fn other_node(&self) -> Store {
        self.place.store().await
    }
}
