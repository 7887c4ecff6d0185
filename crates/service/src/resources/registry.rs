//! Resources as products register them: one or ten thousand, made where there are none of their ids, changed where there are, in one
//! change. What stands in the way of any stands in the way of all, and is told with its place.

use super::{
    change::{no_such_type, referred},
    known_ids,
};
use crate::{access::WorkspaceOwner, members::still_theirs, refusal::stored, services::Services};
use domain::{
    audit::{Event, Object, Record, RegisteredSnapshot},
    catalog::{Catalog, TypeEntry},
    failure::Failure,
    id::{OperationId, ResourceId, WorkspaceId},
    label::Label,
    resource::{MOST_REGISTERED, Registered, Registration, Resource, ResourceType},
    save::{Expected, Stale},
    text::{NameError, ResourceKey, ResourceName},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{WriteTx, resources::Stored};

/// How many resources one entry of the audit trail names.
const IN_ONE_ENTRY: usize = 500;

/// How many steps up a parent is followed.
const MOST_STEPS: usize = 64;

/// Where in what was sent a mistake stands: `resources[3].name`, or `name` of the only one.
pub type PlaceOf<'a> = &'a (dyn Fn(usize, &str) -> String + Sync);

/// By type and the product's id.
type Keyed = (ResourceType, ResourceKey);

/// A registration that was read.
struct Read<'a> {
    entry: &'a TypeEntry,
    key: ResourceKey,
    name: ResourceName,
    parent: Option<Keyed>,
    labels: Option<Vec<Label>>,
}

impl Read<'_> {
    /// What is registered, and what it hangs on.
    fn names(&self) -> impl Iterator<Item = (&ResourceType, &ResourceKey)> {
        std::iter::once((&self.entry.id, &self.key)).chain(self.parent.iter().map(|(kind, key)| (kind, key)))
    }
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    created: Vec<Resource>,
    /// What each was, and what it will be.
    changed: Vec<(Resource, Resource)>,
    unchanged: u64,
}

/// Registers them. Where there is only one it must be as `expected`.
pub async fn register(
    services: &Services,
    owner: &WorkspaceOwner,
    all: &[Registration],
    expected: Expected,
    place_of: PlaceOf<'_>,
) -> Result<Result<Registered, Stale>, Failure> {
    let read = read_all(&services.catalog, all, place_of)?;
    let tx = services.store.begin().await.map_err(stored)?;
    match written(services, owner, &tx, read, expected, place_of).await? {
        Ok(written) => written.keep(tx).await.map(Ok),
        Err(stale) => Ok(Err(stale)),
    }
}

/// A resource that was registered, as it is from then on.
#[derive(Debug)]
pub struct RegisteredOne {
    pub is_new: bool,
    pub resource: Resource,
    /// What it hangs on, as the product knows that: `source:app`.
    pub parent: Option<String>,
    pub revision: i64,
}

/// Registers one. What comes back was read before the change was kept: a moment later it may be another, or gone.
pub async fn register_one(
    services: &Services,
    owner: &WorkspaceOwner,
    one: &Registration,
    expected: Expected,
    place_of: PlaceOf<'_>,
) -> Result<Result<RegisteredOne, Stale>, Failure> {
    let read = read_all(&services.catalog, std::slice::from_ref(one), place_of)?;
    let (kind, key) = read.first().map(|only| (only.entry.id.clone(), only.key.clone())).ok_or_else(Failure::internal)?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let written = match written(services, owner, &tx, read, expected, place_of).await? {
        Ok(written) => written,
        Err(stale) => return Ok(Err(stale)),
    };
    let Stored { resource, revision, .. } = standing(&tx, workspace, &kind, &key).await?.ok_or_else(Failure::internal)?;
    let parents: Vec<ResourceId> = resource.parent.into_iter().collect();
    let parent = store::resources::keys(&tx, workspace, &parents).await.map_err(stored)?.into_values().next();
    let registered = written.keep(tx).await?;
    Ok(Ok(RegisteredOne { is_new: registered.created > 0, resource, parent, revision }))
}

/// What is written, and not yet kept.
struct Written {
    told: Registered,
    /// None where all is as it was.
    records: Vec<Record>,
}

impl Written {
    async fn keep(self, tx: WriteTx) -> Result<Registered, Failure> {
        let Self { told, records } = self;
        let mut records = records.into_iter();
        let Some(first) = records.next() else { return Ok(told) };
        let committed = tx.commit_all(first, records.collect()).await.map_err(stored)?;
        Ok(Registered { policy_version: committed.policy_version.unwrap_or(told.policy_version), ..told })
    }
}

