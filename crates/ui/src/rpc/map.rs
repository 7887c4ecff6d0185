//! The access map.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    access_map::{MapPage, MapQuery},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchMap, prefix = "/rpc", endpoint = "map/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, query: MapQuery) -> Rpc<MapPage> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::access_map::page(&services, &owner, &query).await?)
}
