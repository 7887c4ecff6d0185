//! The sign-off: what was decided to be revoked ends, all of it in one change, each with an entry in the audit trail; the rest stays.
//! What is no longer what the reviewers looked at stays too, and the record says so.

use super::{begin::fingerprint, ended, known, record::digest};
use crate::{access::WorkspaceOwner, bulk::commit, groups, members, refusal::stored, services::Services, tokens};
use domain::{
    audit::{Event, Object, Record},
    failure::{Failure, FailureKind},
    grant::{Grant, Holder},
    group::{Group, GroupRef},
    id::{GrantId, GroupId, MemberId, OperationId, ReviewId, TokenId, WorkspaceId},
    member::Member,
    review::{Outcome, ReviewOf, ReviewState, SignOffSeen, SignedOff},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{WriteTx, reviews::RevokedItem, tokens::TokenUpdate};

/// Ends the review and does what was decided. Where the decisions are not those that the owner was shown, nothing is done.
pub async fn sign_off(services: &Services, owner: &WorkspaceOwner, id: ReviewId, seen: SignOffSeen) -> Result<SignedOff, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let review = known(&tx, workspace, id).await?;
    if !review.is_open() {
        return Err(ended());
    }
    if (SignOffSeen { kept: review.kept, revoked: review.revoked }) != seen {
        return Err(Failure::new(FailureKind::Conflict, "somebody decided meanwhile, so nothing was done; look again at what would be revoked now"));
    }
    let now = services.now();
    store::reviews::freshen(&tx, workspace, id).await.map_err(stored)?;
    let items = store::reviews::revoked(&tx, id).await.map_err(stored)?;
    let mut revocation = Revocation { services, owner, tx: &tx, workspace, operation: OperationId::new(now, services.random()), now, records: Vec::new() };
    let outcomes = revocation.all(&review.of, &items).await?;
    let mut records = revocation.records;
    let mut places: BTreeMap<Outcome, Vec<i64>> = BTreeMap::new();
    outcomes.into_iter().for_each(|(place, outcome)| places.entry(outcome).or_default().push(place));
    let revoked = places.get(&Outcome::Revoked).map_or(0, Vec::len) as u64;
    for (outcome, places) in &places {
        store::reviews::set_outcome(&tx, id, *outcome, places).await.map_err(stored)?;
    }
    store::reviews::settle_rest(&tx, id).await.map_err(stored)?;
    if !store::reviews::end(&tx, workspace, id, ReviewState::SignedOff, &owner.name(), now).await.map_err(stored)? {
        return Err(ended());
    }
    let done = SignedOff { kept: review.kept, revoked, undecided: review.undecided(), stayed: review.revoked - revoked };
    let digest = digest(&tx, &known(&tx, workspace, id).await?).await?;
    store::reviews::set_digest(&tx, id, &digest).await.map_err(stored)?;
    let event = Event::ReviewSignedOff {
        name: review.name.to_string(),
        kept: done.kept,
        revoked: done.revoked,
        undecided: done.undecided,
        stayed: done.stayed,
        digest,
    };
    records.push(owner.record(services, event, Some(Object::new("review", id.uuid()))));
    commit(tx, records).await?;
    Ok(done)
}

/// What is under way: each thing that ends leaves its record here.
struct Revocation<'a> {
    services: &'a Services,
    owner: &'a WorkspaceOwner,
    tx: &'a WriteTx,
    workspace: WorkspaceId,
    operation: OperationId,
    now: Timestamp,
    records: Vec<Record>,
}

/// What became of each place.
type Outcomes = Vec<(i64, Outcome)>;