async fn written(
    services: &Services,
    owner: &WorkspaceOwner,
    tx: &WriteTx,
    read: Vec<Read<'_>>,
    expected: Expected,
    place_of: PlaceOf<'_>,
) -> Result<Result<Written, Stale>, Failure> {
    let here = still_theirs(services, tx, owner).await?;
    if let (Expected::Something | Expected::Revision(_), [only]) = (expected, read.as_slice())
        && let Err(stale) = expected.hold(standing(tx, here.id, &only.entry.id, &only.key).await?.map(|found| found.revision))
    {
        return Ok(Err(stale));
    }
    let named: Vec<(&ResourceType, &ResourceKey)> = read.iter().flat_map(Read::names).collect();
    let known = known_ids(tx, here.id, &named).await?;
    not_ours(tx, here.id, &read, &known, place_of).await?;
    let plan = plan(services, tx, here.id, read, known, place_of).await?;
    let told =
        Registered { created: plan.created.len() as u64, changed: plan.changed.len() as u64, unchanged: plan.unchanged, policy_version: here.policy_version };
    if plan.created.is_empty() && plan.changed.is_empty() {
        return Ok(Ok(Written { told, records: Vec::new() }));
    }
    write(services, tx, here.id, &plan).await?;
    let records = records(services, owner, tx, here.id, &plan).await?;
    Ok(Ok(Written { told, records }))
}

fn read_all<'a>(catalog: &'a Catalog, all: &[Registration], place_of: PlaceOf<'_>) -> Result<Vec<Read<'a>>, Failure> {
    if all.is_empty() || all.len() > MOST_REGISTERED {
        let message = if all.is_empty() {
            "nothing is named; name a resource at least".to_owned()
        } else {
            format!("{} at once are too many; send at most {MOST_REGISTERED}", all.len())
        };
        return Err(Failure::field("resources", message));
    }
    let mut read = Vec::with_capacity(all.len());
    let mut seen = BTreeSet::new();
    for (place, one) in all.iter().enumerate() {
        let wrong = |field: &str, message: &dyn std::fmt::Display| Failure::field(&place_of(place, field), message);
        let named = |field: &'static str| move |error: NameError| wrong(field, &error);
        let entry = catalog.kind(&one.kind).ok_or_else(|| no_such_type(catalog, &one.kind, &place_of(place, "type")))?;
        let key = ResourceKey::parse(&one.key).map_err(named("id"))?;
        if !seen.insert((entry.id.clone(), key.as_str().to_owned())) {
            return Err(wrong("id", &format_args!("`{}:{key}` stands here twice; leave one of them out", entry.id)));
        }
        let parent = match (&one.parent, &entry.parent) {
            (None, _) => None,
            (Some((kind, key)), Some(wanted)) if kind == wanted => Some((kind.clone(), ResourceKey::parse(key).map_err(named("parent"))?)),
            (Some((kind, _)), Some(wanted)) => {
                return Err(wrong("parent", &format_args!("{} hang on a {wanted}, not on a {kind}; name one", entry.many)));
            }
            (Some(_), None) => return Err(wrong("parent", &format_args!("{} hang on nothing; leave it out", entry.many))),
        };
        let labels = one.labels.clone().map(|labels| sorted(labels).map_err(|message| wrong("labels", &message))).transpose()?;
        read.push(Read { entry, key, name: ResourceName::parse(&one.name).map_err(named("name"))?, parent, labels });
    }
    Ok(read)
}

/// In order, at most one of a key.
pub(super) fn sorted(mut labels: Vec<Label>) -> Result<Vec<Label>, String> {
    labels.sort();
    labels.dedup();
    match labels.windows(2).find(|pair| matches!(pair, [one, other] if one.key() == other.key())).and_then(<[Label]>::first) {
        Some(twice) => Err(format!("a resource bears one value of `{}`; choose one", twice.key())),
        None => Ok(labels),
    }
}

/// As it is in this change.
async fn standing(tx: &WriteTx, workspace: WorkspaceId, kind: &ResourceType, key: &ResourceKey) -> Result<Option<Stored>, Failure> {
    let Some(found) = store::resources::by_key(tx, workspace, kind, key).await.map_err(stored)? else { return Ok(None) };
    store::resources::find(tx, workspace, found.id).await.map_err(stored)
}

