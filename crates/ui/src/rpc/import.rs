//! People brought in from a CSV file.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    import::{ImportOutcome, ImportWish},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

/// What it would do, row by row.
#[server(name = PreviewImport, prefix = "/rpc", endpoint = "import/preview", input = Json, output = Json)]
pub async fn preview(slug: WorkspaceSlug, wish: ImportWish) -> Rpc<ImportOutcome> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::import::preview(&services, &owner, &wish).await?)
}

#[server(name = ApplyImport, prefix = "/rpc", endpoint = "import/apply", input = Json, output = Json)]
pub async fn apply(slug: WorkspaceSlug, wish: ImportWish) -> Rpc<ImportOutcome> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::import::apply(&services, &owner, &wish).await?)
}
