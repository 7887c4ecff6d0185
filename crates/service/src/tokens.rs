//! Tokens: a machine's key to one workspace.

use crate::{
    access::{Operator, WorkspaceOwner},
    members,
    refusal::{named, stored},
    secrets,
    services::Services,
};
use domain::{
    audit::{Actor, Chain, Event, Object, Origin, Record},
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Holder},
    id::{MemberId, TokenId},
    member::GrantDraft,
    page::{Cursor, Page, PageSize},
    plan::Plan,
    text::{PersonName, TokenName},
    time::Timestamp,
    token::{TokenRow, TokenSecret},
    workspace::Workspace,
};
use store::{WriteTx, tokens::NewToken};

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<TokenRow>, Failure> {
    store::tokens::page(&services.store, owner.workspace().id, search, cursor, PageSize::SCREEN).await.map_err(stored)
}

/// What a new token is to be.
#[derive(Clone, Debug, Default)]
pub struct TokenWish {
    pub name: String,
    /// It may do all that an owner may; grants are not needed then.
    pub owner_access: bool,
    pub grants: Vec<GrantSpec>,
    pub expires_at: Option<Timestamp>,
}

/// A token just made. Its secret is nowhere else, and never again.
#[derive(Debug)]
pub struct CreatedToken {
    pub id: TokenId,
    pub name: TokenName,
    pub secret: TokenSecret,
}

pub async fn create(services: &Services, owner: &WorkspaceOwner, wish: TokenWish) -> Result<CreatedToken, Failure> {
    let by = (owner.member(), owner.account().name.clone());
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(&tx, owner).await?;
    let made = make(services, &tx, owner.workspace(), plan, wish, Some(by)).await?;
    let event = Event::TokenCreated { name: made.name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("token", made.id.uuid())))).await.map_err(stored)?;
    Ok(made)
}

pub async fn create_as_operator(services: &Services, _operator: &Operator, workspace: &Workspace, wish: TokenWish) -> Result<CreatedToken, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = store::workspaces::lock(&tx, workspace.id).await.map_err(stored)?.ok_or_else(Failure::not_found)?.plan;
    let made = make(services, &tx, workspace, plan, wish, None).await?;
    let event = Event::TokenCreated { name: made.name.to_string() };
    tx.commit(as_operator(services, workspace, event, made.id)).await.map_err(stored)?;
    Ok(made)
}

/// Ends a token at once.
pub async fn revoke(services: &Services, owner: &WorkspaceOwner, id: TokenId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(&tx, owner).await?;
    let name = end(services, &tx, owner.workspace(), id).await?;
    let event = Event::TokenRevoked { name: name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("token", id.uuid())))).await.map_err(stored)?;
    Ok(())
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
    by: Option<(MemberId, PersonName)>,
) -> Result<CreatedToken, Failure> {
    let name = TokenName::parse(&wish.name).map_err(named("name"))?;
    let now = services.now();
    if wish.expires_at.is_some_and(|end| end <= now) {
        return Err(Failure::field("expires", "the expiry lies in the past; choose a later moment, or none"));
    }
    if wish.owner_access && !wish.grants.is_empty() {
        return Err(Failure::field("roles", "a token with owner access needs no roles; leave one of the two out"));
    }
    let drafts: Vec<GrantDraft> = wish.grants.into_iter().map(|spec| GrantDraft { id: None, spec }).collect();
    let grants = members::grants(services, plan, &drafts, &[])?;
    members::references(tx, workspace.id, &grants).await?;
    let mut chance = [0; 32];
    services.entropy.fill(&mut chance);
    let secret = TokenSecret::new(chance);
    let id = TokenId::new(now, services.random());
    let (created_by, created_by_name) = by.unzip();
    let new = NewToken {
        id,
        name: name.clone(),
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
    Ok(CreatedToken { id, name, secret })
}

async fn end(services: &Services, tx: &WriteTx, workspace: &Workspace, id: TokenId) -> Result<TokenName, Failure> {
    let gone = || Failure::new(FailureKind::NotFound, "this token is not in the workspace, or was revoked before");
    store::tokens::revoke(tx, workspace.id, id, services.now()).await.map_err(stored)?.ok_or_else(gone)
}

fn as_operator(services: &Services, workspace: &Workspace, event: Event, id: TokenId) -> Record {
    services.record(Chain::Workspace(workspace.id), Actor::Operator, event, Some(Object::new("token", id.uuid())), Origin::default())
}
