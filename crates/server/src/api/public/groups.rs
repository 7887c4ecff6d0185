//! User groups, with what each gives.

use super::{
    envelope::{Data, Done},
    ids::Id,
    paging::{Pagination, Paging},
    permissions::{Permission, Permissions, Teller, read},
    query::Asked,
    refusal::{Refusal, Sent},
};
use crate::api::asking::Owner;
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupCard {
    id: GroupId,
    name: GroupName,
    member_count: u32,
    permissions: Vec<Permission>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    user_groups: Vec<GroupCard>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    user_group: GroupCard,
}

#[derive(Serialize)]
pub struct Held {
    permissions: Vec<Permission>,
}

#[derive(Deserialize)]
pub struct Named {
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

pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Groups>, Refusal> {
    let paging = Paging::of(&asked)?;
    let page = groups::whole(&services, &owner, asked.one("q"), paging.cursor.clone(), paging.size).await?;
    let pagination = paging.of_page(&page);
    Ok(Data::of(Groups { user_groups: GroupCard::of(&services, &owner, page.rows).await?, pagination }))
}

pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>) -> Result<Data<Found>, Refusal> {
    let group = groups::find(&services, &owner, id).await?;
    found(&services, &owner, group).await
}

pub async fn create(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Named>) -> Result<Data<Found>, Refusal> {
    let group = groups::create(&services, &owner, &GroupWish { name: body.name, ..GroupWish::default() }).await?;
    found(&services, &owner, group).await
}

pub async fn rename(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>, Sent(body): Sent<Named>) -> Result<Data<Found>, Refusal> {
    let group = groups::rename(&services, &owner, id, &body.name).await?;
    found(&services, &owner, group).await
}

pub async fn remove(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<GroupId>) -> Result<Data<Done>, Refusal> {
    groups::delete(&services, &owner, id).await?;
    Ok(Data::done())
}

pub async fn add_permissions(
    State(services): State<Services>,
    Owner(owner): Owner,
    Id(id): Id<GroupId>,
    Sent(body): Sent<Permissions>,
) -> Result<Data<Held>, Refusal> {
    give(&services, &owner, id, Way::Add, body).await
}

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
