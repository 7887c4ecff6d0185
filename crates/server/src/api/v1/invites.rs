//! `/api/v1/invites`: with their state, their access and their links.

use super::{
    grants::{self, GrantBody},
    items::{Items, Tagged},
    params::{IfMatch, Params, cursor, page_size},
    problem::{Asked, Problem},
};
use crate::api::{asking::Owner, at_most::at_most, ids::Id};
use axum::{Json, extract::State};
use domain::{
    email::EmailAddress,
    failure::Failure,
    grant::MOST_GRANTS,
    id::{GroupId, InviteId},
    invite::{Invitation, Invite, InviteQuery, InviteRow, InviteState, MOST_AT_ONCE},
    member::MemberKind,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Services, access::WorkspaceOwner, invites};
use utoipa::{IntoParams, ToSchema};

/// An address asked to join.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteBody {
    #[schema(value_type = String, format = "uuid")]
    id: InviteId,
    #[schema(example = "bea@acme.test")]
    email: String,
    #[schema(value_type = String, example = "pending")]
    state: &'static str,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Becomes an owner.
    owner: bool,
    /// May see personal data where their roles reach.
    personal_data: bool,
    /// What comes with it; missing in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    grants: Option<Vec<GrantBody>>,
    /// Ids of the groups that it leads into; missing in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    groups: Option<Vec<GroupId>>,
    /// Grows with each resend.
    revision: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Those that are `pending`, `expired`, `accepted` or `revoked`; without it those that wait, whether expired or not.
    #[param(example = "pending")]
    state: Option<String>,
    /// Part of an address.
    #[param(example = "bea")]
    q: Option<String>,
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// How many groups an invite may lead into.
const MOST_GROUPS: usize = 1_000;

/// Up to 500 addresses that are asked to join with the same access.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    #[serde(deserialize_with = "at_most::<_, _, MOST_AT_ONCE>")]
    #[schema(min_items = 1, max_items = 500, example = json!(["bea@acme.test"]))]
    emails: Vec<String>,
    /// They become owners.
    #[serde(default)]
    owner: bool,
    /// They may see personal data where their roles reach.
    #[serde(default)]
    personal_data: bool,
    #[serde(default, deserialize_with = "at_most::<_, _, MOST_GRANTS>")]
    #[schema(max_items = 100)]
    grants: Vec<GrantBody>,
    /// Ids of groups.
    #[serde(default, deserialize_with = "at_most::<_, _, MOST_GROUPS>")]
    #[schema(max_items = 1000)]
    groups: Vec<String>,
}

/// Invites that were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentAll {
    items: Vec<SentBody>,
}

/// An invite with its link, which whoever holds it may accept by.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentBody {
    #[schema(value_type = String, format = "uuid")]
    id: InviteId,
    email: String,
    link: String,
    /// An earlier invite to the address ended by it.
    replaced: bool,
    /// Grows with each resend.
    revision: i64,
}

impl From<domain::invite::Invited> for SentBody {
    fn from(sent: domain::invite::Invited) -> Self {
        Self { id: sent.id, email: sent.email.to_string(), link: sent.link, replaced: sent.replaced, revision: sent.revision }
    }
}

async fn tell(services: &Services, owner: &WorkspaceOwner, invite: Invite) -> Result<InviteBody, Failure> {
    Ok(InviteBody {
        state: invite.state_at(services.now()).as_str(),
        grants: Some(grants::tell(services, owner, invite.grants.iter()).await?),
        id: invite.id,
        email: invite.email.to_string(),
        expires_at: invite.expires_at.to_string(),
        owner: invite.kind == MemberKind::Owner,
        personal_data: invite.pii,
        groups: Some(invite.groups),
        revision: i64::from(invite.generation),
    })
}

