//! Workspaces: founding one, and the list of one's own.

use crate::{
    access::{SignedIn, WorkspaceMember},
    refusal::{named, stored},
    services::Services,
};
use domain::{
    account::Account,
    audit::{Actor, Chain, Event, Object, Origin, Record},
    failure::{Failure, FailureKind},
    id::{AccountId, MemberId, WorkspaceId},
    label::Label,
    member::MemberKind,
    plan::Plan,
    text::WorkspaceName,
    workspace::{Membership, Workspace, WorkspaceCounts, WorkspaceSlug},
};
use std::collections::BTreeSet;
use store::{WriteTx, members::NewMember};

/// A workspace is founded on this plan; the operator sets another (`rolecall workspace set-plan`). Self-hosted, nothing is held back.
const FIRST_PLAN: Plan = Plan::Business;

/// How many spellings of a slug are tried before giving up.
const SPELLINGS: u32 = 200;

pub async fn mine(services: &Services, me: &SignedIn) -> Result<Vec<Membership>, Failure> {
    let mut mine = store::workspaces::memberships(&services.store, me.account().id).await.map_err(stored)?;
    // its members find a closed workspace nowhere; its owners find the way back
    mine.retain(|one| one.kind == MemberKind::Owner || !one.workspace.is_closed());
    // whose provider speaks for no more than its own workspace sees no other
    mine.retain(|one| me.came().reaches(one.workspace.id));
    Ok(mine)
}

pub async fn create(services: &Services, me: &SignedIn, name: &str) -> Result<WorkspaceSlug, Failure> {
    me.came().speaks_for_the_account()?;
    let name = WorkspaceName::parse(name).map_err(named("workspace_name"))?;
    if !services.signup_is_open() {
        return Err(Failure::new(FailureKind::Forbidden, "new workspaces are made by the operator here; ask them for one"));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let (slug, created) = found(services, &tx, me.account(), &name, &me.meta().origin()).await?;
    tx.commit(created).await.map_err(stored)?;
    Ok(slug)
}

pub async fn counts(services: &Services, member: &WorkspaceMember) -> Result<WorkspaceCounts, Failure> {
    let (db, workspace) = (&services.store, member.workspace().id);
    let is_owner = member.kind() == MemberKind::Owner;
    let reviews = store::reviews::count_waiting(db, workspace, member.member(), is_owner).await.map_err(stored)?;
    Ok(WorkspaceCounts { reviews, ..store::workspaces::counts(db, workspace).await.map_err(stored)? })
}

/// Locks the workspace for this change. One that was closed meanwhile is there for nobody.
pub(crate) async fn locked(tx: &WriteTx, id: WorkspaceId) -> Result<Workspace, Failure> {
    let found = store::workspaces::lock(tx, id).await.map_err(stored)?;
    found.filter(|workspace| !workspace.is_closed()).ok_or_else(Failure::not_found)
}

/// Where an account is a member, each workspace locked for this change, in the order of their ids. What is being deleted for good is left out.
pub(crate) async fn locked_places(tx: &WriteTx, account: AccountId) -> Result<Vec<Membership>, Failure> {
    let known: BTreeSet<WorkspaceId> = store::workspaces::memberships(tx, account).await.map_err(stored)?.into_iter().map(|place| place.workspace.id).collect();
    for id in &known {
        store::workspaces::lock(tx, *id).await.map_err(stored)?;
    }
    // what they were before they were held may have changed
    let mut places = store::workspaces::memberships(tx, account).await.map_err(stored)?;
    places.retain(|place| known.contains(&place.workspace.id));
    Ok(places)
}

/// Founds a workspace with its first owner and its two labels, inside the transaction; gives the record to commit with.
pub(crate) async fn found(
    services: &Services,
    tx: &WriteTx,
    owner: &Account,
    name: &WorkspaceName,
    origin: &Origin,
) -> Result<(WorkspaceSlug, Record), Failure> {
    let now = services.now();
    let slug = free_slug(tx, name).await?;
    let workspace = Workspace::new(WorkspaceId::new(now, services.random()), slug.clone(), name.clone(), FIRST_PLAN);
    store::workspaces::insert(tx, &workspace, now).await.map_err(stored)?;
    let member = NewMember {
        id: MemberId::new(now, services.random()),
        account: owner.id,
        name: owner.name.clone(),
        email: owner.email.clone(),
        kind: MemberKind::Owner,
        pii: false,
        joined_at: now,
        last_seen_at: Some(now),
        revision: 1,
    };
    store::members::insert(tx, workspace.id, &member).await.map_err(stored)?;
    store::labels::insert_many(tx, workspace.id, &Label::built_in(), now).await.map_err(stored)?;
    let actor = Actor::Member { id: member.id, name: owner.name.to_string() };
    let event = Event::WorkspaceCreated { name: name.to_string(), slug: slug.to_string() };
    let object = Object::new("workspace", workspace.id.uuid());
    Ok((slug, services.record(Chain::Workspace(workspace.id), actor, event, Some(object), origin.clone())))
}

async fn free_slug(tx: &WriteTx, name: &WorkspaceName) -> Result<WorkspaceSlug, Failure> {
    for attempt in 0..SPELLINGS {
        let slug = WorkspaceSlug::suggest(name, attempt);
        if !store::workspaces::slug_taken(tx, &slug).await.map_err(stored)? {
            return Ok(slug);
        }
    }
    Err(Failure::field("workspace_name", "many workspaces have this name already; choose another"))
}
