//! How the connections to the database are used at this moment.

use crate::connect::{Backend, Store};
use sea_orm::{DatabaseConnection, DatabaseConnectionType, sqlx};

/// One pool of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// `all` where there is one for reads and writes, else `writer` and `reader`.
    pub name: &'static str,
    /// Connections at work.
    pub busy: u32,
    /// Connections that are open and wait for work.
    pub idle: u32,
    pub most: u32,
}

impl Store {
    /// Asks nobody: the pools know it.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolUse> {
        match self.backend() {
            Backend::Sqlite => [("writer", self.writer()), ("reader", self.reader())].into_iter().filter_map(|(name, pool)| usage(name, pool)).collect(),
            Backend::Postgres => usage("all", self.reader()).into_iter().collect(),
        }
    }
}

fn usage(name: &'static str, connection: &DatabaseConnection) -> Option<PoolUse> {
    match connection.inner {
        DatabaseConnectionType::SqlxSqlitePoolConnection(_) => Some(counted(name, connection.get_sqlite_connection_pool())),
        DatabaseConnectionType::SqlxPostgresPoolConnection(_) => Some(counted(name, connection.get_postgres_connection_pool())),
        _ => None,
    }
}

fn counted<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolUse {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    PoolUse { name, busy: pool.size().saturating_sub(idle), idle, most: pool.options().get_max_connections() }
}
