//! What came of the last sign-ins by a connection: the newest stay, up to a number. Refusals that are like one another stand in one entry, so
//! that whoever repeats one drives no other out.

use crate::{
    connect::Store,
    entity::sso_log::{Column, Entity, Model},
    error::{StoreError, corrupt},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{ConnectionId, SignInId},
    sso::log::{FOLDED_WITHIN, MOST_ENTRIES, SignInEntry, SignInOutcome},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, UpdateMany, sea_query::Expr};
use uuid::Uuid;

/// Writes an entry, or counts it in the one that it is like, and lets the oldest go where there are too many; gives the entry that tells of it.
pub async fn write(tx: &WriteTx, connection: ConnectionId, entry: &SignInEntry) -> Result<SignInId, StoreError> {
    if let Some(like) = like(tx, connection, entry).await? {
        counted(like, entry).exec(on(tx)).await?;
        return Ok(SignInId::from_uuid(like));
    }
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
        more: 0,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    let beyond = newest(connection).offset(MOST_ENTRIES).limit(1_000).select_only().column(Column::Id);
    let beyond: Vec<Uuid> = beyond.into_tuple().all(on(tx)).await?;
    if !beyond.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(beyond)).exec(on(tx)).await?;
    }
    Ok(entry.id)
}

/// Counts it in the entry that it is like, if there is one. Commits by itself and leaves no record: it is the same again.
pub async fn count_again(store: &Store, connection: ConnectionId, entry: &SignInEntry) -> Result<Option<SignInId>, StoreError> {
    let Some(like) = like(store, connection, entry).await? else { return Ok(None) };
    let counted = counted(like, entry).exec(store.writer()).await?.rows_affected;
    Ok((counted == 1).then(|| SignInId::from_uuid(like)))
}

/// The entry of a refusal for the same reason, of the same person as far as they are known, from the same network.
async fn like(db: &impl Db, connection: ConnectionId, entry: &SignInEntry) -> Result<Option<Uuid>, StoreError> {
    let SignInOutcome::Refused { code, .. } = &entry.outcome else { return Ok(None) };
    let is = |column: Column, value: &Option<String>| value.as_ref().map_or_else(|| column.is_null(), |value| column.eq(value.as_str()));
    let select = newest(connection)
        .filter(Column::At.gte(entry.at.minus(FOLDED_WITHIN).micros()))
        .filter(Column::Purpose.eq(entry.purpose.as_str()))
        .filter(Column::Code.eq(code.as_str()))
        .filter(is(Column::Who, &entry.who))
        .filter(is(Column::Address, &entry.address));
    Ok(select.limit(1).select_only().column(Column::Id).into_tuple().one(on(db)).await?)
}

fn counted(like: Uuid, entry: &SignInEntry) -> UpdateMany<Entity> {
    let reason = match &entry.outcome {
        SignInOutcome::Accepted => None,
        SignInOutcome::Refused { reason, .. } => Some(reason.clone()),
    };
    Entity::update_many()
        .col_expr(Column::More, Expr::col(Column::More).add(1_i64))
        .col_expr(Column::At, Expr::val(entry.at.micros()))
        .col_expr(Column::Reason, Expr::val(reason))
        .filter(Column::Id.eq(like))
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
        more: u64::try_from(row.more).unwrap_or_default(),
    })
}
