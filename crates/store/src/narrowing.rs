//! From which end to read a list that is narrowed: along its order, or from what it is narrowed to. SQLite plans without statistics, and
//! PostgreSQL takes names for evenly spread along the list; so it is counted, up to a limit, how many a search, a role or a group leaves.

use crate::{
    error::StoreError,
    looking::Look,
    sql::{count_rows, tuples},
    transaction::Db,
};
use futures::future::try_join_all;
use sea_orm::sea_query::{Alias, Query, SelectStatement};

/// So few are read first and put in order then.
pub(crate) const FEW: u64 = 600;

/// Of more than these no order is made: the list is walked to its end, if need be.
pub(crate) const MANY: u64 = 5_000;

/// So far the list is walked where a page is likely to be met on the way.
pub(crate) const STRETCH: u64 = 5_000;

/// One thing that a list is narrowed to.
#[derive(Clone, Debug)]
pub(crate) struct Narrowed {
    /// The ids of all that can be in the list, once or more often.
    pub(crate) ids: SelectStatement,
    /// The same, as cheaply as they can be counted.
    pub(crate) counted: SelectStatement,
    pub(crate) by_search: bool,
}

impl Narrowed {
    pub(crate) fn to(ids: SelectStatement) -> Self {
        Self { counted: ids.clone(), ids, by_search: false }
    }

    pub(crate) fn found(look: &Look) -> Self {
        Self { ids: look.ids(), counted: look.numbers().clone(), by_search: true }
    }
}

/// The narrowest of what a list is narrowed to.
#[derive(Clone, Debug)]
pub(crate) struct Narrowest {
    pub(crate) to: Narrowed,
    /// How many, or one more than a few.
    count: u64,
}

impl Narrowest {
    pub(crate) async fn of(db: &impl Db, candidates: Vec<Narrowed>) -> Result<Option<Self>, StoreError> {
        // beside each other: a list is read only when all are counted
        let mut counts = Vec::with_capacity(candidates.len());
        for to in &candidates {
            counts.push(count(db, &to.counted, FEW));
        }
        let counts = try_join_all(counts).await?;
        let mut narrowest: Option<Self> = None;
        for (to, count) in candidates.into_iter().zip(counts) {
            if narrowest.as_ref().is_none_or(|narrowest| count < narrowest.count) {
                narrowest = Some(Self { to, count });
            }
        }
        Ok(narrowest)
    }

    /// Whether a search found these, and not all of a role or a group.
    pub(crate) const fn is_found(&self) -> bool {
        self.to.by_search
    }

    pub(crate) const fn is_few(&self) -> bool {
        self.count <= FEW
    }

    /// Whether it is worth to put all of them in order.
    pub(crate) async fn can_be_ordered(&self, db: &impl Db) -> Result<bool, StoreError> {
        Ok(count(db, &self.to.counted, MANY).await? <= MANY)
    }
}

/// How many these are, or one more than the limit.
async fn count(db: &impl Db, ids: &SelectStatement, limit: u64) -> Result<u64, StoreError> {
    let found: Vec<(i64,)> = tuples(db, &counting(ids, limit)).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// Counts them, as far as one more than the limit.
pub(crate) fn counting(ids: &SelectStatement, limit: u64) -> SelectStatement {
    let some = ids.clone().limit(limit + 1).take();
    Query::select().expr(count_rows()).from_subquery(some, Alias::new("some")).take()
}
