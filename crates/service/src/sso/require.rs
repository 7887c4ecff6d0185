//! Requiring single sign-on: who comes otherwise does not enter, but for named exceptions. One way in is always kept for when the
//! provider is down: an excepted owner with a password.
//!
//! It is switched on only by an owner who came by single sign-on right now, so that nobody requires what doesn't work.

use super::on_plan;
use crate::{access::WorkspaceOwner, members::still_theirs, refusal::stored, services::Services};
use domain::{
    audit::{Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::{MemberId, WorkspaceId},
    sso::require::{MOST_EXCEPTIONS, RequirementSnapshot, RequirementWish, SsoException, SsoRequirement},
    workspace::Workspace,
};
use std::collections::BTreeSet;
use store::{Db, StoreError, WriteTx};

pub async fn find(services: &Services, owner: &WorkspaceOwner) -> Result<SsoRequirement, Failure> {
    let here = store::workspaces::by_id(&services.store, owner.workspace().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    shown(&services.store, owner, &here).await
}

async fn shown(db: &impl Db, owner: &WorkspaceOwner, here: &Workspace) -> Result<SsoRequirement, Failure> {
    let exceptions = store::sso::requirement::exceptions(db, here.id).await.map_err(stored)?;
    let hindrance = if here.sso_required { None } else { came_by_it(owner, here).err().map(|failure| failure.message) };
    Ok(SsoRequirement { required: here.sso_required, exceptions, hindrance })
}

/// Whether who asks has shown that it works.
fn came_by_it(owner: &WorkspaceOwner, here: &Workspace) -> Result<(), Failure> {
    on_plan(here.plan)?;
    if owner.person()?.came_by_sso() {
        return Ok(());
    }
    let message = "sign in by this workspace's single sign-on first, and switch it on then: so nobody requires what doesn't work";
    Err(Failure::new(FailureKind::Conflict, message))
}

/// Sets whether it is required and whom it excepts, as one change. Sessions that came otherwise lose the workspace with it.
pub async fn set(services: &Services, owner: &WorkspaceOwner, wish: &RequirementWish) -> Result<SsoRequirement, Failure> {
    let members: Vec<MemberId> = wish.exceptions.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if members.len() > MOST_EXCEPTIONS {
        return Err(Failure::field("exceptions", format_args!("{} exceptions are too many; name at most {MOST_EXCEPTIONS}", members.len())));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let before = shown(&tx, owner, &here).await?;
    if wish.required && !here.sso_required {
        came_by_it(owner, &here)?;
        if store::sso::connections::count_enabled(&tx, here.id).await.map_err(stored)? == 0 {
            return Err(Failure::new(FailureKind::Conflict, "no connection is switched on; switch one on first"));
        }
    }
    store::workspaces::require_sso(&tx, here.id, wish.required).await.map_err(stored)?;
    store::sso::requirement::set_exceptions(&tx, here.id, &members).await.map_err(|error| match error {
        StoreError::Reference => Failure::field("exceptions", "one of them is no longer a member; reload to see who is"),
        other => stored(other),
    })?;
    let after = shown(&tx, owner, &Workspace { sso_required: wish.required, ..here.clone() }).await?;
    if wish.required && !after.exceptions.iter().any(|exception| exception.is_break_glass) {
        let message = "name at least one owner with a password and a proven address as an exception: the way in when the provider is down. Account pages tell whether an address is proven";
        return Err(Failure { kind: FailureKind::Conflict, ..Failure::field("exceptions", message) });
    }
    let (was, is) = (RequirementSnapshot::from(&before), RequirementSnapshot::from(&after));
    if was != is {
        let event = SsoEvent::SsoRequirementChanged { before: was, after: is };
        tx.commit(owner.record(services, event.into(), Some(Object::new("workspace", here.id.uuid())))).await.map_err(stored)?;
    }
    Ok(after)
}

/// Who was excepted when they were removed and is a member again is excepted again: they may have no other way in. Says so for the trail.
pub(crate) async fn excepted_again(tx: &WriteTx, here: &Workspace, members: &[MemberId]) -> Result<Option<SsoEvent>, Failure> {
    if members.is_empty() {
        return Ok(None);
    }
    let before = snapshot(tx, here).await?;
    store::sso::requirement::except_too(tx, here.id, members).await.map_err(stored)?;
    Ok(Some(SsoEvent::SsoRequirementChanged { before, after: snapshot(tx, here).await? }))
}

async fn snapshot(db: &impl Db, here: &Workspace) -> Result<RequirementSnapshot, Failure> {
    let exceptions = store::sso::requirement::exceptions(db, here.id).await.map_err(stored)?;
    Ok(RequirementSnapshot::from(&SsoRequirement { required: here.sso_required, exceptions, hindrance: None }))
}

/// After an owner was removed or demoted: a workspace that requires single sign-on keeps its way in. Its lock is held. Nobody else's going takes a
/// way in; where none is left already, who is no owner can be removed all the same.
pub(crate) async fn a_way_in_is_left(tx: &WriteTx, workspace: WorkspaceId) -> Result<(), Failure> {
    let here = store::workspaces::by_id(tx, workspace).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    a_way_in_beside(tx, &here, None).await
}

/// Whether there is one beside who is about to go.
pub(crate) async fn a_way_in_beside(db: &impl Db, here: &Workspace, goes: Option<MemberId>) -> Result<(), Failure> {
    if !here.sso_required {
        return Ok(());
    }
    let exceptions = store::sso::requirement::exceptions(db, here.id).await.map_err(stored)?;
    if exceptions.iter().any(|exception: &SsoException| exception.is_break_glass && Some(exception.member) != goes) {
        return Ok(());
    }
    let message = "the last owner who may come by password can't go while single sign-on is required; in the workspace's settings, except another owner \
        first, who has a password and a proven address: owners prove theirs on their account page";
    Err(Failure { field: Some("kind".to_owned()), ..Failure::new(FailureKind::Conflict, message) })
}
