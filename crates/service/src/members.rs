//! Members: the Users list, a member's access and its change, removing and leaving.

mod holding;

pub use holding::{Holding, holding};

use crate::{
    access::{Acting, WorkspaceMember, WorkspaceOwner},
    bulk, grants, groups,
    history::recent,
    refusal::{few, stored},
    requests,
    services::Services,
    sso::require::a_way_in_is_left,
    workspaces::locked,
};
use domain::{
    access_context::{AccessContext, MOST_GROUPS_IN_BROWSER, MOST_RESOURCES_IN_BROWSER, Terms},
    audit::{AccessSnapshot, Entry, Event, Object, Record},
    effective::EffectiveAccess,
    email::EmailAddress,
    failure::{Failure, FailureKind},
    grant::Holder,
    id::{AccountId, MemberId, RequestId, WorkspaceId},
    member::{AccessPreview, Member, MemberAccess, MemberKind, MyAccess, MyThing, RemovalPreview, UserQuery, UserRow},
    page::{Cursor, Page, PageSize},
    plan::Plan,
    policy::{Covering, Policy, Sight, Subject},
    resource::{Resource, ResourceQuery},
    save::SaveOutcome,
    workspace::Workspace,
};
use std::collections::BTreeSet;
use store::{Db, WriteTx, members::AccessUpdate};

/// How many resources a member's own page lists.
const MOST_THINGS: u16 = 200;

pub async fn users(services: &Services, owner: &WorkspaceOwner, query: &UserQuery) -> Result<Page<UserRow>, Failure> {
    store::users::page(&services.store, owner.workspace().id, query, services.now()).await.map_err(stored)
}

/// The member with this address.
pub async fn by_email(services: &Services, owner: &WorkspaceOwner, email: &EmailAddress) -> Result<Option<Member>, Failure> {
    let (db, workspace) = (&services.store, owner.workspace().id);
    match store::members::by_email(db, workspace, email).await.map_err(stored)? {
        Some((id, _)) => store::members::find(db, workspace, id).await.map_err(stored),
        None => Ok(None),
    }
}

/// How many the list shows, on all its pages.
pub async fn count(services: &Services, owner: &WorkspaceOwner, query: &UserQuery) -> Result<u64, Failure> {
    store::users::count(&services.store, owner.workspace().id, query, services.now()).await.map_err(stored)
}

pub async fn find(services: &Services, owner: &WorkspaceOwner, member: MemberId) -> Result<Member, Failure> {
    known(&services.store, owner.workspace().id, member).await
}

pub(crate) async fn known(db: &impl Db, workspace: WorkspaceId, member: MemberId) -> Result<Member, Failure> {
    store::members::find(db, workspace, member).await.map_err(stored)?.ok_or_else(gone)
}

fn gone() -> Failure {
    Failure::new(FailureKind::NotFound, "this member is not in the workspace, or no longer")
}

/// What lists need to say access in words.
#[must_use]
pub fn terms<'a>(services: &Services, me: impl Into<Acting<'a>>) -> Terms {
    Terms { catalog: (*services.catalog).clone(), plan: me.into().workspace().plan, now: services.now() }
}

/// What an editor of access needs; without groups and resources where there are more than a browser should hold.
pub async fn access_context(services: &Services, owner: &WorkspaceOwner) -> Result<AccessContext, Failure> {
    let (db, workspace) = (&services.store, owner.workspace().id);
    let groups = store::workspaces::counts(db, workspace).await.map_err(stored)?.groups;
    let complete = groups <= MOST_GROUPS_IN_BROWSER && store::resources::count(db, workspace).await.map_err(stored)? <= MOST_RESOURCES_IN_BROWSER;
    let (mut groups, mut resources) = (Vec::new(), Vec::new());
    if complete {
        groups = store::groups::with_grants(db, workspace).await.map_err(stored)?;
        resources = store::resources::all(db, workspace).await.map_err(stored)?;
    }
    let labels = store::labels::all(db, workspace).await.map_err(stored)?;
    Ok(AccessContext { terms: terms(services, owner), labels, groups, resources, complete })
}

