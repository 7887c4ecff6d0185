//! Resources made, renamed, moved and deleted: by owners.

use super::{detail, gone, registry::ours};
use crate::{
    access::WorkspaceOwner,
    members,
    refusal::{named, stored},
    services::Services,
};
use domain::{
    audit::{Event, Object, ResourceSnapshot},
    catalog::{Catalog, TypeEntry},
    failure::{Failure, FailureKind},
    held::HeldGrant,
    id::{ResourceId, WorkspaceId},
    label::Label,
    page::PageSize,
    policy::Sight,
    resource::{Resource, ResourceDetail, ResourceQuery, ResourceRef, ResourceType, ResourceWish},
    save::{Expected, SaveOutcome, Stale},
    text::{ResourceKey, ResourceName},
};
use std::collections::BTreeSet;
use store::{
    Constraint, StoreError, WriteTx,
    held::{self, Naming},
};

/// How many steps up a parent is followed. A catalogue's types don't hang on each other in circles, but catalogues change.
const MOST_STEPS: usize = 64;

/// How many uses a refusal names.
const NAMED: u16 = 3;

pub async fn create(services: &Services, owner: &WorkspaceOwner, wish: ResourceWish) -> Result<ResourceDetail, Failure> {
    let entry = services.catalog.kind(&wish.kind).ok_or_else(|| no_such_type(&services.catalog, &wish.kind, "kind"))?;
    let name = ResourceName::parse(&wish.name).map_err(named("name"))?;
    let key = ResourceKey::parse(&wish.key).map_err(named("key"))?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let id = ResourceId::new(services.now(), services.random());
    if let Some(parent) = wish.parent {
        fits(services, &tx, workspace, entry, id, parent).await?;
    }
    if let Ok(alike) = key.as_str().parse()
        && let Some((_, message)) = ours(&tx, workspace, &[(0, alike)]).await?
    {
        return Err(Failure::field("key", message));
    }
    let labels = known_labels(&tx, workspace, wish.labels).await?;
    let new = Resource { id, kind: wish.kind, key, name, parent: wish.parent, labels };
    let now = services.now();
    store::resources::insert_many(&tx, workspace, std::slice::from_ref(&new), now).await.map_err(|error| match error {
        error if error.is_conflict(Constraint::ResourceKey) => {
            Failure::field("key", format_args!("another {} has the id `{}` already; choose another", entry.one, new.key))
        }
        other => stored(other),
    })?;
    let event = Event::ResourceCreated { kind: new.kind.to_string(), key: new.key.to_string(), name: new.name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("resource", id.uuid())))).await.map_err(stored)?;
    super::find(services, owner, id).await
}

/// Saves name and parent as one change. Where somebody else was first, nothing is written and theirs comes back.
pub async fn change(
    services: &Services,
    owner: &WorkspaceOwner,
    id: ResourceId,
    revision: i64,
    name: &str,
    parent: Option<ResourceId>,
) -> Result<SaveOutcome<ResourceDetail>, Failure> {
    let name = ResourceName::parse(name).map_err(named("name"))?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let before = store::resources::find(&tx, workspace, id).await.map_err(stored)?.ok_or_else(gone)?;
    if before.revision != revision {
        drop(tx);
        return Ok(SaveOutcome::Conflict(detail(services, owner.into(), &Sight::Everything, before).await?));
    }
    if before.resource.name == name && before.resource.parent == parent {
        drop(tx);
        return Ok(SaveOutcome::Saved(detail(services, owner.into(), &Sight::Everything, before).await?));
    }
    if let Some(parent) = parent.filter(|parent| before.resource.parent != Some(*parent)) {
        let entry = services.catalog.kind(&before.resource.kind).ok_or_else(|| no_such_type(&services.catalog, &before.resource.kind, "kind"))?;
        fits(services, &tx, workspace, entry, id, parent).await?;
    }
    let parents: Vec<ResourceId> = before.resource.parent.into_iter().chain(parent).collect();
    let called = store::resources::references(&tx, workspace, &parents).await.map_err(stored)?;
    if !store::resources::change(&tx, workspace, id, revision, &name, parent).await.map_err(stored)? {
        // the workspace is locked, so that nobody came between: it is gone
        return Err(gone());
    }
    let called = |id: Option<ResourceId>| called.iter().find(|one| Some(one.id) == id).map(|one| one.name.to_string());
    let event = Event::ResourceChanged {
        kind: before.resource.kind.to_string(),
        key: before.resource.key.to_string(),
        before: ResourceSnapshot { name: before.resource.name.to_string(), parent: called(before.resource.parent) },
        after: ResourceSnapshot { name: name.to_string(), parent: called(parent) },
    };
    tx.commit(owner.record(services, event, Some(Object::new("resource", id.uuid())))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(super::find(services, owner, id).await?))
}

