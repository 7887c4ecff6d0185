//! User groups: named sets of members that share grants.

use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    failure::Failure,
    group::GroupRow,
    page::{Cursor, Page, PageSize},
};

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<GroupRow>, Failure> {
    store::groups::page(&services.store, owner.workspace().id, search, cursor, PageSize::SCREEN).await.map_err(stored)
}
