//! Who is in a group: members, and by their addresses those who are invited to it.

use super::{
    envelope::{Data, Done},
    groups::{Found, found},
    ids::Id,
    paging::{Pagination, Paging},
    query::{Asked, emails},
    refusal::{Refusal, Sent},
};
use crate::api::asking::Owner;
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

#[derive(Serialize)]
pub struct Users {
    users: Vec<User>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct User {
    id: MemberId,
    name: Option<PersonName>,
    email: EmailAddress,
}

#[derive(Serialize)]
pub struct Invited {
    emails: Vec<EmailAddress>,
    pagination: Pagination,
}

#[derive(Deserialize)]
pub struct Emails {
    emails: Vec<String>,
}

/// What the reference's clients read of a removal, beside what is left.
#[derive(Serialize)]
pub struct Removed {
    #[serde(flatten)]
    done: Done,
    #[serde(flatten)]
    left: Found,
}

fn inside(id: GroupId, paging: &Paging) -> UserQuery {
    UserQuery { groups: vec![id], cursor: paging.cursor.clone(), size: paging.size, ..UserQuery::default() }
}

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

pub async fn invites(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, asked: Asked) -> Result<Data<Invited>, Refusal> {
    let paging = Paging::of(&asked)?;
    let group = groups::find(&services, &owner, id).await?;
    let page = invites_by_email::page(&services, &owner, inside(id, &paging)).await?;
    let page = Page { total: Some(u64::from(group.invited)), ..page };
    let pagination = paging.of_page(&page);
    Ok(Data::of(Invited { emails: page.rows.into_iter().map(|row| row.email).collect(), pagination }))
}

pub async fn add(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Emails>) -> Result<Data<Found>, Refusal> {
    let group = group_people::add(&services, &owner, id, &emails(&body.emails, "emails")?).await?;
    found(&services, &owner, group).await
}

pub async fn replace(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Emails>) -> Result<Data<Found>, Refusal> {
    let group = group_people::replace(&services, &owner, id, &emails(&body.emails, "emails")?).await?;
    found(&services, &owner, group).await
}

pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, asked: Asked) -> Result<Data<Removed>, Refusal> {
    let group = group_people::remove(&services, &owner, id, &asked.emails("emails")?).await?;
    let left = found(&services, &owner, group).await?.data();
    Ok(Data::of(Removed { done: Done::success(), left }))
}
