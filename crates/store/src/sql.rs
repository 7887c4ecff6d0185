//! What every noun says to the database in the same way: bulk inserts, typed rows, conditions and counts.

use crate::{
    connect::Backend,
    entity::workspace,
    error::StoreError,
    transaction::{Db, WriteTx, on},
};
use domain::id::WorkspaceId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, Iterable, ModelTrait, QueryFilter, TryGetableMany,
    sea_query::{Expr, IntoColumnRef, LikeExpr, OnConflict, Query, SelectStatement},
};
use std::fmt::Write as _;
use uuid::Uuid;

/// SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535. Beyond some hundred rows a longer statement gains nothing.
const MOST_PARAMETERS: usize = 30_000;
const MOST_ROWS: usize = 500;

/// How many ids one statement may list.
pub(crate) const MOST_IDS: usize = 10_000;

/// Belongs to the workspace: said so beside a list of ids, because SQLite, without statistics, takes `workspace_id = ?`
/// for the narrowest condition of all and would walk the whole workspace. PostgreSQL reads it as the plain equality.
pub(crate) fn within(column: impl IntoColumnRef, workspace: WorkspaceId) -> Expr {
    Expr::col(column).ne(workspace.uuid()).not()
}

/// Is one of these, however many: they travel as one text, so that no statement has too many parameters.
pub(crate) fn among(backend: Backend, column: &str, ids: &[Uuid]) -> Expr {
    let mut list = String::with_capacity(ids.len() * 35 + 2);
    list.push('[');
    for (place, id) in ids.iter().enumerate() {
        let _ = write!(list, "{}\"{}\"", if place == 0 { "" } else { "," }, id.simple());
    }
    list.push(']');
    let sql = match backend {
        Backend::Sqlite => format!("\"{column}\" IN (SELECT unhex(value) FROM json_each(?))"),
        Backend::Postgres => format!("\"{column}\" IN (SELECT value::uuid FROM json_array_elements_text($1::json))"),
    };
    Expr::cust_with_values(sql, [list])
}

/// Is one of these texts. SQLite takes a long list for so many rows that it would sooner read the whole workspace, and a set for few.
pub(crate) fn among_texts(backend: Backend, column: &str, texts: &[&str]) -> Expr {
    let list = serde_json::Value::from(texts).to_string();
    let sql = match backend {
        Backend::Sqlite => format!("\"{column}\" IN (SELECT value FROM json_each(?))"),
        Backend::Postgres => format!("\"{column}\" IN (SELECT value FROM json_array_elements_text($1::json))"),
    };
    Expr::cust_with_values(sql, [list])
}

/// How many rows.
pub(crate) fn count_rows() -> Expr {
    Expr::cust("COUNT(*)")
}

/// Contains this text as it stands; `column` holds lower case.
pub(crate) fn contains(column: impl IntoColumnRef, key: &str) -> Expr {
    contains_in(Expr::col(column), key)
}

/// The same of any text.
pub(crate) fn contains_in(text: Expr, key: &str) -> Expr {
    let mut pattern = String::with_capacity(key.len() + 2);
    pattern.push('%');
    for c in key.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    text.like(LikeExpr::new(pattern).escape('\\'))
}

/// What a person typed into a search box, as columns of keys are searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    Everything,
    /// No name can hold what was typed.
    Nothing,
    For(String),
}

impl Search {
    /// Longer than any name or address.
    const MOST: usize = 1_000;

    pub(crate) fn parse(text: Option<&str>) -> Self {
        match text.map(str::trim) {
            None | Some("") => Self::Everything,
            // PostgreSQL's text can't hold it
            Some(text) if text.contains('\0') || text.len() > Self::MOST => Self::Nothing,
            Some(text) => Self::For(domain::text::key(text)),
        }
    }
}

/// Inserts the rows with as few statements as parameters allow.
pub(crate) async fn insert_all<E>(tx: &WriteTx, models: &[E::Model]) -> Result<(), StoreError>
where
    E: EntityTrait,
{
    insert::<E>(tx, models, None).await
}

/// The same, but for those whose key is there already.
pub(crate) async fn insert_new<E>(tx: &WriteTx, models: &[E::Model]) -> Result<(), StoreError>
where
    E: EntityTrait,
{
    insert::<E>(tx, models, Some(OnConflict::new().do_nothing().to_owned())).await
}

async fn insert<E>(tx: &WriteTx, models: &[E::Model], on_conflict: Option<OnConflict>) -> Result<(), StoreError>
where
    E: EntityTrait,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let rows = (MOST_PARAMETERS / columns.len().max(1)).clamp(1, MOST_ROWS);
    for chunk in models.chunks(rows) {
        let mut insert = Query::insert();
        insert.into_table(E::default().table_ref()).columns(columns.iter().copied());
        for model in chunk {
            insert.values(columns.iter().map(|column| Expr::val(model.get(*column)))).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        }
        if let Some(on_conflict) = &on_conflict {
            insert.on_conflict(on_conflict.clone());
        }
        on(tx).execute(&insert).await?;
    }
    Ok(())
}

/// The rows of a statement that no single table answers.
pub(crate) async fn tuples<T: TryGetableMany>(db: &impl Db, select: &SelectStatement) -> Result<Vec<T>, StoreError> {
    let rows = on(db).query_all(select).await?;
    rows.iter().map(|row| T::try_get_many_by_index(row).map_err(|error| StoreError::from(sea_orm::DbErr::from(error)))).collect()
}

/// The rows of a statement that selects a table's columns.
pub(crate) async fn models<M: FromQueryResult>(db: &impl Db, select: &SelectStatement) -> Result<Vec<M>, StoreError> {
    let rows = on(db).query_all(select).await?;
    rows.iter().map(|row| M::from_query_result(row, "").map_err(StoreError::from)).collect()
}

/// Keeps one of the workspace's counts true, in the change that makes it so.
pub(crate) async fn count(tx: &WriteTx, workspace: WorkspaceId, column: workspace::Column, by: i64) -> Result<(), StoreError> {
    if by == 0 {
        return Ok(());
    }
    workspace::Entity::update_many().col_expr(column, Expr::col(column).add(by)).filter(workspace::Column::Id.eq(workspace.uuid())).exec(on(tx)).await?;
    Ok(())
}

pub(crate) async fn counted(db: &impl Db, workspace: WorkspaceId, column: workspace::Column) -> Result<u64, StoreError> {
    let select = Query::select().column(column).from(workspace::Entity).and_where(workspace::Column::Id.eq(workspace.uuid())).take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

pub(crate) fn uuids<T: Copy>(ids: &[T], uuid: impl Fn(T) -> Uuid) -> Vec<Uuid> {
    ids.iter().map(|id| uuid(*id)).collect()
}

/// A length as the counts hold it.
pub(crate) fn amount(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_trimmed_lowered_and_refused_where_nothing_can_match() {
        assert_eq!(Search::parse(None), Search::Everything);
        assert_eq!(Search::parse(Some("  ")), Search::Everything);
        assert_eq!(Search::parse(Some(" ÀB ")), Search::For("àb".to_owned()));
        assert_eq!(Search::parse(Some("a\0")), Search::Nothing);
        assert_eq!(Search::parse(Some(&"x".repeat(1_001))), Search::Nothing);
    }
}
