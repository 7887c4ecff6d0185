//! Tokens: their list, one token and its change, and its secret, once.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    audit::Entry,
    id::TokenId,
    page::{Cursor, Page},
    save::SaveOutcome,
    time::Span,
    token::{Token, TokenRow, TokenWish},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A token's new secret on its way to whoever made it: it is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSecret {
    pub id: TokenId,
    pub name: String,
    pub secret: String,
}

#[cfg(feature = "ssr")]
impl From<service::tokens::CreatedToken> for ShownSecret {
    fn from(made: service::tokens::CreatedToken) -> Self {
        Self { id: made.id, name: made.name.to_string(), secret: made.secret.reveal().to_owned() }
    }
}

#[server(name = FetchPage, prefix = "/rpc", endpoint = "tokens/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, search: Option<String>, cursor: Option<Cursor>) -> Rpc<Page<TokenRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::page(&services, &owner, search.as_deref(), cursor).await?)
}

#[server(name = FindToken, prefix = "/rpc", endpoint = "tokens/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, token: TokenId) -> Rpc<Token> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::find(&services, &owner, token).await?)
}

#[server(name = CreateToken, prefix = "/rpc", endpoint = "tokens/create", input = Json, output = Json)]
pub async fn create(slug: WorkspaceSlug, wish: TokenWish) -> Rpc<ShownSecret> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::create(&services, &owner, wish).await?.into())
}

#[server(name = ChangeToken, prefix = "/rpc", endpoint = "tokens/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, token: TokenId, revision: i64, wish: TokenWish) -> Rpc<SaveOutcome<Token>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::change(&services, &owner, token, revision, &wish).await?)
}

#[server(name = RotateToken, prefix = "/rpc", endpoint = "tokens/rotate", input = Json, output = Json)]
pub async fn rotate(slug: WorkspaceSlug, token: TokenId, grace: Span) -> Rpc<ShownSecret> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::rotate(&services, &owner, token, grace).await?.into())
}

#[server(name = RevokeToken, prefix = "/rpc", endpoint = "tokens/revoke", input = Json, output = Json)]
pub async fn revoke(slug: WorkspaceSlug, token: TokenId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::revoke(&services, &owner, token).await?)
}

#[server(name = FetchTokenActivity, prefix = "/rpc", endpoint = "tokens/activity", input = Json, output = Json)]
pub async fn activity(slug: WorkspaceSlug, token: TokenId) -> Rpc<Vec<Entry>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::activity(&services, &owner, token).await?)
}
