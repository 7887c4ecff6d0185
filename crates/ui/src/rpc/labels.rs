//! Labels: their list, where each is used, and what owners do with them.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    held::HeldGrant,
    label::{Label, LabelList, LabelRow},
    page::{Cursor, Page},
    save::SaveOutcome,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchLabels, prefix = "/rpc", endpoint = "labels/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, search: Option<String>, cursor: Option<Cursor>) -> Rpc<LabelList> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::page(&services, &owner, search.as_deref(), cursor).await?)
}

#[server(name = FindLabel, prefix = "/rpc", endpoint = "labels/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, label: Label) -> Rpc<LabelRow> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::find(&services, &owner, &label).await?)
}

#[server(name = FetchLabelUses, prefix = "/rpc", endpoint = "labels/uses", input = Json, output = Json)]
pub async fn uses(slug: WorkspaceSlug, label: Label, cursor: Option<Cursor>) -> Rpc<Page<HeldGrant>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::uses(&services, &owner, &label, cursor).await?)
}

#[server(name = CreateLabel, prefix = "/rpc", endpoint = "labels/create", input = Json, output = Json)]
pub async fn create(slug: WorkspaceSlug, key: String, value: String, description: String) -> Rpc<Label> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::create(&services, &owner, &key, &value, &description).await?)
}

#[server(name = DescribeLabel, prefix = "/rpc", endpoint = "labels/describe", input = Json, output = Json)]
pub async fn describe(slug: WorkspaceSlug, label: Label, was: String, description: String) -> Rpc<SaveOutcome<LabelRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::describe(&services, &owner, &label, &was, &description).await?)
}

#[server(name = DeleteLabel, prefix = "/rpc", endpoint = "labels/delete", input = Json, output = Json)]
pub async fn delete(slug: WorkspaceSlug, label: Label) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::labels::delete(&services, &owner, &label).await?)
}