/// Deletes a resource that nothing hangs on and that no grant names; a refusal says what does.
pub async fn delete(services: &Services, owner: &WorkspaceOwner, id: ResourceId) -> Result<(), Failure> {
    delete_if(services, owner, id, Expected::Anything).await?.map_err(|_| Failure::internal())
}

/// The same where it is as `expected`.
pub async fn delete_if(services: &Services, owner: &WorkspaceOwner, id: ResourceId, expected: Expected) -> Result<Result<(), Stale>, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let before = store::resources::find(&tx, workspace, id).await.map_err(stored)?.ok_or_else(gone)?;
    if let Err(stale) = expected.hold(Some(before.revision)) {
        return Ok(Err(stale));
    }
    let before = before.resource;
    let hanging = ResourceQuery { parent: Some(id), size: PageSize::new(NAMED), ..ResourceQuery::default() };
    let children = store::resources::page(&tx, workspace, &hanging, &Sight::Everything).await.map_err(stored)?;
    let children_count = store::resources::count_matching(&tx, workspace, &hanging, &Sight::Everything).await.map_err(stored)?;
    let grants = held::page(&tx, workspace, Naming::Resource(id), None, PageSize::new(NAMED), None).await.map_err(stored)?;
    let in_the_way = in_the_way(&children.rows.iter().map(Resource::reference).collect::<Vec<_>>(), children_count, &grants.rows, grants.total);
    if let Some(why) = in_the_way {
        return Err(Failure::new(FailureKind::Conflict, format_args!("`{}` can't be deleted: {why}", before.name)));
    }
    held::clear_dead(&tx, workspace, Naming::Resource(id)).await.map_err(stored)?;
    if !store::resources::remove(&tx, workspace, id).await.map_err(stored)? {
        return Err(gone());
    }
    let parents: Vec<ResourceId> = before.parent.into_iter().collect();
    let parent = store::resources::references(&tx, workspace, &parents).await.map_err(stored)?.pop();
    let event = Event::ResourceDeleted {
        kind: before.kind.to_string(),
        key: before.key.to_string(),
        name: before.name.to_string(),
        parent: parent.map(|parent| parent.name.to_string()),
        labels: before.labels.iter().map(ToString::to_string).collect(),
    };
    tx.commit(owner.record(services, event, Some(Object::new("resource", id.uuid())))).await.map_err(stored)?;
    Ok(Ok(()))
}

/// What keeps a resource from being deleted, and what to do about it.
fn in_the_way(children: &[ResourceRef], children_count: u64, grants: &[HeldGrant], grants_count: Option<u64>) -> Option<String> {
    let mut why = Vec::new();
    let mut cure = Vec::new();
    if children_count > 0 {
        let names = told(children.iter().map(|child| child.name.to_string()), children_count);
        why.push(format!("{} ({names})", counted(children_count, "resource hangs on it", "resources hang on it")));
        cure.push("move or delete what hangs on it");
    }
    let grants_count = grants_count.unwrap_or_default();
    if grants_count > 0 {
        let names = told(holders(grants).into_iter(), grants_count);
        why.push(format!("{} ({names})", counted(grants_count, "grant names it", "grants name it")));
        cure.push("change the scopes that name it");
    }
    (!why.is_empty()).then(|| format!("{}; {} first", why.join(", and "), cure.join(" and ")))
}

