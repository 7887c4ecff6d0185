//! Messages of providers that were seen: none is taken twice.

use crate::{
    connect::Store,
    entity::sso_message::{Column, Entity, Model},
    error::{Constraint, StoreError},
    transaction::{WriteTx, on},
};
use domain::{id::ConnectionId, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Whether it is seen for the first time. Commits by itself and leaves no record: what comes of the message is recorded.
pub async fn take(store: &Store, connection: ConnectionId, hash: &[u8; 32], ends_at: Timestamp) -> Result<bool, StoreError> {
    let row = Model { connection_id: connection.uuid(), hash: hash.to_vec(), ends_at: ends_at.micros() };
    match Entity::insert(row.into_active_model()).exec_without_returning(store.writer()).await.map_err(StoreError::from) {
        Ok(_) => Ok(true),
        Err(error) if error.is_conflict(Constraint::SsoMessage) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The same in the change that the message leads to: if that fails, the message may come again.
pub async fn take_in(tx: &WriteTx, connection: ConnectionId, hash: &[u8; 32], ends_at: Timestamp) -> Result<bool, StoreError> {
    let row = Model { connection_id: connection.uuid(), hash: hash.to_vec(), ends_at: ends_at.micros() };
    match Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await.map_err(StoreError::from) {
        Ok(_) => Ok(true),
        Err(error) if error.is_conflict(Constraint::SsoMessage) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lets go of those that are too old to be taken anyway; says how many.
pub async fn forget(store: &Store, now: Timestamp) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::EndsAt.lte(now.micros())).exec(store.writer()).await?.rows_affected)
}
