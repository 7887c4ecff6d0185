//! User groups, with what each gives.

use super::{
    envelope::{Data, Done},
    paging::{Pagination, Paging},
    params::{Pages, Search},
    permissions::{Permission, Permissions, Teller, read},
    query::Asked,
    refusal::{Refusal, Sent},
    shapes,
};
use crate::api::{asking::Owner, ids::Id};
use axum::extract::State;
use domain::{
    failure::Failure,
    group::{Group, GroupWish},
    id::GroupId,
    text::GroupName,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::WorkspaceOwner,
    groups,
    permissions::{Way, give_group},
};
use utoipa::ToSchema;

/// A user group, with what it gives.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserGroup)]
pub struct GroupCard {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")]
    id: GroupId,
    #[schema(value_type = String, example = "Marketing")]
    name: GroupName,
    /// Who is invited doesn't count.
    #[schema(example = 12)]
    member_count: u32,
    permissions: Vec<Permission>,
}

/// A page of user groups.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserGroupList)]
pub struct Groups {
    user_groups: Vec<GroupCard>,
    pagination: Pagination,
}

/// The group as it is now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserGroupFound)]
pub struct Found {
    user_group: GroupCard,
}

/// All that the group gives now.
#[derive(Serialize, ToSchema)]
#[schema(as = UserGroupPermissions)]
pub struct Held {
    permissions: Vec<Permission>,
}

/// How the group is to be called.
#[derive(Deserialize, ToSchema)]
#[schema(as = UserGroupName)]
pub struct Named {
    #[schema(schema_with = shapes::group_name)]
    name: String,
}

impl GroupCard {
    pub async fn of(services: &Services, owner: &WorkspaceOwner, groups: Vec<Group>) -> Result<Vec<Self>, Failure> {
        let teller = Teller::of(services, owner, groups.iter().flat_map(|group| &group.grants)).await?;
        let card = |group: Group| Self { permissions: teller.of_grants(&group.grants), id: group.id, name: group.name, member_count: group.members };
        Ok(groups.into_iter().map(card).collect())
    }
}

pub async fn found(services: &Services, owner: &WorkspaceOwner, group: Group) -> Result<Data<Found>, Refusal> {
    let user_group = GroupCard::of(services, owner, vec![group]).await?.pop().ok_or_else(Failure::internal)?;
    Ok(Data::of(Found { user_group }))
}

/// List user groups
#[utoipa::path(get, operation_id = "listUserGroups", path = "/api/groups", tag = "IAM Groups", params(Pages, Search),
    responses((status = 200, description = "A page", body = Data<Groups>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Groups>, Refusal> {
    let paging = Paging::of(&asked)?;
    let page = groups::whole(&services, &owner, asked.one("q"), paging.cursor.clone(), paging.size).await?;
    let pagination = paging.of_page(&page);
    Ok(Data::of(Groups { user_groups: GroupCard::of(&services, &owner, page.rows).await?, pagination }))
}

/// Get user group
#[utoipa::path(get, operation_id = "getUserGroup", path = "/api/groups/{group}", tag = "IAM Groups",
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "The group", body = Data<Found>)))]
pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>) -> Result<Data<Found>, Refusal> {
    let group = groups::find(&services, &owner, id).await?;
    found(&services, &owner, group).await
}

/// Create user group
///
/// With nobody in it, and nothing that it gives.
#[utoipa::path(post, operation_id = "createUserGroup", path = "/api/groups", tag = "IAM Groups", request_body = Named,
    responses((status = 200, description = "The group", body = Data<Found>)))]
pub async fn create(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Named>) -> Result<Data<Found>, Refusal> {
    let group = groups::create(&services, &owner, &GroupWish { name: body.name, ..GroupWish::default() }).await?;
    found(&services, &owner, group).await
}

/// Update user group
///
/// Its name. What it gives, and to whom, stays as it is.
#[utoipa::path(patch, operation_id = "updateUserGroup", path = "/api/groups/{group}", tag = "IAM Groups", request_body = Named,
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "The group", body = Data<Found>)))]
pub async fn rename(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Named>) -> Result<Data<Found>, Refusal> {
    let group = groups::rename(&services, &owner, id, &body.name).await?;
    found(&services, &owner, group).await
}

/// Delete user group
///
/// Its members keep what they have otherwise.
#[utoipa::path(delete, operation_id = "deleteUserGroup", path = "/api/groups/{group}", tag = "IAM Groups",
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "It was deleted", body = Data<Done>)))]
pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>) -> Result<Data<Done>, Refusal> {
    groups::delete(&services, &owner, id).await?;
    Ok(Data::done())
}

/// Add permissions to user group
///
/// Beside those that it gives. `workspace_owner` is not for groups.
#[utoipa::path(post, operation_id = "addPermissionsToUserGroup", path = "/api/groups/{group}/permissions", tag = "IAM Groups", request_body = Permissions,
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "All that the group gives now", body = Data<Held>)))]
pub async fn add_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<GroupId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Add, body).await
}

/// Replace permissions for user group
///
/// It gives these from then on, and no others. `workspace_owner` is not for groups.
#[utoipa::path(put, operation_id = "replacePermissionsForUserGroup", path = "/api/groups/{group}/permissions", tag = "IAM Groups", request_body = Permissions,
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "All that the group gives now", body = Data<Held>)))]
pub async fn replace_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<GroupId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Replace, body).await
}

async fn give(services: &Services, owner: &WorkspaceOwner, id: GroupId, way: Way, body: Permissions) -> Result<Data<Held>, Refusal> {
    let wished = read(services, owner, &body.permissions, "permissions").await?;
    if wished.owner {
        return Err(Failure::field("permissions", "a group makes nobody an owner; give `workspace_owner` to users themselves").into());
    }
    let group = give_group(services, owner, id, way, &wished.grants).await?;
    let teller = Teller::of(services, owner, group.grants.iter()).await?;
    Ok(Data::of(Held { permissions: teller.of_grants(&group.grants) }))
}
