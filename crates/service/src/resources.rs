//! Resources: what members may be given access to. Owners manage them; everybody else sees what they may do something to, and labels
//! what they may edit.

use crate::{
    access::{Acting, WorkspaceOwner},
    refusal::{few, stored},
    services::Services,
};
use domain::{
    failure::Failure,
    held::HeldGrant,
    id::{ResourceId, WorkspaceId},
    labelling::MOST_LABELLED,
    page::{Cursor, Page, PageSize},
    policy::{Policy, Sight},
    resource::{Resource, ResourceDetail, ResourceQuery, ResourceRef, ResourceRow, ResourceType, ResourcesOverview},
    text::ResourceKey,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    Db,
    held::{self, Naming},
};

mod change;
mod labelling;
mod registry;

pub use change::{change, create, delete, delete_if};
pub(crate) use change::{counted, holders, no_such_type, told};
pub use labelling::{preview, relabel, set_labels};
pub use registry::{PlaceOf, RegisteredOne, register, register_one};

/// How many that hang on a resource its drawer names.
const CHILDREN: u16 = 20;

/// One page of a type, in order of names: for scopes, and for what a resource is to hang on.
pub async fn page(
    services: &Services,
    owner: &WorkspaceOwner,
    kind: &ResourceType,
    search: Option<&str>,
    cursor: Option<Cursor>,
) -> Result<Page<Resource>, Failure> {
    let query = ResourceQuery { kind: Some(kind.clone()), search: search.map(str::to_owned), cursor, ..ResourceQuery::default() };
    store::resources::page(&services.store, owner.workspace().id, &query, &Sight::Everything).await.map_err(stored)
}

/// These resources; those that are gone are left out.
pub async fn named(services: &Services, owner: &WorkspaceOwner, ids: &[ResourceId]) -> Result<Vec<Resource>, Failure> {
    let ids = few(ids, "resources")?;
    store::resources::these(&services.store, owner.workspace().id, ids).await.map_err(stored)
}

/// The Resources list, as far as whoever asks may see it.
pub async fn list(services: &Services, me: impl Into<Acting<'_>> + Send, query: &ResourceQuery) -> Result<Page<ResourceRow>, Failure> {
    let me = me.into();
    let (db, workspace) = (&services.store, me.workspace().id);
    let query = sound(query)?;
    let sight = sight(services, me).await?;
    let page = store::resources::stored_page(db, workspace, query, &sight).await.map_err(stored)?;
    let ids: Vec<ResourceId> = page.rows.iter().map(|row| row.resource.id).collect();
    let editable = editable(services, me, &ids, None).await?;
    let parents: BTreeSet<ResourceId> = page.rows.iter().filter_map(|row| row.resource.parent).collect();
    let parents = seen(services, me, &sight, &parents.into_iter().collect::<Vec<_>>()).await?;
    Ok(page.map(|store::resources::Stored { resource, revision, .. }| ResourceRow {
        parent: parents.iter().find(|parent| Some(parent.id) == resource.parent).cloned(),
        may_label: editable.contains(&resource.id),
        resource,
        revision,
    }))
}

/// What the list stands on: types with their counts, and the labels for whoever may put any on something.
pub async fn overview(services: &Services, me: impl Into<Acting<'_>> + Send) -> Result<ResourcesOverview, Failure> {
    let me = me.into();
    let (db, workspace) = (&services.store, me.workspace().id);
    let sight = sight(services, me).await?;
    let counts = counts(services, workspace, &sight).await?;
    let (mut labels, mut keys) = (Vec::new(), Vec::new());
    if edits_something(services, me).await? {
        labels = store::labels::all(db, workspace).await.map_err(stored)?;
        (keys, _) = services.decisions.ask(workspace, None, |policy, _| policy.label_keys()).await?;
    }
    Ok(ResourcesOverview { types: services.catalog.types.clone(), plan: me.workspace().plan, counts, labels, keys })
}

/// How many of each type are in sight, in the catalogue's order. The policy knows how many there are in all.
async fn counts(services: &Services, workspace: WorkspaceId, sight: &Sight) -> Result<Vec<(ResourceType, u64)>, Failure> {
    if *sight == Sight::Everything {
        let kinds = services.catalog.types.iter().map(|entry| &entry.id);
        let count = |policy: &Policy, _| kinds.map(|kind| (kind.clone(), u64::from(policy.count_of_kind(kind)))).filter(|(_, count)| *count > 0).collect();
        return Ok(services.decisions.ask(workspace, None, count).await?.0);
    }
    let mut counts = store::resources::by_type(&services.store, workspace, sight).await.map_err(stored)?;
    let place = |kind: &ResourceType| services.catalog.types.iter().position(|entry| entry.id == *kind).unwrap_or(usize::MAX);
    counts.sort_by_key(|(kind, _)| place(kind));
    Ok(counts)
}

