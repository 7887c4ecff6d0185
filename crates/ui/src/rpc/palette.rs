//! What the command palette asks for.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{palette::Found, workspace::WorkspaceSlug};
use leptos::prelude::*;

#[server(name = FindByLetters, prefix = "/rpc", endpoint = "palette/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, text: String) -> Rpc<Found> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::palette::find(&services, &member, &text).await?)
}
