//! What came of the last sign-ins by a connection: the newest stay, up to a number.

use crate::{
    entity::sso_log::{Column, Entity, Model},
    error::{StoreError, corrupt},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ConnectionId, SignInId},
    sso::log::{MOST_ENTRIES, SignInEntry, SignInOutcome},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Writes an entry, and lets the oldest go where there are too many.
pub async fn write(tx: &WriteTx, connection: ConnectionId, entry: &SignInEntry) -> Result<(), StoreError> {
    let (code, reason) = match &entry.outcome {
        SignInOutcome::Accepted => (None, None),
        SignInOutcome::Refused { code, reason } => (Some(code.clone()), Some(reason.clone())),
    };
    let row = Model {
        id: entry.id.uuid(),
        connection_id: connection.uuid(),
        at: entry.at.micros(),
        purpose: entry.purpose.as_str().to_owned(),
        code,
        reason,
        who: entry.who.clone(),
        address: entry.address.clone(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    let beyond = newest(connection).offset(MOST_ENTRIES).limit(1_000).select_only().column(Column::Id);
    let beyond: Vec<Uuid> = beyond.into_tuple().all(on(tx)).await?;
    if !beyond.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(beyond)).exec(on(tx)).await?;
    }
    Ok(())
}

/// All that there are, the newest first.
pub async fn all(db: &impl Db, connection: ConnectionId) -> Result<Vec<SignInEntry>, StoreError> {
    newest(connection).limit(MOST_ENTRIES).all(on(db)).await?.into_iter().map(read).collect()
}

/// One entry, and whose it is.
pub async fn find(db: &impl Db, id: SignInId) -> Result<Option<(ConnectionId, SignInEntry)>, StoreError> {
    let row = Entity::find_by_id(id.uuid()).one(on(db)).await?;
    row.map(|row| Ok((ConnectionId::from_uuid(row.connection_id), read(row)?))).transpose()
}

fn newest(connection: ConnectionId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::ConnectionId.eq(connection.uuid())).order_by_desc(Column::At).order_by_desc(Column::Id)
}

fn read(row: Model) -> Result<SignInEntry, StoreError> {
    let outcome = match (row.code, row.reason) {
        (Some(code), Some(reason)) => SignInOutcome::Refused { code, reason },
        (_, _) => SignInOutcome::Accepted,
    };
    Ok(SignInEntry {
        id: SignInId::from_uuid(row.id),
        at: Timestamp::from_micros(row.at),
        purpose: row.purpose.parse().map_err(corrupt("sso_log.purpose"))?,
        outcome,
        who: row.who,
        address: row.address,
    })
}
