//! Reads a chain by page and from end to end, the newest entry first, narrowed by who, what, on what and when.
//!
//! Each kind of filter has an index in the list's order. One of them leads: its index is walked, and the others only look at what it meets.
//! Several actors or events lead as one walk each, merged.

use super::{chain_id, read, start};
use crate::{
    connect::Store,
    entity::{
        audit_entry::{self, Column, Entity},
        audit_head,
    },
    error::{StoreError, corrupt},
    sql::{contains, models},
    transaction::{Db, on},
};
use domain::{
    audit::{Chain, Entry},
    audit_query::{AuditFilter, AuditQuery, Doer},
    page::{Cursor, Page},
    time::Span,
};
use futures::Stream;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Iterable,
    sea_query::{Alias, Expr, Order, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

/// How many entries are read at a time when all are wanted.
const BATCH: u64 = 500;

/// The parts of one change are written together, when its id was just made: no longer after it is one looked for.
const WRITTEN_WITHIN: Span = Span::minutes(10);

/// A page of a chain, the newest entry first.
pub async fn page(db: &impl Db, chain: Chain, query: &AuditQuery) -> Result<Page<Entry>, StoreError> {
    let size = usize::from(query.size.get());
    let place = query.cursor.as_ref().and_then(|cursor| Some((Place::decode(&cursor.key)?, cursor.before)));
    let backwards = place.is_some_and(|(_, before)| before);
    let from = place.map(|(place, _)| place);
    let mut rows: Vec<audit_entry::Model> = models(db, &statement(chain, &query.filter, from, backwards, size as u64 + 1)).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    if backwards {
        rows.reverse();
    }
    let edge = |row: Option<&audit_entry::Model>, before| row.map(|row| Cursor { key: Place::of(row).encode(), id: row.id, before }.encode());
    let next = if more || backwards { edge(rows.last(), false) } else { None };
    let previous = if (backwards && more) || (!backwards && place.is_some()) { edge(rows.first(), true) } else { None };
    let total = if query.filter.is_empty() { Some(length(db, chain).await?) } else { None };
    Ok(Page { rows: rows.iter().map(read).collect::<Result<_, _>>()?, next, previous, total })
}

/// Every entry that the filter leaves, the newest first. Memory holds one batch; each sees what is committed when it is read.
pub fn all(store: &Store, chain: Chain, filter: AuditFilter) -> impl Stream<Item = Result<Entry, StoreError>> + Send + use<> {
    let store = store.clone();
    async_stream::try_stream! {
        let mut from = None;
        loop {
            let rows: Vec<audit_entry::Model> = models(&store, &statement(chain, &filter, from, false, BATCH)).await?;
            for row in &rows {
                yield read(row)?;
            }
            match rows.last() {
                Some(last) if rows.len() as u64 == BATCH => from = Some(Place::of(last)),
                Some(_) | None => break,
            }
        }
    }
}

/// What was done to a thing, or by it, lately; the newest first.
pub async fn of_object(db: &impl Db, chain: Chain, object: Uuid, limit: u16) -> Result<Vec<Entry>, StoreError> {
    let branches = [Column::ObjectId.eq(object), Column::ActorId.eq(object)].map(|lead| branch(chain, Some(lead), &[], None, false, u64::from(limit)));
    let rows: Vec<audit_entry::Model> = models(db, &merged(chain, branches.into(), false, u64::from(limit))).await?;
    rows.iter().map(read).collect()
}

async fn length(db: &impl Db, chain: Chain) -> Result<u64, StoreError> {
    let head = audit_head::Entity::find_by_id(chain_id(chain)).one(on(db)).await?;
    let (begin, _) = start(db, chain).await?;
    u64::try_from(head.map_or(0, |head| head.seq - begin)).map_err(corrupt("audit_heads.seq"))
}

/// Where an entry stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    at: i64,
    seq: i64,
}

impl Place {
    fn of(row: &audit_entry::Model) -> Self {
        Self { at: row.at, seq: row.seq }
    }

    fn encode(self) -> String {
        format!("{} {}", self.at, self.seq)
    }

    /// Nothing where the cursor came from another list: that begins at the start.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let (at, seq) = text.split_once(' ')?;
        Some(Self { at: at.parse().ok()?, seq: seq.parse().ok()? })
    }
}

