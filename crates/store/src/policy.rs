//! A workspace's policy: read whole, stretch by stretch, or caught up by what changed since a version; each at one moment of the database.

use crate::{
    connect::Store,
    error::StoreError,
    policy_changes::{self, Since, Touched},
    policy_keys::{Keys, Secrets},
    policy_rows::{self, STRETCH, Which},
    resources,
    sql::MOST_IDS,
    transaction::Snapshot,
    workspaces,
};
use domain::{
    catalog::Catalog,
    email::EmailAddress,
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
    /// By what tokens are known.
    pub keys: Keys,
    pub version: i64,
    /// About so many bytes of memory.
    pub weight: u64,
}

impl Loaded {
    /// Takes in what is now. The version is its caller's to set, once all steps to it were taken.
    pub fn take(&mut self, update: Update) {
        let Self { policy, keys, weight, .. } = self;
        *weight += update.weight();
        match update {
            Update::Plan(plan) => policy.set_plan(plan),
            Update::Member(member, address) => {
                let id = member.id;
                policy.put_member(member);
                policy.name_member(id, &address);
            }
            Update::MemberGone(id) => policy.remove_member(id),
            Update::Group(group) => policy.put_group(group),
            Update::GroupGone(id) => policy.remove_group(id),
            Update::Token(token, secrets) => {
                keys.put(token.id, secrets);
                policy.put_token(token);
            }
            Update::TokenGone(id) => {
                keys.remove(id);
                policy.remove_token(id);
            }
            Update::Resource(resource) => {
                let (id, key) = (resource.id, resource.key.clone());
                policy.put_resource(resource);
                policy.name_resource(id, &key);
            }
            Update::ResourceGone(id) => policy.remove_resource(id),
        }
    }
}

/// One step that brings a policy up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    Plan(Plan),
    Member(PolicyMember, EmailAddress),
    MemberGone(MemberId),
    Group(PolicyGroup),
    GroupGone(GroupId),
    Token(PolicyToken, Secrets),
    TokenGone(TokenId),
    Resource(Resource),
    ResourceGone(ResourceId),
}

