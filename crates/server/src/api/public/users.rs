//! Users: members of the workspace, with what each holds by themselves.

use super::{
    envelope::{Data, Done},
    groups::GroupCard,
    paging::{Pagination, Paging},
    params::{ByEmail, Pages, Search, UserIds},
    permissions::{Permission, Permissions, Teller, read},
    query::Asked,
    refusal::{Refusal, Sent},
};
use crate::api::{
    asking::{Owner, Reader},
    ids::Id,
};
use axum::extract::State;
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::{GroupId, MemberId},
    member::{MemberGrants, UserQuery},
    page::Page,
    text::PersonName,
};
use serde::Serialize;
use service::{
    Services,
    access::WorkspaceOwner,
    groups,
    members::{self, Holding},
    permissions::{Way, give_member},
};
use utoipa::ToSchema;

/// A page of users.
#[derive(Serialize, ToSchema)]
#[schema(as = UserList)]
pub struct Users {
    users: Vec<User>,
    pagination: Pagination,
}

/// The one that was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = UserFound)]
pub struct Found {
    user: User,
}

/// A member of the workspace, with what they have by themselves.
#[derive(Serialize, ToSchema)]
struct User {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")]
    id: MemberId,
    #[schema(value_type = String, example = "Bea Lind")]
    name: PersonName,
    #[schema(value_type = String, format = "email", example = "bea@acme.test")]
    email: EmailAddress,
    permissions: Vec<Permission>,
}

/// All that the user has now by themselves.
#[derive(Serialize, ToSchema)]
#[schema(as = UserPermissions)]
pub struct Held {
    permissions: Vec<Permission>,
}

/// A page of a user's groups, twice: `userGroups` says more than `groups`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupsOfUser)]
pub struct Groups {
    groups: Vec<GroupName>,
    user_groups: Vec<GroupCard>,
    pagination: Pagination,
}

/// How a group is called.
#[derive(Serialize, ToSchema)]
struct GroupName {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")]
    id: GroupId,
    #[schema(value_type = String, example = "Marketing")]
    name: domain::text::GroupName,
}

/// List users
///
/// In the order of their names; or the one with an address, if there is one.
#[utoipa::path(get, operation_id = "listUsers", path = "/api/users", tag = "IAM Users", params(Pages, ByEmail, Search),
    responses((status = 200, description = "A page", body = Data<Users>)))]
pub async fn page(State(services): State<Services>, Reader(owner): Reader, asked: Asked) -> Result<Data<Users>, Refusal> {
    let paging = Paging::of(&asked)?;
    if let Some(email) = asked.one("filter[email]") {
        let owner = owner.confirmed(&services).await?;
        let page = with_email(&services, &owner, email).await?;
        let pagination = paging.of_page(&page);
        return Ok(Data::of(Users { users: tell(&services, &owner, page.rows).await?, pagination }));
    }
    let search = asked.one("q").map(str::to_owned);
    let query = UserQuery { search, cursor: paging.cursor.clone(), size: paging.size, ..UserQuery::default() };
    let Holding { owner, page, kinds } = members::holding(&services, owner, query).await?;
    let pagination = paging.of_page(&page);
    Ok(Data::of(Users { users: told(&Teller::with(&services, &owner, kinds), page.rows), pagination }))
}

async fn with_email(services: &Services, owner: &WorkspaceOwner, email: &str) -> Result<Page<MemberGrants>, Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("filter.email", error))?;
    let rows: Vec<MemberGrants> = members::by_email(services, owner, &email).await?.into_iter().map(MemberGrants::from).collect();
    Ok(Page { total: Some(rows.len() as u64), rows, next: None, previous: None })
}

async fn tell(services: &Services, owner: &WorkspaceOwner, members: Vec<MemberGrants>) -> Result<Vec<User>, Failure> {
    let teller = Teller::of(services, owner, members.iter().flat_map(|member| &member.grants)).await?;
    Ok(told(&teller, members))
}

