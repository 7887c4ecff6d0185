//! Proofs: values that can only be had by having the right, and that every use case takes first.
//!
//! They have private fields and no way to be made but here, are never cloned, and carry what they prove: the workspace's id comes
//! from the proof, never beside it. A proof is a snapshot: what must still hold at a write is checked again in its transaction.

mod acting;
mod asking;
mod came;
mod machine;
mod remembered;

pub use acting::Acting;
pub(crate) use asking::KnownSecrets;
pub use asking::{AskingToken, ShownSecret};
pub(crate) use came::Came;
pub use remembered::{ReadingOwner, RememberedToken};

use crate::{actor::Meta, refusal::stored, secrets, services::Services};
use domain::{
    account::Account,
    audit::{Actor, Chain, Event, Object, Record},
    failure::{Failure, FailureKind},
    id::{MemberId, SessionId, TokenId},
    member::MemberKind,
    once::Once,
    text::{PersonName, TokenName},
    time::{Span, Timestamp},
    workspace::{Workspace, WorkspaceSlug},
};
use store::WriteTx;

/// How stale "last seen" may be: seen again within this time is not written again.
const SEEN_EVERY: Span = Span::minutes(1);

/// Somebody of whom nothing is known but where they come from.
#[derive(Debug)]
pub struct Anonymous {
    meta: Meta,
}

/// Somebody with a session that holds.
#[derive(Debug)]
pub struct SignedIn {
    session: SessionId,
    account: Account,
    /// How it came in, and how long it rested.
    came: Came,
    meta: Meta,
}

/// A member of a workspace, owner or not.
#[derive(Debug)]
pub struct WorkspaceMember {
    workspace: Workspace,
    member: MemberId,
    kind: MemberKind,
    signed_in: SignedIn,
}

/// Who manages a workspace: an owner, or a machine whose token has owner access.
#[derive(Debug)]
pub struct WorkspaceOwner(Manager);

#[derive(Debug)]
enum Manager {
    Person(WorkspaceMember),
    Machine(WorkspaceToken),
}

/// An owner of a workspace that is closed, and can be kept from being deleted.
#[derive(Debug)]
pub struct ClosedOwner(WorkspaceMember);

/// A machine with a token that holds.
#[derive(Debug)]
pub struct WorkspaceToken {
    workspace: Workspace,
    token: TokenId,
    name: TokenName,
    owner_access: bool,
    /// Of the secret that it was shown.
    secret_hash: [u8; 32],
    meta: Meta,
    /// What it writes is to happen once.
    once: Option<Once>,
}

/// Somebody with the server's own database at hand: the command line.
#[derive(Debug)]
pub struct Operator(());

impl Services {
    #[must_use]
    pub const fn anonymous(&self, meta: Meta) -> Anonymous {
        Anonymous { meta }
    }

    /// The command line's proof: who runs the binary beside the database may do anything.
    #[must_use]
    pub const fn operator(&self) -> Operator {
        Operator(())
    }

    /// Finds the session of a cookie's secret.
    pub async fn signed_in(&self, secret: &str, meta: Meta) -> Result<SignedIn, Failure> {
        let now = self.now();
        let found = store::sessions::find_by_secret(&self.store, &secrets::hash(secret), now).await.map_err(stored)?;
        let found = found.ok_or_else(signed_out)?;
        let account = store::accounts::by_id(&self.store, found.account).await.map_err(stored)?.ok_or_else(signed_out)?;
        if !meta.unattended && found.last_seen_at.plus(SEEN_EVERY) <= now {
            store::sessions::touch(&self.store, found.id, now).await.map_err(stored)?;
        }
        let came = Came::of(self, &found, &account).await?;
        Ok(SignedIn { session: found.id, account, came, meta })
    }

    /// Strangers learn nothing: a workspace that isn't theirs looks as if it didn't exist. So does one that is closed, to its members.
    pub async fn member(&self, me: SignedIn, slug: &WorkspaceSlug) -> Result<WorkspaceMember, Failure> {
        let member = self.standing(me, slug).await?;
        if member.workspace.is_closed() { Err(Failure::not_found()) } else { Ok(member) }
    }

    /// What only an owner of a closed workspace may do: keep it.
    pub async fn closed_owner(&self, me: SignedIn, slug: &WorkspaceSlug) -> Result<ClosedOwner, Failure> {
        let member = self.standing(me, slug).await?;
        match (member.workspace.is_closed(), member.kind) {
            (true, MemberKind::Owner) => Ok(ClosedOwner(member)),
            (true, MemberKind::Member) => Err(Failure::not_found()),
            (false, MemberKind::Owner) => Err(Failure::new(FailureKind::Conflict, "this workspace is open; there is nothing to keep it from")),
            (false, MemberKind::Member) => Err(owners_only()),
        }
    }