impl Revocation<'_> {
    async fn all(&mut self, of: &ReviewOf, items: &[RevokedItem]) -> Result<Outcomes, Failure> {
        match of {
            ReviewOf::Everyone => self.memberships(items).await,
            ReviewOf::Group(group) => self.places_in(*group, items).await,
            ReviewOf::Role(_) | ReviewOf::Label(_) => self.grants(items).await,
        }
    }

    fn record(&mut self, event: Event, object: Object) {
        let mut record = self.owner.record(self.services, event, Some(object));
        record.origin.operation = Some(self.operation);
        self.records.push(record);
    }

    async fn memberships(&mut self, items: &[RevokedItem]) -> Result<Outcomes, Failure> {
        let ids: Vec<MemberId> = items.iter().filter_map(member_of).filter(|id| Some(*id) != self.owner.member()).collect();
        let found = store::members::find_many(self.tx, self.workspace, &ids).await.map_err(stored)?;
        let here: BTreeSet<MemberId> = found.iter().map(|(_, member)| member.id).collect();
        store::members::remove_many(self.tx, self.workspace, &ids).await.map_err(stored)?;
        for (_, member) in found {
            let event = Event::MemberRemoved { member: member.name.to_string(), email: member.email.to_string(), before: members::snapshot(&member) };
            self.record(event, Object::new("member", member.id.uuid()));
        }
        let outcome = |item: &RevokedItem| match member_of(item) {
            Some(id) if Some(id) == self.owner.member() => Outcome::Yourself,
            Some(id) if here.contains(&id) => Outcome::Revoked,
            Some(_) | None => Outcome::Gone,
        };
        Ok(items.iter().map(|item| (item.place, outcome(item))).collect())
    }

    async fn places_in(&mut self, group: GroupId, items: &[RevokedItem]) -> Result<Outcomes, Failure> {
        let ids: Vec<MemberId> = items.iter().filter_map(member_of).collect();
        let Some(reference): Option<GroupRef> = store::groups::named(self.tx, self.workspace, &[group]).await.map_err(stored)?.pop() else {
            return Ok(items.iter().map(|item| (item.place, Outcome::Gone)).collect());
        };
        let names = store::members::named(self.tx, self.workspace, &ids).await.map_err(stored)?;
        let left: BTreeSet<MemberId> = store::group_members::leave(self.tx, self.workspace, group, &ids).await.map_err(stored)?.into_iter().collect();
        for member in &left {
            let name = names.get(member).map(ToString::to_string).unwrap_or_default();
            self.record(Event::MemberLeftGroup { member: name, group: reference.clone() }, Object::new("member", member.uuid()));
        }
        let outcome = |item: &RevokedItem| match member_of(item).is_some_and(|id| left.contains(&id)) {
            true => Outcome::Revoked,
            false => Outcome::Gone,
        };
        Ok(items.iter().map(|item| (item.place, outcome(item))).collect())
    }

    /// Grants end holder by holder: members all at once, groups and tokens, of which there are few, one after the other.
    async fn grants(&mut self, items: &[RevokedItem]) -> Result<Outcomes, Failure> {
        let mut by_holder: BTreeMap<Holder, Vec<&RevokedItem>> = BTreeMap::new();
        items.iter().for_each(|item| by_holder.entry(item.holder).or_default().push(item));
        let mut outcomes = Outcomes::new();
        let members: Vec<MemberId> = items.iter().filter_map(member_of).collect::<BTreeSet<_>>().into_iter().collect();
        let found = store::members::find_many(self.tx, self.workspace, &members).await.map_err(stored)?;
        let mut found: HashMap<MemberId, Member> = found.into_iter().map(|(_, member)| (member.id, member)).collect();
        let mut wishes = Vec::new();
        for (holder, items) in by_holder {
            match holder {
                Holder::Member(id) => {
                    let Some(before) = found.remove(&id) else {
                        outcomes.extend(items.iter().map(|item| (item.place, Outcome::Gone)));
                        continue;
                    };
                    let rest = without(&before.grants, &items, &mut outcomes)?;
                    if rest.len() < before.grants.len() {
                        let after = Member { grants: rest.clone(), ..before.clone() };
                        let event = Event::MemberAccessChanged { member: before.name.to_string(), before: members::snapshot(&before), after: members::snapshot(&after) };
                        self.record(event, Object::new("member", id.uuid()));
                        wishes.push((id, rest));
                    }
                }
                Holder::Group(id) => self.of_group(id, &items, &mut outcomes).await?,
                Holder::Token(id) => self.of_token(id, &items, &mut outcomes).await?,
                Holder::Invite(_) => {}
            }
        }
        store::grants::replace_of_members(self.tx, self.workspace, &wishes, self.now).await.map_err(stored)?;
        Ok(outcomes)
    }

    async fn of_group(&mut self, id: GroupId, items: &[&RevokedItem], outcomes: &mut Outcomes) -> Result<(), Failure> {
        let Some(before) = store::groups::find(self.tx, self.workspace, id).await.map_err(stored)? else {
            outcomes.extend(items.iter().map(|item| (item.place, Outcome::Gone)));
            return Ok(());
        };
        let rest = without(&before.grants, items, outcomes)?;
        if rest.len() == before.grants.len() {
            return Ok(());
        }
        store::groups::set(self.tx, self.workspace, id, before.revision, &before.name, before.pii).await.map_err(stored)?;
        store::grants::replace(self.tx, self.workspace, Holder::Group(id), &rest, self.now).await.map_err(stored)?;
        let after = Group { grants: rest, ..before.clone() };
        let name = before.name.to_string();
        let event = Event::GroupChanged { name_before: name.clone(), name, before: groups::snapshot(&before), after: groups::snapshot(&after) };
        self.record(event, Object::new("group", id.uuid()));
        Ok(())
    }

    async fn of_token(&mut self, id: TokenId, items: &[&RevokedItem], outcomes: &mut Outcomes) -> Result<(), Failure> {
        let found = store::tokens::find(self.tx, self.workspace, id).await.map_err(stored)?;
        let Some(before) = found.filter(|token| token.revoked_at.is_none()) else {
            outcomes.extend(items.iter().map(|item| (item.place, Outcome::Gone)));
            return Ok(());
        };
        let rest = without(&before.grants, items, outcomes)?;
        if rest.len() == before.grants.len() {
            return Ok(());
        }
        let same = TokenUpdate { name: before.name.clone(), owner_access: before.owner_access, expires_at: before.expires_at };
        store::tokens::set(self.tx, self.workspace, id, before.revision, &same).await.map_err(stored)?;
        store::grants::replace(self.tx, self.workspace, Holder::Token(id), &rest, self.now).await.map_err(stored)?;
        let was = tokens::snapshot(&before);
        let name = before.name.to_string();
        let after = tokens::snapshot(&domain::token::Token { grants: rest, ..before });
        self.record(Event::TokenChanged { name_before: name.clone(), name, before: was, after }, Object::new("token", id.uuid()));
        Ok(())
    }
}

const fn member_of(item: &RevokedItem) -> Option<MemberId> {
    match item.holder {
        Holder::Member(id) => Some(id),
        Holder::Group(_) | Holder::Token(_) | Holder::Invite(_) => None,
    }
}

/// The grants that are left once those of the items are gone that still are what they were, and what becomes of each item.
fn without(held: &[Grant], items: &[&RevokedItem], outcomes: &mut Outcomes) -> Result<Vec<Grant>, Failure> {
    let mut gone: BTreeSet<GrantId> = BTreeSet::new();
    for item in items {
        let Some((id, hash)) = &item.grant else { continue };
        let outcome = match held.iter().find(|grant| grant.id == *id) {
            None => Outcome::Gone,
            Some(grant) if fingerprint(&grant.spec)?.as_slice() == hash.as_slice() => {
                gone.insert(*id);
                Outcome::Revoked
            }
            Some(_) => Outcome::Changed,
        };
        outcomes.push((item.place, outcome));
    }
    Ok(held.iter().filter(|grant| !gone.contains(&grant.id)).cloned().collect())
}
