//! `/api/v1/requests`: members who ask for access, and the owners' answers.

use super::{
    grants::{self, GrantBody},
    items::Items,
    params::{Paging, Params, cursor, page_size},
    problem::{Asked, Problem},
};
use crate::api::{asking::Owner, at_most::at_most, ids::Id};
use axum::{Json, extract::State};
use domain::{
    grant::MOST_GRANTS,
    id::{MemberId, RequestId, ResourceId},
    request::AccessRequest,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Services, requests};
use utoipa::ToSchema;

/// A member's request that waits for an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestBody {
    #[schema(value_type = String, format = "uuid")]
    id: RequestId,
    /// Who asks.
    #[schema(value_type = String, format = "uuid")]
    user: MemberId,
    name: String,
    email: String,
    /// The role that they ask for, where they know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    role: Option<String>,
    /// Our id of what they mean, where their words name one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    resource_id: Option<ResourceId>,
    /// Its name, or else what they typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resource: Option<String>,
    reason: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// What they are given, beside what they hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    #[serde(deserialize_with = "at_most::<_, _, MOST_GRANTS>")]
    #[schema(min_items = 1, max_items = 100)]
    grants: Vec<GrantBody>,
}

/// A word to them; may be empty.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    #[serde(default)]
    answer: String,
}

impl From<AccessRequest> for RequestBody {
    fn from(request: AccessRequest) -> Self {
        Self {
            id: request.id,
            user: request.member,
            name: request.name.to_string(),
            email: request.email.to_string(),
            role: request.role.map(|role| role.to_string()),
            resource_id: request.resource,
            resource: request.resource_name,
            reason: request.reason.to_string(),
            created_at: request.created_at.to_string(),
        }
    }
}

/// List access requests
///
/// Those that wait for an answer, the oldest first.
#[utoipa::path(get, operation_id = "listAccessRequests", path = "/api/v1/requests", tag = "Access requests", params(Paging), responses((status = 200, description = "A page", body = Items<RequestBody>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, Params(params): Params<Paging>) -> Result<Json<Items<RequestBody>>, Problem> {
    let page = requests::page(&services, &owner, cursor(params.cursor.as_deref())?, page_size(params.limit)?).await?;
    Ok(Json(Items::of(page, RequestBody::from)))
}

/// Read an access request
#[utoipa::path(get, operation_id = "readAccessRequest", path = "/api/v1/requests/{request}", tag = "Access requests", params(("request" = String, Path, format = "uuid", description = "The request's id", example = "018f3c1e-5b6c-7d7e-8f8a-0123456789ab")), responses((status = 200, description = "The request", body = RequestBody)))]
pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<RequestId>) -> Result<Json<RequestBody>, Problem> {
    Ok(Json(requests::find(&services, &owner, id).await?.into()))
}

/// Approve an access request
///
/// The member gets these roles and a mail. One that is answered already is not found: there is no revision to name.
#[utoipa::path(post, operation_id = "approveAccessRequest", path = "/api/v1/requests/{request}/approve", tag = "Access requests", params(("request" = String, Path, format = "uuid", description = "The request's id", example = "018f3c1e-5b6c-7d7e-8f8a-0123456789ab")), request_body = Approve,
    responses((status = 204, description = "They have it")))]
pub async fn approve(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<RequestId>, Asked(body): Asked<Approve>) -> Result<StatusCode, Problem> {
    let grants = grants::read(&services, &owner, &body.grants).await?;
    requests::approve(&services, &owner, id, &grants).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decline an access request
///
/// One that is answered already is not found: there is no revision to name.
#[utoipa::path(post, operation_id = "declineAccessRequest", path = "/api/v1/requests/{request}/decline", tag = "Access requests", params(("request" = String, Path, format = "uuid", description = "The request's id", example = "018f3c1e-5b6c-7d7e-8f8a-0123456789ab")), request_body = Decline,
    responses((status = 204, description = "They are told")))]
pub async fn decline(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<RequestId>, Asked(body): Asked<Decline>) -> Result<StatusCode, Problem> {
    requests::decline(&services, &owner, id, &body.answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
