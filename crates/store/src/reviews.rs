//! Access reviews: what is looked through, by whom, until when, and how far it has come.

mod gather;
mod items;

pub use gather::{Card, HeldFully, cards, grants, members};
pub use items::{DecidedItem, Deciding, NewItem, after, count_matching, decide, decided, freshen, insert_items, named, own_left, page, revoked_owners, set_note, set_outcome, settle_rest, whose};

use crate::{
    entity::{member, review, review_reviewer, workspace},
    error::{StoreError, corrupt},
    keyset::{Rows as _, Window},
    sql::{count_rows, insert_all, models, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{
    catalog::RoleId,
    email::EmailAddress,
    id::{GroupId, MemberId, ReviewId, WorkspaceId},
    label::Label,
    page::{Cursor, Page, PageSize},
    review::{Done, Review, ReviewOf, ReviewState, Reviewer},
    text::{PersonName, ReviewName},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewReview {
    pub id: ReviewId,
    pub name: ReviewName,
    pub of: ReviewOf,
    pub about: String,
    pub started_at: Timestamp,
    pub started_by: PersonName,
    pub due_at: Timestamp,
    pub items: usize,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewReview) -> Result<(), StoreError> {
    let row = review::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        name: new.name.to_string(),
        of_kind: new.of.kind().to_owned(),
        of_what: match &new.of {
            ReviewOf::Everyone => String::new(),
            ReviewOf::Group(id) => id.to_string(),
            ReviewOf::Role(role) => role.to_string(),
            ReviewOf::Label(label) => label.to_string(),
        },
        about: new.about.clone(),
        state: ReviewState::Open.as_str().to_owned(),
        started_at: new.started_at.micros(),
        started_by_name: new.started_by.to_string(),
        due_at: new.due_at.micros(),
        ended_at: None,
        ended_by_name: None,
        items: i64::try_from(new.items).unwrap_or(i64::MAX),
        kept: 0,
        revoked: 0,
        revision: 0,
        decisions: 0,
        done_revoked: None,
        done_stayed: None,
        digest: None,
        reminders: 0,
        reminded_at: None,
    };
    insert_all::<review::Entity>(tx, &[row]).await
}

/// Makes these the reviewers. [`StoreError::Reference`] when one isn't in the workspace.
pub async fn set_reviewers(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, reviewers: &[MemberId]) -> Result<(), StoreError> {
    review_reviewer::Entity::delete_many().filter(review_reviewer::Column::ReviewId.eq(id.uuid())).exec(on(tx)).await?;
    let row = |member: &MemberId| review_reviewer::Model { review_id: id.uuid(), workspace_id: workspace.uuid(), member_id: member.uuid() };
    insert_all::<review_reviewer::Entity>(tx, &reviewers.iter().map(row).collect::<Vec<_>>()).await
}

/// Sets the due date if nobody changed the review since this revision; with another date, the reminders begin anew.
pub async fn set_due(tx: &WriteTx, workspace: WorkspaceId, before: &Review, revision: i64, due_at: Timestamp) -> Result<bool, StoreError> {
    let mut update = review::Entity::update_many()
        .col_expr(review::Column::DueAt, Expr::val(due_at.micros()))
        .col_expr(review::Column::Revision, Expr::col(review::Column::Revision).add(1));
    if before.due_at != due_at {
        update = update.col_expr(review::Column::Reminders, Expr::val(0));
    }
    let updated = update.filter(open(workspace, before.id)).filter(review::Column::Revision.eq(revision)).exec(on(tx)).await?;
    Ok(updated.rows_affected == 1)
}

fn open(workspace: WorkspaceId, id: ReviewId) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(review::Column::WorkspaceId.eq(workspace.uuid()))
        .add(review::Column::Id.eq(id.uuid()))
        .add(review::Column::State.eq(ReviewState::Open.as_str()))
}

/// One page, the newest first; with `of`, those that this member looks through.
pub async fn list(db: &impl Db, workspace: WorkspaceId, of: Option<MemberId>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<Review>, StoreError> {
    let mut window = Window::new(cursor.as_ref(), size, |key| key.parse::<i64>().ok());
    let mut rows: Vec<review::Model> = models(db, &statement(workspace, of, &window)).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = models(db, &statement(workspace, of, &window)).await?;
    }
    let page = window.page(rows, |row| (row.started_at.to_string(), row.id));
    let mut reviewers = reviewers(db, &page.rows).await?;
    page.try_map(|row| whole(row, &mut reviewers))
}

pub(crate) fn statement(workspace: WorkspaceId, of: Option<MemberId>, window: &Window<i64>) -> SelectStatement {
    let mut select = Query::select().columns(review::Column::iter()).from(review::Entity).take();
    select.and_where(review::Column::WorkspaceId.eq(workspace.uuid()));
    if let Some(member) = of {
        select.and_where(review::Column::Id.in_subquery(looked_through_by(workspace, member)));
    }
    window.read(&mut select, review::Column::StartedAt, review::Column::Id, true);
    select
}

fn looked_through_by(workspace: WorkspaceId, member: MemberId) -> SelectStatement {
    Query::select()
        .column(review_reviewer::Column::ReviewId)
        .from(review_reviewer::Entity)
        .and_where(review_reviewer::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(review_reviewer::Column::MemberId.eq(member.uuid()))
        .take()
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: ReviewId) -> Result<Option<Review>, StoreError> {
    let row = review::Entity::find_by_id(id.uuid()).filter(review::Column::WorkspaceId.eq(workspace.uuid())).one(on(db)).await?;
    let Some(row) = row else { return Ok(None) };
    let mut reviewers = reviewers(db, std::slice::from_ref(&row)).await?;
    whole(row, &mut reviewers).map(Some)
}

async fn reviewers(db: &impl Db, rows: &[review::Model]) -> Result<HashMap<Uuid, Vec<Reviewer>>, StoreError> {
    let of = |column| (review_reviewer::Entity, column);
    let select = Query::select()
        .column(of(review_reviewer::Column::ReviewId))
        .columns([member::Column::Id, member::Column::Name].map(|column| (member::Entity, column)))
        .from(review_reviewer::Entity)
        .inner_join(member::Entity, Expr::col((member::Entity, member::Column::Id)).equals(of(review_reviewer::Column::MemberId)))
        .and_where(Expr::col(of(review_reviewer::Column::ReviewId)).is_in(rows.iter().map(|row| row.id)))
        .order_by((member::Entity, member::Column::NameKey), sea_orm::Order::Asc)
        .take();
    let mut found: HashMap<Uuid, Vec<Reviewer>> = HashMap::new();
    for (review, id, name) in tuples::<(Uuid, Uuid, String)>(db, &select).await? {
        let name = PersonName::parse(&name).map_err(corrupt("members.name"))?;
        found.entry(review).or_default().push(Reviewer { id: MemberId::from_uuid(id), name });
    }
    Ok(found)
}

fn whole(row: review::Model, reviewers: &mut HashMap<Uuid, Vec<Reviewer>>) -> Result<Review, StoreError> {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let of = match row.of_kind.as_str() {
        "group" => ReviewOf::Group(row.of_what.parse::<GroupId>().map_err(corrupt("reviews.of_what"))?),
        "role" => ReviewOf::Role(RoleId::new(&row.of_what)),
        "label" => ReviewOf::Label(Label::parse(&row.of_what).map_err(corrupt("reviews.of_what"))?),
        _ => ReviewOf::Everyone,
    };
    Ok(Review {
        id: ReviewId::from_uuid(row.id),
        name: ReviewName::parse(&row.name).map_err(corrupt("reviews.name"))?,
        of,
        about: row.about,
        state: ReviewState::parse(&row.state).ok_or_else(|| StoreError::Corrupt(format!("reviews.state: {}", row.state)))?,
        started_at: Timestamp::from_micros(row.started_at),
        started_by: PersonName::parse(&row.started_by_name).map_err(corrupt("reviews.started_by_name"))?,
        due_at: Timestamp::from_micros(row.due_at),
        ended_at: row.ended_at.map(Timestamp::from_micros),
        ended_by: row.ended_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("reviews.ended_by_name"))?,
        items: count(row.items),
        kept: count(row.kept),
        revoked: count(row.revoked),
        reviewers: reviewers.remove(&row.id).unwrap_or_default(),
        digest: row.digest,
        reminded_at: row.reminded_at.map(Timestamp::from_micros),
        revision: row.revision,
        decisions: row.decisions,
        own_left: 0,
        done: row.done_revoked.zip(row.done_stayed).map(|(revoked, stayed)| Done { revoked: count(revoked), stayed: count(stayed) }),
    })
}

/// How many are open.
pub async fn count_open(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    counted(db, &counting(workspace)).await
}

/// How many open ones wait for this member: those that they look through, and for an owner also those that can be signed off.
pub async fn count_waiting(db: &impl Db, workspace: WorkspaceId, member: MemberId, is_owner: bool) -> Result<u64, StoreError> {
    let mut waits = sea_orm::Condition::any().add(review::Column::Id.in_subquery(looked_through_by(workspace, member)));
    if is_owner {
        waits = waits.add(undecided().not());
    }
    let mut select = counting(workspace);
    select.cond_where(waits);
    counted(db, &select).await
}

fn counting(workspace: WorkspaceId) -> SelectStatement {
    let mut select = Query::select().expr(count_rows()).from(review::Entity).take();
    select.and_where(review::Column::WorkspaceId.eq(workspace.uuid())).and_where(review::Column::State.eq(ReviewState::Open.as_str()));
    select
}

async fn counted(db: &impl Db, select: &SelectStatement) -> Result<u64, StoreError> {
    let found: Vec<(i64,)> = tuples(db, select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// Something is left to decide.
fn undecided() -> Expr {
    Expr::col(review::Column::Items).gt(Expr::col(review::Column::Kept).add(Expr::col(review::Column::Revoked)))
}

/// Those that are open, what is due first.
pub async fn open_ones(db: &impl Db, workspace: WorkspaceId, limit: u64) -> Result<Vec<Review>, StoreError> {
    let rows = review::Entity::find()
        .filter(review::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(review::Column::State.eq(ReviewState::Open.as_str()))
        .order_by_asc(review::Column::DueAt)
        .limit(limit)
        .all(on(db))
        .await?;
    let mut reviewers = reviewers(db, &rows).await?;
    rows.into_iter().map(|row| whole(row, &mut reviewers)).collect()
}

/// Keeps its counts true in the change that decides.
pub async fn count_decisions(tx: &WriteTx, id: ReviewId, kept: i64, revoked: i64) -> Result<(), StoreError> {
    review::Entity::update_many()
        .col_expr(review::Column::Kept, Expr::col(review::Column::Kept).add(kept))
        .col_expr(review::Column::Revoked, Expr::col(review::Column::Revoked).add(revoked))
        .col_expr(review::Column::Decisions, Expr::col(review::Column::Decisions).add(1))
        .filter(review::Column::Id.eq(id.uuid()))
        .exec(on(tx))
        .await?;
    Ok(())
}

/// Ends it; `false` where it had ended before.
pub async fn end(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, state: ReviewState, by: &PersonName, at: Timestamp) -> Result<bool, StoreError> {
    let ended = review::Entity::update_many()
        .col_expr(review::Column::State, Expr::val(state.as_str()))
        .col_expr(review::Column::EndedAt, Expr::val(at.micros()))
        .col_expr(review::Column::EndedByName, Expr::val(by.as_str()))
        .filter(open(workspace, id))
        .exec(on(tx))
        .await?;
    Ok(ended.rows_affected == 1)
}

/// What the sign-off did, before its record is made.
pub async fn set_done(tx: &WriteTx, id: ReviewId, done: Done) -> Result<(), StoreError> {
    let count = |n: u64| Expr::val(i64::try_from(n).unwrap_or(i64::MAX));
    review::Entity::update_many()
        .col_expr(review::Column::DoneRevoked, count(done.revoked))
        .col_expr(review::Column::DoneStayed, count(done.stayed))
        .filter(review::Column::Id.eq(id.uuid()))
        .exec(on(tx))
        .await?;
    Ok(())
}

pub async fn set_digest(tx: &WriteTx, id: ReviewId, digest: &str) -> Result<(), StoreError> {
    review::Entity::update_many().col_expr(review::Column::Digest, Expr::val(digest)).filter(review::Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(())
}

/// Notes that the reviewers were reminded by somebody.
pub async fn set_reminded(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, at: Timestamp) -> Result<bool, StoreError> {
    let noted = review::Entity::update_many().col_expr(review::Column::RemindedAt, Expr::val(at.micros())).filter(open(workspace, id)).exec(on(tx)).await?;
    Ok(noted.rows_affected == 1)
}

/// Open reviews of any workspace in which something is left to decide, that are due before `due`, were started before `started`, and had
/// fewer than `reminders` of the reminders that come by time.
pub async fn to_remind(db: &impl Db, due: Timestamp, started: Timestamp, reminders: i32, limit: u64) -> Result<Vec<(WorkspaceId, ReviewId)>, StoreError> {
    let found: Vec<(Uuid, Uuid)> = review::Entity::find()
        .select_only()
        .columns([review::Column::WorkspaceId, review::Column::Id])
        .filter(review::Column::State.eq(ReviewState::Open.as_str()))
        // nobody is written to about a closed workspace
        .filter(review::Column::WorkspaceId.not_in_subquery(closed()))
        .filter(review::Column::DueAt.lte(due.micros()))
        .filter(review::Column::StartedAt.lte(started.micros()))
        .filter(review::Column::Reminders.lt(reminders))
        .filter(undecided())
        .order_by_asc(review::Column::DueAt)
        .limit(limit)
        .into_tuple()
        .all(on(db))
        .await?;
    Ok(found.into_iter().map(|(workspace, id)| (WorkspaceId::from_uuid(workspace), ReviewId::from_uuid(id))).collect())
}

fn closed() -> SelectStatement {
    Query::select().column(workspace::Column::Id).from(workspace::Entity).and_where(workspace::Column::DeletedAt.is_not_null()).take()
}

/// Notes that so many of the reminders by time went out; `false` where another node was first, or the review has ended.
pub async fn note_reminder(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId, reminders: i32, at: Timestamp) -> Result<bool, StoreError> {
    let noted = review::Entity::update_many()
        .col_expr(review::Column::Reminders, Expr::val(reminders))
        .col_expr(review::Column::RemindedAt, Expr::val(at.micros()))
        .filter(open(workspace, id))
        .filter(review::Column::Reminders.lt(reminders))
        .exec(on(tx))
        .await?;
    Ok(noted.rows_affected == 1)
}

/// Where mail to these members goes.
pub async fn addresses(db: &impl Db, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<EmailAddress>, StoreError> {
    let cards = crate::members::cards(db, workspace, members).await?;
    let mut found: Vec<EmailAddress> = cards.into_values().map(|(_, email)| email).collect();
    found.sort_unstable();
    Ok(found)
}