/// One resource. What somebody may not see looks as if it weren't there.
pub async fn find(services: &Services, me: impl Into<Acting<'_>> + Send, id: ResourceId) -> Result<ResourceDetail, Failure> {
    let me = me.into();
    let sight = sight(services, me).await?;
    let found = store::resources::find(&services.store, me.workspace().id, id).await.map_err(stored)?;
    let found = found.filter(|found| sight.sees(&found.resource.kind, id)).ok_or_else(gone)?;
    detail(services, me, &sight, found).await
}

/// The same by the product's id, or by ours.
pub async fn by_key(services: &Services, me: impl Into<Acting<'_>> + Send, kind: &ResourceType, key: &str) -> Result<ResourceDetail, Failure> {
    let me = me.into();
    let id = id_of(services, me.workspace().id, kind, key).await?.ok_or_else(gone)?;
    let found = find(services, me, id).await?;
    if found.resource.kind == *kind { Ok(found) } else { Err(gone()) }
}

/// The product's id first, then ours; read as it is when it is registered, without blanks around it.
async fn id_of(services: &Services, workspace: WorkspaceId, kind: &ResourceType, key: &str) -> Result<Option<ResourceId>, Failure> {
    let Some(key) = services.catalog.kind(kind).and_then(|_| ResourceKey::parse(key).ok()) else { return Ok(None) };
    let found = store::resources::ids_by_key(&services.store, workspace, kind, &[key.as_str()]).await.map_err(stored)?.pop();
    Ok(found.map(|(_, id)| id).or_else(|| key.as_str().parse().ok()))
}

/// The ids of these, each a type and the product's id or ours, in their order. A refusal names the first that is not here to whoever manages
/// the workspace; others are told no more than by labelling.
pub async fn ids(services: &Services, me: impl Into<Acting<'_>> + Send, keys: &[(ResourceType, String)]) -> Result<Vec<ResourceId>, Failure> {
    let me = me.into();
    if keys.len() > MOST_LABELLED {
        return Err(Failure::field("resources", format_args!("{} at once are too many; name at most {MOST_LABELLED}", keys.len())));
    }
    let missing = |place: usize| match me.manages() {
        true => Failure::field(&format!("resources[{place}]"), "this resource is not here; leave it out"),
        false => labelling::not_theirs(),
    };
    let read = |(place, (kind, key)): (usize, &(ResourceType, String))| {
        let sound = services.catalog.kind(kind).and_then(|_| ResourceKey::parse(key).ok());
        sound.map(|key| (kind.clone(), key)).ok_or_else(|| missing(place))
    };
    let keys = keys.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let named: Vec<(&ResourceType, &ResourceKey)> = keys.iter().map(|(kind, key)| (kind, key)).collect();
    let found = known_ids(&services.store, me.workspace().id, &named).await?;
    let id = |(place, keyed): (usize, &(ResourceType, ResourceKey))| {
        found.get(keyed).copied().or_else(|| keyed.1.as_str().parse().ok()).ok_or_else(|| missing(place))
    };
    keys.iter().enumerate().map(id).collect()
}

/// The ids of those of these that are here, by one query for each type.
async fn known_ids(
    db: &impl Db,
    workspace: WorkspaceId,
    keys: &[(&ResourceType, &ResourceKey)],
) -> Result<HashMap<(ResourceType, ResourceKey), ResourceId>, Failure> {
    let mut by_kind: BTreeMap<&ResourceType, HashMap<&str, &ResourceKey>> = BTreeMap::new();
    for &(kind, key) in keys {
        by_kind.entry(kind).or_default().insert(key.as_str(), key);
    }
    let mut found = HashMap::new();
    for (kind, keys) in by_kind {
        let texts: Vec<&str> = keys.keys().copied().collect();
        for (text, id) in store::resources::ids_by_key(db, workspace, kind, &texts).await.map_err(stored)? {
            found.extend(keys.get(text.as_str()).map(|key| ((kind.clone(), (*key).clone()), id)));
        }
    }
    Ok(found)
}