    async fn standing(&self, me: SignedIn, slug: &WorkspaceSlug) -> Result<WorkspaceMember, Failure> {
        let workspace = store::workspaces::by_slug(&self.store, slug).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
        let found = store::members::by_account(&self.store, workspace.id, me.account.id).await.map_err(stored)?;
        let standing = found.ok_or_else(Failure::not_found)?;
        me.came.may_enter(self, &workspace, standing.id).await?;
        let now = self.now();
        if !me.meta.unattended && standing.last_seen_at.is_none_or(|seen| seen.plus(SEEN_EVERY) <= now) {
            store::members::touch_seen(&self.store, standing.id, now).await.map_err(stored)?;
        }
        Ok(WorkspaceMember { workspace, member: standing.id, kind: standing.kind, signed_in: me })
    }

    pub async fn owner(&self, me: SignedIn, slug: &WorkspaceSlug) -> Result<WorkspaceOwner, Failure> {
        let member = self.member(me, slug).await?;
        match member.kind {
            MemberKind::Owner => Ok(WorkspaceOwner(Manager::Person(member))),
            MemberKind::Member => Err(owners_only()),
        }
    }
}

fn signed_out() -> Failure {
    Failure::new(FailureKind::SignedOut, "you are signed out; sign in to go on")
}

fn owners_only() -> Failure {
    Failure::new(FailureKind::Forbidden, "only workspace owners can do this; ask an owner of the workspace")
}

impl Anonymous {
    #[must_use]
    pub const fn meta(&self) -> &Meta {
        &self.meta
    }

    pub(crate) fn record(&self, services: &Services, actor: Actor, event: Event, object: Option<Object>) -> Record {
        services.record(Chain::Accounts, actor, event, object, self.meta.origin())
    }
}

impl SignedIn {
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    pub(crate) const fn came(&self) -> &Came {
        &self.came
    }

    #[must_use]
    pub const fn meta(&self) -> &Meta {
        &self.meta
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Account { id: self.account.id, name: self.account.name.to_string() }
    }

    /// Whether the session holds still, inside a change.
    pub(crate) async fn still(&self, tx: &WriteTx, now: Timestamp) -> Result<(), Failure> {
        if store::sessions::stands(tx, self.session, self.account.id, now).await.map_err(stored)? { Ok(()) } else { Err(signed_out()) }
    }

    /// A record in the chain of accounts.
    pub(crate) fn record(&self, services: &Services, event: Event) -> Record {
        services.record(Chain::Accounts, self.actor(), event, Some(Object::new("account", self.account.id.uuid())), self.meta.origin())
    }
}

impl WorkspaceMember {
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    #[must_use]
    pub const fn kind(&self) -> MemberKind {
        self.kind
    }

    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.signed_in.account
    }

    /// Whether they came by single sign-on of this workspace.
    pub(crate) fn came_by_sso(&self) -> bool {
        self.signed_in.came.by_sso_of(self.workspace.id)
    }

    pub(crate) fn record(&self, services: &Services, event: Event, object: Option<Object>) -> Record {
        let actor = Actor::Member { id: self.member, name: self.signed_in.account.name.to_string() };
        services.record(Chain::Workspace(self.workspace.id), actor, event, object, self.signed_in.meta.origin())
    }
}

impl ClosedOwner {
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.0.workspace
    }

    pub(crate) const fn account(&self) -> &Account {
        &self.0.signed_in.account
    }

    pub(crate) fn record(&self, services: &Services, event: Event) -> Record {
        self.0.record(services, event, Some(Object::new("workspace", self.0.workspace.id.uuid())))
    }
}

impl WorkspaceOwner {
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        match &self.0 {
            Manager::Person(member) => &member.workspace,
            Manager::Machine(token) => &token.workspace,
        }
    }

    /// The person, where one is needed: a machine has no place in the workspace, and no address.
    pub fn person(&self) -> Result<&WorkspaceMember, Failure> {
        match &self.0 {
            Manager::Person(member) => Ok(member),
            Manager::Machine(_) => Err(Failure::new(FailureKind::Forbidden, "only a person who is an owner can do this; sign in to the console")),
        }
    }

    /// Whose place in the workspace it is, where it is a person's.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        self.person().ok().map(WorkspaceMember::member)
    }

    /// What others read of who did it.
    #[must_use]
    pub fn name(&self) -> PersonName {
        match &self.0 {
            Manager::Person(member) => member.account().name.clone(),
            Manager::Machine(token) => PersonName::from(&token.name),
        }
    }

    pub(crate) fn record(&self, services: &Services, event: Event, object: Option<Object>) -> Record {
        match &self.0 {
            Manager::Person(member) => member.record(services, event, object),
            Manager::Machine(token) => token.record(services, event, object),
        }
    }

    /// Whether they may still do so, inside a change that holds the workspace's lock.
    pub(crate) async fn still(&self, tx: &WriteTx, now: Timestamp) -> Result<(), Failure> {
        match &self.0 {
            Manager::Person(member) => {
                let standing = store::members::by_account(tx, member.workspace.id, member.account().id).await.map_err(stored)?;
                match standing.map(|standing| standing.kind) {
                    Some(MemberKind::Owner) => Ok(()),
                    Some(MemberKind::Member) => Err(Failure::new(FailureKind::Forbidden, "you are no longer an owner of this workspace; nothing was changed")),
                    None => Err(Failure::not_found()),
                }
            }
            Manager::Machine(token) => token.still(tx, now).await,
        }
    }
}
