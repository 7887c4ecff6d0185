//! Brings people in from a CSV file: each row becomes an invite, or says why not. What it would do is shown before, and is done as one.

mod file;
mod plan;

use crate::{
    access::{Operator, WorkspaceOwner},
    bulk, grants, groups,
    invites::{self, Asked, Inviter},
    members::still_theirs,
    refusal::stored,
    services::Services,
    workspaces::locked,
};
use domain::{
    audit::{AccessSnapshot, Actor, Chain, Event, Object, Origin, Record},
    failure::Failure,
    grant::{Grant, GrantSpec, Holder},
    group::GroupRef,
    id::{GroupId, OperationId},
    import::{ImportOutcome, ImportWish},
    member::MemberKind,
    workspace::Workspace,
};
use plan::{Plan, parsed, plan};
use std::collections::{BTreeMap, HashMap};
use store::{WriteTx, groups::NewGroup};

/// How many addresses one entry of the audit trail names.
const IN_ONE_ENTRY: usize = 500;

/// What it would do, row by row.
pub async fn preview(services: &Services, owner: &WorkspaceOwner, wish: &ImportWish) -> Result<ImportOutcome, Failure> {
    let parsed = parsed(services, wish)?;
    Ok(plan(services, &services.store, owner.workspace().id, owner.workspace().plan, parsed, wish.create_groups).await?.outcome)
}

/// Invites everybody whose row is right; nobody where rows are wrong that were not to be left out.
pub async fn apply(services: &Services, owner: &WorkspaceOwner, wish: &ImportWish) -> Result<ImportOutcome, Failure> {
    let parsed = parsed(services, wish)?;
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let plan = plan(services, &tx, here.id, here.plan, parsed, wish.create_groups).await?;
    let by = Inviter::Owner { member: owner.member(), name: owner.name() };
    let record = |event, object| owner.record(services, event, object);
    write(services, tx, &here, plan, wish, &by, record).await
}

/// The same at the command line; with `dry_run` nothing is done.
pub async fn by_operator(services: &Services, _operator: &Operator, workspace: &Workspace, wish: &ImportWish, dry_run: bool) -> Result<ImportOutcome, Failure> {
    let parsed = parsed(services, wish)?;
    if dry_run {
        return Ok(plan(services, &services.store, workspace.id, workspace.plan, parsed, wish.create_groups).await?.outcome);
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let locked = locked(&tx, workspace.id).await?;
    let plan = plan(services, &tx, locked.id, locked.plan, parsed, wish.create_groups).await?;
    let record = |event, object| services.record(Chain::Workspace(locked.id), Actor::Operator, event, object, Origin::default());
    write(services, tx, &locked, plan, wish, &Inviter::Operator, record).await
}

/// By what people are alike: owner or not, personal data, roles and groups.
type Access = (MemberKind, bool, Vec<GrantSpec>, Vec<GroupId>);

async fn write(
    services: &Services,
    tx: WriteTx,
    here: &Workspace,
    plan: Plan,
    wish: &ImportWish,
    by: &Inviter,
    record: impl Fn(Event, Option<Object>) -> Record,
) -> Result<ImportOutcome, Failure> {
    let mut outcome = plan.outcome;
    let (_, wrong) = outcome.counts();
    if wrong > 0 && !wish.leave_out_wrong {
        let rows = if wrong == 1 { "1 row is wrong".to_owned() } else { format!("{wrong} rows are wrong") };
        return Err(Failure::field("rows", format_args!("{rows}, so nobody was invited; mend the file, or choose to leave such rows out")));
    }
    if plan.people.is_empty() {
        return Err(Failure::field("rows", "no row leads to an invite; nothing was changed"));
    }
    let (workspace, now) = (here.id, services.now());
    let operation = OperationId::new(now, services.random());
    let part = |event, object| {
        let mut record = record(event, object);
        record.origin.operation = Some(operation);
        record
    };
    let mut records = Vec::new();
    let mut made: HashMap<String, GroupRef> = HashMap::new();
    let mut grants: Vec<(Holder, Grant)> = Vec::new();
    for (name, given) in plan.new_groups {
        let id = GroupId::new(now, services.random());
        let new = NewGroup { id, name: name.clone(), pii: given.pii, created_at: now };
        store::groups::insert(&tx, workspace, &new).await.map_err(groups::taken(&name))?;
        grants.extend(grants::fresh(services, given.grants.clone()).into_iter().map(|grant| (Holder::Group(id), grant)));
        let access = AccessSnapshot { pii: given.pii, grants: given.grants, ..AccessSnapshot::default() };
        records.push(part(Event::GroupCreated { name: name.to_string(), access }, Some(Object::new("group", id.uuid()))));
        made.insert(name.key(), GroupRef { id, name });
    }
    store::grants::insert_many(&tx, workspace, &grants, now).await.map_err(stored)?;

    // who comes with the same access stands in one entry
    let mut alike: BTreeMap<Access, (AccessSnapshot, Vec<String>)> = BTreeMap::new();
    let mut asked = Vec::with_capacity(plan.people.len());
    for person in plan.people {
        let groups: Vec<GroupRef> = person.groups.into_iter().chain(person.new_groups.iter().filter_map(|key| made.get(key).cloned())).collect();
        let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
        let access = AccessSnapshot { kind: Some(person.kind), pii: person.pii, grants: person.grants.clone(), groups };
        let entry = alike.entry((person.kind, person.pii, person.grants.clone(), ids.clone())).or_insert_with(|| (access, Vec::new()));
        entry.1.push(person.email.to_string());
        asked.push(Asked { email: person.email, kind: person.kind, pii: person.pii, grants: person.grants, groups: ids });
    }
    let invited = invites::put(services, &tx, here, by, asked).await?;
    // the command line knows neither whether the server sends mail nor under which address it is reached
    if matches!(by, Inviter::Owner { .. }) && !services.mail_is_on() {
        // people stand in the order of their rows
        let rows = outcome.rows.iter_mut().filter(|row| row.outcome.invites());
        rows.zip(invited).for_each(|(row, invited)| row.link = Some(invited.link));
    }
    for (access, emails) in alike.into_values() {
        records.extend(emails.chunks(IN_ONE_ENTRY).map(|emails| part(Event::MembersInvited { emails: emails.to_vec(), access: access.clone() }, None)));
    }
    bulk::commit(tx, records).await?;
    services.mail_waits.notify_one();
    outcome.done = true;
    Ok(outcome)
}
