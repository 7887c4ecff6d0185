//! Opens the database that the operator named: a SQLite file, or PostgreSQL.

use crate::{
    error::StoreError,
    migration,
    policy_watch::{Listener, Watcher, Watchers},
    transaction::{Snapshot, WriteTx},
};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, IsolationLevel, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
    sqlx::{
        self, ConnectOptions as _, Connection,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use std::{
    path::Path,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::Semaphore;

/// How long a request waits for a connection, or for another write to end.
const PATIENCE: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How many changes are under way at once on PostgreSQL. Those of one workspace wait for its lock with a connection in hand: were it every one, nobody could
/// read meanwhile, not even the changes themselves beside what they hold. On SQLite there is one writer, and readers have connections of their own.
const POSTGRES_CHANGES: usize = 12;
const _: () = assert!(POSTGRES_CHANGES < POSTGRES_CONNECTIONS as usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// Which database a URL names, without asking it anything.
    pub fn of_url(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some(scheme) if url.contains("://") => Err(StoreError::Scheme { scheme: format!("{scheme}:") }),
            Some(_) | None => Err(StoreError::Url { cause: "it has no scheme".to_owned() }),
        }
    }

    pub(crate) fn of(db: &impl ConnectionTrait) -> Self {
        if db.get_database_backend() == DbBackend::Postgres { Self::Postgres } else { Self::Sqlite }
    }
}

/// The open database. Clones share it.
#[derive(Clone, Debug)]
pub struct Store(Arc<Pools>);

#[derive(Debug)]
struct Pools {
    backend: Backend,
    /// On SQLite a single connection: there is one writer at a time, and waiting here is fair where its own lock is not.
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// So many changes may begin, where they share their connections with reads.
    changes: Option<Arc<Semaphore>>,
    watchers: Watchers,
}

impl Store {
    /// Opens `sqlite:…` (the file and its folder are made where missing) or `postgres://…`.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        match Backend::of_url(url)? {
            Backend::Sqlite => connect_sqlite(url).await,
            Backend::Postgres => connect_postgres(url).await,
        }
    }

    /// Takes the schema's missing steps and says how many; safe while other nodes do the same.
    pub async fn migrate(&self) -> Result<u32, StoreError> {
        let tx = begin(&self.0.writer).await?;
        let taken = migration::run(&tx).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Refuses a schema that this version can't work on.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        migration::check(&self.0.reader).await
    }

    /// Whether any version of Rolecall has ever worked on it.
    pub async fn is_ours(&self) -> Result<bool, StoreError> {
        migration::has_any(&self.0.reader).await
    }

    /// Begins a change. It ends well by [`WriteTx::commit`] only.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        let turn = match &self.0.changes {
            None => None,
            Some(changes) => {
                let turn = tokio::time::timeout(PATIENCE, changes.clone().acquire_owned()).await;
                Some(turn.ok().and_then(Result::ok).ok_or(StoreError::Busy)?)
            }
        };
        Ok(WriteTx::new(begin(&self.0.writer).await?, turn, self.0.watchers.clone()))
    }

    /// Begins reads that all see the same moment.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let options = match self.0.backend {
            // on SQLite any transaction is one, from its first read on
            Backend::Sqlite => TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred), ..TransactionOptions::default() },
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        Ok(Snapshot::new(self.0.reader.begin_with_options(options).await?))
    }

    /// From now on this hears of every commit through this store, before the commit returns.
    pub fn watch(&self, watcher: Weak<dyn Watcher>) {
        self.0.watchers.add(watcher);
    }

    /// Hears of the commits of every node, on a connection of its own. `None` on SQLite, which tells nobody.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        match self.0.backend {
            Backend::Sqlite => Ok(None),
            Backend::Postgres => Listener::connect(&self.0.reader).await.map(Some),
        }
    }

    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.0.reader.ping().await?)
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    /// Waits for what runs and closes every connection; SQLite then writes its log back into the file.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.reader.close_by_ref().await?;
        Ok(self.0.writer.close_by_ref().await?)
    }

    /// On one connection for all, to read.
    pub(crate) fn reading(pool: DatabaseConnection) -> Self {
        Self(Arc::new(Pools { backend: Backend::Sqlite, writer: pool.clone(), reader: pool, changes: None, watchers: Watchers::default() }))
    }

    /// For reads.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.0.reader
    }

    /// For the few writes that commit themselves: each says in its documentation why it needs no record.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.writer
    }
}

