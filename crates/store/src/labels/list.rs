//! The Labels list: each label with how many resources bear it and how many grants name it.

use crate::{
    entity::{label, resource_label},
    error::{StoreError, corrupt},
    keyset::{Rows as _, Window},
    sql::{Search, contains_in, count_rows, models, tuples},
    transaction::Db,
};
use domain::{
    id::WorkspaceId,
    label::{Label, LabelRow},
    page::{Cursor, Page, PageSize},
    text::LabelDescription,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ExprTrait, Iden, Iterable,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use uuid::Uuid;

/// Between key and value in a cursor: neither can hold it.
const SEPARATOR: char = ':';

/// In order of key and value, without their uses.
pub async fn page(db: &impl Db, workspace: WorkspaceId, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<KnownLabel>, StoreError> {
    let search = Search::parse(search);
    let mut window = Window::new(cursor.as_ref(), size, |key| key.split_once(SEPARATOR).map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut rows = read(db, workspace, &search, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, &search, &window).await?;
    }
    let mut page = window.page(rows, |row| (format!("{}{SEPARATOR}{}", row.key, row.value), Uuid::nil()));
    page.total = if search == Search::Everything { Some(super::count(db, workspace).await?) } else { page.only() };
    page.try_map(|row| known(&row))
}

/// A label as its table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLabel {
    pub label: Label,
    pub description: Option<LabelDescription>,
    pub created_at: Timestamp,
}

impl KnownLabel {
    /// With how many resources bear it and how many grants name it.
    #[must_use]
    pub fn used(self, resources: u64, grants: u64) -> LabelRow {
        LabelRow { label: self.label, description: self.description, resources, grants, created_at: self.created_at }
    }
}

/// One label; `None` where the workspace doesn't know it.
pub async fn find(db: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<Option<KnownLabel>, StoreError> {
    let select = all(workspace).and_where(label::Column::Key.eq(label.key())).and_where(label::Column::Value.eq(label.value())).take();
    let rows: Vec<label::Model> = models(db, &select).await?;
    rows.first().map(known).transpose()
}

/// How many resources bear it, counted one by one.
pub async fn bearers(db: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<u64, StoreError> {
    let select = Query::select()
        .expr(count_rows())
        .from(resource_label::Entity)
        .and_where(resource_label::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(resource_label::Column::Key.eq(label.key()))
        .and_where(resource_label::Column::Value.eq(label.value()))
        .take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

fn all(workspace: WorkspaceId) -> SelectStatement {
    Query::select().columns(label::Column::iter()).from(label::Entity).and_where(label::Column::WorkspaceId.eq(workspace.uuid())).take()
}

async fn read(db: &impl Db, workspace: WorkspaceId, search: &Search, window: &Window<(String, String)>) -> Result<Vec<label::Model>, StoreError> {
    let mut select = all(workspace);
    match search {
        Search::Everything => {}
        Search::Nothing => return Ok(Vec::new()),
        Search::For(text) => {
            select.and_where(contains_in(Expr::cust("LOWER(\"key\" || ':' || \"value\")"), text));
        }
    }
    let ascending = window.ascending(false);
    if let Some(((key, value), _)) = &window.from {
        let place = place(label::Column::Key, label::Column::Value);
        let beside = Expr::tuple([Expr::val(key.as_str()), Expr::val(value.as_str())]);
        select.and_where(if ascending { place.gt(beside) } else { place.lt(beside) });
    }
    for column in [label::Column::Key, label::Column::Value] {
        select.order_by(column, if ascending { Order::Asc } else { Order::Desc });
    }
    models(db, select.limit(window.limit() as u64)).await
}

fn place(key: impl Iden + 'static, value: impl Iden + 'static) -> Expr {
    Expr::tuple([Expr::col(key), Expr::col(value)])
}

fn known(row: &label::Model) -> Result<KnownLabel, StoreError> {
    let description = Some(row.description.as_str()).filter(|text| !text.is_empty()).map(LabelDescription::parse).transpose();
    Ok(KnownLabel {
        label: Label::new(&row.key, &row.value).map_err(corrupt("labels"))?,
        description: description.map_err(corrupt("labels.description"))?,
        created_at: Timestamp::from_micros(row.created_at),
    })
}