impl Update {
    /// About how much memory it adds; replacing counts as adding, so that an estimate errs upwards only.
    #[must_use]
    pub fn weight(&self) -> u64 {
        match self {
            Self::Member(member, _) => weigh(&member.grants, member.groups.len()),
            Self::Group(group) => weigh(&group.grants, 0),
            Self::Token(token, _) => weigh(&token.grants, KEYS),
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
    /// There is no such workspace, or no longer, or it is closed.
    Gone,
}

/// Reads a workspace's policy whole. `None` where there is no such workspace, or it is closed.
pub async fn load(store: &Store, workspace: WorkspaceId, catalog: Arc<Catalog>) -> Result<Option<Loaded>, StoreError> {
    let db = store.snapshot().await?;
    let Some(found) = workspaces::by_id(&db, workspace).await?.filter(|found| !found.is_closed()) else { return Ok(None) };
    let mut loaded = Loaded { policy: Policy::new(catalog, found.plan), keys: Keys::default(), version: found.policy_version, weight: 0 };
    let mut put = |update: Update| loaded.take(update);
    every::<Resource>(&db, workspace, &mut put).await?;
    every::<PolicyGroup>(&db, workspace, &mut put).await?;
    every::<Member>(&db, workspace, &mut put).await?;
    every::<Token>(&db, workspace, &mut put).await?;
    Ok(Some(loaded))
}

/// A kind of thing that a policy is made of.
trait Part: Sized + Into<Update> {
    fn id(&self) -> Uuid;
    /// The step where it isn't there any more.
    fn gone(id: Uuid) -> Update;
    async fn read(db: &Snapshot, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<Self>, StoreError>;
}

/// A member, and the address by which they are asked about.
type Member = (PolicyMember, EmailAddress);

/// A token, and by what it is known.
type Token = (PolicyToken, Secrets);

impl From<Member> for Update {
    fn from((member, address): Member) -> Self {
        Self::Member(member, address)
    }
}

impl From<PolicyGroup> for Update {
    fn from(group: PolicyGroup) -> Self {
        Self::Group(group)
    }
}

impl From<Token> for Update {
    fn from((token, secrets): Token) -> Self {
        Self::Token(token, secrets)
    }
}

impl From<Resource> for Update {
    fn from(resource: Resource) -> Self {
        Self::Resource(resource)
    }
}

macro_rules! part {
    ($part:ty, $id:expr, $gone:expr, $read:path) => {
        impl Part for $part {
            fn id(&self) -> Uuid {
                ($id)(self).uuid()
            }
            fn gone(id: Uuid) -> Update {
                $gone(id)
            }
            async fn read(db: &Snapshot, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<Self>, StoreError> {
                $read(db, workspace, which).await
            }
        }
    };
}

part!(Member, |part: &Self| part.0.id, |id| Update::MemberGone(MemberId::from_uuid(id)), policy_rows::members);
part!(PolicyGroup, |part: &Self| part.id, |id| Update::GroupGone(GroupId::from_uuid(id)), policy_rows::groups);
part!(Token, |part: &Self| part.0.id, |id| Update::TokenGone(TokenId::from_uuid(id)), policy_rows::tokens);
part!(Resource, |part: &Self| part.id, |id| Update::ResourceGone(ResourceId::from_uuid(id)), resources::some);

/// Puts all of a kind, stretch by stretch.
async fn every<T: Part>(db: &Snapshot, workspace: WorkspaceId, put: &mut impl FnMut(Update)) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let stretch = T::read(db, workspace, Which::After(after)).await?;
        after = stretch.last().filter(|_| stretch.len() == STRETCH).map(T::id);
        stretch.into_iter().map(Into::into).for_each(&mut *put);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// These of a kind as they are now; what isn't there any more is gone.
async fn these<T: Part>(db: &Snapshot, workspace: WorkspaceId, ids: &[Uuid], updates: &mut Vec<Update>) -> Result<(), StoreError> {
    for ids in ids.chunks(MOST_IDS) {
        let found = T::read(db, workspace, Which::These(ids)).await?;
        let there: HashSet<Uuid> = found.iter().map(T::id).collect();
        updates.extend(ids.iter().copied().filter(|id| !there.contains(id)).map(T::gone));
        updates.extend(found.into_iter().map(Into::into));
    }
    Ok(())
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
    let Some(found) = workspaces::by_id(&db, workspace).await?.filter(|found| !found.is_closed()) else { return Ok(CaughtUp::Gone) };
    match policy_changes::since(&db, workspace, version, found.policy_version).await? {
        Since::TooMuch => Ok(CaughtUp::TooMuch),
        Since::Touched(touched) => {
            let updates = read(&db, workspace, &touched, found.plan).await?;
            Ok(CaughtUp::Updates { version: found.policy_version, updates })
        }
    }
}

/// Reads what was touched as it is now.
async fn read(db: &Snapshot, workspace: WorkspaceId, touched: &BTreeSet<Touched>, plan: Plan) -> Result<Vec<Update>, StoreError> {
    let (mut members, mut groups, mut tokens, mut resources, mut updates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for touched in touched {
        match touched {
            Touched::Member(id) => members.push(id.uuid()),
            Touched::Group(id) => groups.push(id.uuid()),
            Touched::Token(id) => tokens.push(id.uuid()),
            Touched::Resource(id) => resources.push(id.uuid()),
            Touched::Plan => updates.push(Update::Plan(plan)),
        }
    }
    these::<Resource>(db, workspace, &resources, &mut updates).await?;
    these::<PolicyGroup>(db, workspace, &groups, &mut updates).await?;
    these::<Member>(db, workspace, &members, &mut updates).await?;
    these::<Token>(db, workspace, &tokens, &mut updates).await?;
    Ok(updates)
}

/// What a token is known by weighs as much as so many names.
const KEYS: usize = 6;

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
