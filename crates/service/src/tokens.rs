//! Tokens: a machine's key to one workspace.

use crate::{
    access::{Operator, WorkspaceOwner},
    grants,
    history::recent,
    members,
    refusal::{named, stored},
    secrets,
    services::Services,
    workspaces::locked,
};
use domain::{
    audit::{AccessSnapshot, Actor, Chain, Entry, Event, Object, Origin, Record, TokenSnapshot},
    failure::{Failure, FailureKind},
    grant::Holder,
    id::{MemberId, ResourceId, TokenId, WorkspaceId},
    member::MemberKind,
    page::{Cursor, Page, PageSize},
    plan::Plan,
    save::{Expected, SaveOutcome, Stale},
    text::{PersonName, TokenName},
    time::{Span, Timestamp},
    token::{Token, TokenRow, TokenSecret, TokenState, TokenWish},
    workspace::Workspace,
};
use std::collections::HashMap;
use store::{
    Db, WriteTx,
    tokens::{NewToken, TokenUpdate},
};

/// How long a secret that was replaced may live on.
pub const MOST_GRACE: Span = Span::days(7);

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<TokenRow>, Failure> {
    some(services, owner, search, cursor, PageSize::SCREEN).await
}

/// A page of this size, as programs read it.
pub async fn some(
    services: &Services,
    owner: &WorkspaceOwner,
    search: Option<&str>,
    cursor: Option<Cursor>,
    size: PageSize,
) -> Result<Page<TokenRow>, Failure> {
    store::tokens::page(&services.store, owner.workspace().id, search, cursor, size).await.map_err(stored)
}

/// A token with a new secret, which is nowhere else, and never again: what is told beside it was read before the change was kept, so that nothing
/// that fails afterwards loses it.
#[derive(Debug)]
pub struct CreatedToken {
    pub id: TokenId,
    pub name: TokenName,
    pub secret: TokenSecret,
    pub token: Token,
    /// How the product knows the resources that its grants name.
    pub keys: HashMap<ResourceId, String>,
}

pub async fn find(services: &Services, owner: &WorkspaceOwner, id: TokenId) -> Result<Token, Failure> {
    known(&services.store, owner.workspace().id, id).await
}

async fn known(db: &impl Db, workspace: WorkspaceId, id: TokenId) -> Result<Token, Failure> {
    let gone = || Failure::new(FailureKind::NotFound, "this token is not in the workspace");
    store::tokens::find(db, workspace, id).await.map_err(stored)?.ok_or_else(gone)
}

pub async fn create(services: &Services, owner: &WorkspaceOwner, wish: TokenWish) -> Result<CreatedToken, Failure> {
    let by = (owner.member(), owner.name());
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let made = make(services, &tx, owner.workspace(), plan, wish, Some(by)).await?;
    tx.commit(owner.record(services, created(&made.token), Some(Object::new("token", made.id.uuid())))).await.map_err(stored)?;
    Ok(made)
}

pub async fn create_as_operator(services: &Services, _operator: &Operator, workspace: &Workspace, wish: TokenWish) -> Result<CreatedToken, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = locked(&tx, workspace.id).await?.plan;
    let made = make(services, &tx, workspace, plan, wish, None).await?;
    tx.commit(as_operator(services, workspace, created(&made.token), made.id)).await.map_err(stored)?;
    Ok(made)
}

fn created(token: &Token) -> Event {
    let TokenSnapshot { access, expires_at } = snapshot(token);
    Event::TokenCreated { name: token.name.to_string(), access, expires_at }
}

