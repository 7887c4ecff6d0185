//! User groups: named sets of members that share grants.

use crate::{
    access::WorkspaceOwner,
    grants,
    history::recent,
    members,
    refusal::{few, named as name_refused, stored},
    services::Services,
};
use domain::{
    audit::{AccessSnapshot, Entry, Event, Object, Record},
    effective::EffectiveAccess,
    failure::{Failure, FailureKind},
    grant::Holder,
    group::{Group, GroupRef, GroupRemoval, GroupRow, GroupWish},
    id::{GroupId, MemberId, WorkspaceId},
    member::{GrantDraft, MemberAccess, MemberKind},
    page::{Cursor, Page, PageSize},
    plan::Plan,
    policy::{Covering, Policy, Subject},
    save::SaveOutcome,
    text::GroupName,
};
use store::{Constraint, Db, StoreError, WriteTx, groups::NewGroup};

/// In a larger group nobody is looked at one by one.
const MOST_LOOKED_AT: u32 = 200;

/// The members of a group up to this size are named in the trail when it is deleted.
const MOST_NAMED: u32 = 1_000;

pub async fn page(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>) -> Result<Page<GroupRow>, Failure> {
    store::groups::page(&services.store, owner.workspace().id, search, cursor, PageSize::SCREEN).await.map_err(stored)
}

/// A page with all that each group gives, as programs read it.
pub async fn whole(services: &Services, owner: &WorkspaceOwner, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<Group>, Failure> {
    store::groups::whole_page(&services.store, owner.workspace().id, search, cursor, size).await.map_err(stored)
}

/// Those of these groups that are there, with all that they give.
pub async fn find_many(services: &Services, owner: &WorkspaceOwner, ids: &[GroupId]) -> Result<Vec<Group>, Failure> {
    store::groups::find_many(&services.store, owner.workspace().id, few(ids, "groups")?).await.map_err(stored)
}

/// How these groups are called; those that are gone are left out.
pub async fn named(services: &Services, owner: &WorkspaceOwner, ids: &[GroupId]) -> Result<Vec<GroupRef>, Failure> {
    let ids = few(ids, "groups")?;
    store::groups::named(&services.store, owner.workspace().id, ids).await.map_err(stored)
}

pub async fn find(services: &Services, owner: &WorkspaceOwner, id: GroupId) -> Result<Group, Failure> {
    known(&services.store, owner.workspace().id, id).await
}

pub(crate) async fn known(db: &impl Db, workspace: WorkspaceId, id: GroupId) -> Result<Group, Failure> {
    store::groups::find(db, workspace, id).await.map_err(stored)?.ok_or_else(gone)
}

pub(crate) fn gone() -> Failure {
    Failure::new(FailureKind::NotFound, "this group is not in the workspace, or was deleted meanwhile; nothing was changed")
}

/// Whether the plan has groups: else nobody new comes into one. Those that are there stay, and can be emptied and deleted.
pub(crate) fn on_plan(plan: Plan) -> Result<(), Failure> {
    if plan.has_groups() {
        return Ok(());
    }
    Err(Failure::field("groups", "user groups need the Business plan; whoever runs Rolecall can change the workspace's plan"))
}

pub async fn create(services: &Services, owner: &WorkspaceOwner, wish: &GroupWish) -> Result<Group, Failure> {
    let name = GroupName::parse(&wish.name).map_err(name_refused("name"))?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    on_plan(plan)?;
    let grants = grants::given(services, &tx, workspace, plan, &wish.grants, &[]).await?;
    let now = services.now();
    let id = GroupId::new(now, services.random());
    let new = NewGroup { id, name, pii: wish.pii, created_at: now };
    store::groups::insert(&tx, workspace, &new).await.map_err(taken(&new.name))?;
    store::grants::replace(&tx, workspace, Holder::Group(id), &grants, now).await.map_err(stored)?;
    let made = known(&tx, workspace, id).await?;
    let event = Event::GroupCreated { name: made.name.to_string(), access: snapshot(&made) };
    tx.commit(owner.record(services, event, Some(Object::new("group", id.uuid())))).await.map_err(stored)?;
    Ok(made)
}

/// Saves name, roles and personal data as one change. Where somebody else was first, nothing is written and theirs comes back.
pub async fn change(services: &Services, owner: &WorkspaceOwner, id: GroupId, revision: i64, wish: &GroupWish) -> Result<SaveOutcome<Group>, Failure> {
    let name = GroupName::parse(&wish.name).map_err(name_refused("name"))?;
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, id).await?;
    if before.revision != revision {
        return Ok(SaveOutcome::Conflict(before));
    }
    let Some((after, saved)) = write(services, owner, &tx, plan, &before, name, wish).await? else {
        return Ok(SaveOutcome::Conflict(known(&tx, workspace, id).await?));
    };
    tx.commit(saved).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(after))
}