/// Refuses a type that the catalogue doesn't know, where nothing would be found of it.
pub fn known_type(services: &Services, kind: &ResourceType, field: &str) -> Result<(), Failure> {
    services.catalog.kind(kind).map(drop).ok_or_else(|| no_such_type(&services.catalog, kind, field))
}

/// How the product knows these, `source:web-site`; those that are gone are left out.
pub async fn keys(services: &Services, me: impl Into<Acting<'_>> + Send, ids: &[ResourceId]) -> Result<HashMap<ResourceId, String>, Failure> {
    store::resources::keys(&services.store, me.into().workspace().id, ids).await.map_err(stored)
}

/// The grants that name a resource, with their holders.
pub async fn uses(services: &Services, owner: &WorkspaceOwner, id: ResourceId, cursor: Option<Cursor>) -> Result<Page<HeldGrant>, Failure> {
    held::page(&services.store, owner.workspace().id, Naming::Resource(id), cursor, PageSize::SCREEN, None).await.map_err(stored)
}

async fn detail(services: &Services, me: Acting<'_>, sight: &Sight, found: store::resources::Stored) -> Result<ResourceDetail, Failure> {
    let (db, workspace) = (&services.store, me.workspace().id);
    let store::resources::Stored { resource, created_at, revision } = found;
    let hanging = ResourceQuery { parent: Some(resource.id), size: PageSize::new(CHILDREN), ..ResourceQuery::default() };
    let children = store::resources::page(db, workspace, &hanging, sight).await.map_err(stored)?;
    let children_count = match children.total {
        Some(all) => all,
        None => store::resources::count_matching(db, workspace, &hanging, sight).await.map_err(stored)?,
    };
    let grants = match me.manages() {
        true => Some(held::count(db, workspace, Naming::Resource(resource.id)).await.map_err(stored)?),
        false => None,
    };
    let parents: Vec<ResourceId> = resource.parent.into_iter().collect();
    let parent = seen(services, me, sight, &parents).await?.pop();
    let may_label = editable(services, me, &[resource.id], None).await?.contains(&resource.id);
    let children = children.rows.iter().map(Resource::reference).collect();
    Ok(ResourceDetail { resource, parent, children, children_count, grants, may_label, created_at, revision })
}

fn gone() -> Failure {
    Failure::new(domain::failure::FailureKind::NotFound, "this resource is not here, or no longer, or you may not see it")
}

fn sound(query: &ResourceQuery) -> Result<&ResourceQuery, Failure> {
    let filters = query.labels.len() + query.lacking.len();
    if filters <= ResourceQuery::MOST_FILTERS {
        return Ok(query);
    }
    Err(Failure::field("labels", format_args!("{filters} labels at once are too many; filter by at most {}", ResourceQuery::MOST_FILTERS)))
}

/// An owner's proof says all; everybody else's sight is the policy's to tell.
pub(crate) async fn sight(services: &Services, me: Acting<'_>) -> Result<Sight, Failure> {
    if me.manages() {
        return Ok(Sight::Everything);
    }
    let subject = me.subject();
    let (sight, _) = services.decisions.ask(me.workspace().id, None, |policy, now| policy.sight(subject, now)).await?;
    Ok(sight)
}

/// Which of these, that are all here, somebody may edit.
async fn editable(services: &Services, me: Acting<'_>, ids: &[ResourceId], at_least: Option<i64>) -> Result<BTreeSet<ResourceId>, Failure> {
    if me.manages() {
        return Ok(ids.iter().copied().collect());
    }
    let subject = me.subject();
    let (editable, _) = services.decisions.ask(me.workspace().id, at_least, |policy, now| policy.editable(subject, ids, now)).await?;
    Ok(editable)
}

async fn edits_something(services: &Services, me: Acting<'_>) -> Result<bool, Failure> {
    if me.manages() {
        return Ok(true);
    }
    let subject = me.subject();
    let (edits, _) = services.decisions.ask(me.workspace().id, None, |policy, now| policy.edits_something(subject, now)).await?;
    Ok(edits)
}

/// The names of those of these that are in sight.
async fn seen(services: &Services, me: Acting<'_>, sight: &Sight, ids: &[ResourceId]) -> Result<Vec<ResourceRef>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = store::resources::references(&services.store, me.workspace().id, ids).await.map_err(stored)?;
    found.retain(|one| sight.sees(&one.kind, one.id));
    Ok(found)
}
