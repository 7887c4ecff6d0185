//! User groups: their list, and how some are called.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    group::{GroupRef, GroupRow},
    id::GroupId,
    page::{Cursor, Page},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchPage, prefix = "/rpc", endpoint = "groups/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, search: Option<String>, cursor: Option<Cursor>) -> Rpc<Page<GroupRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::page(&services, &owner, search.as_deref(), cursor).await?)
}

#[server(name = FetchNamed, prefix = "/rpc", endpoint = "groups/named", input = Json, output = Json)]
pub async fn named(slug: WorkspaceSlug, groups: Vec<GroupId>) -> Rpc<Vec<GroupRef>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::named(&services, &owner, &groups).await?)
}