fn told(teller: &Teller<'_>, members: Vec<MemberGrants>) -> Vec<User> {
    let user =
        |member: MemberGrants| User { permissions: teller.of_member(member.kind, &member.grants), id: member.id, name: member.name, email: member.email };
    members.into_iter().map(user).collect()
}

/// Get user
#[utoipa::path(get, operation_id = "getUser", path = "/api/users/{user}", tag = "IAM Users",
    params(("user" = String, Path, format = "uuid", description = "The user's id", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")),
    responses((status = 200, description = "The user", body = Data<Found>)))]
pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<MemberId>) -> Result<Data<Found>, Refusal> {
    let member = members::find(&services, &owner, id).await?;
    let user = tell(&services, &owner, vec![member.into()]).await?.pop().ok_or_else(Failure::internal)?;
    Ok(Data::of(Found { user }))
}

/// List user groups from user
#[utoipa::path(get, operation_id = "listUserGroupsFromUser", path = "/api/users/{user}/groups", tag = "IAM Users",
    params(("user" = String, Path, format = "uuid", description = "The user's id", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab"), Pages),
    responses((status = 200, description = "A page", body = Data<Groups>)))]
pub async fn groups(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<MemberId>, asked: Asked) -> Result<Data<Groups>, Refusal> {
    let paging = Paging::of(&asked)?;
    let page = paging.cut(members::find(&services, &owner, id).await?.groups);
    let pagination = paging.of_page(&page);
    let ids: Vec<GroupId> = page.rows.iter().map(|group| group.id).collect();
    let user_groups = GroupCard::of(&services, &owner, groups::find_many(&services, &owner, &ids).await?).await?;
    let groups = page.rows.into_iter().map(|group| GroupName { id: group.id, name: group.name }).collect();
    Ok(Data::of(Groups { groups, user_groups, pagination }))
}

/// Add permissions to user
///
/// Beside those that the user has. One that they have already is not given twice.
#[utoipa::path(post, operation_id = "addPermissionsToUser", path = "/api/users/{user}/permissions", tag = "IAM Users", request_body = Permissions,
    params(("user" = String, Path, format = "uuid", description = "The user's id", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")),
    responses((status = 200, description = "All that the user has now", body = Data<Held>)))]
pub async fn add_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<MemberId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Add, body).await
}

/// Replace permissions for user
///
/// The user has these from then on, and no others. Who isn't given `workspace_owner` is no owner any more.
#[utoipa::path(put, operation_id = "replacePermissionsForUser", path = "/api/users/{user}/permissions", tag = "IAM Users", request_body = Permissions,
    params(("user" = String, Path, format = "uuid", description = "The user's id", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")),
    responses((status = 200, description = "All that the user has now", body = Data<Held>)))]
pub async fn replace_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<MemberId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Replace, body).await
}

async fn give(services: &Services, owner: &WorkspaceOwner, id: MemberId, way: Way, body: Permissions) -> Result<Data<Held>, Refusal> {
    let wished = read(services, owner, &body.permissions, "permissions").await?;
    let member = give_member(services, owner, id, way, &wished).await?;
    let teller = Teller::of(services, owner, member.grants.iter()).await?;
    Ok(Data::of(Held { permissions: teller.of_member(member.kind, &member.grants) }))
}

/// Delete users
///
/// They leave the workspace: all of them, or none.
#[utoipa::path(delete, operation_id = "deleteUsers", path = "/api/users", tag = "IAM Users", params(UserIds),
    responses((status = 200, description = "They are members no more", body = Data<Done>)))]
pub async fn remove(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Done>, Refusal> {
    let read = |(place, text): (usize, &str)| text.parse().map_err(|error| Failure::field(&format!("userIds[{place}]"), error));
    let ids: Vec<MemberId> = asked.list("userIds")?.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    members::remove_many(&services, &owner, &ids).await?;
    Ok(Data::done())
}
