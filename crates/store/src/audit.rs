//! The audit trail: appends entries to their chains, reads them by page, and proves that none was changed.

pub use crate::verify::{Fault, Verdict, verify};

use crate::{
    entity::{
        audit_entry::{self, Column, Entity},
        audit_head,
    },
    error::{StoreError, corrupt, hash},
    transaction::{Db, WriteTx, on},
};
use domain::{
    audit::{Actor, Chain, Entry, GENESIS, Object, Record, Sealed},
    id::{AuditId, WorkspaceId},
    page::{Cursor, Page, PageSize},
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, Set, sea_query::OnConflict};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which entries of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub actor: Option<Uuid>,
    /// As [`Event::name`](domain::audit::Event::name) has it.
    pub event: Option<String>,
    pub object: Option<Uuid>,
    pub from: Option<Timestamp>,
    /// The first moment that is too late.
    pub until: Option<Timestamp>,
}

/// A page of a chain, the newest entry first.
pub async fn page(db: &impl Db, chain: Chain, filter: &Filter, cursor: Option<&Cursor>, size: PageSize) -> Result<Page<Entry>, StoreError> {
    let place = cursor.map(|cursor| cursor.key.parse::<i64>().map_or((i64::MAX, false), |seq| (seq, cursor.before)));
    let backwards = place.is_some_and(|(_, before)| before);
    let mut query = filtered(chain, filter).limit(u64::from(size.get()) + 1);
    query = match place {
        Some((seq, true)) => query.filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq),
        Some((seq, false)) => query.filter(Column::Seq.lt(seq)).order_by_desc(Column::Seq),
        None => query.order_by_desc(Column::Seq),
    };
    let mut rows = query.all(on(db)).await?;
    let more = rows.len() > usize::from(size.get());
    rows.truncate(usize::from(size.get()));
    if backwards {
        rows.reverse();
    }
    let edge = |row: Option<&audit_entry::Model>, before| row.map(|row| Cursor { key: row.seq.to_string(), id: row.id, before }.encode());
    let next = if more || backwards { edge(rows.last(), false) } else { None };
    let previous = if (backwards && more) || (!backwards && place.is_some()) { edge(rows.first(), true) } else { None };
    let total = if *filter == Filter::default() { Some(length(db, chain).await?) } else { None };
    Ok(Page { rows: rows.iter().map(read).collect::<Result<_, _>>()?, next, previous, total })
}

/// What was done to a thing, or by it, lately; the newest first.
pub async fn of_object(db: &impl Db, chain: Chain, object: Uuid, limit: u16) -> Result<Vec<Entry>, StoreError> {
    // one query each, so that each walks its own index
    let newest = |column: Column| {
        let of_chain = Entity::find().filter(Column::Chain.eq(chain_id(chain))).filter(column.eq(object));
        of_chain.order_by_desc(Column::Seq).limit(u64::from(limit)).all(on(db))
    };
    let mut rows = newest(Column::ObjectId).await?;
    rows.extend(newest(Column::ActorId).await?);
    rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    rows.dedup_by_key(|row| row.seq);
    rows.truncate(usize::from(limit));
    rows.iter().map(read).collect()
}

/// Every chain that has entries.
pub async fn chains(db: &impl Db) -> Result<Vec<Chain>, StoreError> {
    let heads = audit_head::Entity::find().order_by_asc(audit_head::Column::Chain).all(on(db)).await?;
    let chain = |head: audit_head::Model| if head.chain.is_nil() { Chain::Accounts } else { Chain::Workspace(WorkspaceId::from_uuid(head.chain)) };
    Ok(heads.into_iter().map(chain).collect())
}

async fn length(db: &impl Db, chain: Chain) -> Result<u64, StoreError> {
    let head = audit_head::Entity::find_by_id(chain_id(chain)).one(on(db)).await?;
    u64::try_from(head.map_or(0, |head| head.seq)).map_err(corrupt("audit_heads.seq"))
}

fn filtered(chain: Chain, filter: &Filter) -> Select<Entity> {
    let mut query = Entity::find().filter(Column::Chain.eq(chain_id(chain)));
    if let Some(actor) = filter.actor {
        query = query.filter(Column::ActorId.eq(actor));
    }
    if let Some(event) = &filter.event {
        query = query.filter(Column::Event.eq(event.as_str()));
    }
    if let Some(object) = filter.object {
        query = query.filter(Column::ObjectId.eq(object));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::At.gte(from.micros()));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::At.lt(until.micros()));
    }
    query
}

fn read(row: &audit_entry::Model) -> Result<Entry, StoreError> {
    fn parse<T: serde::de::DeserializeOwned>(text: &str, place: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(corrupt(place))
    }
    Ok(Entry {
        id: AuditId::from_uuid(row.id),
        seq: row.seq,
        at: Timestamp::from_micros(row.at),
        actor: parse(&row.actor_json, "audit.actor_json")?,
        event: parse(&row.event_json, "audit.event_json")?,
        object: parse::<Option<Object>>(&row.object_json, "audit.object_json")?,
        origin: parse(&row.origin_json, "audit.origin_json")?,
    })
}

/// The chain's name in the database; accounts have the nil id, which no workspace can have.
pub(crate) fn chain_id(chain: Chain) -> Uuid {
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
    Entity::insert_many(rows).exec_without_returning(on(tx)).await?;
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
pub(crate) fn actor_columns(actor: &Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::Member { id, .. } => ("member", Some(id.uuid())),
        Actor::Account { id, .. } => ("account", Some(id.uuid())),
        Actor::Token { id, .. } => ("token", Some(id.uuid())),
        Actor::Operator => ("operator", None),
        Actor::System => ("system", None),
        Actor::Anonymous => ("anonymous", None),
    }
}
