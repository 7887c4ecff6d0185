//! A workspace's settings: what it is called, where it stands, when sessions must sign in again, how long invites last.

use crate::{
    access::WorkspaceOwner,
    members::still_theirs,
    refusal::{named, stored},
    services::Services,
};
use domain::{
    audit::{Event, Object},
    failure::{Failure, FailureKind, both},
    save::SaveOutcome,
    settings::{IdleLimit, InviteDays, SettingsSnapshot, SettingsWish, WorkspaceRules, WorkspaceSettings},
    text::WorkspaceName,
    workspace::{Workspace, WorkspaceSlug},
};
use store::{Constraint, StoreError};

pub async fn find(services: &Services, owner: &WorkspaceOwner) -> Result<WorkspaceSettings, Failure> {
    let found = store::workspaces::by_id(&services.store, owner.workspace().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    Ok(WorkspaceSettings::of(&found, &services.catalog))
}

/// Saves all of them as one change. Where somebody else was first, nothing is written and theirs comes back.
pub async fn change(services: &Services, owner: &WorkspaceOwner, revision: i64, wish: &SettingsWish) -> Result<SaveOutcome<WorkspaceSettings>, Failure> {
    let (name, slug, rules) = parsed(wish)?;
    let tx = services.store.begin().await.map_err(stored)?;
    let before = still_theirs(services, &tx, owner).await?;
    if before.revision != revision {
        return Ok(SaveOutcome::Conflict(WorkspaceSettings::of(&before, &services.catalog)));
    }
    let after = Workspace { name, slug, rules, revision: revision + 1, ..before.clone() };
    if before.slug != after.slug && store::workspaces::slug_taken(&tx, &after.slug).await.map_err(stored)? {
        return Err(taken(&after.slug));
    }
    // two workspaces that want the same name at once are told apart by the database
    let set = store::workspaces::set(&tx, before.id, revision, &after.name, &after.slug, after.rules).await;
    set.map_err(|error| match error {
        StoreError::Conflict(Constraint::WorkspaceSlug) => taken(&after.slug),
        other => stored(other),
    })?;
    let event = Event::SettingsChanged { before: SettingsSnapshot::from(&before), after: SettingsSnapshot::from(&after) };
    tx.commit(owner.record(services, event, Some(Object::new("workspace", before.id.uuid())))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(WorkspaceSettings::of(&after, &services.catalog)))
}

fn parsed(wish: &SettingsWish) -> Result<(WorkspaceName, WorkspaceSlug, WorkspaceRules), Failure> {
    let name = WorkspaceName::parse(&wish.name).map_err(named("name"));
    let slug = WorkspaceSlug::parse(wish.slug.trim()).map_err(|error| Failure::field("slug", error));
    let idle = IdleLimit::parse(wish.idle_minutes).map_err(|error| Failure::field("idle_minutes", error));
    let ((name, slug), (idle, invites)) = both(both(name, slug), both(idle, invite_days(wish.invite_days.trim())))?;
    Ok((name, slug, WorkspaceRules { idle, invites }))
}

fn invite_days(text: &str) -> Result<InviteDays, Failure> {
    let days =
        text.parse().map_err(|_| Failure::field("invite_days", format_args!("`{text}` is no number of days; write one from 1 to {}", InviteDays::MOST)))?;
    InviteDays::parse(days).map_err(|error| Failure::field("invite_days", error))
}

fn taken(slug: &WorkspaceSlug) -> Failure {
    Failure { kind: FailureKind::Conflict, ..Failure::field("slug", format_args!("another workspace has the address `{slug}`; choose another")) }
}
