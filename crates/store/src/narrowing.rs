//! From which end to read a list that is narrowed: along its order, or from what it is narrowed to. SQLite plans without statistics, and
//! PostgreSQL takes names for evenly spread along the list; so it is counted, up to a limit, how many a search, a role or a group leaves.

use crate::{
    error::StoreError,
    sql::{count_rows, tuples},
    transaction::Db,
};
use sea_orm::{
    ExprTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

/// So few are read first and put in order then.
pub(crate) const FEW: u64 = 600;

/// Of more than these no order is made: the list is walked to its end, if need be.
const MANY: u64 = 5_000;

/// So far the list is walked where a page is likely to be met on the way.
pub(crate) const STRETCH: u64 = 5_000;

/// What the indexes of names hold of a name at a time; what is shorter can't be looked up.
pub(crate) const LETTERS: usize = 3;

/// What has an index of each three letters in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Searched {
    Members,
    Resources,
}

/// The ids of those whose name, address or product's id has one of these in it, and of some more where letters count as the same.
/// `None` where one is shorter than what the index holds.
pub(crate) fn found(searched: Searched, keys: &[&str]) -> Option<SelectStatement> {
    if keys.iter().any(|key| key.chars().count() < LETTERS) {
        return None;
    }
    let phrases: Vec<String> = keys.iter().map(|key| format!("\"{}\"", telling(key).replace('"', "\"\""))).collect();
    let (index, numbers, has) = match searched {
        Searched::Members => ("member_search", "member_numbers", "member_search MATCH ?"),
        Searched::Resources => ("resource_search", "resource_numbers", "resource_search MATCH ?"),
    };
    let numbered = Expr::col((Alias::new(numbers), Alias::new("n"))).equals((Alias::new(index), Alias::new("rowid")));
    let select = Query::select()
        .column((Alias::new(numbers), Alias::new("id")))
        .from(Alias::new(index))
        .inner_join(Alias::new(numbers), numbered)
        .and_where(Expr::cust_with_values(has, [phrases.join(" OR ")]))
        .take();
    Some(select)
}

/// The part of an address that tells people apart: what stands behind the `@` is everybody's, and the index would go through all of them.
fn telling(key: &str) -> &str {
    key.split_once('@').map(|(person, _)| person).filter(|person| person.chars().count() >= LETTERS).unwrap_or(key)
}

/// The narrowest of what a list is narrowed to.
#[derive(Clone, Debug)]
pub(crate) struct Narrowest {
    /// The ids of all that can be in the list, once or more often.
    pub(crate) ids: SelectStatement,
    /// How many, or one more than a few.
    count: u64,
}

impl Narrowest {
    pub(crate) async fn of(db: &impl Db, candidates: Vec<SelectStatement>) -> Result<Option<Self>, StoreError> {
        let mut narrowest: Option<Self> = None;
        for ids in candidates {
            let count = count(db, &ids, FEW).await?;
            if narrowest.as_ref().is_none_or(|narrowest| count < narrowest.count) {
                narrowest = Some(Self { ids, count });
            }
        }
        Ok(narrowest)
    }

    pub(crate) const fn is_few(&self) -> bool {
        self.count <= FEW
    }

    /// Whether it is worth to read them all and put them in order.
    pub(crate) async fn can_be_ordered(&self, db: &impl Db) -> Result<bool, StoreError> {
        Ok(count(db, &self.ids, MANY).await? <= MANY)
    }
}

/// How many these are, or one more than the limit.
async fn count(db: &impl Db, ids: &SelectStatement, limit: u64) -> Result<u64, StoreError> {
    let some = ids.clone().limit(limit + 1).take();
    let select = Query::select().expr(count_rows()).from_subquery(some, Alias::new("some")).take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn an_address_is_told_by_what_stands_before_its_domain() {
        assert_eq!(["ann.lee@acme.test", "al@acme.test", "@acme.test", "ann lee"].map(telling), ["ann.lee", "al@acme.test", "@acme.test", "ann lee"]);
    }
}