/// By our id a resource is found where the product has none of that id: a new one that the product called so would stand before it.
async fn not_ours(tx: &WriteTx, workspace: WorkspaceId, read: &[Read<'_>], known: &HashMap<Keyed, ResourceId>, place_of: PlaceOf<'_>) -> Result<(), Failure> {
    let new = read.iter().enumerate().filter(|(_, one)| !known.contains_key(&(one.entry.id.clone(), one.key.clone())));
    let alike: Vec<(usize, ResourceId)> = new.filter_map(|(place, one)| Some((place, one.key.as_str().parse().ok()?))).collect();
    match ours(tx, workspace, &alike).await? {
        Some((place, message)) => Err(Failure::field(&place_of(place, "id"), message)),
        None => Ok(()),
    }
}

/// The first of these that is our id of a resource, and what is to be done about it.
pub(super) async fn ours(tx: &WriteTx, workspace: WorkspaceId, alike: &[(usize, ResourceId)]) -> Result<Option<(usize, String)>, Failure> {
    if alike.is_empty() {
        return Ok(None);
    }
    let ids: Vec<ResourceId> = alike.iter().map(|(_, id)| *id).collect();
    let keys = store::resources::keys(tx, workspace, &ids).await.map_err(stored)?;
    let found = alike.iter().find_map(|(place, id)| Some((*place, keys.get(id)?)));
    Ok(found.map(|(place, key)| (place, format!("this is Rolecall's own id of `{key}`; name that by the product's id, or choose another id for this"))))
}

async fn plan(
    services: &Services,
    tx: &WriteTx,
    workspace: WorkspaceId,
    read: Vec<Read<'_>>,
    known: HashMap<Keyed, ResourceId>,
    place_of: PlaceOf<'_>,
) -> Result<Plan, Failure> {
    let now = services.now();
    let mut ids = known.clone();
    for one in &read {
        ids.entry((one.entry.id.clone(), one.key.clone())).or_insert_with(|| ResourceId::new(now, services.random()));
    }
    let before: Vec<ResourceId> = read.iter().filter_map(|one| known.get(&(one.entry.id.clone(), one.key.clone())).copied()).collect();
    let mut before: HashMap<ResourceId, Resource> =
        store::resources::these(tx, workspace, &before).await.map_err(stored)?.into_iter().map(|resource| (resource.id, resource)).collect();
    let wanted = read.iter().any(|one| one.labels.as_ref().is_some_and(|labels| !labels.is_empty()));
    let labels: BTreeSet<Label> = if wanted { store::labels::all(tx, workspace).await.map_err(stored)?.into_iter().collect() } else { BTreeSet::new() };
    let mut plan = Plan::default();
    let mut moved = Vec::new();
    for (place, one) in read.into_iter().enumerate() {
        if let Some(label) = one.labels.iter().flatten().find(|label| !labels.contains(*label)) {
            let message = format_args!("the label `{label}` does not exist in this workspace; create it first, or leave it out");
            return Err(Failure::field(&place_of(place, "labels"), message));
        }
        let id = ids.get(&(one.entry.id.clone(), one.key.clone())).copied().ok_or_else(Failure::internal)?;
        let missing =
            |(kind, key): &Keyed| Failure::field(&place_of(place, "parent"), format_args!("there is no {kind} `{key}`; register it first, or along with this"));
        let parent = one.parent.as_ref().map(|keyed| ids.get(keyed).copied().ok_or_else(|| missing(keyed))).transpose()?;
        let was = before.remove(&id);
        let labels = one.labels.or_else(|| was.as_ref().map(|was| was.labels.clone())).unwrap_or_default();
        let is = Resource { id, kind: one.entry.id.clone(), key: one.key, name: one.name, parent, labels };
        if is.parent.is_some() && was.as_ref().is_none_or(|was| was.parent != is.parent) {
            moved.push((place, id, is.parent));
        }
        match was {
            None => plan.created.push(is),
            Some(was) if was == is => plan.unchanged += 1,
            Some(was) => plan.changed.push((was, is)),
        }
    }
    no_circle(tx, workspace, &moved, &plan, place_of).await?;
    // a parent stands before what hangs on it
    plan.created.sort_by_cached_key(|resource| depth(&services.catalog, &resource.kind));
    Ok(plan)
}

fn depth(catalog: &Catalog, kind: &ResourceType) -> usize {
    let above = |kind: &ResourceType| catalog.kind(kind).and_then(|entry| entry.parent.clone());
    std::iter::successors(above(kind), above).take(MOST_STEPS).count()
}

/// Nothing may hang on itself by what hangs on it. Parents are read level by level, all of a level at once.
async fn no_circle(
    tx: &WriteTx,
    workspace: WorkspaceId,
    moved: &[(usize, ResourceId, Option<ResourceId>)],
    plan: &Plan,
    place_of: PlaceOf<'_>,
) -> Result<(), Failure> {
    let planned = plan.created.iter().chain(plan.changed.iter().map(|(_, after)| after));
    let mut parents: HashMap<ResourceId, Option<ResourceId>> = planned.map(|resource| (resource.id, resource.parent)).collect();
    let mut level: BTreeSet<ResourceId> = moved.iter().filter_map(|(.., parent)| *parent).collect();
    for _ in 0..MOST_STEPS {
        let unknown: Vec<ResourceId> = level.iter().filter(|id| !parents.contains_key(id)).copied().collect();
        if !unknown.is_empty() {
            let found = store::resources::these(tx, workspace, &unknown).await.map_err(stored)?;
            parents.extend(found.into_iter().map(|resource| (resource.id, resource.parent)));
        }
        level = level.iter().filter_map(|id| parents.get(id).copied().flatten()).collect();
        if level.is_empty() {
            return Ok(());
        }
    }
    for (place, id, parent) in moved {
        let mut above = *parent;
        for _ in 0..MOST_STEPS {
            if above == Some(*id) {
                return Err(Failure::field(&place_of(*place, "parent"), "it would hang on itself by what hangs on it; choose another"));
            }
            above = above.and_then(|id| parents.get(&id).copied().flatten());
        }
    }
    Ok(())
}

async fn write(services: &Services, tx: &WriteTx, workspace: WorkspaceId, plan: &Plan) -> Result<(), Failure> {
    store::resources::insert_many(tx, workspace, &plan.created, services.now()).await.map_err(referred)?;
    let differs = |before: &Resource, after: &Resource| before.name != after.name || before.parent != after.parent;
    let renamed: Vec<Resource> = plan.changed.iter().filter(|(before, after)| differs(before, after)).map(|(_, after)| after.clone()).collect();
    store::resources::set_many(tx, workspace, &renamed).await.map_err(referred)?;
    let (mut put, mut taken) = (BTreeMap::<&Label, Vec<ResourceId>>::new(), BTreeMap::<&str, Vec<ResourceId>>::new());
    for (before, after) in &plan.changed {
        for label in after.labels.iter().filter(|label| !before.labels.contains(label)) {
            put.entry(label).or_default().push(after.id);
        }
        for label in before.labels.iter().filter(|label| !after.labels.iter().any(|other| other.key() == label.key())) {
            taken.entry(label.key()).or_default().push(after.id);
        }
    }
    for (label, ids) in put {
        store::resource_labels::put(tx, workspace, &ids, label).await.map_err(referred)?;
    }
    for (key, ids) in taken {
        store::resource_labels::take(tx, workspace, &ids, key).await.map_err(stored)?;
    }
    Ok(())
}

async fn records(services: &Services, owner: &WorkspaceOwner, tx: &WriteTx, workspace: WorkspaceId, plan: &Plan) -> Result<Vec<Record>, Failure> {
    let all = || plan.created.iter().chain(plan.changed.iter().flat_map(|(before, after)| [before, after]));
    let parents: BTreeSet<ResourceId> = all().filter_map(|resource| resource.parent).collect();
    let parents = store::resources::keys(tx, workspace, &parents.into_iter().collect::<Vec<_>>()).await.map_err(stored)?;
    let snapshot = |resource: &Resource| RegisteredSnapshot {
        resource: format!("{}:{}", resource.kind, resource.key),
        name: resource.name.to_string(),
        parent: resource.parent.map(|id| parents.get(&id).cloned().unwrap_or_else(|| id.to_string())),
        labels: resource.labels.iter().map(ToString::to_string).collect(),
    };
    let created = plan.created.chunks(IN_ONE_ENTRY).map(|some| (some.iter().map(snapshot).collect(), Vec::new()));
    let pair = |(before, after): &(Resource, Resource)| (snapshot(before), snapshot(after));
    let changed = plan.changed.chunks(IN_ONE_ENTRY).map(|some| (Vec::new(), some.iter().map(pair).collect()));
    let object = match (plan.created.as_slice(), plan.changed.as_slice()) {
        ([only], []) | ([], [(_, only)]) => Some(Object::new("resource", only.id.uuid())),
        (_, _) => None,
    };
    let operation = object.is_none().then(|| OperationId::new(services.now(), services.random()));
    let record = |(created, changed)| {
        let mut record = owner.record(services, Event::ResourcesRegistered { created, changed }, object.clone());
        record.origin.operation = operation;
        record
    };
    Ok(created.chain(changed).map(record).collect())
}
