//! Proves that a chain of the audit trail is whole: no entry changed, none missing, none put in.

use crate::{
    audit::{actor_columns, chain_id},
    connect::Store,
    entity::{
        audit_entry::{Column, Entity, Model},
        audit_head,
    },
    error::StoreError,
    transaction::on,
};
use domain::{
    audit::{Actor, Chain, Event, GENESIS, Object, Sealed},
    id::AuditId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Entries read at once, so that a chain of any length needs the same memory.
const BATCH: u64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Whole { entries: i64 },
    Broken(Fault),
}

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("entry {seq} is missing")]
    Missing { seq: i64 },
    #[error("entry {seq} was changed after it was written")]
    Changed { seq: i64 },
    #[error("entry {seq} does not follow from the one before it")]
    Unlinked { seq: i64 },
    #[error("the chain has entries after entry {seq}, where it should end")]
    Longer { seq: i64 },
    #[error("the chain's end does not bear the seal of entry {seq}")]
    End { seq: i64 },
}

/// Walks the chain from its first entry to the end that it had when this began.
pub async fn verify(store: &Store, chain: Chain) -> Result<Verdict, StoreError> {
    let chain = chain_id(chain);
    let head = audit_head::Entity::find_by_id(chain).one(on(store)).await?;
    let (end, seal) = head.map_or((0, GENESIS.to_vec()), |head| (head.seq, head.hash));
    let (mut seq, mut last) = (0, GENESIS);
    while seq < end {
        let rows = Entity::find()
            .filter(Column::Chain.eq(chain))
            .filter(Column::Seq.gt(seq))
            .filter(Column::Seq.lte(end))
            .order_by_asc(Column::Seq)
            .limit(BATCH)
            .all(on(store))
            .await?;
        if rows.is_empty() {
            return Ok(Verdict::Broken(Fault::Missing { seq: seq + 1 }));
        }
        for row in rows {
            seq += 1;
            match check(&row, seq, &last) {
                Ok(seal) => last = seal,
                Err(fault) => return Ok(Verdict::Broken(fault)),
            }
        }
    }
    if last.as_slice() != seal {
        return Ok(Verdict::Broken(Fault::End { seq }));
    }
    let beyond = Entity::find().filter(Column::Chain.eq(chain)).filter(Column::Seq.gt(end)).limit(1).one(on(store)).await?;
    // whoever appended meanwhile moved the end in the same commit; asked in this order, it can't be missed
    if beyond.is_some() && audit_head::Entity::find_by_id(chain).one(on(store)).await?.map_or(0, |head| head.seq) == end {
        return Ok(Verdict::Broken(Fault::Longer { seq: end }));
    }
    Ok(Verdict::Whole { entries: end })
}

/// The entry's seal, if it is the one that must stand here.
fn check(row: &Model, seq: i64, last: &[u8; 32]) -> Result<[u8; 32], Fault> {
    if row.seq != seq {
        return Err(Fault::Missing { seq });
    }
    if row.prev.as_slice() != last {
        return Err(Fault::Unlinked { seq });
    }
    let seal = Sealed {
        id: AuditId::from_uuid(row.id),
        seq,
        at: Timestamp::from_micros(row.at),
        actor: &row.actor_json,
        event: &row.event_json,
        object: &row.object_json,
        origin: &row.origin_json,
    }
    .seal(last);
    if row.hash == seal && says_what_it_sealed(row) { Ok(seal) } else { Err(Fault::Changed { seq }) }
}

/// The columns that lists are filtered by aren't sealed themselves: they must say what the sealed text says.
fn says_what_it_sealed(row: &Model) -> bool {
    let (Ok(actor), Ok(event), Ok(object)) = (
        serde_json::from_str::<Actor>(&row.actor_json),
        serde_json::from_str::<Event>(&row.event_json),
        serde_json::from_str::<Option<Object>>(&row.object_json),
    ) else {
        return false;
    };
    let (kind, id) = actor_columns(&actor);
    row.actor_kind == kind
        && row.actor_id == id
        && row.event == event.name()
        && row.object_kind.as_deref() == object.as_ref().map(|object| object.kind.as_str())
        && row.object_id == object.map(|object| object.id)
}
