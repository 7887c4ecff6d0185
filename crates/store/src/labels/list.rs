//! The Labels list: each label with how many resources bear it and how many grants name it.

use crate::{
    entity::{grant, grant_label, label, resource_label},
    error::{StoreError, corrupt},
    held::lives,
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
use std::collections::HashMap;
use uuid::Uuid;

/// Between key and value in a cursor: neither can hold it.
const SEPARATOR: char = ':';

/// In order of key and value.
pub async fn page(db: &impl Db, workspace: WorkspaceId, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<LabelRow>, StoreError> {
    let search = Search::parse(search);
    let mut window = Window::new(cursor.as_ref(), size, |key| key.split_once(SEPARATOR).map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut rows = read(db, workspace, &search, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, &search, &window).await?;
    }
    let mut page = window.page(rows, |row| (format!("{}{SEPARATOR}{}", row.key, row.value), Uuid::nil()));
    page.total = if search == Search::Everything { Some(super::count(db, workspace).await?) } else { page.only() };
    let (mut resources, mut grants) = uses(db, workspace, &page.rows).await?;
    page.try_map(|row| whole(row, &mut resources, &mut grants))
}

/// One label with its uses; `None` where the workspace doesn't know it.
pub async fn find(db: &impl Db, workspace: WorkspaceId, label: &Label) -> Result<Option<LabelRow>, StoreError> {
    let select = all(workspace).and_where(label::Column::Key.eq(label.key())).and_where(label::Column::Value.eq(label.value())).take();
    let rows: Vec<label::Model> = models(db, &select).await?;
    let (mut resources, mut grants) = uses(db, workspace, &rows).await?;
    rows.into_iter().next().map(|row| whole(row, &mut resources, &mut grants)).transpose()
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

type Uses = HashMap<(String, String), u64>;

/// How many resources bear each of these, which stand in order, and how many grants name it.
async fn uses(db: &impl Db, workspace: WorkspaceId, rows: &[label::Model]) -> Result<(Uses, Uses), StoreError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Default::default()) };
    let end = |row: &label::Model| Expr::tuple([Expr::val(row.key.as_str()), Expr::val(row.value.as_str())]);
    let bearing = Query::select()
        .columns([resource_label::Column::Key, resource_label::Column::Value])
        .expr(count_rows())
        .from(resource_label::Entity)
        .and_where(resource_label::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(place(resource_label::Column::Key, resource_label::Column::Value).gte(end(first)))
        .and_where(place(resource_label::Column::Key, resource_label::Column::Value).lte(end(last)))
        .group_by_columns([resource_label::Column::Key, resource_label::Column::Value])
        .take();
    let of_grant = |column: grant_label::Column| (grant_label::Entity, column);
    let named = || Expr::tuple([Expr::col(of_grant(grant_label::Column::Key)), Expr::col(of_grant(grant_label::Column::Value))]);
    let naming = Query::select()
        .columns([of_grant(grant_label::Column::Key), of_grant(grant_label::Column::Value)])
        .expr(count_rows())
        .from(grant_label::Entity)
        .inner_join(grant::Entity, Expr::col((grant::Entity, grant::Column::Id)).equals(of_grant(grant_label::Column::GrantId)))
        .and_where(Expr::col(of_grant(grant_label::Column::WorkspaceId)).eq(workspace.uuid()))
        .and_where(named().gte(end(first)))
        .and_where(named().lte(end(last)))
        .cond_where(lives(workspace))
        .group_by_columns([of_grant(grant_label::Column::Key), of_grant(grant_label::Column::Value)])
        .take();
    Ok((counts(db, &bearing).await?, counts(db, &naming).await?))
}

async fn counts(db: &impl Db, select: &SelectStatement) -> Result<Uses, StoreError> {
    let rows: Vec<(String, String, i64)> = tuples(db, select).await?;
    Ok(rows.into_iter().map(|(key, value, count)| ((key, value), u64::try_from(count).unwrap_or(0))).collect())
}

fn whole(row: label::Model, resources: &mut Uses, grants: &mut Uses) -> Result<LabelRow, StoreError> {
    let place = (row.key, row.value);
    let description = Some(row.description.as_str()).filter(|text| !text.is_empty()).map(LabelDescription::parse).transpose();
    Ok(LabelRow {
        label: Label::new(&place.0, &place.1).map_err(corrupt("labels"))?,
        description: description.map_err(corrupt("labels.description"))?,
        resources: resources.remove(&place).unwrap_or(0),
        grants: grants.remove(&place).unwrap_or(0),
        created_at: Timestamp::from_micros(row.created_at),
    })
}