/// The holders of these grants, each once.
pub(crate) fn holders(grants: &[HeldGrant]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for grant in grants {
        if !names.contains(&grant.holder.name) {
            names.push(grant.holder.name.clone());
        }
    }
    names
}

/// `a, b and 3 more`, of so many in all.
pub(crate) fn told(names: impl Iterator<Item = String>, all: u64) -> String {
    let names: Vec<String> = names.collect();
    let rest = all.saturating_sub(names.len() as u64);
    if rest == 0 { names.join(", ") } else { format!("{} and {rest} more", names.join(", ")) }
}

pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// For a type that the catalogue doesn't know.
pub(crate) fn no_such_type(catalog: &Catalog, kind: &ResourceType, field: &str) -> Failure {
    let types: Vec<String> = catalog.types.iter().map(|entry| format!("`{}`", entry.id)).collect();
    Failure::field(field, format_args!("the catalogue has no type `{kind}`; it has {}", types.join(", ")))
}

/// A parent must be here, of the type that things of this type hang on, and not itself hang on what is to hang on it.
async fn fits(services: &Services, tx: &WriteTx, workspace: WorkspaceId, entry: &TypeEntry, id: ResourceId, parent: ResourceId) -> Result<(), Failure> {
    let Some(kind) = &entry.parent else {
        return Err(Failure::field("parent", format_args!("{} hang on nothing; leave it empty", entry.many)));
    };
    let find = |id| store::resources::by_id(tx, workspace, id);
    let missing = || Failure::field("parent", "what it is to hang on is not here any more; choose another");
    let found = find(parent).await.map_err(stored)?.ok_or_else(missing)?;
    if found.kind != *kind {
        let one = services.catalog.kind(kind).map_or_else(|| kind.to_string(), |entry| entry.one.clone());
        return Err(Failure::field("parent", format_args!("`{}` is a {}, and {} hang on a {one}; choose one", found.name, found.kind, entry.many)));
    }
    let mut above = Some(found);
    for _ in 0..MOST_STEPS {
        let Some(one) = above else { return Ok(()) };
        if one.id == id {
            break;
        }
        above = match one.parent {
            Some(next) => find(next).await.map_err(stored)?,
            None => None,
        };
    }
    Err(Failure::field("parent", "it would hang on itself by what hangs on it; choose another"))
}

/// Labels for a new resource: the workspace's own, at most one of a key.
async fn known_labels(tx: &WriteTx, workspace: WorkspaceId, mut labels: Vec<Label>) -> Result<Vec<Label>, Failure> {
    labels.sort();
    labels.dedup();
    if let Some(twice) = labels.windows(2).find(|pair| matches!(pair, [one, other] if one.key() == other.key())).and_then(<[Label]>::first) {
        return Err(Failure::field("labels", format_args!("a resource bears one value of `{}`; choose one", twice.key())));
    }
    let here: BTreeSet<Label> = store::labels::all(tx, workspace).await.map_err(stored)?.into_iter().collect();
    match labels.iter().find(|label| !here.contains(*label)) {
        Some(label) => Err(no_such_label(label)),
        None => Ok(labels),
    }
}

pub(super) fn no_such_label(label: &Label) -> Failure {
    Failure::field("labels", format_args!("the label `{label}` does not exist in this workspace; create it first, or choose another"))
}

/// For a store's refusal where something that was checked under the lock is referred to all the same.
pub(super) fn referred(error: StoreError) -> Failure {
    match error {
        StoreError::Reference => Failure::new(FailureKind::Conflict, "something that this refers to was deleted meanwhile; reload, and try again"),
        other => stored(other),
    }
}
