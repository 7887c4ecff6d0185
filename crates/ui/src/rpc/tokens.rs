//! Tokens: their list.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    page::{Cursor, Page},
    token::TokenRow,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchPage, prefix = "/rpc", endpoint = "tokens/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, search: Option<String>, cursor: Option<Cursor>) -> Rpc<Page<TokenRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::tokens::page(&services, &owner, search.as_deref(), cursor).await?)
}
