//! What a change of many would do to each of the selection.

use super::{AT_ONCE, progress::Steps};
use crate::{
    access::WorkspaceOwner,
    grants, groups,
    refusal::{few, stored},
    services::Services,
};
use domain::{
    audit_words::role_name,
    bulk::{BulkChange, BulkOutcome, BulkStage, Counted, LeftOut, MOST_AT_ONCE, UserSelection},
    failure::Failure,
    grant::{Grant, GrantSpec, MOST_GRANTS},
    group::GroupRef,
    id::{AccountId, GrantId, GroupId, InviteId, MemberId},
    member::{Member, MemberKind, UserId, UserQuery},
    number::{grouped, plural},
    plan::Plan as Tier,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, invites::PendingInvite};
use uuid::Uuid;

/// Who changes, and into what.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) outcome: BulkOutcome,
    /// What each is and will be: other roles or other groups.
    pub(super) changing: Vec<(Member, Member)>,
    pub(super) removing: Vec<(AccountId, Member)>,
    pub(super) revoking: Vec<PendingInvite>,
    pub(super) resending: Vec<PendingInvite>,
    /// What is done, said in the past: `Source Admin given to 312 members`.
    pub(super) summary: String,
}

/// What becomes of one member.
enum Fate {
    Becomes(Member),
    Removed,
    Same,
    Stays(LeftOut),
}

/// Made on the store to be shown, and again in the change, where it is certain.
pub(super) async fn plan(
    services: &Services,
    owner: &WorkspaceOwner,
    db: &impl Db,
    tier: Tier,
    selection: &UserSelection,
    change: &BulkChange,
    steps: &Steps<'_>,
) -> Result<Plan, Failure> {
    let workspace = owner.workspace().id;
    let (members, invites) = selected(services, owner, db, selection).await?;
    let groups = sound(services, owner, db, tier, change).await?;
    let mut tally = Tally::default();
    let mut plan = Plan::default();
    let mut found = Vec::with_capacity(members.len());
    for (place, ids) in members.chunks(AT_ONCE).enumerate() {
        steps.at(BulkStage::Looking, place * AT_ONCE, members.len());
        found.extend(store::members::find_many(db, workspace, ids).await.map_err(stored)?);
    }
    found.sort_by_cached_key(|(_, member)| (member.name.key(), member.id));
    for _ in found.len()..members.len() {
        tally.leave_out(LeftOut::Gone, "somebody who is gone");
    }
    for (account, member) in found {
        let name = member.name.to_string();
        match fate(services, owner, tier, change, &groups, &member) {
            Fate::Same => tally.outcome.unchanged.add(&name),
            Fate::Stays(reason) => tally.leave_out(reason, &name),
            Fate::Becomes(after) => {
                tally.change(member.id.uuid(), &name, member.kind);
                plan.changing.push((member, after));
            }
            Fate::Removed => {
                tally.change(member.id.uuid(), &name, member.kind);
                plan.removing.push((account, member));
            }
        }
    }
    let pending = store::invites::pending_many(db, workspace, &invites).await.map_err(stored)?;
    for _ in pending.len()..invites.len() {
        tally.leave_out(LeftOut::Gone, "an invite that is settled");
    }
    for invite in pending {
        let email = invite.email.to_string();
        match change {
            BulkChange::RevokeInvites => {
                tally.change(invite.id.uuid(), &email, MemberKind::Member);
                plan.revoking.push(invite);
            }
            BulkChange::ResendInvites => {
                tally.change(invite.id.uuid(), &email, MemberKind::Member);
                plan.resending.push(invite);
            }
            _ => tally.leave_out(LeftOut::Invited, &email),
        }
    }
    plan.outcome = tally.done();
    plan.summary = summary(services, change, &groups, plan.outcome.changed.count);
    Ok(plan)
}

#[derive(Debug, Default)]
struct Tally {
    outcome: BulkOutcome,
    left_out: BTreeMap<LeftOut, Counted>,
}

impl Tally {
    fn change(&mut self, id: Uuid, name: &str, kind: MemberKind) {
        let is_owner = kind == MemberKind::Owner;
        self.outcome.changed.add(name);
        self.outcome.owners += u64::from(is_owner);
        self.outcome.mark = self.outcome.mark.wrapping_add(mark(id, is_owner));
    }

