//! The audit trail: its pages, and whom it can be narrowed to.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    audit_query::{AuditPage, AuditQuery, NamedDoer},
    page::Page,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchTrail, prefix = "/rpc", endpoint = "audit/page", input = Json, output = Json)]
pub async fn page(slug: WorkspaceSlug, query: AuditQuery) -> Rpc<AuditPage> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::audit::page(&services, &owner, &query).await?)
}

#[server(name = FindDoers, prefix = "/rpc", endpoint = "audit/doers", input = Json, output = Json)]
pub async fn doers(slug: WorkspaceSlug, search: Option<String>) -> Rpc<Page<NamedDoer>> {
    let (services, owner) = context::owner(&slug).await?;
    let rows = service::audit::doers(&services, &owner, search.as_deref()).await?;
    Ok(Page { rows, ..Page::empty() })
}
