//! Resources: their list and what owners do with them, their labels; and searched and named, for scopes in workspaces that do not fit
//! into a browser.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    held::HeldGrant,
    id::ResourceId,
    labelling::{Relabel, Relabelled, ResourceSelection},
    page::{Cursor, Page},
    policy::Subject,
    question::Reachers,
    resource::{Resource, ResourceDetail, ResourceQuery, ResourceRow, ResourceType, ResourceWish, ResourcesOverview},
    save::SaveOutcome,
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

#[server(name = ListResources, prefix = "/rpc", endpoint = "resources/list", input = Json, output = Json)]
pub async fn list(slug: WorkspaceSlug, query: ResourceQuery) -> Rpc<Page<ResourceRow>> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::resources::list(&services, &member, &query).await?)
}

#[server(name = FetchOverview, prefix = "/rpc", endpoint = "resources/overview", input = Json, output = Json)]
pub async fn overview(slug: WorkspaceSlug) -> Rpc<ResourcesOverview> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::resources::overview(&services, &member).await?)
}

#[server(name = FindResource, prefix = "/rpc", endpoint = "resources/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, resource: ResourceId) -> Rpc<ResourceDetail> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::resources::find(&services, &member, resource).await?)
}

#[server(name = FetchResourceUses, prefix = "/rpc", endpoint = "resources/uses", input = Json, output = Json)]
pub async fn uses(slug: WorkspaceSlug, resource: ResourceId, cursor: Option<Cursor>) -> Rpc<Page<HeldGrant>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::uses(&services, &owner, resource, cursor).await?)
}

#[server(name = CreateResource, prefix = "/rpc", endpoint = "resources/create", input = Json, output = Json)]
pub async fn create(slug: WorkspaceSlug, wish: ResourceWish) -> Rpc<ResourceDetail> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::create(&services, &owner, wish).await?)
}

#[server(name = ChangeResource, prefix = "/rpc", endpoint = "resources/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, resource: ResourceId, revision: i64, name: String, parent: Option<ResourceId>) -> Rpc<SaveOutcome<ResourceDetail>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::change(&services, &owner, resource, revision, &name, parent).await?)
}

#[server(name = DeleteResource, prefix = "/rpc", endpoint = "resources/delete", input = Json, output = Json)]
pub async fn delete(slug: WorkspaceSlug, resource: ResourceId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::resources::delete(&services, &owner, resource).await?)
}

/// What a change of labels would do.
#[server(name = PreviewLabels, prefix = "/rpc", endpoint = "resources/preview_labels", input = Json, output = Json)]
pub async fn preview_labels(slug: WorkspaceSlug, selection: ResourceSelection, change: Relabel) -> Rpc<Relabelled> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::resources::preview(&services, &member, &selection, &change).await?)
}

#[server(name = RelabelResources, prefix = "/rpc", endpoint = "resources/relabel", input = Json, output = Json)]
pub async fn relabel(slug: WorkspaceSlug, selection: ResourceSelection, change: Relabel) -> Rpc<Relabelled> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::resources::relabel(&services, &member, &selection, &change).await?)
}

/// Who may do this to the resource, and why.
#[server(name = FetchReachers, prefix = "/rpc", endpoint = "resources/reachers", input = Json, output = Json)]
pub async fn reachers(slug: WorkspaceSlug, resource: ResourceId, verb: String, after: Option<Subject>) -> Rpc<Reachers> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::reachers::page(&services, &owner, resource, &verb, after).await?)
}
