//! How SQLite would read a statement: for tests of lists that must not be sorted.

use crate::{Store, transaction::on};
use sea_orm::{ConnectionTrait, DbBackend, Statement, StatementBuilder, sea_query::SelectStatement};
use tempfile::TempDir;

/// A store with nothing in it, which goes with its folder.
pub async fn empty() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite://{}", folder.path().join("plan.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

pub async fn plan(store: &Store, select: &SelectStatement) -> String {
    let Statement { sql, values, .. } = StatementBuilder::build(select, &DbBackend::Sqlite);
    let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {sql}"), values, db_backend: DbBackend::Sqlite };
    let rows = on(store).query_all_raw(explain).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}
