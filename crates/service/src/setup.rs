//! Opens the database and brings it up to date: the one way from an address to [`Services`].

use crate::services::{Services, Settings};
use domain::catalog::Catalog;
use std::sync::Arc;
use store::{Backend, Store, StoreError};

/// Why the database can't be worked on: one line that names the cure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(#[from] StoreError);

/// Whether the URL names a file of this machine, which a key may lie beside. A URL that names no database we know is refused.
pub fn is_file(url: &str) -> Result<bool, OpenError> {
    Ok(Backend::of_url(url)? == Backend::Sqlite)
}

/// Opens and migrates; refuses a schema newer than this version knows.
pub async fn open(url: &str, catalog: Arc<Catalog>, settings: Settings) -> Result<Services, OpenError> {
    let store = Store::connect(url).await?;
    let applied = store.migrate().await?;
    if applied > 0 {
        tracing::info!(steps = applied, "the database was brought up to date");
    }
    store.check_schema().await?;
    Ok(Services::new(store, catalog, settings))
}

/// Brings the database up to date and does nothing else; says how many steps it took.
pub async fn migrate(url: &str) -> Result<u32, OpenError> {
    let store = Store::connect(url).await?;
    Ok(store.migrate().await?)
}
