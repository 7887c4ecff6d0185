//! What a search of members finds by the indexes of names, and what else a list is narrowed to.

use super::select::{Key, Listing};
use crate::{
    connect::Backend,
    entity::{grant, member},
    keyset::Window,
    looking::{Look, Searched, beginning_with, holds, postgres_finds},
    narrowing::{MANY, Narrowed, counting},
    sql::Search,
};
use domain::member::UserSort;
use sea_orm::{
    ColumnTrait, ExprTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

impl Listing {
    /// What was found, in the order of names, at most so many: read from the index's own rows, which are more where letters count as the same.
    /// Whoever holds none of the wanted roles, or is in none of the wanted groups, is left out.
    pub(super) fn found_in_order(&self, found: &SelectStatement, window: &Window<Key>) -> SelectStatement {
        let numbers = || Alias::new("member_numbers");
        let mut select = Query::select().columns([member::Column::Id, member::Column::NameKey]).from(numbers()).take();
        select.and_where(Expr::col(Alias::new("n")).in_subquery(found.clone()));
        self.narrow_to_holders_and_places(&mut select, &Expr::col((numbers(), member::Column::Id)));
        window.read(&mut select, member::Column::NameKey, member::Column::Id, self.descending);
        select
    }

    /// Whether anybody's name begins with what is searched, which is then likely to be why they are found.
    pub(super) fn any_beginning(&self) -> Option<(String, SelectStatement)> {
        let Search::For(key) = &self.filter.search else { return None };
        // fewer letters are in other names too
        (self.sort == UserSort::Name && !Look::is_short(key)).then(|| (key.clone(), self.beginning(key).limit(1).take()))
    }

    /// How many are found, and how many names begin with the key, each up to one more than many, at one moment.
    pub(super) fn found_and_beginning(&self, found: &SelectStatement, key: &str) -> SelectStatement {
        let beginning = self.beginning(key);
        Query::select().expr(counting(found, MANY)).expr(counting(&beginning, MANY)).take()
    }

    fn beginning(&self, key: &str) -> SelectStatement {
        let mut select = Query::select().column(member::Column::Id).from(member::Entity).take();
        select.and_where(member::Column::WorkspaceId.eq(self.workspace.uuid()));
        begins(&mut select, key);
        select
    }

    /// What the filter narrows the members to, each by itself, as their ids: as far as the database does not weigh it by itself.
    pub(super) fn narrowed_to(&self) -> Vec<Narrowed> {
        let search = match (&self.filter.search, self.backend) {
            (Search::For(key), Backend::Sqlite) => Look::up(Searched::Members, &[key]).as_ref().map(Narrowed::found),
            (Search::For(key), Backend::Postgres) => {
                let mut found = Query::select().column(member::Column::Id).from(member::Entity).take();
                found.and_where(member::Column::WorkspaceId.eq(self.workspace.uuid())).and_where(found_by_index(key)).and_where(self.has(key));
                Some(Narrowed { by_search: true, ..Narrowed::to(found) })
            }
            (Search::Everything | Search::Nothing, _) => None,
        };
        if self.backend == Backend::Postgres {
            return search.into_iter().collect();
        }
        let roles = (!self.filter.roles.is_empty()).then(|| Narrowed::to(self.holders(grant::Column::MemberId)));
        let groups = (!self.filter.groups.is_empty()).then(|| Narrowed::to(self.places()));
        search.into_iter().chain(roles).chain(groups).collect()
    }

    /// Name or address has the key in it.
    pub(super) fn has(&self, key: &str) -> Expr {
        let holds = |column: member::Column| holds(self.backend, Expr::col(column), key);
        holds(member::Column::NameKey).or(holds(member::Column::Email))
    }

    /// Whether PostgreSQL finds what is searched by each letter or two in a row, of which some are in all names.
    pub(super) fn by_letters(&self) -> bool {
        self.backend == Backend::Postgres && matches!(&self.filter.search, Search::For(key) if Look::is_short(key))
    }
}

/// Those that PostgreSQL's indexes find, and hardly any others.
pub(super) fn found_by_index(key: &str) -> Expr {
    postgres_finds(key, Expr::col(member::Column::NameKey), Expr::col(member::Column::Email))
}

/// Names that begin with this.
pub(super) fn begins(select: &mut SelectStatement, key: &str) {
    let (start, end) = beginning_with(key);
    select.and_where(member::Column::NameKey.gte(start)).and_where(member::Column::NameKey.lt(end));
}
