//! Opens the database and brings it up to date: the one way from an address to [`Services`].

use crate::services::{Services, Settings};
use domain::catalog::Catalog;
use std::sync::Arc;
use store::{Backend, Store, StoreError};

/// Why the database can't be worked on: one line that names the cure.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(
        "the database was used with another secret key than this one: set ROLECALL_SECRET_KEY to that key, or put the file that holds it back beside the database; if it is lost, start the server once with --accept-key (`rolecall serve --accept-key`): links that were sent work no more then, and client secrets of identity providers must be entered again"
    )]
    OtherKey,
}

/// What becomes of a key that is not the one with which the database was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKey {
    Refused,
    /// The one before is lost, and the operator knows what was lost with it.
    Accepted,
}

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

/// Refuses to go on with another key than the one with which the database was used first: what that one sealed and derived would be lost, and nobody
/// would notice before it is needed.
pub async fn keep_to_key(services: &Services, other: OtherKey) -> Result<(), OpenError> {
    let fingerprint = services.settings.secret_key.fingerprint();
    if store::secret_key::keep(&services.store, &fingerprint, services.now()).await? == fingerprint {
        return Ok(());
    }
    match other {
        OtherKey::Refused => Err(OpenError::OtherKey),
        OtherKey::Accepted => {
            tracing::warn!("the secret key is another one from now on: links that were sent and client secrets of identity providers are lost");
            Ok(store::secret_key::replace(&services.store, &fingerprint, services.now()).await?)
        }
    }
}

/// The same for what is no server, but changes or reads a database all the same: it keeps no key, so that a command with a wrong one binds no server
/// to it.
pub async fn check_key(services: &Services) -> Result<(), OpenError> {
    match store::secret_key::kept(&services.store).await? {
        Some(kept) if kept != services.settings.secret_key.fingerprint() => Err(OpenError::OtherKey),
        Some(_) | None => Ok(()),
    }
}

/// Brings the database up to date and does nothing else; says how many steps it took.
pub async fn migrate(url: &str) -> Result<u32, OpenError> {
    let store = Store::connect(url).await?;
    Ok(store.migrate().await?)
}
