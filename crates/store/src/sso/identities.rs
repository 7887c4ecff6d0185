//! Whose account a provider's account is: linked once, found by what the provider calls them.

use crate::{
    entity::sso_identity::{Column, Entity, Model},
    error::StoreError,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{AccountId, ConnectionId},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

pub async fn find(db: &impl Db, connection: ConnectionId, subject: &str) -> Result<Option<AccountId>, StoreError> {
    let select = Entity::find().filter(Column::ConnectionId.eq(connection.uuid())).filter(Column::Subject.eq(subject));
    let found: Option<Uuid> = select.select_only().column(Column::AccountId).into_tuple().one(on(db)).await?;
    Ok(found.map(AccountId::from_uuid))
}

/// Whether the account is somebody at this connection.
pub async fn is_linked(db: &impl Db, connection: ConnectionId, account: AccountId) -> Result<bool, StoreError> {
    let select = Entity::find().filter(Column::ConnectionId.eq(connection.uuid())).filter(Column::AccountId.eq(account.uuid()));
    Ok(select.count(on(db)).await? > 0)
}

/// Lets go of all links of an account, by whatever connection; says how many.
pub async fn forget_account(tx: &WriteTx, account: AccountId) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account.uuid())).exec(on(tx)).await?.rows_affected)
}

/// Lets go of all links of a connection; says how many.
pub async fn forget_connection(tx: &WriteTx, connection: ConnectionId) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::ConnectionId.eq(connection.uuid())).exec(on(tx)).await?.rows_affected)
}

/// [`StoreError::Conflict`] where the subject is linked already.
pub async fn link(tx: &WriteTx, connection: ConnectionId, subject: &str, account: AccountId, at: Timestamp) -> Result<(), StoreError> {
    let row = Model { connection_id: connection.uuid(), subject: subject.to_owned(), account_id: account.uuid(), linked_at: at.micros() };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}
