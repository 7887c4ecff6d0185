//! Deletes a workspace: closed at once, kept for some days in case its owners think better of it, then gone for good with all that is in it.

use crate::{
    access::{ClosedOwner, WorkspaceOwner},
    mail::Mail,
    members::still_theirs,
    postman::post,
    refusal::stored,
    services::Services,
};
use domain::{
    audit::{Actor, Chain, Event, Object, Origin},
    failure::{Failure, FailureKind},
    id::WorkspaceId,
    member::MemberKind,
    time::Timestamp,
    workspace::{KEPT_FOR, WorkspaceContents},
};
use std::time::Duration;

/// How often the server looks whether a workspace's time has come.
const EVERY: Duration = Duration::from_secs(600);

/// How many things are removed at once; others may write in between.
const BATCH: u64 = 500;

/// To how many owners it is mailed.
const MOST_MAILS: u16 = 50;

/// All that would go, in numbers.
pub async fn contents(services: &Services, owner: &WorkspaceOwner) -> Result<WorkspaceContents, Failure> {
    store::workspaces::contents(&services.store, owner.workspace().id).await.map_err(stored)
}

/// Closes the workspace from this moment on; its name was typed to confirm. Says when it will be deleted.
pub async fn close(services: &Services, owner: &WorkspaceOwner, typed: &str) -> Result<Timestamp, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let workspace = still_theirs(services, &tx, owner).await?;
    if typed.trim() != workspace.name.as_str() {
        return Err(Failure::field("name", format_args!("that is not the workspace's name; type {} to confirm", workspace.name)));
    }
    let deleted_at = services.now().plus(KEPT_FOR);
    let contents = store::workspaces::contents(&tx, workspace.id).await.map_err(stored)?;
    store::workspaces::close(&tx, workspace.id, Some(deleted_at)).await.map_err(stored)?;
    for email in store::members::owner_addresses(&tx, workspace.id, MOST_MAILS).await.map_err(stored)? {
        post(services, &tx, Some(workspace.id), &email, &Mail::Closed { by: owner.name().to_string(), deleted_at }).await?;
    }
    let event = Event::WorkspaceClosed { name: workspace.name.to_string(), deleted_at, contents };
    tx.commit(owner.record(services, event, Some(Object::new("workspace", workspace.id.uuid())))).await.map_err(stored)?;
    services.mail_waits.notify_one();
    tracing::info!(workspace.id = %workspace.id, %deleted_at, "a workspace was closed, to be deleted");
    Ok(deleted_at)
}

/// Opens the workspace again, as it was. Too late once its deletion has begun.
pub async fn keep(services: &Services, owner: &ClosedOwner) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let workspace = store::workspaces::lock(&tx, owner.workspace().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    let standing = store::members::by_account(&tx, workspace.id, owner.account().id).await.map_err(stored)?;
    if standing.is_none_or(|standing| standing.kind != MemberKind::Owner) {
        return Err(Failure::not_found());
    }
    match workspace.deleted_at {
        None => return Err(Failure::new(FailureKind::Conflict, "the workspace is open already: another owner kept it")),
        // the clocks of several nodes differ: what is due may be on its way
        Some(moment) if moment <= services.now() => return Err(Failure::new(FailureKind::Conflict, "it is too late: the workspace is being deleted")),
        Some(_) => {}
    }
    store::workspaces::close(&tx, workspace.id, None).await.map_err(stored)?;
    tx.commit(owner.record(services, Event::WorkspaceKept { name: workspace.name.to_string() })).await.map_err(stored)?;
    Ok(())
}

/// Looks until the server stops.
pub async fn run(services: Services) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&services).await {
            tracing::warn!(%error, "a closed workspace could not be deleted");
        }
    }
}

/// Deletes every workspace whose time has come, and what an earlier round did not end; says how many are gone.
pub async fn round(services: &Services) -> Result<usize, Failure> {
    for id in store::deletion::due(&services.store, services.now()).await.map_err(stored)? {
        begin(services, id).await?;
    }
    let begun = store::deletion::begun(&services.store).await.map_err(stored)?;
    for id in &begun {
        while store::deletion::sweep(&services.store, *id, BATCH).await.map_err(stored)? > 0 {
            tokio::task::yield_now().await;
        }
        store::deletion::finish(&services.store, *id).await.map_err(stored)?;
        tracing::info!(workspace.id = %id, "a workspace was deleted");
    }
    Ok(begun.len())
}

/// From here on nobody finds it. The trail of accounts keeps that it was there: its own goes with it.
async fn begin(services: &Services, id: WorkspaceId) -> Result<(), Failure> {
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    let Some(workspace) = store::workspaces::lock(&tx, id).await.map_err(stored)? else { return Ok(()) };
    if !store::deletion::begin(&tx, id, now).await.map_err(stored)? {
        return Ok(());
    }
    let contents = store::workspaces::contents(&tx, id).await.map_err(stored)?;
    let event = Event::WorkspaceDeleted { name: workspace.name.to_string(), slug: workspace.slug.to_string(), contents };
    let object = Object::new("workspace", id.uuid());
    tx.commit(services.record(Chain::Accounts, Actor::System, event, Some(object), Origin::default())).await.map_err(stored)?;
    Ok(())
}
