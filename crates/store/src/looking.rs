//! Looking names up by what somebody typed: each three letters in a row are in an index, and each two and one by themselves.
//!
//! What is looked up may be a little more than what was searched, where letters count as the same: whoever reads it looks at each again.

use crate::{connect::Backend, sql::contains_in};
use sea_orm::{
    ExprTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

/// What the indexes of names hold of a name at a time.
const LETTERS: usize = 3;

/// What has indexes of names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Searched {
    Members,
    Resources,
}

impl Searched {
    /// SQLite's tables: the index, its terms, and the numbers by which it knows rows.
    const fn tables(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Members => ("member_search", "member_terms", "member_numbers"),
            Self::Resources => ("resource_search", "resource_terms", "resource_numbers"),
        }
    }
}

/// Those whose name, address or product's id has one of some texts in it: by SQLite's indexes.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    searched: Searched,
    numbers: SelectStatement,
}

impl Look {
    /// Whether there are fewer letters than an index of three in a row holds.
    pub(crate) fn is_short(key: &str) -> bool {
        key.chars().count() < LETTERS
    }

    /// `None` where the index doesn't tell.
    pub(crate) fn up(searched: Searched, keys: &[&str]) -> Option<Self> {
        let (index, terms, _) = searched.tables();
        let numbers = if let [first, rest @ ..] = keys
            && Self::is_short(first)
        {
            // two beginnings at once would be looked for among all terms
            if !rest.iter().all(|key| key == first) || !first.chars().all(is_as_indexed) {
                return None;
            }
            let term = || Expr::col(Alias::new("term"));
            let (start, end) = beginning_with(first);
            Query::select().column(Alias::new("doc")).from(Alias::new(terms)).and_where(term().gte(start)).and_where(term().lt(end)).take()
        } else if keys.iter().any(|key| Self::is_short(key)) {
            return None;
        } else {
            let phrases: Vec<String> = keys.iter().map(|key| format!("\"{}\"", telling(key).replace('"', "\"\""))).collect();
            let has = Expr::cust_with_values(format!("{index} MATCH ?"), [phrases.join(" OR ")]);
            Query::select().column(Alias::new("rowid")).from(Alias::new(index)).and_where(has).take()
        };
        Some(Self { searched, numbers })
    }

    /// What the index has for them, once or more often.
    pub(crate) const fn numbers(&self) -> &SelectStatement {
        &self.numbers
    }

    /// The same, as ids.
    pub(crate) fn ids(&self) -> SelectStatement {
        let (_, _, numbers) = self.searched.tables();
        Query::select().column(Alias::new("id")).from(Alias::new(numbers)).and_where(Expr::col(Alias::new("n")).in_subquery(self.numbers.clone())).take()
    }
}

/// The same by PostgreSQL's indexes, as a condition: one of two texts of a row has the key in it. It says hardly more than [`holds`], which
/// says it for sure, and in words that no index is chosen by: of both in one, PostgreSQL would make little of what is found.
pub(crate) fn postgres_finds(key: &str, one: Expr, other: Expr) -> Expr {
    if !Look::is_short(key) {
        let key = telling(key);
        return contains_in(one, key).or(contains_in(other, key));
    }
    // written without brackets, which would quote what stands in them
    Expr::cust_with_exprs("letters_of($1 || chr(10) || $2) @> array_append('{}'::text[], $3)", [one, other, Expr::val(key)])
}

/// The text has the key in it.
pub(crate) fn holds(backend: Backend, text: Expr, key: &str) -> Expr {
    match backend {
        Backend::Sqlite => contains_in(text, key),
        Backend::Postgres => Expr::cust_with_exprs("strpos($1, $2) > 0", [text, Expr::val(key)]),
    }
}

/// From here to there stand the texts that begin with this.
pub(crate) fn beginning_with(key: &str) -> (String, String) {
    (key.to_owned(), format!("{key}{}", char::MAX))
}

/// The part of an address that tells people apart: what stands behind the `@` is everybody's, and the index would go through all of them.
fn telling(key: &str) -> &str {
    key.split_once('@').map(|(person, _)| person).filter(|person| person.chars().count() >= LETTERS).unwrap_or(key)
}

/// Whether SQLite's index keeps the letter as it is: some that no capital leads to are kept as others.
fn is_as_indexed(letter: char) -> bool {
    letter.to_uppercase().flat_map(char::to_lowercase).eq([letter])
}
