//! Invites: by their addresses, each with what it will have.

use super::{
    envelope::{Data, Done},
    paging::{Pagination, Paging},
    permissions::{PermissionWish, read_all},
    query::{Asked, emails},
    refusal::{Refusal, Sent},
};
use crate::api::asking::Owner;
use axum::extract::State;
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::InviteId,
    invite::InviteState,
    member::{MemberKind, UserId, UserQuery, UserRow, UserStanding},
    page::Page,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::WorkspaceOwner,
    invites_by_email::{self, Wanted},
};

#[derive(Serialize)]
pub struct Invites {
    invites: Vec<EmailAddress>,
    pagination: Pagination,
}

#[derive(Serialize)]
pub struct Details {
    invites: Vec<Detail>,
    pagination: Pagination,
}

/// An invite as it stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    id: InviteId,
    email: EmailAddress,
    state: InviteState,
    expires_at: String,
}

#[derive(Deserialize)]
pub struct Wishes {
    invites: Vec<Wish>,
}

#[derive(Deserialize)]
struct Wish {
    email: String,
    permissions: Option<Vec<PermissionWish>>,
}

#[derive(Serialize)]
pub struct Named {
    emails: Vec<EmailAddress>,
}

#[derive(Deserialize)]
pub struct Again {
    emails: Vec<String>,
}

async fn asked_for(services: &Services, owner: &WorkspaceOwner, asked: &Asked) -> Result<(Page<UserRow>, Pagination), Failure> {
    let paging = Paging::of(asked)?;
    let search = asked.one("q").map(str::to_owned);
    let query = UserQuery { search, cursor: paging.cursor.clone(), size: paging.size, ..UserQuery::default() };
    let page = invites_by_email::page(services, owner, query).await?;
    let pagination = paging.of_page(&page);
    Ok((page, pagination))
}

pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Invites>, Refusal> {
    let (page, pagination) = asked_for(&services, &owner, &asked).await?;
    Ok(Data::of(Invites { invites: page.rows.into_iter().map(|row| row.email).collect(), pagination }))
}

pub async fn detail(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Details>, Refusal> {
    let (page, pagination) = asked_for(&services, &owner, &asked).await?;
    let detail = |row: UserRow| match (row.id, row.standing) {
        (UserId::Invite(id), UserStanding::Invited { state, expires_at, .. }) => {
            Some(Detail { id, email: row.email, state, expires_at: expires_at.to_string() })
        }
        (UserId::Invite(_) | UserId::Member(_), _) => None,
    };
    Ok(Data::of(Details { invites: page.rows.into_iter().filter_map(detail).collect(), pagination }))
}

pub async fn send(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Wishes>) -> Result<Data<Named>, Refusal> {
    let mut emails = Vec::with_capacity(body.invites.len());
    for (place, wish) in body.invites.iter().enumerate() {
        emails.push(EmailAddress::parse(&wish.email).map_err(|error| Failure::field(&format!("invites[{place}].email"), error))?);
    }
    let wishes: Vec<(&[PermissionWish], String)> = body
        .invites
        .iter()
        .enumerate()
        .map(|(place, wish)| (wish.permissions.as_deref().unwrap_or_default(), format!("invites[{place}].permissions")))
        .collect();
    let wished = read_all(&services, &owner, &wishes).await?;
    let kind = |owner| if owner { MemberKind::Owner } else { MemberKind::Member };
    let wanted = emails.into_iter().zip(wished).map(|(email, wished)| Wanted { email, kind: kind(wished.owner), grants: wished.grants }).collect();
    Ok(Data::made(Named { emails: invites_by_email::send(&services, &owner, wanted).await? }))
}

pub async fn resend(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Again>) -> Result<Data<Named>, Refusal> {
    let emails = emails(&body.emails, "emails")?;
    invites_by_email::resend(&services, &owner, &emails).await?;
    Ok(Data::of(Named { emails }))
}

pub async fn revoke(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Done>, Refusal> {
    invites_by_email::revoke(&services, &owner, &asked.emails("emails")?).await?;
    Ok(Data::done())
}
