//! Writes that happen once: noted with their record in the same transaction, answered again from here.

use crate::{
    connect::Store,
    entity::once::{self, Column, Entity},
    error::{Constraint, StoreError, hash},
    transaction::{Db, WriteTx, on},
};
use domain::{
    audit::{Object, Record},
    id::TokenId,
    once::{Once, OnceKey},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QuerySelect, Set, Statement,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

/// A write that was done with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub fingerprint: [u8; 32],
    pub at: Timestamp,
    /// What it was done to, where that is one thing.
    pub object: Option<Object>,
    /// What was answered, sealed by the floor above; missing where the answer never came to be.
    pub answer: Option<Vec<u8>>,
}

pub async fn find(db: &impl Db, token: TokenId, key: &OnceKey) -> Result<Option<Done>, StoreError> {
    let Some(row) = Entity::find_by_id((token.uuid(), key.as_str().to_owned())).one(on(db)).await? else { return Ok(None) };
    let object = row.object_kind.zip(row.object_id).map(|(kind, id)| Object { kind, id });
    Ok(Some(Done { fingerprint: hash(row.fingerprint, "once.fingerprint")?, at: Timestamp::from_micros(row.done_at), object, answer: row.answer }))
}

/// Notes that the record's write happens now. The same request may come here again; another one with the same key is refused, and
/// with it all that it was about to write.
pub(crate) async fn keep(tx: &WriteTx, record: &Record) -> Result<(), StoreError> {
    let Some(Once { token, key, fingerprint, attempt }) = &record.once else { return Ok(()) };
    let row = once::ActiveModel {
        token_id: Set(token.uuid()),
        key: Set(key.to_string()),
        fingerprint: Set(fingerprint.to_vec()),
        attempt: Set(*attempt),
        done_at: Set(record.at.micros()),
        object_kind: Set(record.object.as_ref().map(|object| object.kind.clone())),
        object_id: Set(record.object.as_ref().map(|object| object.id)),
        answer: Set(None),
    };
    let unless_there = OnConflict::columns([Column::TokenId, Column::Key]).do_nothing().to_owned();
    if Entity::insert(row).on_conflict(unless_there).exec_without_returning(on(tx)).await? > 0 {
        return Ok(());
    }
    let other = Entity::find_by_id((token.uuid(), key.to_string())).select_only().column(Column::Attempt).into_tuple::<Uuid>().one(on(tx)).await?;
    if other == Some(*attempt) { Ok(()) } else { Err(StoreError::Conflict(Constraint::OnceKey)) }
}

/// Keeps what was answered to the request that did it. `false` where that request wrote nothing.
pub async fn answered(store: &Store, once: &Once, answer: Vec<u8>) -> Result<bool, StoreError> {
    let updated = Entity::update_many()
        .col_expr(Column::Answer, Expr::val(answer))
        .filter(Column::TokenId.eq(once.token.uuid()))
        .filter(Column::Key.eq(once.key.as_str()))
        .filter(Column::Attempt.eq(once.attempt))
        .exec(store.writer())
        .await?;
    Ok(updated.rows_affected > 0)
}

/// Lets go of those done before this moment, at most so many; says how many went.
pub async fn forget(store: &Store, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM once WHERE (token_id, key) IN (SELECT token_id, key FROM once WHERE done_at < $1 LIMIT $2)";
    let (db, most) = (store.writer(), i64::try_from(most).unwrap_or(i64::MAX));
    let gone = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), SQL, [before.micros().into(), most.into()])).await?;
    Ok(gone.rows_affected())
}
