//! Doing the same to many users at once: what it would change, doing it as one change, and taking it back.
//!
//! A change is planned first: for each of the selection what they are and what they will be, or why they stay as they are. The plan is
//! shown before, and made again inside the change. What everybody was is kept with it for as long as it can be taken back.

mod plan;
mod progress;
mod undo;

pub(crate) use progress::UnderWay;
pub use progress::progress;
pub use undo::undo;

use crate::{
    access::WorkspaceOwner,
    invites,
    members::{an_owner_is_left, snapshot, still_theirs},
    refusal::stored,
    services::Services,
};
use domain::{
    audit::{Event, Object, Record},
    bulk::{Before, BulkAnswer, BulkChange, BulkDone, BulkOutcome, BulkSeen, BulkStage, BulkTicket, UNDO_WITHIN, UserSelection},
    failure::{Failure, FailureKind},
    grant::Grant,
    group::GroupRef,
    id::{AccountId, GroupId, MemberId, OperationId},
    member::Member,
};
use plan::plan;
use progress::Steps;
use std::collections::BTreeMap;
use store::WriteTx;

/// How many are read and written at once; after each so many it is told how far a change is.
const AT_ONCE: usize = 1_000;

/// How many changes are offered to be taken back, the newest.
pub const MOST_OFFERED: u64 = 5;

/// What a change would do.
pub async fn preview(services: &Services, owner: &WorkspaceOwner, selection: &UserSelection, change: &BulkChange) -> Result<BulkOutcome, Failure> {
    let steps = services.under_way.untold();
    let plan = plan(services, owner, &services.store, owner.workspace().plan, selection, change, &steps).await?;
    Ok(plan.outcome)
}

/// Does it, all or nothing, with an entry in the audit trail for each who changed. Where it would change others than `seen` says, whom the
/// owner was shown, nothing is done. With a ticket its owner can ask how far it is.
pub async fn apply(
    services: &Services,
    owner: &WorkspaceOwner,
    selection: &UserSelection,
    change: &BulkChange,
    seen: BulkSeen,
    ticket: Option<BulkTicket>,
) -> Result<BulkAnswer, Failure> {
    let steps = services.under_way.follow(owner, ticket);
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let plan = plan(services, owner, &tx, here.plan, selection, change, &steps).await?;
    let outcome = plan.outcome.clone();
    if outcome.seen() != seen {
        return Err(Failure::new(FailureKind::Conflict, "others changed the list meanwhile, so nothing was done; look again at what it would change now"));
    }
    if outcome.changed.count == 0 {
        return Ok(BulkAnswer { outcome, done: None });
    }
    let now = services.now();
    let operation = OperationId::new(now, services.random());
    let mut records = Vec::new();
    let mut before = Vec::new();
    write_access(services, &tx, owner, &plan.changing, &steps).await?;
    for (was, will) in &plan.changing {
        records.push(told(services, owner, operation, was, will));
    }
    before.extend(plan.changing.iter().map(|(was, will)| Before::Access { member: was.clone(), revision: was.revision + revisions(was, will) }));
    let removing: Vec<MemberId> = plan.removing.iter().map(|(_, member)| member.id).collect();
    // what goes with a membership and is to come back with it
    let excepted = if removing.is_empty() { Vec::new() } else { store::sso::requirement::exceptions(&tx, workspace).await.map_err(stored)? };
    for (place, ids) in removing.chunks(AT_ONCE).enumerate() {
        steps.at(BulkStage::Writing, place * AT_ONCE, removing.len());
        store::members::remove_many(&tx, workspace, ids).await.map_err(stored)?;
    }
    an_owner_is_left(&tx, workspace, plan.removing.iter().map(|(_, member)| member)).await?;
    for (account, member) in plan.removing {
        let event = Event::MemberRemoved { member: member.name.to_string(), email: member.email.to_string(), before: snapshot(&member) };
        records.push(part(services, owner, operation, event, Object::new("member", member.id.uuid())));
        let excepted = excepted.iter().any(|one| one.member == member.id);
        before.push(Before::Removed { account, member, excepted });
    }
    let revoking: Vec<_> = plan.revoking.iter().map(|invite| invite.id).collect();
    store::invites::revoke_many(&tx, workspace, &revoking, now).await.map_err(stored)?;
    for invite in plan.revoking {
        let event = Event::InviteRevoked { email: invite.email.to_string() };
        records.push(part(services, owner, operation, event, Object::new("invite", invite.id.uuid())));
        before.push(Before::Revoked(invite.id));
    }
    invites::renew(services, &tx, &here, &plan.resending).await?;
    for invite in plan.resending {
        let event = Event::InviteResent { email: invite.email.to_string() };
        records.push(part(services, owner, operation, event, Object::new("invite", invite.id.uuid())));
    }
    let done = BulkDone { id: operation, summary: plan.summary, undo_until: now.plus(UNDO_WITHIN) };
    // a machine takes nothing back by a button
    let done = owner.member().filter(|_| change.can_be_undone()).map(|member| (member, done));
    if let Some((member, done)) = &done {
        store::bulk::keep(&tx, workspace, *member, done, &before).await.map_err(stored)?;
    }
    commit_told(tx, records, &steps).await?;
    services.mail_waits.notify_one();
    Ok(BulkAnswer { outcome, done: done.map(|(_, done)| done) })
}

