//! The fingerprint of the operator's key with which this database was first used: one for the whole of it. It is nobody's data, so it is written
//! without a record.

use crate::{
    connect::Store,
    error::{StoreError, hash},
};
use domain::time::Timestamp;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

/// The fingerprint that is kept: this one from now on, where there was none.
pub async fn keep(store: &Store, fingerprint: &[u8; 32], at: Timestamp) -> Result<[u8; 32], StoreError> {
    if let Some(kept) = kept(store).await? {
        return Ok(kept);
    }
    // of nodes that start together one is first
    write(store, "INSERT INTO secret_key (id, fingerprint, known_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING", fingerprint, at).await?;
    read(store.writer()).await?.ok_or_else(|| StoreError::Corrupt("secret_key: what was just written is not there".to_owned()))
}

/// The fingerprint that is kept; none where no server was started on this database yet.
pub async fn kept(store: &Store) -> Result<Option<[u8; 32]>, StoreError> {
    read(store.reader()).await
}

/// Keeps this one in the place of another.
pub async fn replace(store: &Store, fingerprint: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
    write(store, "UPDATE secret_key SET fingerprint = $1, known_at = $2 WHERE id = 1", fingerprint, at).await
}

async fn read(db: &DatabaseConnection) -> Result<Option<[u8; 32]>, StoreError> {
    let select = Statement::from_string(db.get_database_backend(), "SELECT fingerprint FROM secret_key WHERE id = 1");
    let Some(row) = db.query_one_raw(select).await? else { return Ok(None) };
    hash(row.try_get("", "fingerprint")?, "secret_key.fingerprint").map(Some)
}

async fn write(store: &Store, sql: &str, fingerprint: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
    let db = store.writer();
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [fingerprint.to_vec().into(), at.micros().into()])).await?;
    Ok(())
}
