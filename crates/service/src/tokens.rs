//! Tokens: a machine's key to one workspace.

use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    failure::Failure,
    page::{Cursor, Page, PageSize},
    token::TokenRow,
};

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<TokenRow>, Failure> {
    store::tokens::page(&services.store, owner.workspace().id, search, cursor, PageSize::SCREEN).await.map_err(stored)
}
