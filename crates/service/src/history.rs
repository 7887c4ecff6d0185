//! What was done lately to one thing, as its drawer tells it.

use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    audit::{Chain, Entry},
    failure::Failure,
};
use uuid::Uuid;

/// How many entries a drawer shows.
const SHOWN: u16 = 50;

pub(crate) async fn recent(services: &Services, owner: &WorkspaceOwner, object: Uuid) -> Result<Vec<Entry>, Failure> {
    store::audit::of_object(&services.store, Chain::Workspace(owner.workspace().id), object, SHOWN).await.map_err(stored)
}
