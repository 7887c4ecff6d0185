//! The record of a review as CSV: what was decided about each, by whom, and what came of it. The sign-off puts its SHA-256 into the audit
//! trail, so that nobody can change a decision afterwards without being seen. Its words never change: a test holds them.

use super::known;
use crate::{access::WorkspaceOwner, cells::line, refusal::stored, services::Services};
use domain::{
    audit::{Event, Object},
    failure::{Failure, FailureKind},
    id::ReviewId,
    review::{Review, ReviewItem, holder_title},
    time::Timestamp,
};
use futures::Stream;
use sha2::{Digest as _, Sha256};
use store::Db;

const COLUMNS: [&str; 15] = [
    "Review", "About", "State", "Ended by", "Ended at", "Holder", "Name", "Email", "Access", "Last used", "Decision", "Decided by", "Decided at", "Note", "Outcome",
];

/// How many items are read at once.
const AT_ONCE: u64 = 1_000;

/// The record, in pieces. That it was taken away is recorded before it begins.
pub async fn csv(
    services: &Services,
    owner: &WorkspaceOwner,
    id: ReviewId,
) -> Result<(Review, impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<>), Failure> {
    let review = known(&services.store, owner.workspace().id, id).await?;
    if review.is_open() {
        return Err(Failure::new(FailureKind::Conflict, "the review is still open; its record is there once it is signed off"));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let event = Event::ReviewExported { name: review.name.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("review", id.uuid())))).await.map_err(stored)?;
    let (services, told) = (services.clone(), review.clone());
    let pieces = async_stream::try_stream! {
        yield line(&COLUMNS)?;
        let mut place = None;
        loop {
            let (piece, next) = piece(&services.store, &told, place).await?;
            yield piece;
            let Some(next) = next else { break };
            place = Some(next);
        }
    };
    Ok((review, pieces))
}

/// The SHA-256 of the whole record, in hexadecimal.
pub(super) async fn digest(db: &impl Db, review: &Review) -> Result<String, Failure> {
    let mut hash = Sha256::new_with_prefix(line(&COLUMNS)?);
    let mut place = None;
    loop {
        let (piece, next) = piece(db, review, place).await?;
        hash.update(&piece);
        let Some(next) = next else { break };
        place = Some(next);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The lines after a place, and the last place among them.
async fn piece(db: &impl Db, review: &Review, after: Option<i64>) -> Result<(Vec<u8>, Option<i64>), Failure> {
    let items = store::reviews::after(db, review.id, after, AT_ONCE).await.map_err(stored)?;
    let mut piece = Vec::with_capacity(items.len() * 160);
    for item in &items {
        piece.extend_from_slice(&line(&cells(review, item))?);
    }
    Ok((piece, items.last().map(|item| item.place)))
}

fn cells(review: &Review, item: &ReviewItem) -> [String; 15] {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        review.name.to_string(),
        review.about.clone(),
        review.state.title().to_owned(),
        review.ended_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        moment(review.ended_at),
        holder_title(item.holder).to_owned(),
        item.name.clone(),
        text(&item.email),
        item.access.clone(),
        moment(item.last_used_at),
        item.decision.title().to_owned(),
        text(&item.decided_by),
        moment(item.decided_at),
        text(&item.note),
        item.outcome.map(|outcome| outcome.title().to_owned()).unwrap_or_default(),
    ]
}
