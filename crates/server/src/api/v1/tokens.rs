//! `/api/v1/tokens`: machines' keys to the workspace, managed by machines with owner access.

use super::{
    grants::{self, GrantBody},
    items::{Items, Tagged},
    params::{IfMatch, Listing, Params, cursor, page_size},
    problem::{Asked, Problem},
};
use crate::api::{
    asking::Owner,
    at_most::{at_most, maybe_at_most},
    ids::Id,
};
use axum::{Json, extract::State};
use domain::{
    failure::{Failure, FailureKind},
    grant::MOST_GRANTS,
    id::TokenId,
    member::GrantDraft,
    save::SaveOutcome,
    time::{Span, Timestamp},
    token::{Token, TokenRow, TokenState, TokenWish},
};
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use service::{
    Services,
    access::WorkspaceOwner,
    tokens::{self, CreatedToken},
};
use utoipa::ToSchema;

/// A machine's key to the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenBody {
    #[schema(value_type = String, format = "uuid")]
    id: TokenId,
    #[schema(example = "Deploy pipeline")]
    name: String,
    /// The first characters of its secret.
    #[schema(example = "rc_ws_3fQ9")]
    prefix: String,
    /// It may do all that an owner may.
    owner_access: bool,
    #[schema(value_type = String, example = "active")]
    state: &'static str,
    /// What it may do otherwise; missing in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    grants: Option<Vec<GrantBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_by: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    last_used_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    revision: i64,
    /// The secret, once: in the answer to the call that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

/// A token to be made: with owner access, or with grants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    #[schema(example = "Deploy pipeline")]
    name: String,
    #[serde(default)]
    owner_access: bool,
    #[serde(default, deserialize_with = "at_most::<_, _, MOST_GRANTS>")]
    #[schema(max_items = 100)]
    grants: Vec<GrantBody>,
    /// When it ends (RFC 3339); missing: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// What is to be otherwise; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    name: Option<String>,
    owner_access: Option<bool>,
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_GRANTS>")]
    #[schema(max_items = 100)]
    grants: Option<Vec<GrantBody>>,
    /// `null`: it ends no more.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Option<String>>,
}

/// How the secret is to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// So long the old secret works beside the new one, up to seven days.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 604800, example = 3600)]
    grace_seconds: u32,
}

/// Tells `null` from what was not said.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(from).map(Some)
}

fn moment(text: Option<&String>) -> Result<Option<Timestamp>, Failure> {
    let wrong = |text: &String| Failure::field("expires_at", format_args!("`{text}` is no moment; write it as 2026-11-23T09:30:00Z"));
    text.map(|text| Timestamp::parse(text).ok_or_else(|| wrong(text))).transpose()
}

/// As this API names its fields.
fn renamed(failure: Failure) -> Failure {
    let field = failure.field.as_deref().map(|field| match field {
        "expires" => "expires_at".to_owned(),
        "roles" => "grants".to_owned(),
        "grace" => "grace_seconds".to_owned(),
        other => other.to_owned(),
    });
    Failure { field, ..failure }
}

pub const fn word(state: TokenState) -> &'static str {
    match state {
        TokenState::Active => "active",
        TokenState::Expiring => "expiring",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    }
}

async fn tell(services: &Services, owner: &WorkspaceOwner, token: Token) -> Result<TokenBody, Failure> {
    let grants = grants::tell_held(services, owner, &token.grants).await?;
    Ok(body(token, grants, services.now()))
}

/// With its secret; nothing is read, as that could fail, and the secret is told this once.
fn tell_made(made: CreatedToken, now: Timestamp) -> (i64, TokenBody) {
    let CreatedToken { secret, token, keys, .. } = made;
    let revision = token.revision;
    let grants = grants::told(token.grants.iter().map(|grant| &grant.spec), &keys);
    (revision, TokenBody { secret: Some(secret.reveal().to_owned()), ..body(token, grants, now) })
}

fn body(token: Token, grants: Vec<GrantBody>, now: Timestamp) -> TokenBody {
    TokenBody {
        grants: Some(grants),
        state: word(TokenState::of(token.expires_at, token.revoked_at, now)),
        id: token.id,
        name: token.name.to_string(),
        prefix: token.prefix,
        owner_access: token.owner_access,
        created_by: token.created_by.map(|name| name.to_string()),
        created_at: token.created_at.to_string(),
        last_used_at: token.last_used_at.map(|at| at.to_string()),
        last_used_from: token.last_used_from,
        expires_at: token.expires_at.map(|at| at.to_string()),
        revision: token.revision,
        secret: None,
    }
}

/// List tokens
#[utoipa::path(get, operation_id = "listTokens", path = "/api/v1/tokens", tag = "Tokens", params(Listing), responses((status = 200, description = "A page", body = Items<TokenBody>)))]
pub async fn page(State(services): State<Services>, Owner(owner): Owner, Params(params): Params<Listing>) -> Result<Json<Items<TokenBody>>, Problem> {
    let page = tokens::some(&services, &owner, params.q.as_deref(), cursor(params.cursor.as_deref())?, page_size(params.limit)?).await?;
    let row = |row: TokenRow| TokenBody {
        state: word(TokenState::of(row.expires_at, row.revoked_at, services.now())),
        id: row.id,
        name: row.name.to_string(),
        prefix: row.prefix,
        owner_access: row.owner_access,
        grants: None,
        created_by: row.created_by.map(|name| name.to_string()),
        created_at: row.created_at.to_string(),
        last_used_at: row.last_used_at.map(|at| at.to_string()),
        last_used_from: row.last_used_from,
        expires_at: row.expires_at.map(|at| at.to_string()),
        revision: row.revision,
        secret: None,
    };
    Ok(Json(Items::of(page, row)))
}