/// Keeps one member whom a person has just removed, to be taken back as a change of many is; says as which. Nothing where a machine did it, or
/// it was themselves. `excepted`: from single sign-on.
pub(crate) async fn keep_removed(
    services: &Services,
    tx: &WriteTx,
    owner: &WorkspaceOwner,
    account: AccountId,
    member: Member,
    excepted: bool,
) -> Result<Option<OperationId>, Failure> {
    let Some(by) = owner.member().filter(|by| *by != member.id) else { return Ok(None) };
    let now = services.now();
    let summary = format!("{} removed from the workspace", member.name);
    let done = BulkDone { id: OperationId::new(now, services.random()), summary, undo_until: now.plus(UNDO_WITHIN) };
    store::bulk::keep(tx, owner.workspace().id, by, &done, &[Before::Removed { account, member, excepted }]).await.map_err(stored)?;
    Ok(Some(done.id))
}

/// The newest changes of this owner that can still be taken back, the newest first.
pub async fn latest(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<BulkDone>, Failure> {
    store::bulk::latest(&services.store, owner.workspace().id, owner.person()?.member(), services.now(), MOST_OFFERED).await.map_err(stored)
}

/// Forgets what can't be taken back any more; says how many changes that were.
pub async fn forget(services: &Services) -> Result<u64, Failure> {
    let mut forgotten = 0;
    while store::bulk::forget_one(&services.store, services.now()).await.map_err(stored)? {
        forgotten += 1;
    }
    Ok(forgotten)
}

/// Writes what these members will be in place of what they are: roles, or groups.
async fn write_access(services: &Services, tx: &WriteTx, owner: &WorkspaceOwner, changing: &[(Member, Member)], steps: &Steps<'_>) -> Result<(), Failure> {
    for (place, part) in changing.chunks(AT_ONCE).enumerate() {
        steps.at(BulkStage::Writing, place * AT_ONCE, changing.len());
        write_part(services, tx, owner, part).await?;
    }
    Ok(())
}

async fn write_part(services: &Services, tx: &WriteTx, owner: &WorkspaceOwner, changing: &[(Member, Member)]) -> Result<(), Failure> {
    let workspace = owner.workspace().id;
    let mut grants: Vec<(MemberId, Vec<Grant>)> = Vec::new();
    let (mut joining, mut leaving) = (BTreeMap::<GroupId, Vec<MemberId>>::new(), BTreeMap::<GroupId, Vec<MemberId>>::new());
    for (was, will) in changing {
        if was.grants != will.grants {
            grants.push((was.id, will.grants.clone()));
        }
        for group in not_in(&will.groups, &was.groups) {
            joining.entry(group.id).or_default().push(was.id);
        }
        for group in not_in(&was.groups, &will.groups) {
            leaving.entry(group.id).or_default().push(was.id);
        }
    }
    store::grants::replace_of_members(tx, workspace, &grants, services.now()).await.map_err(stored)?;
    for (group, members) in joining {
        store::group_members::join(tx, workspace, group, &members).await.map_err(stored)?;
    }
    for (group, members) in leaving {
        store::group_members::leave(tx, workspace, group, &members).await.map_err(stored)?;
    }
    Ok(())
}

/// How often writing this raises the member's revision: once for roles, and once for each group.
fn revisions(was: &Member, will: &Member) -> i64 {
    let groups = not_in(&will.groups, &was.groups).count() + not_in(&was.groups, &will.groups).count();
    i64::from(was.grants != will.grants) + i64::try_from(groups).unwrap_or(i64::MAX)
}

fn not_in<'a>(these: &'a [GroupRef], those: &'a [GroupRef]) -> impl Iterator<Item = &'a GroupRef> {
    these.iter().filter(|group| those.iter().all(|other| other.id != group.id))
}

/// What changed for one member, as the drawer would tell it.
fn told(services: &Services, owner: &WorkspaceOwner, operation: OperationId, was: &Member, will: &Member) -> Record {
    let member = was.name.to_string();
    let joined: Vec<&GroupRef> = not_in(&will.groups, &was.groups).collect();
    let left: Vec<&GroupRef> = not_in(&was.groups, &will.groups).collect();
    let event = match (was.grants == will.grants, joined.as_slice(), left.as_slice()) {
        (true, [group], []) => Event::MemberJoinedGroup { member, group: (*group).clone() },
        (true, [], [group]) => Event::MemberLeftGroup { member, group: (*group).clone() },
        (_, _, _) => Event::MemberAccessChanged { member, before: snapshot(was), after: snapshot(will) },
    };
    part(services, owner, operation, event, Object::new("member", was.id.uuid()))
}

/// A record that says of which change it is a part.
fn part(services: &Services, owner: &WorkspaceOwner, operation: OperationId, event: Event, object: Object) -> Record {
    let mut record = owner.record(services, event, Some(object));
    record.origin.operation = Some(operation);
    record
}

/// Ends a change of many with all its records.
pub(crate) async fn commit(tx: WriteTx, records: Vec<Record>) -> Result<(), Failure> {
    commit_telling(tx, records, &|_: usize| ()).await
}

/// The same, and notes how many of them are written.
async fn commit_told(tx: WriteTx, records: Vec<Record>, steps: &Steps<'_>) -> Result<(), Failure> {
    let of = records.len();
    steps.at(BulkStage::Recording, 0, of);
    commit_telling(tx, records, &|done: usize| steps.at(BulkStage::Recording, done, of)).await
}

async fn commit_telling(tx: WriteTx, records: Vec<Record>, written: &(dyn Fn(usize) + Send + Sync)) -> Result<(), Failure> {
    let mut records = records.into_iter();
    let Some(first) = records.next() else { return Err(Failure::internal()) };
    tx.commit_telling(first, records.collect(), written).await.map_err(stored)?;
    Ok(())
}
