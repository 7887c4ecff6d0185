//! Who is in a group: members, and by their addresses those who are invited to it.

use super::{
    envelope::{Data, Done},
    groups::{Found, found},
    paging::{Pagination, Paging},
    params::{self, Pages},
    query::{Asked, MOST_NAMED, emails},
    refusal::{Refusal, Sent},
    shapes,
};
use crate::api::{asking::Owner, at_most::at_most, ids::Id};
use axum::extract::State;
use domain::{
    email::EmailAddress,
    id::{GroupId, MemberId},
    member::{UserId, UserQuery, UserRow, UserStatus},
    page::Page,
    text::PersonName,
};
use serde::{Deserialize, Serialize};
use service::{Services, group_people, groups, invites_by_email, members};
use utoipa::ToSchema;

/// A page of a group's members.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupUserList)]
pub struct Users {
    users: Vec<User>,
    pagination: Pagination,
}

/// A member of a group.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupUser)]
struct User {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab")]
    id: MemberId,
    #[schema(value_type = Option<String>, required, example = "Bea Lind")]
    name: Option<PersonName>,
    #[schema(value_type = String, format = "email", example = "bea@acme.test")]
    email: EmailAddress,
}

/// A page of those who are invited to a group.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupInviteList)]
pub struct Invited {
    #[schema(schema_with = shapes::told_emails)]
    emails: Vec<EmailAddress>,
    pagination: Pagination,
}

/// Who it is about.
#[derive(Deserialize, ToSchema)]
#[schema(as = GroupEmails)]
pub struct Emails {
    #[serde(deserialize_with = "at_most::<_, _, MOST_NAMED>")]
    #[schema(schema_with = shapes::emails)]
    emails: Vec<String>,
}

/// What the reference's clients read of a removal, beside what is left.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedFromGroup)]
pub struct Removed {
    #[serde(flatten)]
    done: Done,
    #[serde(flatten)]
    left: Found,
}

fn inside(id: GroupId, paging: &Paging) -> UserQuery {
    UserQuery { groups: vec![id], cursor: paging.cursor.clone(), size: paging.size, ..UserQuery::default() }
}

/// List users from user group
///
/// Members only; who is invited stands in a list of its own.
#[utoipa::path(get, operation_id = "listUsersFromUserGroup", path = "/api/groups/{group}/users", tag = "IAM Groups",
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab"), Pages),
    responses((status = 200, description = "A page", body = Data<Users>)))]
pub async fn users(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, asked: Asked) -> Result<Data<Users>, Refusal> {
    let paging = Paging::of(&asked)?;
    let group = groups::find(&services, &owner, id).await?;
    let page = members::users(&services, &owner, &UserQuery { statuses: vec![UserStatus::Active], ..inside(id, &paging) }).await?;
    let page = Page { total: Some(u64::from(group.members)), ..page };
    let user = |row: UserRow| match row.id {
        UserId::Member(id) => Some(User { id, name: row.name, email: row.email }),
        UserId::Invite(_) => None,
    };
    let pagination = paging.of_page(&page);
    Ok(Data::of(Users { users: page.rows.into_iter().filter_map(user).collect(), pagination }))
}

/// List invites from user group
///
/// Who will be in the group once they accept.
#[utoipa::path(get, operation_id = "listInvitesFromUserGroup", path = "/api/groups/{group}/invites", tag = "IAM Groups",
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab"), Pages),
    responses((status = 200, description = "A page", body = Data<Invited>)))]
pub async fn invites(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, asked: Asked) -> Result<Data<Invited>, Refusal> {
    let paging = Paging::of(&asked)?;
    let group = groups::find(&services, &owner, id).await?;
    let page = invites_by_email::page(&services, &owner, inside(id, &paging)).await?;
    let page = Page { total: Some(u64::from(group.invited)), ..page };
    let pagination = paging.of_page(&page);
    Ok(Data::of(Invited { emails: page.rows.into_iter().map(|row| row.email).collect(), pagination }))
}

/// Add users to user group
///
/// Members are in it at once, who is invited as soon as they accept. All of them, or nobody where one is not known.
#[utoipa::path(post, operation_id = "addUsersToUserGroup", path = "/api/groups/{group}/users", tag = "IAM Groups", request_body = Emails,
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "The group", body = Data<Found>)))]
pub async fn add(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Emails>) -> Result<Data<Found>, Refusal> {
    let group = group_people::add(&services, &owner, id, &emails(&body.emails, "emails")?).await?;
    found(&services, &owner, group).await
}

/// Replace users in user group
///
/// These are in it from then on, and nobody else.
#[utoipa::path(put, operation_id = "replaceUsersInUserGroup", path = "/api/groups/{group}/users", tag = "IAM Groups", request_body = Emails,
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab")),
    responses((status = 200, description = "The group", body = Data<Found>)))]
pub async fn replace(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Emails>) -> Result<Data<Found>, Refusal> {
    let group = group_people::replace(&services, &owner, id, &emails(&body.emails, "emails")?).await?;
    found(&services, &owner, group).await
}

/// Remove users from user group
///
/// Who is not in it stays so.
#[utoipa::path(delete, operation_id = "removeUsersFromUserGroup", path = "/api/groups/{group}/users", tag = "IAM Groups",
    params(("group" = String, Path, format = "uuid", description = "The group's id", example = "018f3c1e-2b3c-7d4e-8f5a-0123456789ab"), params::Emails),
    responses((status = 200, description = "They are in it no more", body = Data<Removed>)))]
pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, asked: Asked) -> Result<Data<Removed>, Refusal> {
    let group = group_people::remove(&services, &owner, id, &asked.emails("emails")?).await?;
    let left = found(&services, &owner, group).await?.data();
    Ok(Data::of(Removed { done: Done::success(), left }))
}
