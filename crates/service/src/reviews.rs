//! Access reviews: an owner asks people who know whether everybody still needs what they have; they decide one by one, and an owner
//! signs off. What was decided to be revoked ends with the sign-off, in one change (`sign_off`).
//!
//! Reviewers need not be owners: to be asked is what lets them see the review. Nobody decides about themselves.

mod begin;
mod record;
mod reminders;
mod sign_off;

pub use begin::start;
pub use record::csv;
pub use reminders::{round, run};
pub use sign_off::{preview as sign_off_preview, sign_off};

use crate::{
    access::{WorkspaceMember, WorkspaceOwner},
    mail::{Mail, ReviewMail},
    members::still_owner,
    postman::post_all,
    refusal::{few, named, stored},
    services::Services,
    workspaces::locked,
};
use domain::{
    audit::{Event, Object, ReviewSnapshot},
    failure::{Failure, FailureKind},
    grant::Holder,
    id::{MemberId, ReviewId, WorkspaceId},
    member::MemberKind,
    page::{Cursor, Page, PageSize},
    review::{
        Decided, Decision, ItemPage, ItemQuery, ItemSelection, ItemsSeen, MOST_REVIEWERS, REMIND_AGAIN, Review, ReviewState, ReviewTerms, Reviewer, due_in_time,
    },
    text::Reason,
};
use std::collections::BTreeSet;
use store::{Db, StoreError, WriteTx, reviews::Deciding};

/// How many names an entry of the trail has.
const NAMED: u64 = 5;

/// An owner sees every review; others those that they look through.
pub async fn list(services: &Services, me: &WorkspaceMember, cursor: Option<Cursor>) -> Result<Page<Review>, Failure> {
    let of = (me.kind() != MemberKind::Owner).then(|| me.member());
    store::reviews::list(&services.store, me.workspace().id, of, cursor, PageSize::SCREEN).await.map_err(stored)
}

/// A review, with how much of what is left in it is one's own, which others have to decide.
pub async fn find(services: &Services, me: &WorkspaceMember, id: ReviewId) -> Result<Review, Failure> {
    let review = visible(&services.store, me.workspace().id, id, me.kind(), me.member()).await?;
    seen_by(&services.store, me.member(), vec![review]).await?.pop().ok_or_else(Failure::internal)
}

/// Reviews as this member looks at them: with how much of what is left in each is their own.
pub(crate) async fn seen_by(db: &impl Db, me: MemberId, reviews: Vec<Review>) -> Result<Vec<Review>, Failure> {
    let ids: Vec<ReviewId> = reviews.iter().map(|review| review.id).collect();
    let own = store::reviews::own_left(db, &ids, me).await.map_err(stored)?;
    Ok(reviews.into_iter().map(|review| Review { own_left: own.get(&review.id).copied().unwrap_or(0), ..review }).collect())
}

async fn known(db: &impl Db, workspace: WorkspaceId, id: ReviewId) -> Result<Review, Failure> {
    let gone = || Failure::new(FailureKind::NotFound, "this review is not in the workspace, or you are not asked to look through it");
    store::reviews::find(db, workspace, id).await.map_err(stored)?.ok_or_else(gone)
}

/// A review is there for owners, and for whoever is asked.
async fn visible(db: &impl Db, workspace: WorkspaceId, id: ReviewId, kind: MemberKind, member: MemberId) -> Result<Review, Failure> {
    let review = known(db, workspace, id).await?;
    if kind == MemberKind::Owner || review.is_reviewer(member) {
        return Ok(review);
    }
    Err(Failure::new(FailureKind::NotFound, "this review is not in the workspace, or you are not asked to look through it"))
}

/// A page of what is to be decided, with how many a search or filter finds. While the review is open, it tells when each was last used by now.
pub async fn items(services: &Services, me: &WorkspaceMember, id: ReviewId, query: &ItemQuery) -> Result<ItemPage, Failure> {
    let review = find(services, me, id).await?;
    let db = &services.store;
    let mut page = store::reviews::page(db, id, query, PageSize::SCREEN).await.map_err(stored)?;
    page.total = Some(match (query.decision, query.search.is_some()) {
        (None, false) => review.items,
        (Some(Decision::Keep), false) => review.kept,
        (Some(Decision::Revoke), false) => review.revoked,
        (Some(Decision::Undecided), false) => review.undecided(),
        (_, true) => store::reviews::count_matching(db, id, query).await.map_err(stored)?,
    });
    if review.is_open() {
        // of a group it is told as it was: so many members are not gone through for each page
        let holders: Vec<_> = page.rows.iter().map(|item| item.holder).filter(|holder| !matches!(holder, Holder::Group(_))).collect();
        let cards = store::reviews::cards(db, me.workspace().id, &holders).await.map_err(stored)?;
        for item in &mut page.rows {
            item.last_used_at = cards.get(&item.holder).map_or(item.last_used_at, |card| card.last_used_at);
        }
    }
    Ok(ItemPage { page, decisions: review.decisions })
}

