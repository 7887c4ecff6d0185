//! How a review begins: who has what at this moment, those first who were not seen for longest.

use super::{ask, known, reviewers, set_reviewers};
use crate::{
    access::WorkspaceOwner,
    mail::ReviewMail,
    members::still_owner,
    refusal::{named, stored},
    services::Services,
};
use domain::{
    audit::{Event, Object},
    audit_words::{grant_words, role_name},
    catalog::RoleId,
    export::ExportScope,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Holder, ScopeSummary},
    held::HolderKind,
    id::{GrantId, GroupId, MemberId, ReviewId, WorkspaceId},
    label::Label,
    member::{Member, MemberKind},
    review::{MOST_ITEMS, MOST_OPEN, Review, ReviewOf, ReviewWish, due_in_time},
    text::ReviewName,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use store::{
    Db, WriteTx,
    held::Naming,
    reviews::{Card, HeldFully, NewItem, NewReview},
};

/// How many members are read at once with all they hold.
const AT_ONCE: usize = 1_000;

/// How many resources a grant names before it says how many there are.
const NAMED: usize = 5;

/// A grant as its reviewers saw it, in 32 bytes.
pub(super) fn of_grant(spec: &GrantSpec) -> Result<[u8; 32], Failure> {
    fingerprint(spec)
}

/// All that a member had when the reviewers looked, in 32 bytes.
pub(super) fn of_member(member: &Member) -> Result<[u8; 32], Failure> {
    let grants: BTreeSet<&GrantSpec> = member.grants.iter().map(|grant| &grant.spec).collect();
    let groups: BTreeSet<GroupId> = member.groups.iter().map(|group| group.id).collect();
    fingerprint(&(member.kind, member.pii, grants, groups))
}

fn fingerprint(of: &impl serde::Serialize) -> Result<[u8; 32], Failure> {
    let text = serde_json::to_vec(of).map_err(|_| Failure::internal())?;
    Ok(Sha256::digest(text).into())
}

fn too_many() -> Failure {
    Failure::field("of", format_args!("these are more than {MOST_ITEMS}, which is the most for one review; review groups or roles one by one"))
}

/// Starts a review and tells its reviewers.
pub async fn start(services: &Services, owner: &WorkspaceOwner, wish: &ReviewWish) -> Result<Review, Failure> {
    let workspace = owner.workspace().id;
    let name = ReviewName::parse(&wish.name).map_err(named("name"))?;
    let ids = reviewers(&wish.reviewers)?;
    let now = services.now();
    due_in_time(wish.due_at, now)?;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    if store::reviews::count_open(&tx, workspace).await.map_err(stored)? >= MOST_OPEN {
        return Err(Failure::new(FailureKind::Limited, format_args!("{MOST_OPEN} reviews are open already; sign off or cancel one before you start another")));
    }
    let (about, mut items) = gathered(services, &tx, workspace, &wish.of).await?;
    if items.is_empty() {
        return Err(Failure::field("of", format_args!("there is nothing to review: nobody has access by {about}")));
    }
    if items.len() > MOST_ITEMS {
        return Err(too_many());
    }
    items.sort_by_cached_key(|item| (item.last_used_at, domain::text::key(&item.name), item.access.clone()));
    let id = ReviewId::new(now, services.random());
    let started_by = owner.name();
    let new = NewReview { id, name, of: wish.of.clone(), about, started_at: now, started_by, due_at: wish.due_at, items: items.len() };
    store::reviews::insert(&tx, workspace, &new).await.map_err(stored)?;
    set_reviewers(&tx, workspace, id, &ids).await?;
    store::reviews::insert_items(&tx, id, &items).await.map_err(stored)?;
    // who starts it knows
    let others: Vec<MemberId> = ids.into_iter().filter(|id| Some(*id) != owner.member()).collect();
    ask(services, &tx, workspace, id, &others, ReviewMail::Asked).await?;
    let review = known(&tx, workspace, id).await?;
    let event = Event::ReviewStarted {
        name: review.name.to_string(),
        about: review.about.clone(),
        items: review.items,
        due_at: review.due_at,
        reviewers: review.reviewers.iter().map(|reviewer| reviewer.name.to_string()).collect(),
    };
    tx.commit(owner.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(review)
}

/// What it is about in words, and each thing to decide.
async fn gathered(services: &Services, tx: &WriteTx, workspace: WorkspaceId, of: &ReviewOf) -> Result<(String, Vec<NewItem>), Failure> {
    match of {
        ReviewOf::Everyone => Ok(("everyone in the workspace".to_owned(), everyone(services, tx, workspace).await?)),
        ReviewOf::Group(id) => in_group(tx, workspace, *id).await,
        ReviewOf::Role(role) => {
            if services.catalog.role(role).is_none() {
                return Err(Failure::field("of", format_args!("role `{role}` does not exist; choose one of the list")));
            }
            Ok((format!("the role {}", role_name(&services.catalog, role)), of_role(services, tx, workspace, role).await?))
        }
        ReviewOf::Label(label) => Ok((format!("the label {label}"), of_label(services, tx, workspace, label).await?)),
    }
}

async fn everyone(services: &Services, tx: &impl Db, workspace: WorkspaceId) -> Result<Vec<NewItem>, Failure> {
    let ids = store::reviews::members(tx, workspace, None, MOST_ITEMS).await.map_err(stored)?;
    let mut items = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        for (_, member) in store::members::find_many(tx, workspace, ids).await.map_err(stored)? {
            items.push(NewItem {
                holder: Holder::Member(member.id),
                name: member.name.to_string(),
                email: Some(member.email.to_string()),
                access: in_all(services, &member),
                grant: None,
                fingerprint: Some(of_member(&member)?),
                last_used_at: member.last_seen_at,
            });
        }
    }
    Ok(items)
}

