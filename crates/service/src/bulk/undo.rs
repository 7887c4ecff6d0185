//! Takes a change of many back: for each whom nobody has changed since.

use super::{AT_ONCE, commit_told, part, progress::Steps, told, write_access};
use crate::{
    access::WorkspaceOwner,
    members::{snapshot, still_theirs},
    refusal::stored,
    services::Services,
    sso::require::excepted_again,
};
use domain::{
    audit::{Event, Object},
    bulk::{Before, BulkOutcome, BulkStage, BulkTicket, Counted, LeftOut},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    grant::{Holder, Scope},
    group::GroupRef,
    id::{AccountId, GroupId, InviteId, MemberId, OperationId, WorkspaceId},
    label::Label,
    member::Member,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{StoreError, WriteTx, members::NewMember};

/// What is kept, by its kind.
#[derive(Default)]
struct Kept {
    /// With the revision that the change made.
    access: Vec<(Member, i64)>,
    removed: Vec<(AccountId, Member)>,
    /// Who of them was excepted from single sign-on.
    excepted: BTreeSet<MemberId>,
    revoked: Vec<InviteId>,
}

/// Everybody whom nobody changed since is again what they were. The others stay as they are, and are told of. With a ticket its owner can
/// ask how far it is.
pub async fn undo(services: &Services, owner: &WorkspaceOwner, id: OperationId, ticket: Option<BulkTicket>) -> Result<BulkOutcome, Failure> {
    let steps = services.under_way.follow(owner, ticket);
    let workspace = owner.workspace().id;
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let done = store::bulk::find(&tx, workspace, id).await.map_err(stored)?.ok_or_else(too_late)?;
    if done.undo_until <= now || !store::bulk::set_undone(&tx, workspace, id, now).await.map_err(stored)? {
        return Err(too_late());
    }
    let mut kept = Kept::default();
    for before in store::bulk::before(&tx, id).await.map_err(stored)? {
        match before {
            Before::Access { member, revision } => kept.access.push((member, revision)),
            Before::Removed { account, member, excepted } => {
                kept.excepted.extend(excepted.then_some(member.id));
                kept.removed.push((account, member));
            }
            Before::Revoked(id) => kept.revoked.push(id),
        }
    }
    let things =
        Things::of(&tx, workspace, here.plan.has_groups(), kept.access.iter().map(|(member, _)| member).chain(kept.removed.iter().map(|(_, member)| member)))
            .await?;
    let operation = OperationId::new(now, services.random());
    let mut outcome = BulkOutcome::default();
    let mut left_out: BTreeMap<LeftOut, Counted> = BTreeMap::new();
    let mut records = Vec::new();

    let changing = access(&tx, workspace, kept.access, &things, &mut left_out, &steps).await?;
    write_access(services, &tx, owner, &changing, &steps).await?;
    for (is, was) in &changing {
        outcome.changed.add(is.name.as_str());
        records.push(told(services, owner, operation, is, was));
    }
    let restored = removed(services, &tx, workspace, kept.removed, &things, &mut left_out, &steps).await?;
    let excepted: Vec<MemberId> = restored.iter().map(|member| member.id).filter(|id| kept.excepted.contains(id)).collect();
    for member in restored {
        outcome.changed.add(member.name.as_str());
        outcome.restored += 1;
        let event = Event::MemberRestored { member: member.name.to_string(), email: member.email.to_string(), after: snapshot(&member) };
        records.push(part(services, owner, operation, event, Object::new("member", member.id.uuid())));
    }
    if let Some(event) = excepted_again(&tx, &here, &excepted).await? {
        records.push(part(services, owner, operation, event.into(), Object::new("workspace", workspace.uuid())));
    }
    let reopened = store::invites::reopen_many(&tx, workspace, &kept.revoked).await.map_err(stored)?;
    for _ in reopened.len()..kept.revoked.len() {
        left_out.entry(LeftOut::Back).or_default().add("somebody invited");
    }
    for invite in reopened {
        outcome.changed.add(invite.email.as_str());
        let event = Event::InviteReopened { email: invite.email.to_string() };
        records.push(part(services, owner, operation, event, Object::new("invite", invite.id.uuid())));
    }
    outcome.left_out = left_out.into_iter().collect();
    // nobody is as the change left them: there is nothing to keep or to tell
    if !records.is_empty() {
        commit_told(tx, records, &steps).await?;
    }
    Ok(outcome)
}

fn too_late() -> Failure {
    Failure::new(FailureKind::Conflict, "this can't be taken back any more: it was already, or its ten minutes are over")
}

/// What each is now and was before; those who changed since are left out.
async fn access(
    tx: &WriteTx,
    workspace: WorkspaceId,
    kept: Vec<(Member, i64)>,
    things: &Things,
    left_out: &mut BTreeMap<LeftOut, Counted>,
    steps: &Steps<'_>,
) -> Result<Vec<(Member, Member)>, Failure> {
    let ids: Vec<MemberId> = kept.iter().map(|(member, _)| member.id).collect();
    let mut now: HashMap<MemberId, Member> = HashMap::with_capacity(ids.len());
    for (place, part) in ids.chunks(AT_ONCE).enumerate() {
        steps.at(BulkStage::Looking, place * AT_ONCE, ids.len());
        let found = store::members::find_many(tx, workspace, part).await.map_err(stored)?;
        now.extend(found.into_iter().map(|(_, member)| (member.id, member)));
    }
    let mut changing = Vec::new();
    for (was, revision) in kept {
        let reason = match now.get(&was.id) {
            None => Some(LeftOut::Gone),
            Some(is) if is.revision != revision => Some(LeftOut::Changed),
            Some(is) => things.reason(&was, &is.groups),
        };
        match (reason, now.remove(&was.id)) {
            (Some(reason), _) => left_out.entry(reason).or_default().add(was.name.as_str()),
            (None, Some(is)) => {
                let will = Member { grants: was.grants, groups: was.groups, ..is.clone() };
                changing.push((is, will));
            }
            (None, None) => {}
        }
    }
    Ok(changing)
}

/// Those who were removed are members again, with the name and address that their account has now.
async fn removed(
    services: &Services,
    tx: &WriteTx,
    workspace: WorkspaceId,
    kept: Vec<(AccountId, Member)>,
    things: &Things,
    left_out: &mut BTreeMap<LeftOut, Counted>,
    steps: &Steps<'_>,
) -> Result<Vec<Member>, Failure> {
    let ids: Vec<AccountId> = kept.iter().map(|(account, _)| *account).collect();
    let accounts = store::accounts::these(tx, &ids).await.map_err(stored)?;
    let back = store::members::of_accounts(tx, workspace, &ids).await.map_err(stored)?;
    // whoever was invited since comes back as that invite says
    let emails: Vec<&EmailAddress> = accounts.values().map(|account| &account.email).collect();
    let invited = store::invites::pending_to(tx, workspace, &emails).await.map_err(stored)?;
    let (mut joining, mut restored) = (Vec::new(), Vec::new());
    for (id, member) in kept {
        let account = accounts.get(&id);
        let reason = match account {
            None => Some(LeftOut::Gone),
            Some(_) if back.contains(&id) => Some(LeftOut::Back),
            Some(account) if invited.contains_key(&account.email) => Some(LeftOut::Back),
            Some(_) => things.reason(&member, &[]),
        };
        let (None, Some(account)) = (reason, account) else {
            left_out.entry(reason.unwrap_or(LeftOut::Gone)).or_default().add(member.name.as_str());
            continue;
        };
        joining.push(NewMember {
            id: member.id,
            account: id,
            name: account.name.clone(),
            email: account.email.clone(),
            kind: member.kind,
            pii: member.pii,
            joined_at: member.joined_at,
            last_seen_at: member.last_seen_at,
            revision: member.revision + 1,
        });
        restored.push(Member { name: account.name.clone(), email: account.email.clone(), ..member });
    }
    for (place, (joining, members)) in joining.chunks(AT_ONCE).zip(restored.chunks(AT_ONCE)).enumerate() {
        steps.at(BulkStage::Writing, place * AT_ONCE, restored.len());
        store::members::insert_many(tx, workspace, joining).await.map_err(|error| match error {
            // their account was there a moment ago
            StoreError::Reference => Failure::new(FailureKind::Conflict, "one of them deleted their account at this moment; try again"),
            other => stored(other),
        })?;
        put_back(services, tx, workspace, members).await?;
    }
    Ok(restored)
}

/// What these members hold, and the groups that they are in.
async fn put_back(services: &Services, tx: &WriteTx, workspace: WorkspaceId, members: &[Member]) -> Result<(), Failure> {
    let mut grants = Vec::new();
    let mut places: BTreeMap<GroupId, Vec<MemberId>> = BTreeMap::new();
    for member in members {
        grants.extend(member.grants.iter().map(|grant| (Holder::Member(member.id), grant.clone())));
        for group in &member.groups {
            places.entry(group.id).or_default().push(member.id);
        }
    }
    store::grants::insert_many(tx, workspace, &grants, services.now()).await.map_err(stored)?;
    for (group, members) in places {
        store::group_members::join(tx, workspace, group, &members).await.map_err(stored)?;
    }
    Ok(())
}

/// The groups, resources and labels that are named and still there.
struct Things {
    /// Whether the plan lets anybody into a group.
    has_groups: bool,
    groups: BTreeSet<GroupId>,
    resources: BTreeSet<domain::id::ResourceId>,
    labels: BTreeSet<Label>,
}

impl Things {
    async fn of(tx: &WriteTx, workspace: WorkspaceId, has_groups: bool, members: impl Iterator<Item = &Member>) -> Result<Self, Failure> {
        let (mut groups, mut resources) = (BTreeSet::new(), BTreeSet::new());
        for member in members {
            groups.extend(member.groups.iter().map(|group| group.id));
            for grant in &member.grants {
                if let Scope::Only(ids) = &grant.spec.scope {
                    resources.extend(ids.iter().copied());
                }
            }
        }
        let groups: Vec<GroupId> = groups.into_iter().collect();
        let resources: Vec<_> = resources.into_iter().collect();
        Ok(Self {
            has_groups,
            groups: store::groups::named(tx, workspace, &groups).await.map_err(stored)?.into_iter().map(|group| group.id).collect(),
            resources: store::resources::known(tx, workspace, &resources).await.map_err(stored)?.into_iter().collect(),
            labels: store::labels::all(tx, workspace).await.map_err(stored)?.into_iter().collect(),
        })
    }

    /// Why this member can't have again what they had, if so; `held` are the groups that they are in.
    fn reason(&self, member: &Member, held: &[GroupRef]) -> Option<LeftOut> {
        let is_here = |scope: &Scope| match scope {
            Scope::All => true,
            Scope::Only(ids) => ids.iter().all(|id| self.resources.contains(id)),
            Scope::Labelled(labels) => labels.iter().all(|label| self.labels.contains(label)),
        };
        let whole = member.groups.iter().all(|group| self.groups.contains(&group.id)) && member.grants.iter().all(|grant| is_here(&grant.spec.scope));
        let joins = super::not_in(&member.groups, held).next().is_some();
        match (whole, joins && !self.has_groups) {
            (false, _) => Some(LeftOut::Missing),
            (true, true) => Some(LeftOut::Locked),
            (true, false) => None,
        }
    }
}
