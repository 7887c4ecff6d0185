//! `GET /`: which workspace a token is of. Any token may know that.

use super::envelope::Data;
use crate::api::asking::Token;
use domain::{id::WorkspaceId, text::WorkspaceName, workspace::WorkspaceSlug};
use serde::Serialize;

#[derive(Serialize)]
pub struct Found {
    workspace: Workspace,
}

#[derive(Serialize)]
struct Workspace {
    id: WorkspaceId,
    slug: WorkspaceSlug,
    name: WorkspaceName,
}

pub async fn find(Token(token): Token) -> Data<Found> {
    let here = token.workspace();
    Data::of(Found { workspace: Workspace { id: here.id, slug: here.slug.clone(), name: here.name.clone() } })
}
