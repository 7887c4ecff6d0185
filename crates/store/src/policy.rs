//! A workspace's policy: read whole, stretch by stretch, or caught up by what changed since a version; each at one moment of the database.

use crate::{
    connect::Store,
    error::StoreError,
    policy_changes::{self, Since, Touched},
    policy_rows::{self, STRETCH, Which},
    resources,
    sql::MOST_IDS,
    transaction::Snapshot,
    workspaces,
};
use domain::{
    catalog::Catalog,
    grant::{Grant, Scope},
    id::{GroupId, MemberId, ResourceId, TokenId, WorkspaceId},
    plan::Plan,
    policy::{Policy, PolicyGroup, PolicyMember, PolicyToken},
    resource::Resource,
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// A policy as the database had it.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub policy: Policy,
    pub version: i64,
    /// About so many bytes of memory.
    pub weight: u64,
}

/// One step that brings a policy up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    Plan(Plan),
    Member(PolicyMember),
    MemberGone(MemberId),
    Group(PolicyGroup),
    GroupGone(GroupId),
    Token(PolicyToken),
    TokenGone(TokenId),
    Resource(Resource),
    ResourceGone(ResourceId),
}

impl Update {
    pub fn apply(self, policy: &mut Policy) {
        match self {
            Self::Plan(plan) => policy.set_plan(plan),
            Self::Member(member) => policy.put_member(member),
            Self::MemberGone(id) => policy.remove_member(id),
            Self::Group(group) => policy.put_group(group),
            Self::GroupGone(id) => policy.remove_group(id),
            Self::Token(token) => policy.put_token(token),
            Self::TokenGone(id) => policy.remove_token(id),
            Self::Resource(resource) => policy.put_resource(resource),
            Self::ResourceGone(id) => policy.remove_resource(id),
        }
    }

    /// About how much memory it adds; replacing counts as adding, so that an estimate errs upwards only.
    #[must_use]
    pub fn weight(&self) -> u64 {
        match self {
            Self::Member(member) => weigh(&member.grants, member.groups.len()),
            Self::Group(group) => weigh(&group.grants, 0),
            Self::Token(token) => weigh(&token.grants, 0),
            Self::Resource(resource) => weigh(&[], resource.labels.len() * 2),
            Self::Plan(_) | Self::MemberGone(_) | Self::GroupGone(_) | Self::TokenGone(_) | Self::ResourceGone(_) => 0,
        }
    }
}

/// What became of a policy since its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaughtUp {
    Same,
    Updates {
        version: i64,
        updates: Vec<Update>,
    },
    /// Too much changed, or too long ago: read it whole.
    TooMuch,
    /// There is no such workspace, or no longer.
    Gone,
}

/// Reads a workspace's policy whole. `None` where there is no such workspace.
pub async fn load(store: &Store, workspace: WorkspaceId, catalog: Arc<Catalog>) -> Result<Option<Loaded>, StoreError> {
    let db = store.snapshot().await?;
    let Some(found) = workspaces::by_id(&db, workspace).await? else { return Ok(None) };
    let mut loaded = Loaded { policy: Policy::new(catalog, found.plan), version: found.policy_version, weight: 0 };
    let mut put = |update: Update| {
        loaded.weight += update.weight();
        update.apply(&mut loaded.policy);
    };
    let mut after = None;
    loop {
        let stretch = resources::some(&db, workspace, Which::After(after)).await?;
        after = next(&stretch, |resource| resource.id.uuid());
        stretch.into_iter().map(Update::Resource).for_each(&mut put);
        if after.is_none() {
            break;
        }
    }
    loop {
        let stretch = policy_rows::groups(&db, workspace, Which::After(after)).await?;
        after = next(&stretch, |group| group.id.uuid());
        stretch.into_iter().map(Update::Group).for_each(&mut put);
        if after.is_none() {
            break;
        }
    }
    loop {
        let stretch = policy_rows::members(&db, workspace, Which::After(after)).await?;
        after = next(&stretch, |member| member.id.uuid());
        stretch.into_iter().map(Update::Member).for_each(&mut put);
        if after.is_none() {
            break;
        }
    }
    loop {
        let stretch = policy_rows::tokens(&db, workspace, Which::After(after)).await?;
        after = next(&stretch, |token| token.id.uuid());
        stretch.into_iter().map(Update::Token).for_each(&mut put);
        if after.is_none() {
            break;
        }
    }
    Ok(Some(loaded))
}