/// What an access would reach and what that changes, where the workspace is too large for the browser to tell.
pub async fn preview(services: &Services, owner: &WorkspaceOwner, before: &MemberAccess, wish: &MemberAccess) -> Result<AccessPreview, Failure> {
    let workspace = owner.workspace().id;
    let tried = |policy: &mut Policy, now| {
        let mut of = |access: &MemberAccess| policy.with_trial(access, |policy, subject| EffectiveAccess::of(policy, subject, now));
        let (before, access) = (of(before), of(wish));
        let changes = EffectiveAccess::diff(&before, &access);
        AccessPreview { access, changes }
    };
    services.decisions.try_out(workspace, tried).await
}

/// What a member reaches now.
async fn reached(services: &Services, workspace: WorkspaceId, member: MemberId) -> Result<EffectiveAccess, Failure> {
    let (access, _) = services.decisions.ask(workspace, None, |policy, now| EffectiveAccess::of(policy, Subject::Member(member), now)).await?;
    Ok(access)
}

/// Saves the whole of a member's access as one change. Where somebody else was first, nothing is written and theirs comes back.
/// A request of theirs that this answers is approved with it.
pub async fn change_access(
    services: &Services,
    owner: &WorkspaceOwner,
    id: MemberId,
    revision: i64,
    wish: MemberAccess,
    answers: Option<RequestId>,
) -> Result<SaveOutcome<Member>, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, id).await?;
    if before.revision != revision {
        return Ok(SaveOutcome::Conflict(before));
    }
    let Some((after, saved)) = write_access(services, owner, &tx, plan, &before, wish).await? else {
        return Ok(SaveOutcome::Conflict(known(&tx, workspace, id).await?));
    };
    let settled = match answers {
        // nobody is told that a request was approved which somebody else has declined
        Some(request) => Some(requests::settle(services, owner, &tx, request, Some(id), None, true).await?.ok_or_else(requests::waits_no_longer)?),
        None => None,
    };
    tx.commit_all(saved, settled.into_iter().collect()).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(SaveOutcome::Saved(after))
}

/// Writes a member's access in place of `before`, under the workspace's lock; gives what they are now with the record to commit with.
/// `None` where somebody was first.
pub(crate) async fn write_access(
    services: &Services,
    owner: &WorkspaceOwner,
    tx: &WriteTx,
    plan: Plan,
    before: &Member,
    wish: MemberAccess,
) -> Result<Option<(Member, Record)>, Failure> {
    let (workspace, id) = (owner.workspace().id, before.id);
    if before.kind == MemberKind::Owner && wish.kind == MemberKind::Member {
        not_the_last_owner(tx, workspace, before, "be demoted").await?;
    }
    let grants = grants::given(services, tx, workspace, plan, &wish.grants, &before.grants).await?;
    let new_group = wish.groups.iter().any(|group| before.groups.iter().all(|held| held.id != *group));
    if new_group {
        groups::on_plan(plan)?;
    }
    let update = AccessUpdate { kind: wish.kind, pii: wish.pii };
    if !store::members::set_access(tx, workspace, id, before.revision, update).await.map_err(stored)? {
        return Ok(None);
    }
    if before.kind == MemberKind::Owner && update.kind == MemberKind::Member {
        a_way_in_is_left(tx, workspace).await?;
    }
    store::grants::replace(tx, workspace, Holder::Member(id), &grants, services.now()).await.map_err(stored)?;
    let groups: BTreeSet<_> = wish.groups.into_iter().collect();
    store::group_members::set_of_member(tx, workspace, id, &groups.into_iter().collect::<Vec<_>>()).await.map_err(|error| match error {
        store::StoreError::Reference => Failure::field("groups", "one of the groups no longer exists; reload to see the groups there are"),
        other => stored(other),
    })?;
    let after = known(tx, workspace, id).await?;
    let event = Event::MemberAccessChanged { member: before.name.to_string(), before: snapshot(before), after: snapshot(&after) };
    Ok(Some((after, owner.record(services, event, Some(Object::new("member", id.uuid()))))))
}

/// Locks the workspace for this change and checks in it what the proof said when it was made: that its holder is an owner still.
pub(crate) async fn still_owner(services: &Services, tx: &WriteTx, owner: &WorkspaceOwner) -> Result<Plan, Failure> {
    Ok(still_theirs(services, tx, owner).await?.plan)
}

