//! User groups: named sets of members that share grants.

use crate::{
    access::WorkspaceOwner,
    refusal::{few, stored},
    services::Services,
};
use domain::{
    failure::Failure,
    group::{GroupRef, GroupRow},
    id::GroupId,
    page::{Cursor, Page, PageSize},
};

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<GroupRow>, Failure> {
    store::groups::page(&services.store, owner.workspace().id, search, cursor, PageSize::SCREEN).await.map_err(stored)
}

/// How these groups are called; those that are gone are left out.
pub async fn named(services: &Services, owner: &WorkspaceOwner, ids: &[GroupId]) -> Result<Vec<GroupRef>, Failure> {
    let ids = few(ids, "groups")?;
    store::groups::named(&services.store, owner.workspace().id, ids).await.map_err(stored)
}