/// IMMEDIATE on SQLite: a transaction that turned into a write later could only fail.
async fn begin(writer: &DatabaseConnection) -> Result<sea_orm::DatabaseTransaction, StoreError> {
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    Ok(writer.begin_with_options(options).await?)
}

async fn connect_sqlite(url: &str) -> Result<Store, StoreError> {
    let options: SqliteConnectOptions = url.parse().map_err(|error: sqlx::Error| StoreError::Url { cause: error.to_string() })?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Url { cause: "a database in memory would be lost at the end".to_owned() });
    }
    let path = options.get_filename().to_owned();
    if path.as_os_str().is_empty() {
        return Err(StoreError::Url { cause: "it names no file".to_owned() });
    }
    let failed = |cause: &dyn std::fmt::Display| StoreError::File { path: path.display().to_string(), cause: cause.to_string() };
    make_file(&path).map_err(|error| failed(&error))?;

    let mut writer = pool_options(url, 1);
    // a file does not go away as a server does: to ask before each statement whether its connection lives takes as long as a small one
    writer.test_before_acquire(false).max_lifetime(None).idle_timeout(None).map_sqlx_sqlite_opts(|options| {
        // a commit is on the disk before it is answered: what was taken away must not come back after the power went
        let options = sqlite_options(options, "-2000").synchronous(SqliteSynchronous::Full);
        options.journal_mode(SqliteJournalMode::Wal).pragma("journal_size_limit", "16777216").optimize_on_close(true, 400)
    });
    let mut reader = pool_options(url, SQLITE_READERS);
    reader
        .test_before_acquire(false)
        .idle_timeout(Duration::from_secs(60))
        // a page of a list that was searched and narrowed looks at some thousand places in a few indexes, which are to stay at hand meanwhile;
        // with the connection its memory goes
        .map_sqlx_sqlite_opts(|options| sqlite_options(options, "-4000").pragma("query_only", "ON"));
    // the writer first: it makes the log that readers then share
    let writer = Database::connect(writer).await.map_err(|error| failed(&error))?;
    let reader = Database::connect(reader).await.map_err(|error| failed(&error))?;
    Ok(Store(Arc::new(Pools { backend: Backend::Sqlite, writer, reader, changes: None, watchers: Watchers::default() })))
}

/// Makes the folder and the file, readable by their owner alone: it holds people's addresses.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn sqlite_options(options: SqliteConnectOptions, cache: &'static str) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(48)
        // negative is KiB
        .pragma("cache_size", cache)
}

async fn connect_postgres(url: &str) -> Result<Store, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| StoreError::Url { cause: error.to_string() })?;
    // a pool would try until its patience ends and then only say that it timed out
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Ok(connection)) => drop(connection.close().await),
        Ok(Err(error)) => return Err(unreachable(&options, &error)),
        Err(_) => return Err(StoreError::Unreachable { place: place(&options), cause: "no answer in 10 seconds".to_owned(), cure: CURE }),
    }
    let mut pool = pool_options(url, POSTGRES_CONNECTIONS);
    pool.connect_lazy(true)
        .set_application_name("rolecall")
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1_800))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .statement_timeout(Duration::from_secs(30))
        .map_sqlx_postgres_opts(|options| {
            options
                .statement_cache_capacity(100)
                .application_name("rolecall")
                .options([("lock_timeout", PATIENCE.as_millis().to_string()), ("idle_in_transaction_session_timeout", "60000".to_owned())])
        });
    let pool = Database::connect(pool).await?;
    let changes = Some(Arc::new(Semaphore::new(POSTGRES_CHANGES)));
    Ok(Store(Arc::new(Pools { backend: Backend::Postgres, writer: pool.clone(), reader: pool, changes, watchers: Watchers::default() })))
}

fn pool_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).acquire_timeout(PATIENCE).sqlx_logging(false).record_stmt_in_spans(false);
    options
}

const CURE: &str = "start it, or correct host and port in the database URL";

fn unreachable(options: &PgConnectOptions, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code().map(String::from));
    let cure = match code.as_deref() {
        Some("28P01" | "28000") => "correct user and password in the database URL",
        Some("3D000") => "create the database, or correct its name in the database URL",
        Some("53300") => "raise its `max_connections`, or end other clients",
        Some(_) | None => CURE,
    };
    StoreError::Unreachable { place: place(options), cause: error.to_string(), cure }
}

/// Host, port and database: all of the URL that may be shown.
fn place(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(|| format!("{}:{}", options.get_host(), options.get_port()), |path| path.display().to_string());
    format!("{host}/{}", options.get_database().unwrap_or(options.get_username()))
}
