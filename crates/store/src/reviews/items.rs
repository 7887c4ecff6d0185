//! What is to be decided in a review, each item in its place, and what became of it.

use crate::{
    entity::{member, review_item},
    error::StoreError,
    keyset::{Rows as _, Window},
    sql::{MOST_IDS, Search, contains, count_rows, insert_all, models, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{
    grant::Holder,
    id::{GrantId, GroupId, MemberId, ReviewId, TokenId, WorkspaceId},
    member::MemberKind,
    page::{Page, PageSize},
    review::{Decision, ItemQuery, ItemSelection, Outcome, ReviewItem},
    text::Reason,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, Statement,
    sea_query::{Expr, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// One thing to decide, as it is when the review begins.
#[derive(Clone, Debug)]
pub struct NewItem {
    pub holder: Holder,
    pub name: String,
    pub email: Option<String>,
    pub access: String,
    /// The grant that it is about, where it is one.
    pub grant: Option<GrantId>,
    /// By which a change since is seen.
    pub fingerprint: Option<[u8; 32]>,
    pub last_used_at: Option<Timestamp>,
}

/// Something that was decided.
#[derive(Clone, Debug)]
pub struct DecidedItem {
    pub place: i64,
    pub holder: Holder,
    pub grant: Option<GrantId>,
    pub fingerprint: Option<Vec<u8>>,
}

/// The items take their places in this order.
pub async fn insert_items(tx: &WriteTx, id: ReviewId, items: &[NewItem]) -> Result<(), StoreError> {
    let row = |(at, item): (usize, &NewItem)| {
        let (kind, holder) = said(item.holder);
        let key = format!("{}\n{}", item.name, item.email.as_deref().unwrap_or_default());
        review_item::Model {
            review_id: id.uuid(),
            place: i64::try_from(at).unwrap_or(i64::MAX),
            holder_kind: kind.to_owned(),
            holder_id: holder,
            name: item.name.clone(),
            search_key: domain::text::key(&key),
            email: item.email.clone(),
            access: item.access.clone(),
            grant_id: item.grant.map(GrantId::uuid),
            fingerprint: item.fingerprint.map(|print| print.to_vec()),
            last_used_at: item.last_used_at.map(Timestamp::micros),
            decision: Decision::Undecided.as_str().to_owned(),
            decided_by_name: None,
            decided_at: None,
            note: None,
            outcome: None,
        }
    };
    let rows: Vec<review_item::Model> = items.iter().enumerate().map(row).collect();
    insert_all::<review_item::Entity>(tx, &rows).await
}

const fn said(holder: Holder) -> (&'static str, Uuid) {
    match holder {
        Holder::Member(id) => ("member", id.uuid()),
        Holder::Group(id) => ("group", id.uuid()),
        Holder::Token(id) => ("token", id.uuid()),
        Holder::Invite(id) => ("invite", id.uuid()),
    }
}

fn holder(kind: &str, id: Uuid) -> Holder {
    match kind {
        "group" => Holder::Group(GroupId::from_uuid(id)),
        "token" => Holder::Token(TokenId::from_uuid(id)),
        _ => Holder::Member(MemberId::from_uuid(id)),
    }
}

/// What a query narrows a review's items to; nothing where no name can hold what was typed.
fn narrowed(id: ReviewId, query: &ItemQuery) -> Option<Condition> {
    let mut all = Condition::all().add(review_item::Column::ReviewId.eq(id.uuid()));
    if let Some(decision) = query.decision {
        all = all.add(review_item::Column::Decision.eq(decision.as_str()));
    }
    match Search::parse(query.search.as_deref()) {
        Search::Everything => Some(all),
        Search::Nothing => None,
        Search::For(key) => Some(all.add(contains(review_item::Column::SearchKey, &key))),
    }
}

/// One page in order of their places. The total is counted by [`count_matching`], where it is wanted.
pub async fn page(db: &impl Db, id: ReviewId, query: &ItemQuery, size: PageSize) -> Result<Page<ReviewItem>, StoreError> {
    let Some(narrow) = narrowed(id, query) else { return Ok(Page::empty()) };
    let mut window = Window::new(query.cursor.as_ref(), size, |key| key.parse::<i64>().ok());
    let mut rows: Vec<review_item::Model> = models(db, &statement(narrow.clone(), &window)).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = models(db, &statement(narrow, &window)).await?;
    }
    // a place stands for itself: the id that goes along is the same for all
    window.page(rows, |row| (row.place.to_string(), row.review_id)).try_map(read)
}

pub(crate) fn statement(narrow: Condition, window: &Window<i64>) -> SelectStatement {
    let mut select = Query::select().columns(review_item::Column::iter()).from(review_item::Entity).cond_where(narrow).take();
    let ascending = window.ascending(false);
    if let Some((place, _)) = &window.from {
        let column = Expr::col(review_item::Column::Place);
        select.and_where(if ascending { column.gt(*place) } else { column.lt(*place) });
    }
    let order = if ascending { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
    select.order_by(review_item::Column::Place, order).limit(window.limit() as u64);
    select
}

/// The items after this place, for walks through all of them.
pub async fn after(db: &impl Db, id: ReviewId, place: Option<i64>, most: u64) -> Result<Vec<ReviewItem>, StoreError> {
    let select = Query::select()
        .columns(review_item::Column::iter())
        .from(review_item::Entity)
        .and_where(review_item::Column::ReviewId.eq(id.uuid()))
        .and_where(review_item::Column::Place.gt(place.unwrap_or(-1)))
        .order_by(review_item::Column::Place, sea_orm::Order::Asc)
        .limit(most)
        .take();
    models::<review_item::Model>(db, &select).await?.into_iter().map(read).collect()
}

fn read(row: review_item::Model) -> Result<ReviewItem, StoreError> {
    let decision = Decision::parse(&row.decision).ok_or_else(|| StoreError::Corrupt(format!("review_items.decision: {}", row.decision)))?;
    let outcome = |text: &String| Outcome::parse(text).ok_or_else(|| StoreError::Corrupt(format!("review_items.outcome: {text}")));
    Ok(ReviewItem {
        place: row.place,
        holder: holder(&row.holder_kind, row.holder_id),
        name: row.name,
        email: row.email,
        access: row.access,
        last_used_at: row.last_used_at.map(Timestamp::from_micros),
        decision,
        decided_by: row.decided_by_name,
        decided_at: row.decided_at.map(Timestamp::from_micros),
        note: row.note,
        outcome: row.outcome.as_ref().map(outcome).transpose()?,
    })
}

/// How many a query shows.
pub async fn count_matching(db: &impl Db, id: ReviewId, query: &ItemQuery) -> Result<u64, StoreError> {
    let Some(narrow) = narrowed(id, query) else { return Ok(0) };
    count(db, narrow).await
}

async fn count(db: &impl Db, which: Condition) -> Result<u64, StoreError> {
    let select = Query::select().expr(count_rows()).from(review_item::Entity).cond_where(which).take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// What of a selection is not decided so yet, without what `me` holds: about themselves nobody decides.
fn to_decide(id: ReviewId, selection: &ItemSelection, decision: Decision) -> Option<Condition> {
    let which = match selection {
        ItemSelection::Matching(query) => narrowed(id, query)?,
        ItemSelection::These(places) => {
            let places = places.iter().copied().take(MOST_IDS);
            Condition::all().add(review_item::Column::ReviewId.eq(id.uuid())).add(review_item::Column::Place.is_in(places))
        }
    };
    Some(which.add(review_item::Column::Decision.ne(decision.as_str())))
}

fn own(me: MemberId) -> Condition {
    Condition::all().add(review_item::Column::HolderKind.eq("member")).add(review_item::Column::HolderId.eq(me.uuid()))
}

/// The names of the first of those that a decision would change, how many there are, and whether one's own is left out.
pub async fn whose(
    db: &impl Db,
    id: ReviewId,
    selection: &ItemSelection,
    decision: Decision,
    me: MemberId,
    most: u64,
) -> Result<(Vec<String>, u64, bool), StoreError> {
    let Some(which) = to_decide(id, selection, decision) else { return Ok((Vec::new(), 0, false)) };
    let others = which.clone().add(own(me).not());
    let select = Query::select()
        .column(review_item::Column::Name)
        .from(review_item::Entity)
        .cond_where(others.clone())
        .order_by(review_item::Column::Place, sea_orm::Order::Asc)
        .limit(most)
        .take();
    let names = tuples::<(String,)>(db, &select).await?.into_iter().map(|(name,)| name).collect();
    Ok((names, count(db, others).await?, count(db, which.add(own(me))).await? > 0))
}

/// How the one in this place is called.
pub async fn named(db: &impl Db, id: ReviewId, place: i64) -> Result<Vec<String>, StoreError> {
    let which = Condition::all().add(review_item::Column::ReviewId.eq(id.uuid())).add(review_item::Column::Place.eq(place));
    let select = Query::select().column(review_item::Column::Name).from(review_item::Entity).cond_where(which).take();
    Ok(tuples::<(String,)>(db, &select).await?.into_iter().map(|(name,)| name).collect())
}

/// What is decided about these, by whom and when.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    pub decision: Decision,
    pub by: MemberId,
    pub name: &'a str,
    pub note: Option<&'a Reason>,
    pub at: Timestamp,
}

/// Writes a decision about these, without what its maker holds, and counts it; says how many were decided otherwise before. A note that
/// stands beside them stays, unless there is another one, or nothing is decided any more.
pub async fn decide(tx: &WriteTx, id: ReviewId, selection: &ItemSelection, deciding: Deciding<'_>) -> Result<u64, StoreError> {
    let Deciding { decision, by, name, note, at } = deciding;
    let Some(which) = to_decide(id, selection, decision) else { return Ok(0) };
    let which = which.add(own(by).not());
    let select = Query::select()
        .column(review_item::Column::Decision)
        .expr(count_rows())
        .from(review_item::Entity)
        .cond_where(which.clone())
        .group_by_col(review_item::Column::Decision)
        .take();
    let before: HashMap<String, i64> = tuples::<(String, i64)>(tx, &select).await?.into_iter().collect();
    let is_decided = decision != Decision::Undecided;
    let mut update = review_item::Entity::update_many()
        .col_expr(review_item::Column::Decision, Expr::val(decision.as_str()))
        .col_expr(review_item::Column::DecidedByName, Expr::val(is_decided.then(|| name.to_owned())))
        .col_expr(review_item::Column::DecidedAt, Expr::val(is_decided.then(|| at.micros())));
    if note.is_some() || !is_decided {
        update = update.col_expr(review_item::Column::Note, Expr::val(note.filter(|_| is_decided).map(ToString::to_string)));
    }
    let changed = update.filter(which).exec(on(tx)).await?.rows_affected;
    let more = |counted: Decision| {
        let was = before.get(counted.as_str()).copied().unwrap_or(0);
        if counted == decision { i64::try_from(changed).unwrap_or(i64::MAX) } else { -was }
    };
    super::count_decisions(tx, id, more(Decision::Keep), more(Decision::Revoke)).await?;
    Ok(changed)
}

/// How many that are undecided this member holds in each of these reviews; those in which it is none are left out.
pub async fn own_left(db: &impl Db, ids: &[ReviewId], me: MemberId) -> Result<HashMap<ReviewId, u64>, StoreError> {
    let select = Query::select()
        .column(review_item::Column::ReviewId)
        .expr(count_rows())
        .from(review_item::Entity)
        .and_where(review_item::Column::ReviewId.is_in(ids.iter().map(|id| id.uuid())))
        .cond_where(own(me))
        .and_where(review_item::Column::Decision.eq(Decision::Undecided.as_str()))
        .group_by_col(review_item::Column::ReviewId)
        .take();
    let rows: Vec<(Uuid, i64)> = tuples(db, &select).await?;
    Ok(rows.into_iter().map(|(id, count)| (ReviewId::from_uuid(id), u64::try_from(count).unwrap_or(0))).collect())
}

/// How many owners are among the members that are to be revoked.
pub async fn revoked_owners(db: &impl Db, workspace: WorkspaceId, id: ReviewId) -> Result<u64, StoreError> {
    let revoked = Query::select()
        .column(review_item::Column::HolderId)
        .from(review_item::Entity)
        .and_where(review_item::Column::ReviewId.eq(id.uuid()))
        .and_where(review_item::Column::Decision.eq(Decision::Revoke.as_str()))
        .take();
    let select = Query::select()
        .expr(count_rows())
        .from(member::Entity)
        .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(member::Column::Kind.eq(MemberKind::Owner.as_str()))
        .and_where(member::Column::Id.in_subquery(revoked))
        .take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// Writes a word beside a decision that stands; `false` where nothing is decided there, or it is one's own.
pub async fn set_note(tx: &WriteTx, id: ReviewId, place: i64, me: MemberId, note: Option<&Reason>) -> Result<bool, StoreError> {
    let updated = review_item::Entity::update_many()
        .col_expr(review_item::Column::Note, Expr::val(note.map(ToString::to_string)))
        .filter(review_item::Column::ReviewId.eq(id.uuid()))
        .filter(review_item::Column::Place.eq(place))
        .filter(review_item::Column::Decision.ne(Decision::Undecided.as_str()))
        .filter(own(me).not())
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

type DecidedRow = (i64, String, Uuid, Option<Uuid>, Option<Vec<u8>>);

/// What was decided so, after a place: for walks through all of it.
pub async fn decided(db: &impl Db, id: ReviewId, decision: Decision, after: Option<i64>, most: u64) -> Result<Vec<DecidedItem>, StoreError> {
    let columns = [
        review_item::Column::Place,
        review_item::Column::HolderKind,
        review_item::Column::HolderId,
        review_item::Column::GrantId,
        review_item::Column::Fingerprint,
    ];
    let select = Query::select()
        .columns(columns)
        .from(review_item::Entity)
        .and_where(review_item::Column::ReviewId.eq(id.uuid()))
        .and_where(review_item::Column::Decision.eq(decision.as_str()))
        .and_where(review_item::Column::Place.gt(after.unwrap_or(-1)))
        .order_by(review_item::Column::Place, sea_orm::Order::Asc)
        .limit(most)
        .take();
    let item =
        |(place, kind, id, grant, fingerprint): DecidedRow| DecidedItem { place, holder: holder(&kind, id), grant: grant.map(GrantId::from_uuid), fingerprint };
    Ok(tuples::<DecidedRow>(db, &select).await?.into_iter().map(item).collect())
}

/// Notes what became of these items.
pub async fn set_outcome(tx: &WriteTx, id: ReviewId, outcome: Outcome, places: &[i64]) -> Result<(), StoreError> {
    for places in places.chunks(MOST_IDS) {
        review_item::Entity::update_many()
            .col_expr(review_item::Column::Outcome, Expr::val(outcome.as_str()))
            .filter(review_item::Column::ReviewId.eq(id.uuid()))
            .filter(review_item::Column::Place.is_in(places.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    Ok(())
}

/// Notes of all else that is kept, or was not decided, that it stays.
pub async fn settle_rest(tx: &WriteTx, id: ReviewId) -> Result<(), StoreError> {
    for (decision, outcome) in [(Decision::Keep, Outcome::Kept), (Decision::Undecided, Outcome::Undecided)] {
        review_item::Entity::update_many()
            .col_expr(review_item::Column::Outcome, Expr::val(outcome.as_str()))
            .filter(review_item::Column::ReviewId.eq(id.uuid()))
            .filter(review_item::Column::Decision.eq(decision.as_str()))
            .filter(review_item::Column::Outcome.is_null())
            .exec(on(tx))
            .await?;
    }
    Ok(())
}

/// When each was last used, brought up to now: the record tells it as of the sign-off. Who is gone keeps what was known.
pub async fn freshen(tx: &WriteTx, workspace: WorkspaceId, id: ReviewId) -> Result<(), StoreError> {
    let db = on(tx);
    for (kind, table, column) in [("member", "members", "last_seen_at"), ("token", "tokens", "last_used_at")] {
        let now = format!("SELECT NULLIF({column}, 0) FROM {table} WHERE {table}.id = review_items.holder_id AND {table}.workspace_id = $1");
        let sql = format!(
            "UPDATE review_items SET last_used_at = ({now}) WHERE review_id = $2 AND holder_kind = '{kind}'
             AND EXISTS (SELECT 1 FROM {table} WHERE {table}.id = review_items.holder_id AND {table}.workspace_id = $1)"
        );
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [workspace.uuid().into(), id.uuid().into()])).await?;
    }
    Ok(())
}
