//! The audit trail: appends entries to their chains, reads them by page, and proves that none was changed.

use crate::{
    entity::{audit_entry, audit_head},
    error::{StoreError, hash},
    transaction::{WriteTx, on},
};
use domain::audit::{Actor, Chain, GENESIS, Record, Sealed};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set, sea_query::OnConflict};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The chain's name in the database; accounts have the nil id, which no workspace can have.
fn chain_id(chain: Chain) -> Uuid {
    match chain {
        Chain::Accounts => Uuid::nil(),
        Chain::Workspace(id) => id.uuid(),
    }
}

/// Seals the records onto their chains. Whoever else appends to one of these chains waits until this change has ended.
pub(crate) async fn append(tx: &WriteTx, records: Vec<Record>) -> Result<(), StoreError> {
    let mut heads: BTreeMap<Uuid, (i64, [u8; 32])> = records.iter().map(|record| (chain_id(record.chain), (0, GENESIS))).collect();
    for (chain, head) in &mut heads {
        *head = lock_head(tx, *chain).await?;
    }
    let mut rows = Vec::with_capacity(records.len());
    for record in &records {
        let chain = chain_id(record.chain);
        let head = heads.entry(chain).or_insert((0, GENESIS));
        let row = sealed(record, chain, *head)?;
        *head = (row.seq, hash(row.hash.clone(), "audit.hash")?);
        rows.push(row.into_active_model());
    }
    audit_entry::Entity::insert_many(rows).exec_without_returning(on(tx)).await?;
    for (chain, (seq, hash)) in heads {
        audit_head::ActiveModel { chain: Set(chain), seq: Set(seq), hash: Set(hash.to_vec()) }.update(on(tx)).await?;
    }
    Ok(())
}

/// Makes the chain's head where there is none, and locks it. An update that changes nothing is what locks a row in both databases.
async fn lock_head(tx: &WriteTx, chain: Uuid) -> Result<(i64, [u8; 32]), StoreError> {
    let first = audit_head::ActiveModel { chain: Set(chain), seq: Set(0), hash: Set(GENESIS.to_vec()) };
    let keep = OnConflict::column(audit_head::Column::Chain).value(audit_head::Column::Chain, chain).to_owned();
    let head = audit_head::Entity::insert(first).on_conflict(keep).exec_with_returning(on(tx)).await?;
    Ok((head.seq, hash(head.hash, "audit_heads.hash")?))
}

fn sealed(record: &Record, chain: Uuid, (seq, prev): (i64, [u8; 32])) -> Result<audit_entry::Model, StoreError> {
    let seq = seq + 1;
    let (actor_json, event_json, object_json, origin_json) = (json(&record.actor)?, json(&record.event)?, json(&record.object)?, json(&record.origin)?);
    let seal = Sealed { id: record.id, seq, at: record.at, actor: &actor_json, event: &event_json, object: &object_json, origin: &origin_json }.seal(&prev);
    let (actor_kind, actor_id) = actor_columns(&record.actor);
    Ok(audit_entry::Model {
        chain,
        seq,
        id: record.id.uuid(),
        at: record.at.micros(),
        actor_kind: actor_kind.to_owned(),
        actor_id,
        event: record.event.name().to_owned(),
        object_kind: record.object.as_ref().map(|object| object.kind.clone()),
        object_id: record.object.as_ref().map(|object| object.id),
        actor_json,
        event_json,
        object_json,
        origin_json,
        prev: prev.to_vec(),
        hash: seal.to_vec(),
    })
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("an audit record can't be written: {error}")))
}

/// What the trail is filtered by.
fn actor_columns(actor: &Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::Member { id, .. } => ("member", Some(id.uuid())),
        Actor::Account { id, .. } => ("account", Some(id.uuid())),
        Actor::Token { id, .. } => ("token", Some(id.uuid())),
        Actor::Operator => ("operator", None),
        Actor::System => ("system", None),
        Actor::Anonymous => ("anonymous", None),
    }
}
