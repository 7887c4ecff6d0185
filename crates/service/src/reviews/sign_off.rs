//! The sign-off: what was decided to be revoked ends, all of it in one change, each with an entry in the audit trail; the rest stays.
//! What is no longer what the reviewers looked at stays too, and the record says so.

use super::{
    begin::{of_grant, of_member},
    ended, known,
    record::digest,
};
use crate::{access::WorkspaceOwner, bulk::commit, groups, members, refusal::stored, services::Services, tokens};
use domain::{
    audit::{Event, Object, Record},
    bulk::MOST_AT_ONCE,
    failure::{Failure, FailureKind},
    grant::{Grant, Holder},
    group::{Group, GroupRef},
    id::{GrantId, GroupId, MemberId, OperationId, ReviewId, TokenId, WorkspaceId},
    member::Member,
    number::grouped,
    page::PageSize,
    review::{Decision, Done, ItemQuery, Outcome, Review, ReviewOf, ReviewState, SignOffPreview, SignedOff},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{WriteTx, reviews::DecidedItem, tokens::TokenUpdate};

/// How many names the question has.
const NAMED: u16 = 5;

/// How many of what is kept are looked at at once.
const AT_ONCE: u64 = 1_000;

/// What signing off would do now.
pub async fn preview(services: &Services, owner: &WorkspaceOwner, id: ReviewId) -> Result<SignOffPreview, Failure> {
    let (db, workspace) = (&services.store, owner.workspace().id);
    let review = known(db, workspace, id).await?;
    let query = ItemQuery { decision: Some(Decision::Revoke), ..ItemQuery::default() };
    let first = store::reviews::page(db, id, &query, PageSize::new(NAMED)).await.map_err(stored)?;
    let owners = match review.of {
        ReviewOf::Everyone => store::reviews::revoked_owners(db, workspace, id).await.map_err(stored)?,
        ReviewOf::Group(_) | ReviewOf::Role(_) | ReviewOf::Label(_) => 0,
    };
    let whose = first.rows.into_iter().map(|item| item.name).collect();
    Ok(SignOffPreview { kept: review.kept, revoked: review.revoked, undecided: review.undecided(), whose, owners, decisions: review.decisions })
}

/// Ends the review and does what was decided. Where these are not the decisions that the owner was shown, nothing is done.
pub async fn sign_off(services: &Services, owner: &WorkspaceOwner, id: ReviewId, decisions: i64) -> Result<SignedOff, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let review = known(&tx, workspace, id).await?;
    if !review.is_open() {
        return Err(ended());
    }
    if review.decisions != decisions {
        return Err(Failure::new(FailureKind::Conflict, "somebody decided meanwhile, so nothing was done; look again at what would be revoked now"));
    }
    if review.revoked > MOST_AT_ONCE as u64 {
        let (revoked, most) = (grouped(review.revoked), grouped(MOST_AT_ONCE as u64));
        let message = format!("{revoked} are to be revoked, and {most} are the most for one sign-off; keep some of them, and review those again");
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    let now = services.now();
    store::reviews::freshen(&tx, workspace, id).await.map_err(stored)?;
    let mut revocation = Revocation { services, owner, tx: &tx, workspace, operation: OperationId::new(now, services.random()), now, records: Vec::new() };
    let mut outcomes = revocation.not_kept(&review).await?;
    let items = store::reviews::decided(&tx, id, Decision::Revoke, None, MOST_AT_ONCE as u64).await.map_err(stored)?;
    outcomes.extend(revocation.all(&review.of, &items).await?);
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
    store::reviews::set_done(&tx, id, Done { revoked: done.revoked, stayed: done.stayed }).await.map_err(stored)?;
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
    async fn all(&mut self, of: &ReviewOf, items: &[DecidedItem]) -> Result<Outcomes, Failure> {
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

    /// What was to be kept and is no longer what was looked at: the record does not vouch for it.
    async fn not_kept(&self, review: &Review) -> Result<Outcomes, Failure> {
        let mut outcomes = Outcomes::new();
        let mut place = None;
        loop {
            let items = store::reviews::decided(self.tx, review.id, Decision::Keep, place, AT_ONCE).await.map_err(stored)?;
            let Some(last) = items.last() else { return Ok(outcomes) };
            place = Some(last.place);
            let now = held_now(self.tx, self.workspace, &review.of, &items).await?;
            for item in &items {
                outcomes.extend(now.outcome(item, self.now)?.map(|outcome| (item.place, outcome)));
            }
        }
    }

    async fn memberships(&mut self, items: &[DecidedItem]) -> Result<Outcomes, Failure> {
        let now = held_now(self.tx, self.workspace, &ReviewOf::Everyone, items).await?;
        let mut outcomes = Outcomes::new();
        let mut going = Vec::new();
        for item in items {
            let outcome = match (now.outcome(item, self.now)?, member_of(item)) {
                (Some(outcome), _) => outcome,
                (None, id) if id.is_some() && id == self.owner.member() => Outcome::Yourself,
                (None, id) => {
                    going.extend(id);
                    Outcome::Revoked
                }
            };
            outcomes.push((item.place, outcome));
        }
        store::members::remove_many(self.tx, self.workspace, &going).await.map_err(stored)?;
        members::an_owner_is_left(self.tx, self.workspace, going.iter().filter_map(|id| now.members.get(id))).await?;
        for member in going.iter().filter_map(|id| now.members.get(id)) {
            let event = Event::MemberRemoved { member: member.name.to_string(), email: member.email.to_string(), before: members::snapshot(member) };
            self.record(event, Object::new("member", member.id.uuid()));
        }
        Ok(outcomes)
    }

    async fn places_in(&mut self, group: GroupId, items: &[DecidedItem]) -> Result<Outcomes, Failure> {
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
        let outcome = |item: &DecidedItem| match member_of(item).is_some_and(|id| left.contains(&id)) {
            true => Outcome::Revoked,
            false => Outcome::Gone,
        };
        Ok(items.iter().map(|item| (item.place, outcome(item))).collect())
    }

    /// Grants end holder by holder: members all at once, groups and tokens, of which there are few, one after the other.
    async fn grants(&mut self, items: &[DecidedItem]) -> Result<Outcomes, Failure> {
        let mut by_holder: BTreeMap<Holder, Vec<&DecidedItem>> = BTreeMap::new();
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
                    let rest = without(&before.grants, &items, self.now, &mut outcomes)?;
                    if rest.len() < before.grants.len() {
                        let after = Member { grants: rest.clone(), ..before.clone() };
                        let event = Event::MemberAccessChanged {
                            member: before.name.to_string(),
                            before: members::snapshot(&before),
                            after: members::snapshot(&after),
                        };
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

    async fn of_group(&mut self, id: GroupId, items: &[&DecidedItem], outcomes: &mut Outcomes) -> Result<(), Failure> {
        let Some(before) = store::groups::find(self.tx, self.workspace, id).await.map_err(stored)? else {
            outcomes.extend(items.iter().map(|item| (item.place, Outcome::Gone)));
            return Ok(());
        };
        let rest = without(&before.grants, items, self.now, outcomes)?;
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

    async fn of_token(&mut self, id: TokenId, items: &[&DecidedItem], outcomes: &mut Outcomes) -> Result<(), Failure> {
        let found = store::tokens::find(self.tx, self.workspace, id).await.map_err(stored)?;
        let Some(before) = found.filter(|token| token.revoked_at.is_none()) else {
            outcomes.extend(items.iter().map(|item| (item.place, Outcome::Gone)));
            return Ok(());
        };
        let rest = without(&before.grants, items, self.now, outcomes)?;
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

const fn member_of(item: &DecidedItem) -> Option<MemberId> {
    match item.holder {
        Holder::Member(id) => Some(id),
        Holder::Group(_) | Holder::Token(_) | Holder::Invite(_) => None,
    }
}

/// The grants that are left once those of the items are gone that still are what they were, and what becomes of each item.
fn without(held: &[Grant], items: &[&DecidedItem], now: Timestamp, outcomes: &mut Outcomes) -> Result<Vec<Grant>, Failure> {
    let mut gone: BTreeSet<GrantId> = BTreeSet::new();
    for item in items {
        let found = held.iter().find(|grant| Some(grant.id) == item.grant);
        let outcome = of_grant_now(found, item, now)?.unwrap_or(Outcome::Revoked);
        // what has run out goes too
        gone.extend(found.filter(|grant| outcome == Outcome::Revoked || grant.is_expired(now)).map(|grant| grant.id));
        outcomes.push((item.place, outcome));
    }
    Ok(held.iter().filter(|grant| !gone.contains(&grant.id)).cloned().collect())
}

/// What is to be said of a grant that is not what the reviewers looked at; nothing where it is.
fn of_grant_now(found: Option<&Grant>, item: &DecidedItem, now: Timestamp) -> Result<Option<Outcome>, Failure> {
    Ok(match found {
        None => Some(Outcome::Gone),
        Some(grant) if Some(of_grant(&grant.spec)?.as_slice()) != item.fingerprint.as_deref() => Some(Outcome::Changed),
        Some(grant) if grant.is_expired(now) => Some(Outcome::Gone),
        Some(_) => None,
    })
}

/// What those of some items have now.
struct HeldNow {
    members: HashMap<MemberId, Member>,
    grants: HashMap<Holder, Vec<Grant>>,
    /// Who of them is in the group that is reviewed.
    in_group: Option<BTreeSet<MemberId>>,
}

async fn held_now(tx: &WriteTx, workspace: WorkspaceId, of: &ReviewOf, items: &[DecidedItem]) -> Result<HeldNow, Failure> {
    let mut now = HeldNow { members: HashMap::new(), grants: HashMap::new(), in_group: None };
    let ids: Vec<MemberId> = items.iter().filter_map(member_of).collect::<BTreeSet<_>>().into_iter().collect();
    if let ReviewOf::Group(group) = of {
        let here = store::group_members::among(tx, workspace, *group, &ids).await.map_err(stored)?;
        now.in_group = Some(here);
        return Ok(now);
    }
    now.members = store::members::find_many(tx, workspace, &ids).await.map_err(stored)?.into_iter().map(|(_, member)| (member.id, member)).collect();
    // groups and tokens are few
    for holder in items.iter().map(|item| item.holder).filter(|holder| !matches!(holder, Holder::Member(_))).collect::<BTreeSet<_>>() {
        now.grants.insert(holder, store::grants::of(tx, workspace, holder).await.map_err(stored)?);
    }
    Ok(now)
}

impl HeldNow {
    /// What is to be said of an item that is not what the reviewers looked at; nothing where it is.
    fn outcome(&self, item: &DecidedItem, now: Timestamp) -> Result<Option<Outcome>, Failure> {
        let member = member_of(item);
        if let Some(here) = &self.in_group {
            return Ok(member.is_none_or(|id| !here.contains(&id)).then_some(Outcome::Gone));
        }
        let held = member.and_then(|id| self.members.get(&id));
        if item.grant.is_some() {
            let grants = held.map(|member| &member.grants).or_else(|| self.grants.get(&item.holder));
            return of_grant_now(grants.and_then(|grants| grants.iter().find(|grant| Some(grant.id) == item.grant)), item, now);
        }
        Ok(match held {
            None => Some(Outcome::Gone),
            Some(member) if Some(of_member(member)?.as_slice()) != item.fingerprint.as_deref() => Some(Outcome::Changed),
            Some(_) => None,
        })
    }
}
