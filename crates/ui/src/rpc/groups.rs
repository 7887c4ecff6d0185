//! User groups: their list, one group and its change, and who is in it.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    audit::Entry,
    group::{Group, GroupRef, GroupRemoval, GroupRow, GroupWish},
    id::{GroupId, MemberId},
    page::{Cursor, Page},
    save::SaveOutcome,
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

#[server(name = FindGroup, prefix = "/rpc", endpoint = "groups/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, group: GroupId) -> Rpc<Group> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::find(&services, &owner, group).await?)
}

#[server(name = CreateGroup, prefix = "/rpc", endpoint = "groups/create", input = Json, output = Json)]
pub async fn create(slug: WorkspaceSlug, wish: GroupWish) -> Rpc<Group> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::create(&services, &owner, &wish).await?)
}

#[server(name = ChangeGroup, prefix = "/rpc", endpoint = "groups/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, group: GroupId, revision: i64, wish: GroupWish) -> Rpc<SaveOutcome<Group>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::change(&services, &owner, group, revision, &wish).await?)
}

#[server(name = AddGroupMembers, prefix = "/rpc", endpoint = "groups/add_members", input = Json, output = Json)]
pub async fn add_members(slug: WorkspaceSlug, group: GroupId, members: Vec<MemberId>) -> Rpc<u32> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::add_members(&services, &owner, group, &members).await?)
}

#[server(name = RemoveGroupMembers, prefix = "/rpc", endpoint = "groups/remove_members", input = Json, output = Json)]
pub async fn remove_members(slug: WorkspaceSlug, group: GroupId, members: Vec<MemberId>) -> Rpc<u32> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::remove_members(&services, &owner, group, &members).await?)
}

#[server(name = FetchGroupRemoval, prefix = "/rpc", endpoint = "groups/removal_preview", input = Json, output = Json)]
pub async fn removal_preview(slug: WorkspaceSlug, group: GroupId) -> Rpc<GroupRemoval> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::removal_preview(&services, &owner, group).await?)
}

#[server(name = DeleteGroup, prefix = "/rpc", endpoint = "groups/delete", input = Json, output = Json)]
pub async fn delete(slug: WorkspaceSlug, group: GroupId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::delete(&services, &owner, group).await?)
}

#[server(name = FetchGroupActivity, prefix = "/rpc", endpoint = "groups/activity", input = Json, output = Json)]
pub async fn activity(slug: WorkspaceSlug, group: GroupId) -> Rpc<Vec<Entry>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::groups::activity(&services, &owner, group).await?)
}