/// Saves name, roles and end as one change. Where somebody else was first, nothing is written and theirs comes back.
pub async fn change(services: &Services, owner: &WorkspaceOwner, id: TokenId, revision: i64, wish: &TokenWish) -> Result<SaveOutcome<Token>, Failure> {
    let name = TokenName::parse(&wish.name).map_err(named("name"))?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, id).await?;
    if before.revoked_at.is_some() {
        return Err(revoked());
    }
    if before.revision != revision {
        return Ok(SaveOutcome::Conflict(before));
    }
    let now = services.now();
    // an end that has come may stay as it is
    if wish.expires_at != before.expires_at {
        ends_later(wish, now)?;
    }
    one_of_two(wish)?;
    let grants = grants::given(services, &tx, workspace, plan, &wish.grants, &before.grants).await?;
    let update = TokenUpdate { name, owner_access: wish.owner_access, expires_at: wish.expires_at };
    if !store::tokens::set(&tx, workspace, id, revision, &update).await.map_err(stored)? {
        return Ok(SaveOutcome::Conflict(known(&tx, workspace, id).await?));
    }
    store::grants::replace(&tx, workspace, Holder::Token(id), &grants, now).await.map_err(stored)?;
    let after = known(&tx, workspace, id).await?;
    let event = Event::TokenChanged { name_before: before.name.to_string(), name: after.name.to_string(), before: snapshot(&before), after: snapshot(&after) };
    tx.commit(owner.record(services, event, Some(Object::new("token", id.uuid())))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(after))
}

/// Gives the token a new secret. The one it has works for the time of grace; one from a rotation before this ends now.
pub async fn rotate(services: &Services, owner: &WorkspaceOwner, id: TokenId, grace: Span) -> Result<CreatedToken, Failure> {
    rotate_if(services, owner, id, grace, Expected::Anything).await?.map_err(|_| Failure::internal())
}

/// The same where it is as `expected`.
pub async fn rotate_if(
    services: &Services,
    owner: &WorkspaceOwner,
    id: TokenId,
    grace: Span,
    expected: Expected,
) -> Result<Result<CreatedToken, Stale>, Failure> {
    if grace < Span::seconds(0) || grace > MOST_GRACE {
        let most = MOST_GRACE.words();
        return Err(Failure::field("grace", format_args!("the old secret can live on for at most {most}; choose a shorter time")));
    }
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let token = known(&tx, workspace, id).await?;
    if let Err(stale) = expected.hold(Some(token.revision)) {
        return Ok(Err(stale));
    }
    let now = services.now();
    match TokenState::of(token.expires_at, token.revoked_at, now) {
        TokenState::Revoked => return Err(revoked()),
        TokenState::Expired => return Err(Failure::new(FailureKind::Conflict, "this token has expired; give it a later end first, then rotate it")),
        TokenState::Active | TokenState::Expiring => {}
    }
    let secret = new_secret(services);
    let (hash, old_until) = (secrets::hash(secret.reveal()), now.plus(grace));
    if !store::tokens::rotate(&tx, workspace, id, hash, secret.prefix(), old_until).await.map_err(stored)? {
        return Err(revoked());
    }
    let made = with_secret(&tx, workspace, id, secret).await?;
    let event = Event::TokenRotated { name: token.name.to_string(), grace_seconds: grace.as_seconds() };
    tx.commit(owner.record(services, event, Some(Object::new("token", id.uuid())))).await.map_err(stored)?;
    Ok(Ok(made))
}

/// What was done to and by this token lately.
pub async fn activity(services: &Services, owner: &WorkspaceOwner, id: TokenId) -> Result<Vec<Entry>, Failure> {
    recent(services, owner, id.uuid()).await
}

fn revoked() -> Failure {
    Failure::new(FailureKind::Conflict, "this token was revoked; create another")
}

pub(crate) fn snapshot(token: &Token) -> TokenSnapshot {
    let kind = if token.owner_access { MemberKind::Owner } else { MemberKind::Member };
    let grants = token.grants.iter().map(|grant| grant.spec.clone()).collect();
    TokenSnapshot { access: AccessSnapshot { kind: Some(kind), pii: false, grants, groups: Vec::new() }, expires_at: token.expires_at }
}

/// Ends a token at once.
pub async fn revoke(services: &Services, owner: &WorkspaceOwner, id: TokenId) -> Result<(), Failure> {
    revoke_if(services, owner, id, Expected::Anything).await?.map_err(|_| Failure::internal())
}