/// Gives the group another name, whatever else of it was changed meanwhile.
pub async fn rename(services: &Services, owner: &WorkspaceOwner, id: GroupId, name: &str) -> Result<Group, Failure> {
    let name = GroupName::parse(name).map_err(name_refused("name"))?;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, owner.workspace().id, id).await?;
    let wish = GroupWish { name: name.to_string(), pii: before.pii, grants: before.grants.iter().map(GrantDraft::from).collect() };
    let (after, saved) = write(services, owner, &tx, plan, &before, name, &wish).await?.ok_or_else(gone)?;
    tx.commit(saved).await.map_err(stored)?;
    Ok(after)
}

/// Writes a group in place of `before`, under the workspace's lock; gives what it is now with the record to commit with. `None` where
/// somebody was first.
pub(crate) async fn write(
    services: &Services,
    owner: &WorkspaceOwner,
    tx: &WriteTx,
    plan: Plan,
    before: &Group,
    name: GroupName,
    wish: &GroupWish,
) -> Result<Option<(Group, Record)>, Failure> {
    let (workspace, id) = (owner.workspace().id, before.id);
    let grants = grants::given(services, tx, workspace, plan, &wish.grants, &before.grants).await?;
    if !store::groups::set(tx, workspace, id, before.revision, &name, wish.pii).await.map_err(taken(&name))? {
        return Ok(None);
    }
    store::grants::replace(tx, workspace, Holder::Group(id), &grants, services.now()).await.map_err(stored)?;
    let after = known(tx, workspace, id).await?;
    let event = Event::GroupChanged { name_before: before.name.to_string(), name: after.name.to_string(), before: snapshot(before), after: snapshot(&after) };
    Ok(Some((after, owner.record(services, event, Some(Object::new("group", id.uuid()))))))
}

pub(crate) fn taken(name: &GroupName) -> impl Fn(StoreError) -> Failure {
    move |error| match error.is_conflict(Constraint::GroupName) {
        true => Failure::field("name", format_args!("there is a group called `{name}` already; choose another name")),
        false => stored(error),
    }
}

/// Puts members into the group, each with an entry in the audit trail; says how many were not in it before.
pub async fn add_members(services: &Services, owner: &WorkspaceOwner, id: GroupId, members: &[MemberId]) -> Result<u32, Failure> {
    let members = few(members, "members")?;
    let tx = services.store.begin().await.map_err(stored)?;
    on_plan(members::still_owner(services, &tx, owner).await?)?;
    move_members(services, owner, tx, id, members, true).await
}

/// Takes members out of the group; says how many were in it.
pub async fn remove_members(services: &Services, owner: &WorkspaceOwner, id: GroupId, members: &[MemberId]) -> Result<u32, Failure> {
    let members = few(members, "members")?;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    move_members(services, owner, tx, id, members, false).await
}

