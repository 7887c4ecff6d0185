//! Requests to set a new password: each link works once, and a newer one voids the older.

use crate::{
    entity::reset,
    error::StoreError,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{AccountId, ResetId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};

#[derive(Clone, Debug)]
pub struct NewReset {
    pub id: ResetId,
    pub account: AccountId,
    pub secret_hash: [u8; 32],
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    pub id: ResetId,
    pub account: AccountId,
    pub expires_at: Timestamp,
    pub used: bool,
}

pub async fn insert(tx: &WriteTx, new: &NewReset) -> Result<(), StoreError> {
    let row = reset::Model {
        id: new.id.uuid(),
        account_id: new.account.uuid(),
        secret_hash: new.secret_hash.to_vec(),
        created_at: new.created_at.micros(),
        expires_at: new.expires_at.micros(),
        used_at: None,
    };
    reset::Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}

/// A used or expired one is found too: the caller says what is wrong with it.
pub async fn find(db: &impl Db, secret_hash: &[u8; 32]) -> Result<Option<Reset>, StoreError> {
    let row = reset::Entity::find().filter(reset::Column::SecretHash.eq(secret_hash.to_vec())).one(on(db)).await?;
    Ok(row.map(|row| Reset {
        id: ResetId::from_uuid(row.id),
        account: AccountId::from_uuid(row.account_id),
        expires_at: Timestamp::from_micros(row.expires_at),
        used: row.used_at.is_some(),
    }))
}

/// Uses it up. False where somebody else did so first, even at the same moment, or where it is over.
pub async fn mark_used(tx: &WriteTx, id: ResetId, now: Timestamp) -> Result<bool, StoreError> {
    let updated = reset::Entity::update_many()
        .col_expr(reset::Column::UsedAt, Expr::val(now.micros()))
        .filter(reset::Column::Id.eq(id.uuid()))
        .filter(reset::Column::UsedAt.is_null())
        .filter(reset::Column::ExpiresAt.gt(now.micros()))
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Drops the account's other links, before a new one is made.
pub async fn void_others(tx: &WriteTx, account: AccountId) -> Result<u64, StoreError> {
    let voided = reset::Entity::delete_many().filter(reset::Column::AccountId.eq(account.uuid())).filter(reset::Column::UsedAt.is_null()).exec(on(tx)).await?;
    Ok(voided.rows_affected)
}