/// The first `limit` entries after `from`, or before it where `backwards`.
pub(super) fn statement(chain: Chain, filter: &AuditFilter, from: Option<Place>, backwards: bool, limit: u64) -> SelectStatement {
    let (leads, mut beside) = conditions(filter);
    beside.extend(filter.thing_kind.as_deref().map(|kind| Column::ObjectKind.eq(kind)));
    if let Some(operation) = filter.operation {
        // no index has it: the walk is kept to when it was made
        let made = operation.made();
        beside.push(Column::At.gte(made.micros()));
        beside.push(Column::At.lt(made.plus(WRITTEN_WITHIN).micros()));
        beside.push(contains(Column::OriginJson, &format!("\"operation\":\"{operation}\"")));
    }
    beside.extend(filter.from.map(|from| Column::At.gte(from.micros())));
    beside.extend(filter.until.map(|until| Column::At.lt(until.micros())));
    let branches = leads.into_iter().map(|lead| branch(chain, lead, &beside, from, backwards, limit)).collect();
    merged(chain, branches, backwards, limit)
}

/// What leads, one condition for each walk, and what is only looked at: said in a way that SQLite takes no index for.
fn conditions(filter: &AuditFilter) -> (Vec<Option<Expr>>, Vec<Expr>) {
    let actors = || filter.actors.iter().copied().map(did);
    let events = || (!filter.events.is_empty()).then(|| Column::Event.is_not_in(filter.events.iter().map(String::as_str)).not());
    if let Some(object) = &filter.object {
        let kind = Column::ObjectKind.eq(object.kind.as_str());
        let actors = (!filter.actors.is_empty()).then(|| any(actors()));
        return (vec![Some(Column::ObjectId.eq(object.id))], std::iter::once(kind).chain(actors).chain(events()).collect());
    }
    if let Some(thing) = filter.thing {
        let actors = (!filter.actors.is_empty()).then(|| any(actors()));
        return (vec![Some(Column::ObjectId.eq(thing))], actors.into_iter().chain(events()).collect());
    }
    if !filter.actors.is_empty() {
        return (actors().map(Some).collect(), events().into_iter().collect());
    }
    if !filter.events.is_empty() {
        return (filter.events.iter().map(|event| Some(Column::Event.eq(event.as_str()))).collect(), Vec::new());
    }
    (vec![None], Vec::new())
}

fn did(doer: Doer) -> Expr {
    match doer {
        Doer::Member(id) => Column::ActorId.eq(id.uuid()),
        Doer::Account(id) => Column::ActorId.eq(id.uuid()),
        Doer::Token(id) => Column::ActorId.eq(id.uuid()),
        Doer::Operator => nameless("operator"),
        Doer::System => nameless("system"),
        Doer::Anonymous => nameless("anonymous"),
    }
}

fn nameless(kind: &str) -> Expr {
    Column::ActorId.is_null().and(Column::ActorKind.eq(kind))
}

/// Any of these, looked at without an index.
fn any(conditions: impl Iterator<Item = Expr>) -> Expr {
    conditions.map(ExprTrait::not).fold(Expr::val(true), ExprTrait::and).not()
}

/// One walk along the index of what leads.
fn branch(chain: Chain, lead: Option<Expr>, beside: &[Expr], from: Option<Place>, backwards: bool, limit: u64) -> SelectStatement {
    let mut select = Query::select();
    select.columns([Column::At, Column::Seq]).from(Entity).and_where(Column::Chain.eq(chain_id(chain)));
    for condition in lead.iter().chain(beside) {
        select.and_where(condition.clone());
    }
    if let Some(Place { at, seq }) = from {
        let here = Expr::tuple([Expr::col(Column::At), Expr::col(Column::Seq)]);
        let there = Expr::tuple([Expr::val(at), Expr::val(seq)]);
        select.and_where(if backwards { here.gt(there) } else { here.lt(there) });
    }
    in_order(&mut select, backwards);
    select.limit(limit).take()
}

fn in_order(select: &mut SelectStatement, backwards: bool) {
    let order = if backwards { Order::Asc } else { Order::Desc };
    select.order_by(Column::At, order.clone()).order_by(Column::Seq, order);
}

/// The entries that the walks met, as one list.
fn merged(chain: Chain, branches: Vec<SelectStatement>, backwards: bool, limit: u64) -> SelectStatement {
    let met = branches.into_iter().map(|branch| Query::select().columns([Column::At, Column::Seq]).from_subquery(branch, Alias::new("walk")).take());
    let all = met.reduce(|mut all, next| all.union(UnionType::Distinct, next).take());
    let mut nearest = Query::select();
    nearest.column(Column::Seq);
    if let Some(all) = all {
        nearest.from_subquery(all, Alias::new("met"));
    }
    in_order(&mut nearest, backwards);
    nearest.limit(limit);
    let mut select = Query::select();
    select.columns(Column::iter()).from(Entity).and_where(Column::Chain.eq(chain_id(chain))).and_where(Column::Seq.in_subquery(nearest));
    in_order(&mut select, backwards);
    select
}
