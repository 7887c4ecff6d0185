//! Resources: what members may be given access to.

use crate::{
    access::WorkspaceOwner,
    refusal::{few, stored},
    services::Services,
};
use domain::{
    failure::Failure,
    id::ResourceId,
    page::{Cursor, Page, PageSize},
    resource::{Resource, ResourceType},
};

/// One page of a type, in order of names.
pub async fn page(
    services: &Services,
    owner: &WorkspaceOwner,
    kind: &ResourceType,
    search: Option<&str>,
    cursor: Option<Cursor>,
) -> Result<Page<Resource>, Failure> {
    store::resources::page(&services.store, owner.workspace().id, Some(kind), search, cursor, PageSize::SCREEN).await.map_err(stored)
}

/// These resources; those that are gone are left out.
pub async fn named(services: &Services, owner: &WorkspaceOwner, ids: &[ResourceId]) -> Result<Vec<Resource>, Failure> {
    let ids = few(ids, "resources")?;
    store::resources::these(&services.store, owner.workspace().id, ids).await.map_err(stored)
}