/// Where the next stretch begins; `None` after the last.
fn next<T>(stretch: &[T], id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    stretch.last().filter(|_| stretch.len() == STRETCH).map(id)
}

/// What changed after this version, as the steps that bring a policy of it up to date.
pub async fn since(store: &Store, workspace: WorkspaceId, version: i64) -> Result<CaughtUp, StoreError> {
    // most often nothing did: one small query says so
    match workspaces::policy_version(store, workspace).await? {
        None => return Ok(CaughtUp::Gone),
        Some(found) if found == version => return Ok(CaughtUp::Same),
        Some(_) => {}
    }
    let db = store.snapshot().await?;
    let Some(found) = workspaces::by_id(&db, workspace).await? else { return Ok(CaughtUp::Gone) };
    match policy_changes::since(&db, workspace, version, found.policy_version).await? {
        Since::TooMuch => Ok(CaughtUp::TooMuch),
        Since::Touched(touched) => {
            let mut updates = vec![Update::Plan(found.plan)];
            read(&db, workspace, &touched, &mut updates).await?;
            Ok(CaughtUp::Updates { version: found.policy_version, updates })
        }
    }
}

/// Reads what was touched as it is now; what isn't there any more is gone.
async fn read(db: &Snapshot, workspace: WorkspaceId, touched: &BTreeSet<Touched>, updates: &mut Vec<Update>) -> Result<(), StoreError> {
    let (mut members, mut groups, mut tokens, mut resources) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for touched in touched {
        match touched {
            Touched::Member(id) => members.push(id.uuid()),
            Touched::Group(id) => groups.push(id.uuid()),
            Touched::Token(id) => tokens.push(id.uuid()),
            Touched::Resource(id) => resources.push(id.uuid()),
            Touched::Plan => {}
        }
    }
    for ids in resources.chunks(MOST_IDS) {
        let found = resources::some(db, workspace, Which::These(ids)).await?;
        gone(ids, &found, |it| it.id.uuid(), |id| Update::ResourceGone(ResourceId::from_uuid(id)), updates);
        updates.extend(found.into_iter().map(Update::Resource));
    }
    for ids in groups.chunks(MOST_IDS) {
        let found = policy_rows::groups(db, workspace, Which::These(ids)).await?;
        gone(ids, &found, |it| it.id.uuid(), |id| Update::GroupGone(GroupId::from_uuid(id)), updates);
        updates.extend(found.into_iter().map(Update::Group));
    }
    for ids in members.chunks(MOST_IDS) {
        let found = policy_rows::members(db, workspace, Which::These(ids)).await?;
        gone(ids, &found, |it| it.id.uuid(), |id| Update::MemberGone(MemberId::from_uuid(id)), updates);
        updates.extend(found.into_iter().map(Update::Member));
    }
    for ids in tokens.chunks(MOST_IDS) {
        let found = policy_rows::tokens(db, workspace, Which::These(ids)).await?;
        gone(ids, &found, |it| it.id.uuid(), |id| Update::TokenGone(TokenId::from_uuid(id)), updates);
        updates.extend(found.into_iter().map(Update::Token));
    }
    Ok(())
}

fn gone<T>(ids: &[Uuid], found: &[T], id: impl Fn(&T) -> Uuid, update: impl Fn(Uuid) -> Update, updates: &mut Vec<Update>) {
    let found: HashSet<Uuid> = found.iter().map(id).collect();
    updates.extend(ids.iter().copied().filter(|id| !found.contains(id)).map(update));
}

/// What a thing with these grants takes, by rule of thumb: its map's slot, and each grant with its texts and sets.
fn weigh(grants: &[Grant], more: usize) -> u64 {
    const THING: usize = 240;
    const GRANT: usize = 200;
    const NAMED: usize = 40;
    let named = |grant: &Grant| match &grant.spec.scope {
        Scope::All => 0,
        Scope::Only(ids) => ids.len(),
        Scope::Labelled(labels) => labels.len() * 3,
    };
    let bytes = THING + more * NAMED + grants.iter().map(|grant| GRANT + named(grant) * NAMED).sum::<usize>();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
