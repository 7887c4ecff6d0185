//! `GET /`: which workspace a token is of. Any token may know that.

use super::envelope::Data;
use crate::api::asking::Token;
use domain::{id::WorkspaceId, text::WorkspaceName, workspace::WorkspaceSlug};
use serde::Serialize;
use utoipa::ToSchema;

/// Whose token it is.
#[derive(Serialize, ToSchema)]
#[schema(as = WorkspaceFound)]
pub struct Found {
    workspace: Workspace,
}

/// A workspace.
#[derive(Serialize, ToSchema)]
struct Workspace {
    #[schema(value_type = String, format = "uuid", example = "018f3c1e-1a2b-7c3d-8e4f-0123456789ab")]
    id: WorkspaceId,
    /// Its part of the console's addresses.
    #[schema(value_type = String, example = "acme")]
    slug: WorkspaceSlug,
    #[schema(value_type = String, example = "Acme")]
    name: WorkspaceName,
}

/// Get workspace
///
/// The workspace that the token is of. Any token may know that.
#[utoipa::path(get, operation_id = "getWorkspace", path = "/api", tag = "Workspaces",
    responses((status = 200, description = "The token's workspace", body = Data<Found>)))]
pub async fn find(Token(token): Token) -> Data<Found> {
    let here = token.workspace();
    Data::of(Found { workspace: Workspace { id: here.id, slug: here.slug.clone(), name: here.name.clone() } })
}
