//! User groups: their list.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    group::GroupRow,
    page::{Cursor, Page},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchPage, prefix = "/rpc", endpoint = "groups/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, search: Option<String>, cursor: Option<Cursor>) -> Rpc<Page<GroupRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::page(&services, &owner, search.as_deref(), cursor).await?)
}