/// The same where it is as `expected`.
pub async fn revoke_if(services: &Services, owner: &WorkspaceOwner, id: TokenId, expected: Expected) -> Result<Result<(), Stale>, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let revision = known(&tx, owner.workspace().id, id).await?.revision;
    if let Err(stale) = expected.hold(Some(revision)) {
        return Ok(Err(stale));
    }
    let name = end(services, &tx, owner.workspace(), id).await?;
    let event = Event::TokenRevoked { name: name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("token", id.uuid())))).await.map_err(stored)?;
    Ok(Ok(()))
}

pub async fn revoke_as_operator(services: &Services, _operator: &Operator, workspace: &Workspace, id: TokenId) -> Result<TokenName, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let name = end(services, &tx, workspace, id).await?;
    let event = Event::TokenRevoked { name: name.to_string() };
    tx.commit(as_operator(services, workspace, event, id)).await.map_err(stored)?;
    Ok(name)
}

async fn make(
    services: &Services,
    tx: &WriteTx,
    workspace: &Workspace,
    plan: Plan,
    wish: TokenWish,
    by: Option<(Option<MemberId>, PersonName)>,
) -> Result<CreatedToken, Failure> {
    let name = TokenName::parse(&wish.name).map_err(named("name"))?;
    let now = services.now();
    ends_later(&wish, now)?;
    one_of_two(&wish)?;
    let grants = grants::given(services, tx, workspace.id, plan, &wish.grants, &[]).await?;
    let secret = new_secret(services);
    let id = TokenId::new(now, services.random());
    let (created_by, created_by_name) = by.unzip();
    let created_by = created_by.flatten();
    let new = NewToken {
        id,
        name,
        secret_hash: secrets::hash(secret.reveal()),
        prefix: secret.prefix().to_owned(),
        owner_access: wish.owner_access,
        created_by,
        created_by_name,
        created_at: now,
        expires_at: wish.expires_at,
    };
    store::tokens::insert(tx, workspace.id, &new).await.map_err(stored)?;
    let given: Vec<_> = grants.into_iter().map(|grant| (Holder::Token(id), grant)).collect();
    store::grants::insert_many(tx, workspace.id, &given, now).await.map_err(stored)?;
    with_secret(tx, workspace.id, id, secret).await
}

/// As it stands in the change that gives it this secret.
async fn with_secret(tx: &WriteTx, workspace: WorkspaceId, id: TokenId, secret: TokenSecret) -> Result<CreatedToken, Failure> {
    let token = known(tx, workspace, id).await?;
    let (resources, _) = grants::named(token.grants.iter().map(|grant| &grant.spec));
    let keys = store::resources::keys(tx, workspace, &resources.into_iter().collect::<Vec<_>>()).await.map_err(stored)?;
    Ok(CreatedToken { id, name: token.name.clone(), secret, token, keys })
}

fn ends_later(wish: &TokenWish, now: Timestamp) -> Result<(), Failure> {
    if wish.expires_at.is_some_and(|end| end <= now) {
        return Err(Failure::field("expires", "the expiry lies in the past; choose a later moment, or none"));
    }
    Ok(())
}

fn one_of_two(wish: &TokenWish) -> Result<(), Failure> {
    if wish.owner_access && !wish.grants.is_empty() {
        return Err(Failure::field("roles", "a token with owner access needs no roles; leave one of the two out"));
    }
    Ok(())
}

fn new_secret(services: &Services) -> TokenSecret {
    let mut chance = [0; 32];
    services.entropy.fill(&mut chance);
    TokenSecret::new(chance)
}

async fn end(services: &Services, tx: &WriteTx, workspace: &Workspace, id: TokenId) -> Result<TokenName, Failure> {
    let gone = || Failure::new(FailureKind::NotFound, "this token is not in the workspace, or was revoked before");
    store::tokens::revoke(tx, workspace.id, id, services.now()).await.map_err(stored)?.ok_or_else(gone)
}

fn as_operator(services: &Services, workspace: &Workspace, event: Event, id: TokenId) -> Record {
    services.record(Chain::Workspace(workspace.id), Actor::Operator, event, Some(Object::new("token", id.uuid())), Origin::default())
}
