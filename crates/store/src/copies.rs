//! Copies of a SQLite database: taken while others write, checked, and told apart from what is in use.

use crate::{
    connect::{Backend, Store},
    error::StoreError,
};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, error::DatabaseError, sqlite::SqliteConnectOptions};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long somebody who holds the file is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// SQLITE_BUSY and what it says more exactly: somebody else has the file open.
const BUSY: [&str; 4] = ["5", "261", "517", "773"];

#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("`{path}` can't be read as a database: {cause}")]
    Source { path: String, cause: String },
    #[error("`{path}` can't be written: {cause}")]
    Target { path: String, cause: String },
}

/// The file that a database URL names; none for PostgreSQL.
pub fn file_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
    if Backend::of_url(url)? == Backend::Postgres {
        return Ok(None);
    }
    let options: SqliteConnectOptions = url.parse().map_err(|error: sqlx::Error| StoreError::Url { cause: error.to_string() })?;
    Ok(Some(options.get_filename().to_owned()))
}

/// Writes the database as it is at one moment to an empty file, and waits until the disk has it. Those who write meanwhile don't wait.
pub async fn copy(from: &Path, to: &Path) -> Result<(), CopyError> {
    let source = |error: sqlx::Error| CopyError::Source { path: from.display().to_string(), cause: said(&error) };
    let target = |cause: String| CopyError::Target { path: to.display().to_string(), cause };
    let name = to.to_str().ok_or_else(|| target("its name is not UTF-8".to_owned()))?;
    let mut connection = existing(from).read_only(true).connect().await.map_err(source)?;
    // read first: what can't be read is no fault of the target
    sqlx::query("SELECT COUNT(*) FROM sqlite_schema").execute(&mut connection).await.map_err(source)?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await.map_err(|error| target(said(&error)))?;
    connection.close().await.map_err(source)?;
    flush(to).map_err(|error| target(error.to_string()))
}

/// What SQLite finds wrong with a file that nobody writes to; nothing where it is whole.
pub async fn damage(path: &Path) -> Result<Vec<String>, CopyError> {
    let failed = |error: sqlx::Error| CopyError::Source { path: path.display().to_string(), cause: said(&error) };
    let mut connection = frozen(path).connect().await.map_err(failed)?;
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(&mut connection).await.map_err(failed)?;
    let mut found: Vec<String> = found.into_iter().filter(|line| line != "ok").collect();
    let loose: Vec<String> = sqlx::query_scalar("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check").fetch_all(&mut connection).await.map_err(failed)?;
    found.extend(loose.into_iter().map(|table| format!("rows of `{table}` refer to what is not there")));
    connection.close().await.map_err(failed)?;
    Ok(found)
}

/// Whether a process has the database open. Where none has, its log is written back, so that the file alone is all of it.
pub async fn is_held(path: &Path) -> Result<bool, CopyError> {
    let settled = async {
        let mut connection = existing(path).busy_timeout(PATIENCE).connect().await?;
        // leaving the log needs the file alone; who serves holds it from start to end
        let left: Result<String, _> = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await;
        connection.close().await?;
        left
    };
    match settled.await {
        Ok(mode) => Ok(mode != "delete"),
        Err(error) if error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| BUSY.contains(&code.as_ref())) => Ok(true),
        Err(error) => Err(CopyError::Source { path: path.display().to_string(), cause: said(&error) }),
    }
}

impl Store {
    /// Opens a copy to read in it. Nothing is written, not even beside it.
    pub async fn open_copy(path: &Path) -> Result<Self, StoreError> {
        let failed = |cause: String| StoreError::File { path: path.display().to_string(), cause };
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(frozen(path)).await.map_err(|error| failed(said(&error)))?;
        Ok(Self::reading(sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)))
    }
}

/// Waits until the disk has the file, and its folder knows of it.
pub fn flush(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

fn existing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).create_if_missing(false).foreign_keys(false).busy_timeout(Duration::from_secs(10))
}

/// A file that stays as it is while it is open.
fn frozen(path: &Path) -> SqliteConnectOptions {
    existing(path).read_only(true).immutable(true)
}

/// The database's own words without those around them.
fn said(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}
