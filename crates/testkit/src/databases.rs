//! A fresh, migrated database for every test.

use crate::{postgres, world::World};
use sea_orm::ConnectionTrait;
use std::{
    future::Future,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};
use store::Store;
use tempfile::TempDir;
use tokio::{runtime::Builder, sync::OnceCell};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Runs a test on a fresh database of this kind, with two threads, so that what is meant to happen at once does.
pub fn run<T: Future<Output = ()>>(database: Database, test: impl FnOnce(World) -> T) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let place = Place::fresh(database).await;
        place.store().await.migrate().await.map(drop).expect("the schema is made");
        let world = World::new(place.store().await, place);
        test(world).await;
    });
}

/// Runs a test on a database of this kind that has no schema yet; it gets the URL.
pub fn run_empty<T: Future<Output = ()>>(database: Database, test: impl FnOnce(String) -> T) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let place = Place::empty(database).await;
        test(place.url.clone()).await;
    });
}

/// Where a test's database is; a SQLite file goes when this goes, a PostgreSQL database with its cluster.
#[derive(Debug)]
pub struct Place {
    pub url: String,
    _folder: Option<TempDir>,
}

impl Place {
    /// A database that has the schema, or gets it from the first `migrate`.
    pub async fn fresh(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::sqlite(),
            Database::Postgres => Self::postgres(template().await).await,
        }
    }

    /// A database without any table.
    pub async fn empty(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::sqlite(),
            Database::Postgres => Self::postgres("template0").await,
        }
    }

    pub async fn store(&self) -> Store {
        Store::connect(&self.url).await.expect("the test's database opens")
    }

    /// Says something to the database behind the store's back.
    pub async fn raw(&self, sql: &str) {
        Self::raw_at(&self.url, sql).await;
    }

    /// The same for a database of which only the URL is known.
    pub async fn raw_at(url: &str, sql: &str) {
        let connection = sea_orm::Database::connect(url).await.expect("the test's database opens");
        connection.execute_unprepared(sql).await.expect("the statement runs");
        connection.close().await.expect("the connection closes");
    }

    /// The one text that this query names `text`.
    pub async fn text(&self, sql: &str) -> String {
        let connection = sea_orm::Database::connect(&self.url).await.expect("the test's database opens");
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.expect("the query runs").expect("the query has a row");
        connection.close().await.expect("the connection closes");
        row.try_get("", "text").expect("the query has a text")
    }

    fn sqlite() -> Self {
        let folder = tempfile::Builder::new().prefix("rolecall-").tempdir().expect("a folder for the test's database");
        Self { url: sqlite_url(&folder.path().join("rolecall.db")), _folder: Some(folder) }
    }

    async fn postgres(template: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        create(&name, template).await;
        Self { url: postgres::cluster().url(&name), _folder: None }
    }
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The schema is made once in each process; every test copies it.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    const NAME: &str = "rolecall_template";
    TEMPLATE
        .get_or_init(|| async {
            create(NAME, "template0").await;
            let store = Store::connect(&postgres::cluster().url(NAME)).await.expect("the template opens");
            store.migrate().await.expect("the template gets its schema");
            store.close().await.expect("the template closes");
        })
        .await;
    NAME
}

async fn create(name: &str, template: &str) {
    let admin = sea_orm::Database::connect(postgres::cluster().url("postgres")).await.expect("the cluster answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("the database is made");
    admin.close().await.expect("the connection closes");
}
