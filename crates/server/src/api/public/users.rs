//! Users: members of the workspace, with what each holds by themselves.

use super::{
    envelope::{Data, Done},
    groups::GroupCard,
    ids::Id,
    paging::{Pagination, Paging},
    permissions::{Permission, Permissions, Teller, read},
    query::Asked,
    refusal::{Refusal, Sent},
};
use crate::api::asking::Owner;
use axum::extract::State;
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::{GroupId, MemberId},
    member::{Member, UserQuery},
    page::Page,
    text::PersonName,
};
use serde::Serialize;
use service::{
    Services,
    access::WorkspaceOwner,
    groups, members,
    permissions::{Way, give_member},
};

#[derive(Serialize)]
pub struct Users {
    users: Vec<User>,
    pagination: Pagination,
}

#[derive(Serialize)]
pub struct Found {
    user: User,
}

#[derive(Serialize)]
struct User {
    id: MemberId,
    name: PersonName,
    email: EmailAddress,
    permissions: Vec<Permission>,
}

#[derive(Serialize)]
pub struct Held {
    permissions: Vec<Permission>,
}

/// The reference's clients read `groups`; `userGroups` says more.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    groups: Vec<GroupName>,
    user_groups: Vec<GroupCard>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct GroupName {
    id: GroupId,
    name: domain::text::GroupName,
}

pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Users>, Refusal> {
    let paging = Paging::of(&asked)?;
    let page = match asked.one("filter[email]") {
        Some(email) => with_email(&services, &owner, email).await?,
        None => {
            let search = asked.one("q").map(str::to_owned);
            members::whole(&services, &owner, UserQuery { search, cursor: paging.cursor.clone(), size: paging.size, ..UserQuery::default() }).await?
        }
    };
    let pagination = paging.of_page(&page);
    Ok(Data::of(Users { users: tell(&services, &owner, page.rows).await?, pagination }))
}

async fn with_email(services: &Services, owner: &WorkspaceOwner, email: &str) -> Result<Page<Member>, Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("filter.email", error))?;
    let rows: Vec<Member> = members::by_email(services, owner, &email).await?.into_iter().collect();
    Ok(Page { total: Some(rows.len() as u64), rows, next: None, previous: None })
}

async fn tell(services: &Services, owner: &WorkspaceOwner, members: Vec<Member>) -> Result<Vec<User>, Failure> {
    let teller = Teller::of(services, owner, members.iter().flat_map(|member| &member.grants)).await?;
    let user = |member: Member| User { permissions: teller.of_member(member.kind, &member.grants), id: member.id, name: member.name, email: member.email };
    Ok(members.into_iter().map(user).collect())
}

pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<MemberId>) -> Result<Data<Found>, Refusal> {
    let member = members::find(&services, &owner, id).await?;
    let user = tell(&services, &owner, vec![member]).await?.pop().ok_or_else(Failure::internal)?;
    Ok(Data::of(Found { user }))
}

pub async fn groups(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<MemberId>, asked: Asked) -> Result<Data<Groups>, Refusal> {
    let paging = Paging::of(&asked)?;
    let page = paging.cut(members::find(&services, &owner, id).await?.groups);
    let pagination = paging.of_page(&page);
    let ids: Vec<GroupId> = page.rows.iter().map(|group| group.id).collect();
    let user_groups = GroupCard::of(&services, &owner, groups::find_many(&services, &owner, &ids).await?).await?;
    let groups = page.rows.into_iter().map(|group| GroupName { id: group.id, name: group.name }).collect();
    Ok(Data::of(Groups { groups, user_groups, pagination }))
}

pub async fn add_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<MemberId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Add, body).await
}

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

pub async fn remove(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Done>, Refusal> {
    let read = |(place, text): (usize, &str)| text.parse().map_err(|error| Failure::field(&format!("userIds[{place}]"), error));
    let ids: Vec<MemberId> = asked.list("userIds")?.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    members::remove_many(&services, &owner, &ids).await?;
    Ok(Data::done())
}
