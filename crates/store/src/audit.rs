//! The audit trail: appends entries to their chains, reads them by page, lets old ones go, and proves that none was changed.

mod list;
mod objects;
#[cfg(test)]
mod plan_tests;
mod prune;
mod verify;

pub use list::{all, of_object, page};
pub use objects::present;
pub use prune::{Old, let_go, old, sweep};
pub use verify::{verify, verify_through};

use crate::{
    entity::{
        audit_anchor,
        audit_entry::{self, Column, Entity},
        audit_head, workspace,
    },
    error::{StoreError, corrupt, hash},
    sql::insert_all,
    transaction::{Db, WriteTx, on},
};
use domain::{
    audit::{Actor, Chain, Entry, GENESIS, Object, Record, Sealed},
    id::{AuditId, WorkspaceId},
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::OnConflict};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many entries are written at once.
const AT_ONCE: usize = 500;

/// Every chain that has entries, or should have; without those of workspaces that are being deleted, which go with them.
pub async fn chains(db: &impl Db) -> Result<Vec<Chain>, StoreError> {
    let heads: Vec<Uuid> = audit_head::Entity::find().select_only().column(audit_head::Column::Chain).into_tuple().all(on(db)).await?;
    let mut all: BTreeSet<Uuid> = heads.into_iter().collect();
    // one step each along the key: a chain whose head was taken away is found all the same
    let mut last = None::<Uuid>;
    loop {
        let mut next = Entity::find().select_only().column(Column::Chain).order_by_asc(Column::Chain).limit(1);
        if let Some(last) = last {
            next = next.filter(Column::Chain.gt(last));
        }
        let Some(found) = next.into_tuple::<Uuid>().one(on(db)).await? else { break };
        all.insert(found);
        last = Some(found);
    }
    let going: Vec<Uuid> = workspace::Entity::find()
        .select_only()
        .column(workspace::Column::Id)
        .filter(workspace::Column::DeletedAt.is_not_null())
        .filter(workspace::Column::Deleting.eq(true))
        .into_tuple()
        .all(on(db))
        .await?;
    Ok(all
        .into_iter()
        .filter(|id| !going.contains(id))
        .map(|id| if id.is_nil() { Chain::Accounts } else { Chain::Workspace(WorkspaceId::from_uuid(id)) })
        .collect())
}

/// Where a chain begins: the last entry that went by age and its seal, or before the first.
async fn start(db: &impl Db, chain: Chain) -> Result<(i64, [u8; 32]), StoreError> {
    match audit_anchor::Entity::find_by_id(chain_id(chain)).one(on(db)).await? {
        Some(anchor) => Ok((anchor.seq, hash(anchor.hash, "audit_anchors.hash")?)),
        None => Ok((0, GENESIS)),
    }
}

/// Whether the chain tells of one of these events, by their names; or may have, for its oldest entries have gone.
pub async fn may_have_told(db: &impl Db, chain: Chain, events: &[&str]) -> Result<bool, StoreError> {
    let (begin, _) = start(db, chain).await?;
    if begin > 0 {
        return Ok(true);
    }
    let those = Entity::find().filter(Column::Chain.eq(chain_id(chain))).filter(Column::Event.is_in(events.iter().copied()));
    let told: Option<i64> = those.select_only().column(Column::Seq).limit(1).into_tuple().one(on(db)).await?;
    Ok(told.is_some())
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str, place: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(corrupt(place))
}

fn read(row: &audit_entry::Model) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: AuditId::from_uuid(row.id),
        seq: row.seq,
        at: Timestamp::from_micros(row.at),
        actor: read_json(&row.actor_json, "audit.actor_json")?,
        event: read_json(&row.event_json, "audit.event_json")?,
        object: read_json::<Option<Object>>(&row.object_json, "audit.object_json")?,
        origin: read_json(&row.origin_json, "audit.origin_json")?,
    })
}

/// The chain's name in the database; accounts have the nil id, which no workspace can have.
fn chain_id(chain: Chain) -> Uuid {
    match chain {
        Chain::Accounts => Uuid::nil(),
        Chain::Workspace(id) => id.uuid(),
    }
}

/// Seals the records onto their chains. Whoever else appends to one of these chains waits until this change has ended.
/// Gives the entries that they became; `written` hears how many of them are.
pub(crate) async fn append(tx: &WriteTx, records: Vec<Record>, written: &(dyn Fn(usize) + Send + Sync)) -> Result<Vec<(Chain, Entry)>, StoreError> {
    let mut heads: BTreeMap<Uuid, (i64, [u8; 32])> = records.iter().map(|record| (chain_id(record.chain), (0, GENESIS))).collect();
    for (chain, head) in &mut heads {
        *head = lock_head(tx, *chain).await?;
    }
    let mut rows = Vec::with_capacity(records.len().min(AT_ONCE));
    let mut entries = Vec::with_capacity(records.len());
    for record in records {
        let chain = chain_id(record.chain);
        let head = heads.entry(chain).or_insert((0, GENESIS));
        let row = sealed(&record, chain, *head)?;
        *head = (row.seq, hash(row.hash.clone(), "audit.hash")?);
        let Record { id, at, chain, actor, event, object, origin, once: _ } = record;
        entries.push((chain, Entry { id, seq: row.seq, at, actor, event, object, origin }));
        rows.push(row);
        if rows.len() == AT_ONCE {
            insert_all::<Entity>(tx, &rows).await?;
            rows.clear();
            written(entries.len());
        }
    }
    insert_all::<Entity>(tx, &rows).await?;
    for (chain, (seq, hash)) in heads {
        audit_head::ActiveModel { chain: Set(chain), seq: Set(seq), hash: Set(hash.to_vec()) }.update(on(tx)).await?;
    }
    Ok(entries)
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