    fn leave_out(&mut self, reason: LeftOut, name: &str) {
        self.left_out.entry(reason).or_default().add(name);
    }

    fn done(self) -> BulkOutcome {
        BulkOutcome { left_out: self.left_out.into_iter().collect(), ..self.outcome }
    }
}

/// What one who changes adds to the mark of all: in whatever order they come, the same ones make the same.
fn mark(id: Uuid, is_owner: bool) -> u64 {
    let hash = Sha256::new().chain_update(id.as_bytes()).chain_update([u8::from(is_owner)]).finalize();
    hash.iter().take(8).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
}

async fn selected(services: &Services, owner: &WorkspaceOwner, db: &impl Db, selection: &UserSelection) -> Result<(Vec<MemberId>, Vec<InviteId>), Failure> {
    let users: Vec<UserId> = match selection {
        UserSelection::These(ids) => ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect(),
        UserSelection::Matching(query) => {
            let query = UserQuery { cursor: None, ..query.clone() };
            store::users::matching(db, owner.workspace().id, &query, services.now(), MOST_AT_ONCE + 1).await.map_err(stored)?
        }
    };
    if users.len() > MOST_AT_ONCE {
        let most = grouped(MOST_AT_ONCE as u64);
        let message = format!("these are more than {most} users, which is the most for one change; narrow the list, and do it in parts");
        return Err(Failure::field("users", message));
    }
    let (mut members, mut invites) = (Vec::new(), Vec::new());
    for user in users {
        match user {
            UserId::Member(id) => members.push(id),
            UserId::Invite(id) => invites.push(id),
        }
    }
    Ok((members, invites))
}

/// Refuses what could be done to nobody; gives the groups that it is about.
async fn sound(services: &Services, owner: &WorkspaceOwner, db: &impl Db, tier: Tier, change: &BulkChange) -> Result<Vec<GroupRef>, Failure> {
    let workspace = owner.workspace().id;
    match change {
        BulkChange::JoinGroups(ids) => {
            groups::on_plan(tier)?;
            here(db, owner, ids).await
        }
        BulkChange::LeaveGroups(ids) => here(db, owner, ids).await,
        BulkChange::GiveRoles(specs) if specs.is_empty() => Err(Failure::field("roles", "no role is chosen; choose one at least")),
        BulkChange::GiveRoles(specs) => grants::sound(services, db, workspace, tier, specs).await.map(|()| Vec::new()),
        BulkChange::SetExpiry { expires_at: Some(end), .. } if *end <= services.now() => {
            Err(Failure::field("expires_at", "the expiry lies in the past; choose a later moment, or none"))
        }
        BulkChange::SetExpiry { .. } | BulkChange::TakeRole(_) | BulkChange::Remove | BulkChange::ResendInvites | BulkChange::RevokeInvites => Ok(Vec::new()),
    }
}

async fn here(db: &impl Db, owner: &WorkspaceOwner, ids: &[GroupId]) -> Result<Vec<GroupRef>, Failure> {
    let ids: Vec<GroupId> = few(ids, "groups")?.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Err(Failure::field("groups", "no group is chosen; choose one at least"));
    }
    let found = store::groups::named(db, owner.workspace().id, &ids).await.map_err(stored)?;
    if found.len() < ids.len() {
        return Err(Failure::field("groups", "one of the groups no longer exists; choose others"));
    }
    Ok(found)
}