fn ended() -> Failure {
    Failure::new(FailureKind::Conflict, "this review has ended meanwhile, so nothing was changed; look at its record")
}

/// Locks the workspace and finds an open review that this member may decide in, as things are now.
async fn open_to(tx: &WriteTx, me: &WorkspaceMember, id: ReviewId) -> Result<Review, Failure> {
    let workspace = me.workspace().id;
    locked(tx, workspace).await?;
    let standing = store::members::by_account(tx, workspace, me.account().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    let review = visible(tx, workspace, id, standing.kind, me.member()).await?;
    if review.is_open() { Ok(review) } else { Err(ended()) }
}

/// Decides about these, but not about oneself. Of a list, nothing is decided where it may hold others than whoever asks has seen.
pub async fn decide(
    services: &Services,
    me: &WorkspaceMember,
    id: ReviewId,
    selection: &ItemSelection,
    seen: Option<ItemsSeen>,
    decision: Decision,
    note: &str,
) -> Result<Decided, Failure> {
    if let ItemSelection::These(places) = selection {
        few(places, "items")?;
    }
    let note = noted(note)?;
    let tx = services.store.begin().await.map_err(stored)?;
    let review = open_to(&tx, me, id).await?;
    if let (ItemSelection::Matching(query), Some(seen)) = (selection, seen) {
        // by decisions made meanwhile one may have left the list and another come; of a list of all, what was decided would be undone unseen
        if review.decisions != seen.decisions || store::reviews::count_matching(&tx, id, query).await.map_err(stored)? != seen.count {
            return Err(Failure::new(FailureKind::Conflict, "the list is another one meanwhile, so nothing was decided; look at it again"));
        }
    }
    let (whose, count, own_left_out) = store::reviews::whose(&tx, id, selection, decision, me.member(), NAMED).await.map_err(stored)?;
    if count == 0 {
        return match own_left_out {
            true => Err(Failure::new(FailureKind::Conflict, "nobody decides about themselves; another reviewer or owner has to decide about what you have")),
            false => Ok(Decided { changed: 0, own_left_out }),
        };
    }
    let name = me.account().name.as_str();
    let deciding = Deciding { decision, by: me.member(), name, note: note.as_ref(), at: services.now() };
    let changed = store::reviews::decide(&tx, id, selection, deciding).await.map_err(stored)?;
    let event = Event::ReviewDecided { name: review.name.to_string(), decision: decision.as_str().to_owned(), count: changed, whose };
    tx.commit(me.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    Ok(Decided { changed, own_left_out })
}

fn noted(note: &str) -> Result<Option<Reason>, Failure> {
    let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(note).filter(|text| !text.is_empty()).map(|text| Reason::parse(&text)).transpose().map_err(named("note"))
}

/// Writes a word beside a decision.
pub async fn note(services: &Services, me: &WorkspaceMember, id: ReviewId, place: i64, note: &str) -> Result<(), Failure> {
    let note = noted(note)?;
    let tx = services.store.begin().await.map_err(stored)?;
    let review = open_to(&tx, me, id).await?;
    if !store::reviews::set_note(&tx, id, place, me.member(), note.as_ref()).await.map_err(stored)? {
        return Err(Failure::new(FailureKind::Conflict, "nothing is decided here yet; choose Keep or Revoke first, then write why"));
    }
    let whose = store::reviews::named(&tx, id, place).await.map_err(stored)?;
    let event = Event::ReviewDecided { name: review.name.to_string(), decision: "note".to_owned(), count: 1, whose };
    tx.commit(me.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    Ok(())
}

/// The ids of a wish, each once: one at least, and not too many.
fn reviewers(wish: &[MemberId]) -> Result<Vec<MemberId>, Failure> {
    let ids: Vec<MemberId> = wish.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    match ids.len() {
        0 => Err(Failure::field("reviewers", "nobody is to look through it; choose one reviewer at least")),
        n if n > MOST_REVIEWERS => Err(Failure::field("reviewers", format_args!("{n} reviewers are too many; choose at most {MOST_REVIEWERS}"))),
        _ => Ok(ids),
    }
}

async fn set_reviewers(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, ids: &[MemberId]) -> Result<(), Failure> {
    store::reviews::set_reviewers(tx, workspace, id, ids).await.map_err(|error| match error {
        StoreError::Reference => Failure::field("reviewers", "one of the reviewers is no longer in the workspace; choose others"),
        other => stored(other),
    })
}

fn snapshot(review: &Review) -> ReviewSnapshot {
    ReviewSnapshot { due_at: review.due_at, reviewers: review.reviewers.iter().map(|reviewer| reviewer.name.to_string()).collect() }
}

/// Another due date, or other reviewers. Who is asked anew gets mail.
pub async fn change(services: &Services, owner: &WorkspaceOwner, id: ReviewId, terms: &ReviewTerms) -> Result<Review, Failure> {
    let workspace = owner.workspace().id;
    let ids = reviewers(&terms.reviewers)?;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let before = known(&tx, workspace, id).await?;
    if !before.is_open() {
        return Err(ended());
    }
    if before.due_at != terms.due_at {
        due_in_time(terms.due_at, services.now())?;
    }
    if !store::reviews::set_due(&tx, workspace, &before, terms.revision, terms.due_at).await.map_err(stored)? {
        return Err(Failure::new(FailureKind::Conflict, "somebody else changed this review meanwhile; close this, look at it, and change it again"));
    }
    set_reviewers(&tx, workspace, id, &ids).await?;
    let after = known(&tx, workspace, id).await?;
    if before.due_at == after.due_at && before.reviewers == after.reviewers {
        return Ok(before);
    }
    let new: Vec<MemberId> = ids.into_iter().filter(|id| !before.is_reviewer(*id)).collect();
    ask(services, &tx, workspace, id, &new, ReviewMail::Asked).await?;
    let event = Event::ReviewChanged { name: before.name.to_string(), before: snapshot(&before), after: snapshot(&after) };
    tx.commit(owner.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(after)
}

/// Puts mail on its way to these reviewers.
async fn ask(services: &Services, tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, whom: &[MemberId], why: ReviewMail) -> Result<(), Failure> {
    let addresses = store::reviews::addresses(tx, workspace, whom).await.map_err(stored)?;
    let mail = Mail::Review { review: id, why };
    post_all(services, tx, Some(workspace), addresses.iter().map(|address| (address, &mail))).await
}

/// Reminds the reviewers now; again only after a while.
pub async fn remind(services: &Services, owner: &WorkspaceOwner, id: ReviewId) -> Result<Review, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let review = known(&tx, workspace, id).await?;
    if !review.is_open() {
        return Err(ended());
    }
    let now = services.now();
    if review.undecided() == 0 {
        return Err(Failure::new(FailureKind::Conflict, "everything is decided; there is nothing to remind of. Sign the review off"));
    }
    if !services.mail_is_on() {
        return Err(Failure::new(FailureKind::Conflict, "this server sends no mail; tell the reviewers yourself, or ask whoever runs Rolecall to set up mail"));
    }
    if review.reminded_at.is_some_and(|at| at.plus(REMIND_AGAIN) > now) {
        let message = format!("the reviewers were reminded within {}; wait a little, or talk to them", REMIND_AGAIN.words());
        return Err(Failure::new(FailureKind::Limited, message));
    }
    if !store::reviews::set_reminded(&tx, workspace, id, now).await.map_err(stored)? {
        return Err(ended());
    }
    let record = owner.record(services, reminded(&review), Some(Object::new("review", id.uuid())));
    ask(services, &tx, workspace, id, &ids(&review.reviewers), ReviewMail::Reminded).await?;
    tx.commit(record).await.map_err(stored)?;
    services.mail_waits.notify_one();
    known(&services.store, workspace, id).await
}

fn ids(reviewers: &[Reviewer]) -> Vec<MemberId> {
    reviewers.iter().map(|reviewer| reviewer.id).collect()
}

fn reminded(review: &Review) -> Event {
    Event::ReviewReminded { name: review.name.to_string(), reviewers: snapshot(review).reviewers }
}

/// Ends a review without doing anything that was decided in it.
pub async fn cancel(services: &Services, owner: &WorkspaceOwner, id: ReviewId) -> Result<(), Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let review = known(&tx, workspace, id).await?;
    if !store::reviews::end(&tx, workspace, id, ReviewState::Cancelled, &owner.name(), services.now()).await.map_err(stored)? {
        return Err(ended());
    }
    let event = Event::ReviewCancelled { name: review.name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    Ok(())
}
