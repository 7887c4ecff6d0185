//! Lists on SQLite, which plans without statistics: from which end to read one that is narrowed, along its order or from what it is
//! narrowed to. Somebody counts, up to a limit, how many a search, a role or a group leaves, and chooses by that.

use crate::{error::StoreError, sql::tuples, transaction::Db};
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};

/// So few are read first and put in order then.
pub(crate) const FEW: u64 = 600;

/// Of more than these no order is made: the list is walked to its end, if need be.
const MANY: u64 = 5_000;

/// So far the list is walked where a page is likely to be met on the way.
pub(crate) const STRETCH: u64 = 5_000;

/// What has an index of each three letters in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Searched {
    Members,
    Resources,
}

/// The ids of those whose name, address or product's id has one of these in it, and of some more where letters count as the same.
/// `None` where one is shorter than what the index holds.
pub(crate) fn found(searched: Searched, keys: &[&str]) -> Option<SelectStatement> {
    if keys.iter().any(|key| key.chars().count() < 3) {
        return None;
    }
    let phrases: Vec<String> = keys.iter().map(|key| format!("\"{}\"", key.replace('"', "\"\""))).collect();
    let (numbers, among) = match searched {
        Searched::Members => ("member_numbers", "n IN (SELECT rowid FROM member_search WHERE member_search MATCH ?)"),
        Searched::Resources => ("resource_numbers", "n IN (SELECT rowid FROM resource_search WHERE resource_search MATCH ?)"),
    };
    Some(Query::select().column(Alias::new("id")).from(Alias::new(numbers)).and_where(Expr::cust_with_values(among, [phrases.join(" OR ")])).take())
}

/// The narrowest of what a list is narrowed to.
#[derive(Clone, Debug)]
pub(crate) struct Narrowest {
    /// The ids of all that can be in the list, once or more often.
    pub(crate) ids: SelectStatement,
    /// How many, or more than can be put in order.
    count: u64,
}

impl Narrowest {
    pub(crate) async fn of(db: &impl Db, candidates: Vec<SelectStatement>) -> Result<Option<Self>, StoreError> {
        let mut narrowest: Option<Self> = None;
        for ids in candidates {
            let some = ids.clone().limit(MANY + 1).take();
            let select = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, Alias::new("some")).take();
            let found: Vec<(i64,)> = tuples(db, &select).await?;
            let count = found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0));
            if narrowest.as_ref().is_none_or(|narrowest| count < narrowest.count) {
                narrowest = Some(Self { ids, count });
            }
        }
        Ok(narrowest)
    }

    pub(crate) const fn is_few(&self) -> bool {
        self.count <= FEW
    }

    pub(crate) const fn can_be_ordered(&self) -> bool {
        self.count <= MANY
    }
}