/// All that a member has, on one line.
fn in_all(services: &Services, member: &Member) -> String {
    if member.kind == MemberKind::Owner {
        return member.kind.title().to_owned();
    }
    let mut parts: Vec<String> = member.grants.iter().map(|grant| grant_words(&services.catalog, &grant.spec)).collect();
    if !member.groups.is_empty() {
        let groups: Vec<&str> = member.groups.iter().map(|group| group.name.as_str()).collect();
        parts.push(format!("in {}", groups.join(", ")));
    }
    if parts.is_empty() { "Minimal access".to_owned() } else { parts.join("; ") }
}

async fn in_group(tx: &impl Db, workspace: WorkspaceId, id: GroupId) -> Result<(String, Vec<NewItem>), Failure> {
    let gone = || Failure::field("of", "this group is not in the workspace, or was deleted meanwhile; choose another");
    let group = store::groups::named(tx, workspace, &[id]).await.map_err(stored)?.pop().ok_or_else(gone)?;
    let ids = store::reviews::members(tx, workspace, Some(id), MOST_ITEMS).await.map_err(stored)?;
    let holders: Vec<Holder> = ids.into_iter().map(Holder::Member).collect();
    let cards = store::reviews::cards(tx, workspace, &holders).await.map_err(stored)?;
    let access = format!("In the group {}", group.name);
    let items = cards.into_iter().map(|(holder, card)| item(holder, card, access.clone(), None));
    Ok((format!("the group {}", group.name), items.collect()))
}

fn item(holder: Holder, card: Card, access: String, grant: Option<(GrantId, [u8; 32])>) -> NewItem {
    let (grant, fingerprint) = grant.unzip();
    NewItem { holder, name: card.name, email: card.email, access, grant, fingerprint, last_used_at: card.last_used_at }
}

async fn of_role(services: &Services, tx: &impl Db, workspace: WorkspaceId, role: &RoleId) -> Result<Vec<NewItem>, Failure> {
    let mut held = Vec::new();
    for kind in [HolderKind::Member, HolderKind::Group, HolderKind::Token] {
        held.extend(store::reviews::grants(tx, workspace, Naming::Role(role, kind), MOST_ITEMS).await.map_err(stored)?.ok_or_else(too_many)?);
    }
    granted(services, tx, workspace, held).await
}

async fn of_label(services: &Services, tx: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<Vec<NewItem>, Failure> {
    let held = store::reviews::grants(tx, workspace, Naming::Label(label), MOST_ITEMS).await.map_err(stored)?.ok_or_else(too_many)?;
    granted(services, tx, workspace, held).await
}

/// Grants as things to decide; what has run out gives nobody anything.
async fn granted(services: &Services, tx: &impl Db, workspace: WorkspaceId, mut held: Vec<HeldFully>) -> Result<Vec<NewItem>, Failure> {
    held.retain(|held| !held.grant.is_expired(services.now()));
    let holders: Vec<Holder> = held.iter().map(|held| held.holder).collect();
    let cards: HashMap<Holder, Card> = store::reviews::cards(tx, workspace, &holders).await.map_err(stored)?;
    let mut items = Vec::with_capacity(held.len());
    for held in held {
        let Some(card) = cards.get(&held.holder) else { continue };
        let grant = (held.grant.id, of_grant(&held.grant.spec)?);
        items.push(item(held.holder, card.clone(), words(services, &held), Some(grant)));
    }
    Ok(items)
}

/// A grant with the names of the resources, where they are few.
fn words(services: &Services, held: &HeldFully) -> String {
    let spec = &held.grant.spec;
    match (&held.scope, ScopeSummary::from(&spec.scope)) {
        (ExportScope::Only(resources), ScopeSummary::Only(_)) if (1..=NAMED).contains(&resources.len()) => {
            let names: Vec<&str> = resources.iter().map(|resource| resource.name.as_str()).collect();
            let until = spec.expires_at.map(|end| format!(", until {}", end.to_the_day())).unwrap_or_default();
            format!("{} ({}){until}", role_name(&services.catalog, &spec.role), names.join(", "))
        }
        _ => grant_words(&services.catalog, spec),
    }
}
