//! `GET /api/v1/workspace`: which workspace a token is of.

use super::Problem;
use crate::api::asking::Token;
use axum::Json;
use domain::id::WorkspaceId;
use serde::Serialize;
use utoipa::ToSchema;

/// A token's workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceBody {
    #[schema(value_type = String, format = "uuid")]
    id: WorkspaceId,
    #[schema(example = "acme")]
    slug: String,
    #[schema(example = "Acme")]
    name: String,
    #[schema(example = "business")]
    plan: String,
    policy_version: i64,
    /// Whether the token that asks manages it.
    owner_access: bool,
}

/// Read the workspace
#[utoipa::path(get, operation_id = "readWorkspace", path = "/api/v1/workspace", tag = "Workspace", responses((status = 200, description = "The token's workspace", body = WorkspaceBody)))]
pub async fn find(Token(token): Token) -> Result<Json<WorkspaceBody>, Problem> {
    let workspace = token.workspace();
    Ok(Json(WorkspaceBody {
        id: workspace.id,
        slug: workspace.slug.to_string(),
        name: workspace.name.to_string(),
        plan: workspace.plan.as_str().to_owned(),
        policy_version: workspace.policy_version,
        owner_access: token.has_owner_access(),
    }))
}
