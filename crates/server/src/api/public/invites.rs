//! Invites: by their addresses, each with what it will have.

use super::{
    envelope::{Data, Done},
    paging::{Pagination, Paging},
    params::{Emails, Pages, Search},
    permissions::{PermissionWish, read_all},
    query::{Asked, MOST_NAMED, emails},
    refusal::{Refusal, Sent},
    shapes,
};
use crate::api::{
    asking::Owner,
    at_most::{at_most, maybe_at_most},
};
use axum::extract::State;
use domain::{
    email::EmailAddress,
    failure::Failure,
    grant::MOST_GRANTS,
    id::InviteId,
    invite::{InviteState, MOST_AT_ONCE},
    member::{MemberKind, UserId, UserQuery, UserRow, UserStanding},
    page::Page,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::WorkspaceOwner,
    invites_by_email::{self, Wanted},
};
use utoipa::ToSchema;

/// A page of addresses that are invited.
#[derive(Serialize, ToSchema)]
#[schema(as = InviteList)]
pub struct Invites {
    #[schema(schema_with = shapes::told_emails)]
    invites: Vec<EmailAddress>,
    pagination: Pagination,
}

/// A page of invites.
#[derive(Serialize, ToSchema)]
#[schema(as = InviteDetailList)]
pub struct Details {
    invites: Vec<Detail>,
    pagination: Pagination,
}

/// An invite as it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InviteDetail)]
struct Detail {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-4d5e-7f6a-8b7c-0123456789ab")]
    id: InviteId,
    #[schema(value_type = String, format = "email", example = "bea@acme.test")]
    email: EmailAddress,
    #[schema(schema_with = shapes::invite_state)]
    state: InviteState,
    #[schema(format = DateTime, example = "2026-11-30T09:30:00.000000Z")]
    expires_at: String,
}

/// Who is to be invited: 1 to 500 addresses, each once.
#[derive(Deserialize, ToSchema)]
#[schema(as = CreateInvites)]
pub struct Wishes {
    #[serde(deserialize_with = "at_most::<_, _, MOST_AT_ONCE>")]
    #[schema(min_items = 1, max_items = 500)]
    invites: Vec<Wish>,
}

/// An address, and what it will have.
#[derive(Deserialize, ToSchema)]
#[schema(as = InviteWish)]
struct Wish {
    #[schema(schema_with = shapes::email)]
    email: String,
    /// With `workspace_owner` among them, an owner is invited.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_GRANTS>")]
    #[schema(max_items = 100)]
    permissions: Option<Vec<PermissionWish>>,
}

/// Who was invited.
#[derive(Serialize, ToSchema)]
#[schema(as = Invited)]
pub struct Named {
    #[schema(schema_with = shapes::same_emails)]
    emails: Vec<EmailAddress>,
}

/// Whose invites are sent again.
#[derive(Deserialize, ToSchema)]
#[schema(as = ResendInvites)]
pub struct Again {
    #[serde(deserialize_with = "at_most::<_, _, MOST_NAMED>")]
    #[schema(schema_with = shapes::some_emails)]
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

/// List invites
///
/// The addresses of those who did not answer yet, whether their links still work or not.
#[utoipa::path(get, operation_id = "listInvites", path = "/api/invites", tag = "IAM Users", params(Pages, Search),
    responses((status = 200, description = "A page", body = Data<Invites>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Invites>, Refusal> {
    let (page, pagination) = asked_for(&services, &owner, &asked).await?;
    Ok(Data::of(Invites { invites: page.rows.into_iter().map(|row| row.email).collect(), pagination }))
}

/// List invites in detail
///
/// The same as the list of addresses, each with its id, how it stands, and when its link ends.
#[utoipa::path(get, operation_id = "listInviteDetails", path = "/api/invites/detail", tag = "IAM Users", params(Pages, Search),
    responses((status = 200, description = "A page", body = Data<Details>)))]
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

/// Create invites
///
/// Each address gets a link by mail: all of them, or none.
#[utoipa::path(post, operation_id = "createInvites", path = "/api/invites", tag = "IAM Users", request_body = Wishes,
    responses((status = 201, description = "Who was invited", body = Data<Named>)))]
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

/// Send invites again
///
/// With new links; the old ones are dead, and the time runs anew.
#[utoipa::path(post, operation_id = "resendInvites", path = "/api/invites/resend", tag = "IAM Users", request_body = Again,
    responses((status = 200, description = "Whose invites were sent", body = Data<Named>)))]
pub async fn resend(State(services): State<Services>, Owner(owner): Owner, Sent(body): Sent<Again>) -> Result<Data<Named>, Refusal> {
    let emails = emails(&body.emails, "emails")?;
    invites_by_email::resend(&services, &owner, &emails).await?;
    Ok(Data::of(Named { emails }))
}

/// Delete invites
///
/// Their links are dead: all of them, or none.
#[utoipa::path(delete, operation_id = "deleteInvites", path = "/api/invites", tag = "IAM Users", params(Emails),
    responses((status = 200, description = "They are invited no more", body = Data<Done>)))]
pub async fn revoke(State(services): State<Services>, Owner(owner): Owner, asked: Asked) -> Result<Data<Done>, Refusal> {
    invites_by_email::revoke(&services, &owner, &asked.emails("emails")?).await?;
    Ok(Data::done())
}
