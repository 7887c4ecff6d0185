//! The grants that somebody is given: checked against the catalogue, the plan, the clock and what the workspace has.

use crate::{
    refusal::{granted, stored},
    services::Services,
};
use domain::{
    failure::Failure,
    grant::{Grant, GrantSpec, MOST_GRANTS, Scope},
    id::{GrantId, ResourceId, WorkspaceId},
    label::Label,
    member::GrantDraft,
    plan::Plan,
};
use std::collections::BTreeSet;
use store::{Db, WriteTx};

/// The grants to store in place of those held.
pub(crate) async fn given(
    services: &Services,
    tx: &WriteTx,
    workspace: WorkspaceId,
    plan: Plan,
    drafts: &[GrantDraft],
    held: &[Grant],
) -> Result<Vec<Grant>, Failure> {
    let grants = checked(services, plan, drafts, held)?;
    references(tx, workspace, named(grants.iter().map(|grant| &grant.spec))).await?;
    Ok(grants)
}

/// Whether these can be given to anybody.
pub(crate) async fn sound(services: &Services, db: &impl Db, workspace: WorkspaceId, plan: Plan, specs: &[GrantSpec]) -> Result<(), Failure> {
    all_sound(services, db, workspace, plan, &[specs]).await
}

/// The same of what several are given, each of them a list; what they name is looked up at once.
pub(crate) async fn all_sound(services: &Services, db: &impl Db, workspace: WorkspaceId, plan: Plan, lists: &[&[GrantSpec]]) -> Result<(), Failure> {
    for specs in lists {
        few_enough(specs.len())?;
        for spec in *specs {
            allowed(services, plan, spec)?;
        }
    }
    references(db, workspace, named(lists.iter().copied().flatten())).await
}

fn few_enough(grants: usize) -> Result<(), Failure> {
    if grants <= MOST_GRANTS {
        return Ok(());
    }
    Err(Failure::field("roles", format_args!("{grants} roles at once are too many; use at most {MOST_GRANTS}, or a group")))
}

/// New grants of these, whose ids keep their order: of those that are made at one moment, lists tell by it.
pub(crate) fn fresh(services: &Services, specs: Vec<GrantSpec>) -> Vec<Grant> {
    let mut ids: Vec<GrantId> = specs.iter().map(|_| GrantId::new(services.now(), services.random())).collect();
    ids.sort_unstable();
    ids.into_iter().zip(specs).map(|(id, spec)| Grant { id, spec }).collect()
}

fn allowed(services: &Services, plan: Plan, spec: &GrantSpec) -> Result<(), Failure> {
    services.catalog.check_grant(spec, plan).map_err(|error| granted(&error))?;
    if spec.expires_at.is_some_and(|end| end <= services.now()) {
        return Err(Failure::field("roles", "the expiry lies in the past; choose a later moment, or none"));
    }
    Ok(())
}

/// Those held already keep their ids, new ones get theirs; each new or changed one must be allowed on the plan.
fn checked(services: &Services, plan: Plan, drafts: &[GrantDraft], held: &[Grant]) -> Result<Vec<Grant>, Failure> {
    few_enough(drafts.len())?;
    let now = services.now();
    let (mut seen, mut kept) = (BTreeSet::new(), BTreeSet::new());
    let mut grants = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if !seen.insert(&draft.spec) {
            continue;
        }
        // each that is held stands for one; what claims it too is new
        let before = draft.id.and_then(|id| held.iter().find(|grant| grant.id == id)).filter(|grant| kept.insert(grant.id));
        // what stands stays as it is, whatever the plan and the clock say now
        if before.is_none_or(|before| before.spec != draft.spec) {
            allowed(services, plan, &draft.spec)?;
        }
        let id = before.map_or_else(|| GrantId::new(now, services.random()), |grant| grant.id);
        grants.push(Grant { id, spec: draft.spec.clone() });
    }
    Ok(grants)
}

/// Every resource and label that a scope names must be there, and of a type that the role speaks of.
async fn references(db: &impl Db, workspace: WorkspaceId, named: (BTreeSet<ResourceId>, BTreeSet<Label>)) -> Result<(), Failure> {
    let (resources, labels) = named;
    let resources: Vec<_> = resources.into_iter().collect();
    let known = store::resources::known(db, workspace, &resources).await.map_err(stored)?;
    if known.len() != resources.len() {
        return Err(Failure::field("roles", "one of the resources no longer exists; reload to see the resources there are"));
    }
    let here: BTreeSet<_> = store::labels::all(db, workspace).await.map_err(stored)?.into_iter().collect();
    if let Some(label) = labels.iter().find(|label| !here.contains(*label)) {
        return Err(Failure::field("roles", format_args!("the label `{label}` does not exist in this workspace; create it first, or choose another")));
    }
    Ok(())
}

/// What these name.
pub(crate) fn named<'a>(specs: impl Iterator<Item = &'a GrantSpec>) -> (BTreeSet<ResourceId>, BTreeSet<Label>) {
    let (mut resources, mut labels) = (BTreeSet::new(), BTreeSet::new());
    for spec in specs {
        match &spec.scope {
            Scope::All => {}
            Scope::Only(ids) => resources.extend(ids.iter().copied()),
            Scope::Labelled(all) => labels.extend(all.iter().cloned()),
        }
    }
    (resources, labels)
}