async fn move_members(services: &Services, owner: &WorkspaceOwner, tx: WriteTx, id: GroupId, members: &[MemberId], into: bool) -> Result<u32, Failure> {
    let workspace = owner.workspace().id;
    let group = known(&tx, workspace, id).await?.reference();
    let names = store::members::named(&tx, workspace, members).await.map_err(stored)?;
    if into && members.iter().any(|member| !names.contains_key(member)) {
        return Err(Failure::field("members", "one of these people is no longer in the workspace; nobody was added. Reload to see who is there"));
    }
    let moved = match into {
        true => store::group_members::join(&tx, workspace, id, members).await,
        false => store::group_members::leave(&tx, workspace, id, members).await,
    };
    let moved = moved.map_err(stored)?;
    let record = |member: &MemberId| {
        let name = names.get(member).map(ToString::to_string).unwrap_or_default();
        let event = match into {
            true => Event::MemberJoinedGroup { member: name, group: group.clone() },
            false => Event::MemberLeftGroup { member: name, group: group.clone() },
        };
        owner.record(services, event, Some(Object::new("member", member.uuid())))
    };
    let mut records = moved.iter().map(record);
    // nobody moved: nothing to be kept or told
    let Some(first) = records.next() else { return Ok(0) };
    tx.commit_all(first, records.collect()).await.map_err(stored)?;
    Ok(u32::try_from(moved.len()).unwrap_or(u32::MAX))
}

/// What deleting the group would take from its members.
pub async fn removal_preview(services: &Services, owner: &WorkspaceOwner, id: GroupId) -> Result<GroupRemoval, Failure> {
    let workspace = owner.workspace().id;
    let group = known(&services.store, workspace, id).await?;
    let grants = group.grants.iter().map(GrantDraft::from).collect();
    let gives = MemberAccess { kind: MemberKind::Member, pii: group.pii, grants, groups: Vec::new() };
    let people = match group.members <= MOST_LOOKED_AT {
        true => Some(store::group_members::of_group(&services.store, workspace, id).await.map_err(stored)?),
        false => None,
    };
    let look = |policy: &mut Policy, now| {
        let mut covering = Covering::of(policy);
        let mut loses = |member: &MemberId| {
            let with = EffectiveAccess::among(&mut covering, Subject::Member(*member), now);
            let without = EffectiveAccess::without_group(&mut covering, Subject::Member(*member), id, now);
            without.is_less_than(&with)
        };
        let losers = people.as_ref().map(|people| people.iter().filter(|member| loses(member)).count());
        let access = policy.with_trial(&gives, |policy, subject| EffectiveAccess::of(policy, subject, now));
        (access, losers)
    };
    let (access, losers) = services.decisions.try_out(workspace, look).await?;
    let losers = losers.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    Ok(GroupRemoval { members: group.members, invited: group.invited, access, losers })
}

/// Ends the group. Its members stay in the workspace, without what it gave them.
pub async fn delete(services: &Services, owner: &WorkspaceOwner, id: GroupId) -> Result<(), Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, id).await?;
    // who was in it is told one by one, in their own history too, as far as that is still readable
    let mut left = Vec::new();
    if before.members <= MOST_NAMED {
        let people = store::group_members::of_group(&tx, workspace, id).await.map_err(stored)?;
        for (member, name) in store::members::named(&tx, workspace, &people).await.map_err(stored)? {
            let event = Event::MemberLeftGroup { member: name.to_string(), group: before.reference() };
            left.push(owner.record(services, event, Some(Object::new("member", member.uuid()))));
        }
    }
    if !store::groups::delete(&tx, workspace, id).await.map_err(stored)? {
        return Err(gone());
    }
    let event = Event::GroupDeleted { name: before.name.to_string(), members: u64::from(before.members), before: snapshot(&before) };
    tx.commit_all(owner.record(services, event, Some(Object::new("group", id.uuid()))), left).await.map_err(stored)?;
    Ok(())
}

/// What was done to this group lately.
pub async fn activity(services: &Services, owner: &WorkspaceOwner, id: GroupId) -> Result<Vec<Entry>, Failure> {
    recent(services, owner, id.uuid()).await
}

pub(crate) fn snapshot(group: &Group) -> AccessSnapshot {
    AccessSnapshot { kind: None, pii: group.pii, grants: group.grants.iter().map(|grant| grant.spec.clone()).collect(), groups: Vec::new() }
}
