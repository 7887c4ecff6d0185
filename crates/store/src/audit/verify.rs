//! Proves that a chain of the audit trail is whole, and says which entries were changed, removed, moved or put in.

use super::{actor_columns, chain_id, read_json, start};
use crate::{
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
    audit_verdict::{Fault, FaultKind, Verdict},
    id::AuditId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Entries read at once, so that a chain of any length needs the same memory.
const BATCH: u64 = 1_000;

/// How many faults of a chain are told: after so many it is clear.
const MOST_FAULTS: usize = 100;

/// How far away the place is looked for at which an entry was written.
const REACH: i64 = 2_000;

/// How often a check begins anew because old entries went meanwhile.
const TRIES: u32 = 5;

/// Walks the chain from where it begins to the end that it had when this began.
pub async fn verify(store: &Store, chain: Chain) -> Result<Verdict, StoreError> {
    let mut begin = start(store, chain).await?;
    let mut tries = 1;
    loop {
        let verdict = whole(store, chain_id(chain), begin).await?;
        let begins_now = start(store, chain).await?;
        if verdict.is_whole() || begins_now == begin || tries == TRIES {
            return Ok(verdict);
        }
        (begin, tries) = (begins_now, tries + 1);
    }
}

/// What is wrong with the oldest entries, up to this one: before they go, since nobody can tell after.
pub async fn verify_through(store: &Store, chain: Chain, through: i64) -> Result<Vec<Fault>, StoreError> {
    let begin = start(store, chain).await?;
    let mut walk = Walk::from(begin);
    walk.to(store, chain_id(chain), through).await?;
    Ok(walk.faults)
}

async fn whole(store: &Store, chain: Uuid, begin: (i64, [u8; 32])) -> Result<Verdict, StoreError> {
    let head = head(store, chain).await?;
    let mut walk = Walk::from(begin);
    let (end, seal) = head.unwrap_or((begin.0, begin.1.to_vec()));
    walk.to(store, chain, end).await?;
    if walk.seq < end && !walk.is_full() {
        walk.fault(walk.seq + 1, FaultKind::CutOff { through: end }, None);
    }
    let ends_well = walk.last.is_none_or(|last| last.as_slice() == seal);
    if walk.seq == end && !ends_well {
        walk.fault(end, FaultKind::End, None);
    }
    let beyond = Entity::find().filter(Column::Chain.eq(chain)).filter(Column::Seq.gt(end)).limit(1).one(on(store)).await?;
    // whoever appended meanwhile moved the end in the same commit; asked in this order, it can't be missed
    if beyond.is_some() && self::head(store, chain).await?.map_or(begin.0, |(seq, _)| seq) == end {
        walk.fault(end, FaultKind::Longer, None);
    }
    if begin.0 > 0 && walk.pruned != Some(begin) && !walk.is_full() {
        walk.fault(begin.0, FaultKind::Beginning, None);
    }
    Ok(Verdict { pruned: begin.0, entries: walk.entries, more: walk.is_full(), faults: walk.faults })
}

async fn head(store: &Store, chain: Uuid) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let head = audit_head::Entity::find_by_id(chain).one(on(store)).await?;
    Ok(head.map(|head| (head.seq, head.hash)))
}

/// A walk along a chain, and what it met.
struct Walk {
    /// The last entry met, or that should have been.
    seq: i64,
    /// Its seal; nothing where what stands there can't be relied on.
    last: Option<[u8; 32]>,
    entries: i64,
    faults: Vec<Fault>,
    /// What the latest entry about entries that went by age says of where the chain begins.
    pruned: Option<(i64, [u8; 32])>,
}

impl Walk {
    const fn from((seq, seal): (i64, [u8; 32])) -> Self {
        Self { seq, last: Some(seal), entries: 0, faults: Vec::new(), pruned: None }
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    fn fault(&mut self, seq: i64, kind: FaultKind, row: Option<&Model>) {
        self.faults.push(Fault { kind, seq, at: row.map(|row| Timestamp::from_micros(row.at)), event: row.map(|row| row.event.clone()) });
    }

    async fn to(&mut self, store: &Store, chain: Uuid, end: i64) -> Result<(), StoreError> {
        while self.seq < end && !self.is_full() {
            let rows = Entity::find()
                .filter(Column::Chain.eq(chain))
                .filter(Column::Seq.gt(self.seq))
                .filter(Column::Seq.lte(end))
                .order_by_asc(Column::Seq)
                .limit(BATCH)
                .all(on(store))
                .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                if self.is_full() {
                    return Ok(());
                }
                self.meet(&row);
            }
        }
        Ok(())
    }

    fn meet(&mut self, row: &Model) {
        if row.seq > self.seq + 1 {
            self.fault(self.seq + 1, FaultKind::Missing { through: row.seq - 1 }, None);
            self.last = None;
        }
        (self.seq, self.entries) = (row.seq, self.entries + 1);
        let found = check(row);
        let unlinked = self.last.is_some_and(|last| row.prev.as_slice() != last);
        match found {
            Ok(seal) if !unlinked => {
                self.last = Some(seal);
                self.pruned = says_what_went(row).or(self.pruned);
            }
            Ok(_) => {
                self.fault(row.seq, FaultKind::Unlinked, Some(row));
                self.last = None;
            }
            Err(kind) => {
                self.fault(row.seq, kind, Some(row));
                self.last = None;
            }
        }
    }
}

/// The entry's seal, if it says what was sealed at this place onto the entry that it names.
fn check(row: &Model) -> Result<[u8; 32], FaultKind> {
    let Ok(prev) = <[u8; 32]>::try_from(row.prev.as_slice()) else { return Err(FaultKind::Changed) };
    let seal = |seq| sealed(row, seq).seal(&prev);
    let here = seal(row.seq);
    if row.hash == here {
        return if says_what_it_sealed(row) { Ok(here) } else { Err(FaultKind::Changed) };
    }
    let was = ((row.seq - REACH).max(1)..=row.seq + REACH).find(|seq| row.hash == seal(*seq));
    Err(was.map_or(FaultKind::Changed, |was| FaultKind::Reordered { was }))
}

fn sealed(row: &Model, seq: i64) -> Sealed<'_> {
    Sealed {
        id: AuditId::from_uuid(row.id),
        seq,
        at: Timestamp::from_micros(row.at),
        actor: &row.actor_json,
        event: &row.event_json,
        object: &row.object_json,
        origin: &row.origin_json,
    }
}

/// The columns that lists are filtered by aren't sealed themselves: they must say what the sealed text says.
fn says_what_it_sealed(row: &Model) -> bool {
    let (Ok(actor), Ok(event), Ok(object)) =
        (read_json::<Actor>(&row.actor_json, ""), read_json::<Event>(&row.event_json, ""), read_json::<Option<Object>>(&row.object_json, ""))
    else {
        return false;
    };
    let (kind, id) = actor_columns(&actor);
    row.actor_kind == kind
        && row.actor_id == id
        && row.event == event.name()
        && row.object_kind.as_deref() == object.as_ref().map(|object| object.kind.as_str())
        && row.object_id == object.map(|object| object.id)
}

/// The beginning that an entry about entries gone by age names.
fn says_what_went(row: &Model) -> Option<(i64, [u8; 32])> {
    match read_json::<Event>(&row.event_json, "").ok()? {
        Event::AuditPruned { through, seal, .. } => Some((through, unhex(&seal)?)),
        _ => None,
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = GENESIS;
    if text.len() != bytes.len() * 2 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
