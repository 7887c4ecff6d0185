//! Pages by keyset: which rows to read for a page, in which direction, and where its neighbours begin.

use domain::page::{Cursor, Page, PageSize};
use sea_orm::{
    ExprTrait, Iden,
    sea_query::{Expr, Order, SelectStatement, Value},
};
use uuid::Uuid;

/// The stretch of a list that one page is.
#[derive(Clone, Debug)]
pub(crate) struct Window<K> {
    /// The row beside the page; without it the page stands at an end of the list.
    pub(crate) from: Option<(K, Uuid)>,
    /// Read from the end towards the start: the page lies before `from`.
    pub(crate) backward: bool,
    pub(crate) size: usize,
}

impl<K> Window<K> {
    /// A cursor whose key can't be one of this order (it came from another one) begins at the start.
    pub(crate) fn new(cursor: Option<&Cursor>, size: PageSize, key: impl Fn(&str) -> Option<K>) -> Self {
        let from = cursor.filter(|cursor| !cursor.key.contains('\0')).and_then(|cursor| Some((key(&cursor.key)?, cursor.id)));
        Self { backward: from.is_some() && cursor.is_some_and(|cursor| cursor.before), from, size: usize::from(size.get()) }
    }

    /// After `row`, for walks through all of a list.
    pub(crate) const fn after(row: Option<(K, Uuid)>, size: usize) -> Self {
        Self { from: row, backward: false, size }
    }

    /// Where the rows that a cursor led to are gone: the nearest page there is. Before the first row that is the first page,
    /// after the last one the last.
    pub(crate) fn other_end(&self) -> Self {
        Self { from: None, backward: !self.backward, size: self.size }
    }

    /// One more than the page holds tells whether there is a next one.
    pub(crate) const fn limit(&self) -> usize {
        self.size + 1
    }

    /// Whether rows are read in ascending order, for a list shown in that order or the other.
    pub(crate) const fn ascending(&self, descending: bool) -> bool {
        self.backward == descending
    }

    /// The page of rows that were read by this window, with one more where there was one.
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, place: impl Fn(&T) -> (String, Uuid)) -> Page<T> {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backward {
            rows.reverse();
        }
        let (later, earlier) = if self.backward { (self.from.is_some(), more) } else { (more, self.from.is_some()) };
        let cursor = |row: &T, before| {
            let (key, id) = place(row);
            Cursor { key, id, before }.encode()
        };
        let next = rows.last().filter(|_| later).map(|row| cursor(row, false));
        let previous = rows.first().filter(|_| earlier).map(|row| cursor(row, true));
        Page { rows, next, previous, total: None }
    }
}

impl<K: Clone + Into<Value>> Window<K> {
    /// Reads this stretch of a table that an index keeps in the order of `(key, id)`.
    pub(crate) fn read(&self, select: &mut SelectStatement, key: impl Iden + Copy + 'static, id: impl Iden + Copy + 'static, descending: bool) {
        self.read_by(select, key, Expr::col(key), id, descending);
    }

    /// The same, put in order by what is as good as the key.
    pub(crate) fn read_by(
        &self,
        select: &mut SelectStatement,
        key: impl Iden + Copy + 'static,
        order_by: Expr,
        id: impl Iden + Copy + 'static,
        descending: bool,
    ) {
        self.read_in(select, [Expr::col(key), Expr::col(id)], [order_by, Expr::col(id)], descending);
    }

    /// The same, where key and id are named otherwise.
    pub(crate) fn read_at(&self, select: &mut SelectStatement, place: [Expr; 2], descending: bool) {
        self.read_in(select, place.clone(), place, descending);
    }

    fn read_in(&self, select: &mut SelectStatement, place: [Expr; 2], order_by: [Expr; 2], descending: bool) {
        let ascending = self.ascending(descending);
        if let Some((from, row)) = &self.from {
            let place = Expr::tuple(place);
            let beside = Expr::tuple([Expr::val(from.clone()), Expr::val(*row)]);
            select.and_where(if ascending { place.gt(beside) } else { place.lt(beside) });
        }
        let order = if ascending { Order::Asc } else { Order::Desc };
        for expr in order_by {
            select.order_by_expr(expr, order.clone());
        }
        select.limit(self.limit() as u64);
    }
}

/// What lists do with the page they read.
pub(crate) trait Rows<T> {
    /// How many rows match, where the page holds all of them.
    fn only(&self) -> Option<u64>;
    fn try_map<U, E>(self, map: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E>;
}

impl<T> Rows<T> for Page<T> {
    fn only(&self) -> Option<u64> {
        (self.next.is_none() && self.previous.is_none()).then_some(self.rows.len() as u64)
    }

    fn try_map<U, E>(self, map: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(map).collect::<Result<Vec<U>, E>>()?;
        Ok(Page { rows, next: self.next, previous: self.previous, total: self.total })
    }
}
