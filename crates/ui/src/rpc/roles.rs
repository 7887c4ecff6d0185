//! Roles: what each allows, and who holds it.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    catalog::RoleId,
    held::{HeldGrant, HolderKind, RolesOverview},
    page::{Cursor, Page},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchRoles, prefix = "/rpc", endpoint = "roles/overview", input = Json, output = Json)]
pub async fn overview(slug: WorkspaceSlug) -> Rpc<RolesOverview> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::roles::overview(&services, &member).await?)
}

#[server(name = FetchRoleHolders, prefix = "/rpc", endpoint = "roles/holders", input = Json, output = Json)]
pub async fn holders(slug: WorkspaceSlug, role: RoleId, kind: HolderKind, cursor: Option<Cursor>) -> Rpc<Page<HeldGrant>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::roles::holders(&services, &owner, &role, kind, cursor).await?)
}
