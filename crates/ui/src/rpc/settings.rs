//! A workspace's settings, and its deletion.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    save::SaveOutcome,
    settings::{SettingsWish, WorkspaceSettings},
    time::Timestamp,
    workspace::{WorkspaceContents, WorkspaceSlug},
};
use leptos::prelude::*;

#[server(name = FindSettings, prefix = "/rpc", endpoint = "settings/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug) -> Rpc<WorkspaceSettings> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::settings::find(&services, &owner).await?)
}

#[server(name = ChangeSettings, prefix = "/rpc", endpoint = "settings/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, revision: i64, wish: SettingsWish) -> Rpc<SaveOutcome<WorkspaceSettings>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::settings::change(&services, &owner, revision, &wish).await?)
}

/// What would go with the workspace.
#[server(prefix = "/rpc", endpoint = "settings/contents", input = Json, output = Json)]
pub async fn contents(slug: WorkspaceSlug) -> Rpc<WorkspaceContents> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::closing::contents(&services, &owner).await?)
}

/// Closes the workspace and says when it will be deleted.
#[server(name = CloseWorkspace, prefix = "/rpc", endpoint = "settings/close", input = Json, output = Json)]
pub async fn close(slug: WorkspaceSlug, name: String) -> Rpc<Timestamp> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::closing::close(&services, &owner, &name).await?)
}

#[server(name = KeepWorkspace, prefix = "/rpc", endpoint = "settings/keep", input = Json, output = Json)]
pub async fn keep(slug: WorkspaceSlug) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    let owner = services.closed_owner(me, &slug).await?;
    Ok(service::closing::keep(&services, &owner).await?)
}
