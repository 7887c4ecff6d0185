//! Lets the oldest entries of a chain go: first its beginning is moved, with a record; then what stands before it is swept away.
//!
//! Only ever from the beginning, without a gap, so that what stays can still be proven.

use super::{chain_id, start};
use crate::{
    connect::Store,
    entity::{
        audit_anchor,
        audit_entry::{Column, Entity},
    },
    error::{StoreError, hash},
    transaction::{Db, WriteTx, on},
};
use domain::{audit::Chain, time::Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

/// The oldest entries of a chain, all of them too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Old {
    pub chain: Chain,
    /// Where the chain began when this was found.
    after: i64,
    /// The last of them, and its seal.
    pub through: i64,
    pub seal: [u8; 32],
}

impl Old {
    #[must_use]
    pub const fn count(&self) -> i64 {
        self.through - self.after
    }
}

/// The entries from before this moment, up to the first that is newer. Nothing where the very first isn't from before `first`.
pub async fn old(db: &impl Db, chain: Chain, first: Timestamp, before: Timestamp) -> Result<Option<Old>, StoreError> {
    let (after, _) = start(db, chain).await?;
    let all = || Entity::find().filter(Column::Chain.eq(chain_id(chain))).filter(Column::Seq.gt(after));
    let oldest = all().order_by_asc(Column::Seq).limit(1).one(on(db)).await?;
    if oldest.is_none_or(|oldest| oldest.at >= first.micros()) {
        return Ok(None);
    }
    // said so that the walk goes along the chain and ends at the first it meets, not along the times of all that stay
    let kept = all().filter(Column::At.lt(before.micros()).not()).order_by_asc(Column::Seq).limit(1).one(on(db)).await?;
    let through = match kept {
        Some(kept) => kept.seq - 1,
        None => all().order_by_desc(Column::Seq).limit(1).one(on(db)).await?.map_or(after, |last| last.seq),
    };
    if through <= after {
        return Ok(None);
    }
    let last = Entity::find_by_id((chain_id(chain), through)).one(on(db)).await?;
    let last = last.ok_or_else(|| StoreError::Corrupt(format!("entry {through} of the audit trail is missing; `rolecall audit verify` tells more")))?;
    Ok(Some(Old { chain, after, through, seal: hash(last.hash, "audit.hash")? }))
}

/// Moves the chain's beginning behind these entries. `false` where another node did so first.
pub async fn let_go(tx: &WriteTx, old: &Old, now: Timestamp) -> Result<bool, StoreError> {
    let row = audit_anchor::ActiveModel {
        chain: sea_orm::Set(chain_id(old.chain)),
        seq: sea_orm::Set(0),
        hash: sea_orm::Set(domain::audit::GENESIS.to_vec()),
        pruned_at: sea_orm::Set(now.micros()),
    };
    let keep = OnConflict::column(audit_anchor::Column::Chain).do_nothing().to_owned();
    audit_anchor::Entity::insert(row).on_conflict(keep).exec_without_returning(on(tx)).await?;
    let moved = audit_anchor::Entity::update_many()
        .col_expr(audit_anchor::Column::Seq, Expr::val(old.through))
        .col_expr(audit_anchor::Column::Hash, Expr::val(old.seal.to_vec()))
        .col_expr(audit_anchor::Column::PrunedAt, Expr::val(now.micros()))
        .filter(audit_anchor::Column::Chain.eq(chain_id(old.chain)))
        .filter(audit_anchor::Column::Seq.eq(old.after))
        .exec(on(tx))
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Removes entries that stand before the chain's beginning, at most this many; says how many. It commits by itself and leaves no
/// record: the change that moved the beginning has it.
pub async fn sweep(store: &Store, chain: Chain, limit: u64) -> Result<u64, StoreError> {
    let (begin, _) = start(store, chain).await?;
    let next = Entity::find()
        .select_only()
        .column(Column::Seq)
        .filter(Column::Chain.eq(chain_id(chain)))
        .filter(Column::Seq.lte(begin))
        .order_by_asc(Column::Seq)
        .limit(limit)
        .into_query();
    let gone = Entity::delete_many().filter(Column::Chain.eq(chain_id(chain))).filter(Column::Seq.in_subquery(next)).exec(store.writer()).await?;
    Ok(gone.rows_affected)
}
