//! Domains: added, proven by a DNS record or a tag on their page, looked at again, and removed.

use super::{
    on_plan,
    proofs::{self, Seen, look},
};
use crate::{access::WorkspaceOwner, members::still_owner, refusal::stored, secrets, services::Services};
use domain::{
    audit::{Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::DomainId,
    sso::domains::{DomainCheck, DomainName, DomainState, MOST_DOMAINS, PROOF_LASTS, WorkspaceDomain},
};
use store::{Constraint, Db, StoreError, sso::domains::NewDomain};

/// All of the workspace in order of their names.
pub async fn all(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<WorkspaceDomain>, Failure> {
    store::sso::domains::all(&services.store, owner.workspace().id, services.now()).await.map_err(stored)
}

/// Adds one, to be proven. One whose proof was not shown in time begins anew.
pub async fn add(services: &Services, owner: &WorkspaceOwner, typed: &str) -> Result<WorkspaceDomain, Failure> {
    let name = DomainName::parse(typed).map_err(|error| Failure::field("domain", error))?;
    let (workspace, now) = (owner.workspace().id, services.now());
    let conflict = |message: String| Failure { kind: FailureKind::Conflict, ..Failure::field("domain", message) };
    let tx = services.store.begin().await.map_err(stored)?;
    on_plan(still_owner(services, &tx, owner).await?)?;
    match store::sso::domains::by_name(&tx, workspace, &name, now).await.map_err(stored)? {
        Some(there) if there.state == DomainState::Expired => {
            store::sso::domains::remove(&tx, workspace, there.id).await.map_err(stored)?;
        }
        Some(_) => return Err(conflict(format!("{name} is in the list already"))),
        None => {}
    }
    free(&tx, owner, &name).await?;
    if store::sso::domains::count(&tx, workspace).await.map_err(stored)? >= MOST_DOMAINS as u64 {
        return Err(conflict(format!("this workspace has {MOST_DOMAINS} domains already; remove one first")));
    }
    let id = DomainId::new(now, services.random());
    let token = secrets::id(services.entropy.as_ref());
    let new = NewDomain { id, name: name.clone(), token, created_at: now, expires_at: now.plus(PROOF_LASTS) };
    store::sso::domains::insert(&tx, workspace, &new).await.map_err(stored)?;
    let added = found(&tx, services, owner, id).await?;
    let event = SsoEvent::SsoDomainAdded { domain: name.to_string() };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    Ok(added)
}

/// A domain is one workspace's at a time. Whose it is, is nobody else's to know.
async fn free(db: &impl Db, owner: &WorkspaceOwner, name: &DomainName) -> Result<(), Failure> {
    match store::sso::domains::proven_for(db, name).await.map_err(stored)? {
        Some(other) if other != owner.workspace().id => Err(taken(name)),
        Some(_) | None => Ok(()),
    }
}

fn taken(name: &DomainName) -> Failure {
    let message = format_args!("`{name}` is proven for another workspace; its owners must remove it there first");
    Failure { kind: FailureKind::Conflict, ..Failure::field("domain", message) }
}

/// Looks for its proof now. What was proven stays so until its proof was missing for too long; see [`proofs`].
pub async fn check(services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<DomainCheck, Failure> {
    let before = found(&services.store, services, owner, id).await?;
    if before.state == DomainState::Expired {
        return Err(Failure::new(FailureKind::Conflict, "the time to prove this domain is over; add it again for a new proof"));
    }
    on_plan(owner.workspace().plan)?;
    free(&services.store, owner, &before.name).await?;
    // the change begins after: nobody waits for the domain name system with the workspace's lock in hand
    let (seen, now) = (look(services, &before).await, services.now());
    let is_there = matches!(seen, Seen::Shown(_));
    if before.is_proven() {
        proofs::settle(services, owner.workspace().id, &before, seen).await?;
        return Ok(DomainCheck { domain: found(&services.store, services, owner, id).await?, found: is_there });
    }
    match seen {
        Seen::Shown(method) => {
            let tx = services.store.begin().await.map_err(stored)?;
            still_owner(services, &tx, owner).await?;
            let proven = store::sso::domains::prove(&tx, owner.workspace().id, id, method, now).await.map_err(|error| match error {
                StoreError::Conflict(Constraint::ProvenDomain) => taken(&before.name),
                other => stored(other),
            })?;
            if proven {
                let event = SsoEvent::SsoDomainProven { domain: before.name.to_string(), by: method };
                tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
            }
        }
        Seen::Missing(note) | Seen::Unanswered(note) => store::sso::domains::not_found(&services.store, id, now, &note).await.map_err(stored)?,
    }
    Ok(DomainCheck { domain: found(&services.store, services, owner, id).await?, found: is_there })
}

/// Removes it. Who is linked already stays linked; new people under it are known no more.
pub async fn remove(services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let before = found(&tx, services, owner, id).await?;
    store::sso::domains::remove(&tx, owner.workspace().id, id).await.map_err(stored)?;
    let event = SsoEvent::SsoDomainRemoved { domain: before.name.to_string(), proven: before.is_proven() };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

async fn found(db: &impl Db, services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<WorkspaceDomain, Failure> {
    let found = store::sso::domains::find(db, owner.workspace().id, id, services.now()).await.map_err(stored)?;
    found.ok_or_else(|| Failure::new(FailureKind::NotFound, "this domain is not in the workspace, or no longer"))
}

pub(super) fn object(id: DomainId) -> Object {
    Object::new("domain", id.uuid())
}