fn fate(services: &Services, owner: &WorkspaceOwner, tier: Tier, change: &BulkChange, groups: &[GroupRef], member: &Member) -> Fate {
    match change {
        BulkChange::JoinGroups(_) => {
            let fresh: Vec<GroupRef> = groups.iter().filter(|group| member.groups.iter().all(|held| held.id != group.id)).cloned().collect();
            regrouped(member, member.groups.iter().cloned().chain(fresh).collect())
        }
        BulkChange::LeaveGroups(_) => {
            let stays = |held: &&GroupRef| groups.iter().all(|group| group.id != held.id);
            regrouped(member, member.groups.iter().filter(stays).cloned().collect())
        }
        BulkChange::GiveRoles(specs) => given(services, specs, member),
        BulkChange::TakeRole(role) => {
            let grants = member.grants.iter().filter(|grant| grant.spec.role != *role).cloned().collect();
            becomes(member, grants)
        }
        BulkChange::SetExpiry { role, expires_at } => {
            let now = services.now();
            // what has ended stays so: nobody comes back by a change of ends
            let is_meant = |grant: &Grant| role.as_ref().is_none_or(|role| grant.spec.role == *role) && !grant.is_expired(now);
            let changed = |grant: &Grant| match is_meant(grant) {
                true => Grant { id: grant.id, spec: GrantSpec { expires_at: *expires_at, ..grant.spec.clone() } },
                false => grant.clone(),
            };
            let grants: Vec<Grant> = member.grants.iter().map(changed).collect();
            let locked = |grant: &&Grant| !member.grants.contains(grant) && services.catalog.check_grant(&grant.spec, tier).is_err();
            if grants.iter().any(|grant| locked(&grant)) {
                return Fate::Stays(LeftOut::Locked);
            }
            becomes(member, grants)
        }
        BulkChange::Remove if Some(member.id) == owner.member() => Fate::Stays(LeftOut::Yourself),
        BulkChange::Remove => Fate::Removed,
        BulkChange::ResendInvites | BulkChange::RevokeInvites => Fate::Stays(LeftOut::Member),
    }
}

fn regrouped(member: &Member, groups: Vec<GroupRef>) -> Fate {
    if groups.len() == member.groups.len() {
        return Fate::Same;
    }
    Fate::Becomes(Member { groups, ..member.clone() })
}

fn becomes(member: &Member, grants: Vec<Grant>) -> Fate {
    if grants == member.grants {
        return Fate::Same;
    }
    Fate::Becomes(Member { grants, ..member.clone() })
}

fn given(services: &Services, specs: &[GrantSpec], member: &Member) -> Fate {
    if member.kind == MemberKind::Owner {
        return Fate::Stays(LeftOut::Owner);
    }
    let mut grants = member.grants.clone();
    for spec in specs {
        match grants.iter_mut().find(|held| held.spec.role == spec.role && held.spec.scope == spec.scope) {
            Some(held) => {
                let is_longer = held.spec.expires_at.is_some_and(|held| spec.expires_at.is_none_or(|end| end > held));
                if is_longer {
                    held.spec = spec.clone();
                }
            }
            None => grants.push(Grant { id: GrantId::new(services.now(), services.random()), spec: spec.clone() }),
        }
    }
    if grants.len() > MOST_GRANTS.max(member.grants.len()) {
        return Fate::Stays(LeftOut::TooManyGrants);
    }
    becomes(member, grants)
}

fn summary(services: &Services, change: &BulkChange, groups: &[GroupRef], count: u64) -> String {
    let (members, invites) = (plural(count, "member", "members"), plural(count, "invite", "invites"));
    let groups = listed(groups.iter().map(|group| group.name.to_string()));
    match change {
        BulkChange::JoinGroups(_) => format!("{members} added to {groups}"),
        BulkChange::LeaveGroups(_) => format!("{members} taken out of {groups}"),
        BulkChange::GiveRoles(specs) => format!("{} given to {members}", listed(specs.iter().map(|spec| role_name(&services.catalog, &spec.role)))),
        BulkChange::TakeRole(role) => format!("{} taken from {members}", role_name(&services.catalog, role)),
        BulkChange::SetExpiry { expires_at: Some(_), .. } => format!("Expiry set for {members}"),
        BulkChange::SetExpiry { expires_at: None, .. } => format!("Expiry taken off for {members}"),
        BulkChange::Remove => format!("{members} removed from the workspace"),
        BulkChange::ResendInvites => format!("{invites} sent again"),
        BulkChange::RevokeInvites => format!("{invites} revoked"),
    }
}

/// Names in one line, each once; the last ones counted where they are many.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut counted = Counted::default();
    names.collect::<BTreeSet<_>>().iter().for_each(|name| counted.add(name));
    counted.words()
}
