//! Resources: searched and named, for scopes in workspaces that do not fit into a browser.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    id::ResourceId,
    page::{Cursor, Page},
    resource::{Resource, ResourceType},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchResources, prefix = "/rpc", endpoint = "resources/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, kind: ResourceType, search: Option<String>, cursor: Option<Cursor>) -> Rpc<Page<Resource>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::page(&services, &owner, &kind, search.as_deref(), cursor).await?)
}

#[server(name = FetchNamedResources, prefix = "/rpc", endpoint = "resources/named", input = Json, output = Json)]
pub async fn named(slug: WorkspaceSlug, resources: Vec<ResourceId>) -> Rpc<Vec<Resource>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::named(&services, &owner, &resources).await?)
}