/// Read a token
#[utoipa::path(get, operation_id = "readToken", path = "/api/v1/tokens/{token}", tag = "Tokens", params(("token" = String, Path, format = "uuid", description = "The token's id", example = "018f3c1e-7c8d-7e9f-8a9b-0123456789ab")),
    responses((status = 200, description = "The token", body = TokenBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn find(State(services): State<Services>, Owner(owner): Owner, Id(id): Id<TokenId>) -> Result<Tagged<TokenBody>, Problem> {
    let token = tokens::find(&services, &owner, id).await?;
    Ok(Tagged::of(token.revision, tell(&services, &owner, token).await?))
}

/// Create a token
///
/// Its secret is in this answer, and never again.
#[utoipa::path(post, operation_id = "createToken", path = "/api/v1/tokens", tag = "Tokens", request_body = Create,
    responses((status = 201, description = "The token with its secret", body = TokenBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn create(State(services): State<Services>, Owner(owner): Owner, Asked(body): Asked<Create>) -> Result<Tagged<TokenBody>, Problem> {
    let grants = grants::read(&services, &owner, &body.grants).await?.into_iter().map(|spec| GrantDraft { id: None, spec }).collect();
    let wish = TokenWish { name: body.name, owner_access: body.owner_access, grants, expires_at: moment(body.expires_at.as_ref())? };
    let made = tokens::create(&services, &owner, wish).await.map_err(renamed)?;
    let (revision, told) = tell_made(made, services.now());
    Ok(Tagged::made(revision, told))
}

/// Change a token
#[utoipa::path(patch, operation_id = "changeToken", path = "/api/v1/tokens/{token}", tag = "Tokens", params(IfMatch, ("token" = String, Path, format = "uuid", description = "The token's id", example = "018f3c1e-7c8d-7e9f-8a9b-0123456789ab")), request_body = Change,
    responses((status = 200, description = "As it is now", body = TokenBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn change(
    State(services): State<Services>,
    IfMatch(expected): IfMatch,
    Owner(owner): Owner,
    Id(id): Id<TokenId>,
    Asked(body): Asked<Change>,
) -> Result<Tagged<TokenBody>, Problem> {
    let before = tokens::find(&services, &owner, id).await?;
    let grants = match &body.grants {
        Some(bodies) => GrantDraft::of_held(&before.grants, grants::read(&services, &owner, bodies).await?),
        // an owner needs no grants
        None if body.owner_access == Some(true) => Vec::new(),
        None => before.grants.iter().map(GrantDraft::from).collect(),
    };
    let wish = TokenWish {
        name: body.name.unwrap_or_else(|| before.name.to_string()),
        owner_access: body.owner_access.unwrap_or(before.owner_access),
        grants,
        expires_at: match &body.expires_at {
            None => before.expires_at,
            Some(end) => moment(end.as_ref())?,
        },
    };
    // what was not named is as it was read: the change is of that revision, whatever was expected
    expected.hold(Some(before.revision))?;
    match tokens::change(&services, &owner, id, before.revision, &wish).await.map_err(renamed)? {
        SaveOutcome::Saved(token) => Ok(Tagged::of(token.revision, tell(&services, &owner, token).await?)),
        SaveOutcome::Conflict(theirs) => {
            expected.hold(Some(theirs.revision))?;
            Err(Failure::new(FailureKind::Conflict, "somebody else changed it at the same moment; nothing was changed, try again").into())
        }
    }
}

/// Rotate a token's secret
///
/// The new secret is in this answer, and never again.
#[utoipa::path(post, operation_id = "rotateToken", path = "/api/v1/tokens/{token}/rotate", tag = "Tokens", params(IfMatch, ("token" = String, Path, format = "uuid", description = "The token's id", example = "018f3c1e-7c8d-7e9f-8a9b-0123456789ab")), request_body = Rotate,
    responses((status = 200, description = "The token with its new secret", body = TokenBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn rotate(
    State(services): State<Services>,
    IfMatch(expected): IfMatch,
    Owner(owner): Owner,
    Id(id): Id<TokenId>,
    Asked(body): Asked<Rotate>,
) -> Result<Tagged<TokenBody>, Problem> {
    let grace = Span::seconds(i64::from(body.grace_seconds));
    let made = tokens::rotate_if(&services, &owner, id, grace, expected).await.map_err(renamed)??;
    let (revision, told) = tell_made(made, services.now());
    Ok(Tagged::of(revision, told))
}

/// Revoke a token
///
/// At once, and for good.
#[utoipa::path(delete, operation_id = "revokeToken", path = "/api/v1/tokens/{token}", tag = "Tokens", params(IfMatch, ("token" = String, Path, format = "uuid", description = "The token's id", example = "018f3c1e-7c8d-7e9f-8a9b-0123456789ab")), responses((status = 204, description = "It works no more")))]
pub async fn revoke(State(services): State<Services>, IfMatch(expected): IfMatch, Owner(owner): Owner, Id(id): Id<TokenId>) -> Result<StatusCode, Problem> {
    tokens::revoke_if(&services, &owner, id, expected).await??;
    Ok(StatusCode::NO_CONTENT)
}