/// The same, and gives the workspace as it is now.
pub(crate) async fn still_theirs(services: &Services, tx: &WriteTx, owner: &WorkspaceOwner) -> Result<Workspace, Failure> {
    let workspace = locked(tx, owner.workspace().id).await?;
    owner.still(tx, services.now()).await?;
    Ok(workspace)
}

/// The workspace's lock is held: two owners who leave at once come here one after the other.
async fn not_the_last_owner(tx: &WriteTx, workspace: WorkspaceId, who: &Member, what: &str) -> Result<(), Failure> {
    if store::members::owners(tx, workspace).await.map_err(stored)? > 1 {
        return Ok(());
    }
    Err(last_owner(who, what))
}

fn last_owner(who: &Member, what: &str) -> Failure {
    let message = format!("{} is the last owner and can't {what}; make somebody else an owner first", who.name);
    Failure { field: Some("kind".to_owned()), ..Failure::new(FailureKind::Conflict, message) }
}

/// After these were removed, where owners are among them: a workspace without an owner is nobody's to manage. A machine could bring it to that, a
/// person can't remove themselves.
pub(crate) async fn an_owner_is_left(tx: &WriteTx, workspace: WorkspaceId, mut removed: impl Iterator<Item = &Member>) -> Result<(), Failure> {
    if !removed.any(|member| member.kind == MemberKind::Owner) {
        return Ok(());
    }
    if store::members::owners(tx, workspace).await.map_err(stored)? > 0 {
        return a_way_in_is_left(tx, workspace).await;
    }
    Err(Failure::new(FailureKind::Conflict, "this would remove the last owner; make somebody else an owner first, or leave one out"))
}

pub(crate) fn snapshot(member: &Member) -> AccessSnapshot {
    AccessSnapshot {
        kind: Some(member.kind),
        pii: member.pii,
        grants: member.grants.iter().map(|grant| grant.spec.clone()).collect(),
        groups: member.groups.clone(),
    }
}

/// What removing this member would take away.
pub async fn removal_preview(services: &Services, owner: &WorkspaceOwner, id: MemberId) -> Result<RemovalPreview, Failure> {
    let member = find(services, owner, id).await?;
    let access = reached(services, owner.workspace().id, id).await?;
    Ok(RemovalPreview { grants: u32::try_from(member.grants.len()).unwrap_or(u32::MAX), groups: member.groups, access })
}

/// Removes one member. Like a change of many it can be taken back for a while, unless somebody removed themselves.
pub async fn remove(services: &Services, owner: &WorkspaceOwner, id: MemberId) -> Result<(), Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let (account, before) = store::members::find_many(&tx, workspace, &[id]).await.map_err(stored)?.pop().ok_or_else(gone)?;
    let event = Event::MemberRemoved { member: before.name.to_string(), email: before.email.to_string(), before: snapshot(&before) };
    let excepted = store::sso::requirement::is_excepted(&tx, workspace, id).await.map_err(stored)?;
    end_membership(&tx, workspace, &before, "be removed").await?;
    let mut record = owner.record(services, event, Some(Object::new("member", id.uuid())));
    record.origin.operation = bulk::keep_removed(services, &tx, owner, account, before, excepted).await?;
    tx.commit(record).await.map_err(stored)?;
    Ok(())
}

/// Removes all of these, or nobody.
pub async fn remove_many(services: &Services, owner: &WorkspaceOwner, ids: &[MemberId]) -> Result<(), Failure> {
    let ids: Vec<MemberId> = few(ids, "userIds")?.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Err(Failure::field("userIds", "nobody is named; name one user at least"));
    }
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let found = store::members::find_many(&tx, workspace, &ids).await.map_err(stored)?;
    if let Some(missing) = ids.iter().find(|id| found.iter().all(|(_, member)| member.id != **id)) {
        return Err(Failure::new(FailureKind::NotFound, format_args!("`{missing}` is no member of this workspace, or no longer; nobody was removed")));
    }
    let owners: Vec<&Member> = found.iter().map(|(_, member)| member).filter(|member| member.kind == MemberKind::Owner).collect();
    if let Some(last) = owners.last()
        && store::members::owners(&tx, workspace).await.map_err(stored)? <= owners.len() as u64
    {
        return Err(last_owner(last, "be removed"));
    }
    let record = |(_, member): &(AccountId, Member)| {
        let event = Event::MemberRemoved { member: member.name.to_string(), email: member.email.to_string(), before: snapshot(member) };
        owner.record(services, event, Some(Object::new("member", member.id.uuid())))
    };
    let records = found.iter().map(record).collect();
    store::members::remove_many(&tx, workspace, &ids).await.map_err(stored)?;
    if !owners.is_empty() {
        a_way_in_is_left(&tx, workspace).await?;
    }
    bulk::commit(tx, records).await
}