/// List invites
///
/// In order of their addresses.
#[utoipa::path(get, operation_id = "listInvitesWithAccess", path = "/api/v1/invites", tag = "Invites", params(Listing), responses((status = 200, description = "A page", body = Items<InviteBody>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, Params(params): Params<Listing>) -> Result<Json<Items<InviteBody>>, Problem> {
    let no_state = |text: &str| Failure::field("state", format_args!("no invite is `{text}`; name `pending`, `expired`, `accepted` or `revoked`"));
    let state = params.state.as_deref().filter(|text| !text.is_empty()).map(|text| InviteState::parse(text).ok_or_else(|| no_state(text)));
    let query = InviteQuery { state: state.transpose()?, search: params.q, cursor: cursor(params.cursor.as_deref())?, size: page_size(params.limit)? };
    let row = |row: InviteRow| InviteBody {
        id: row.id,
        email: row.email.to_string(),
        state: row.state.as_str(),
        expires_at: row.expires_at.to_string(),
        owner: row.kind == MemberKind::Owner,
        personal_data: row.pii,
        grants: None,
        groups: None,
        revision: i64::from(row.generation),
    };
    Ok(Json(Items::of(invites::page(&services, &owner, &query).await?, row)))
}

/// Read an invite
#[utoipa::path(get, operation_id = "readInvite", path = "/api/v1/invites/{invite}", tag = "Invites", params(("invite" = String, Path, format = "uuid", description = "The invite's id", example = "018f3c1e-4a5b-7c6d-8e7f-0123456789ab")), responses((status = 200, description = "The invite", body = InviteBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<InviteId>) -> Result<Tagged<InviteBody>, Problem> {
    let invite = tell(&services, &owner, invites::find(&services, &owner, id).await?).await?;
    Ok(Tagged::of(invite.revision, invite))
}

/// Send invites
///
/// To all addresses or to none. Mail goes out where the server can send it; the links are in the answer.
#[utoipa::path(post, operation_id = "sendInvites", path = "/api/v1/invites", tag = "Invites", request_body = Send, responses((status = 201, description = "What was sent", body = SentAll)))]
pub async fn send(State(services): State<Services>, Owner(owner): Owner, Asked(body): Asked<Send>) -> Result<(StatusCode, Json<SentAll>), Problem> {
    let email = |(place, text): (usize, &String)| EmailAddress::parse(text).map_err(|error| Failure::field(&format!("emails[{place}]"), error));
    let group = |(place, text): (usize, &String)| text.parse::<GroupId>().map_err(|error| Failure::field(&format!("groups[{place}]"), error));
    let invitation = Invitation {
        emails: body.emails.iter().enumerate().map(email).collect::<Result<_, _>>()?,
        kind: if body.owner { MemberKind::Owner } else { MemberKind::Member },
        pii: body.personal_data,
        grants: grants::read(&services, &owner, &body.grants).await?,
        groups: body.groups.iter().enumerate().map(group).collect::<Result<_, _>>()?,
    };
    let sent = invites::send(&services, &owner, invitation).await?;
    Ok((StatusCode::CREATED, Json(SentAll { items: sent.into_iter().map(SentBody::from).collect() })))
}

/// Resend an invite
///
/// With a new link; the old one is dead, and the time runs anew.
#[utoipa::path(post, operation_id = "resendInvite", path = "/api/v1/invites/{invite}/resend", tag = "Invites", params(IfMatch, ("invite" = String, Path, format = "uuid", description = "The invite's id", example = "018f3c1e-4a5b-7c6d-8e7f-0123456789ab")), responses((status = 200, description = "What was sent", body = SentBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn resend(
    State(services): State<Services>,
    IfMatch(expected): IfMatch,
    Owner(owner): Owner,
    Id(id): Id<InviteId>,
) -> Result<Tagged<SentBody>, Problem> {
    let sent = invites::resend_if(&services, &owner, id, expected).await??;
    Ok(Tagged::of(sent.revision, sent.into()))
}

/// Revoke an invite
#[utoipa::path(delete, operation_id = "revokeInvite", path = "/api/v1/invites/{invite}", tag = "Invites", params(IfMatch, ("invite" = String, Path, format = "uuid", description = "The invite's id", example = "018f3c1e-4a5b-7c6d-8e7f-0123456789ab")), responses((status = 204, description = "Its link is dead")))]
pub async fn revoke(State(services): State<Services>, IfMatch(expected): IfMatch, Owner(owner): Owner, Id(id): Id<InviteId>) -> Result<StatusCode, Problem> {
    invites::revoke_if(&services, &owner, id, expected).await??;
    Ok(StatusCode::NO_CONTENT)
}