/// Leaves the workspace; the account lives on.
pub async fn leave(services: &Services, me: &WorkspaceMember) -> Result<(), Failure> {
    let workspace = me.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    locked(&tx, workspace).await?;
    let before = known(&tx, workspace, me.member()).await?;
    let event = Event::MemberLeft { member: before.name.to_string(), email: before.email.to_string(), before: snapshot(&before) };
    end_membership(&tx, workspace, &before, "leave").await?;
    tx.commit(me.record(services, event, Some(Object::new("member", me.member().uuid())))).await.map_err(stored)?;
    Ok(())
}

async fn end_membership(tx: &WriteTx, workspace: WorkspaceId, who: &Member, what: &str) -> Result<(), Failure> {
    if who.kind == MemberKind::Owner {
        not_the_last_owner(tx, workspace, who, what).await?;
    }
    if !store::members::remove(tx, workspace, who.id).await.map_err(stored)? {
        return Err(gone());
    }
    if who.kind == MemberKind::Owner { a_way_in_is_left(tx, workspace).await } else { Ok(()) }
}

/// What was done to and by this member lately.
pub async fn activity(services: &Services, owner: &WorkspaceOwner, id: MemberId) -> Result<Vec<Entry>, Failure> {
    recent(services, owner, id.uuid()).await
}

/// What a member sees of themselves: what they reach, and nothing of others.
pub async fn mine(services: &Services, me: &WorkspaceMember) -> Result<MyAccess, Failure> {
    seen(services, me.workspace().id, me.member()).await
}

/// What this member sees of themselves: for an owner who wants to know, and who acts as nobody but themselves.
pub async fn seen_by(services: &Services, owner: &WorkspaceOwner, id: MemberId) -> Result<MyAccess, Failure> {
    seen(services, owner.workspace().id, id).await
}

async fn seen(services: &Services, workspace: WorkspaceId, id: MemberId) -> Result<MyAccess, Failure> {
    let member = known(&services.store, workspace, id).await?;
    let subject = Subject::Member(id);
    let look = |policy: &Policy, now| {
        let mut covering = Covering::of(policy);
        (EffectiveAccess::among(&mut covering, subject, now), Sight::among(&mut covering, subject, now))
    };
    let ((access, sight), _) = services.decisions.ask(workspace, None, look).await?;
    let (things, complete) = things(services, workspace, &access, &sight).await?;
    Ok(MyAccess { member, access, catalog: (*services.catalog).clone(), things, complete })
}

/// The resources that an access reaches, in order of type and name, and whether these are all. They are what is in sight.
async fn things(services: &Services, workspace: WorkspaceId, access: &EffectiveAccess, sight: &Sight) -> Result<(Vec<MyThing>, bool), Failure> {
    let mut things = Vec::new();
    let mut cursor = None;
    loop {
        let query = ResourceQuery { cursor, size: PageSize::new(MOST_THINGS), ..ResourceQuery::default() };
        let page = store::resources::page(&services.store, workspace, &query, sight).await.map_err(stored)?;
        things.extend(page.rows.into_iter().filter_map(|resource| thing(services, access, resource)));
        cursor = page.next.and_then(|next| Cursor::decode(&next).ok());
        if things.len() >= usize::from(MOST_THINGS) || cursor.is_none() {
            let complete = cursor.is_none() && things.len() <= usize::from(MOST_THINGS);
            things.truncate(MOST_THINGS.into());
            return Ok((things, complete));
        }
    }
}

/// The most that may be done to a resource.
fn thing(services: &Services, access: &EffectiveAccess, resource: Resource) -> Option<MyThing> {
    let entry = services.catalog.kind(&resource.kind)?;
    let of_work = |verb: &&String| !matches!(verb.as_str(), "create" | "delete") && access.covers(&resource.kind, verb, resource.id);
    let verb = entry.actions.iter().rev().find(of_work)?.clone();
    Some(MyThing { resource, verb })
}
