//! Many members at once: read, revised and removed with a number of statements that doesn't follow theirs.

use super::{email, kind, name, seen};
use crate::{
    entity::{grant, group_member, member, workspace},
    error::StoreError,
    grant_rows, group_members,
    policy_changes::Touched,
    sql::{MOST_IDS, amount, count, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    id::{AccountId, MemberId, WorkspaceId},
    member::{Member, MemberKind},
    text::PersonName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Order, Query},
};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Those of these members that are here, with all that the drawer edits and whose account each is, in the order asked for.
pub async fn find_many(db: &impl Db, workspace: WorkspaceId, ids: &[MemberId]) -> Result<Vec<(AccountId, Member)>, StoreError> {
    let ids = uuids(ids, MemberId::uuid);
    let mut rows: HashMap<Uuid, member::Model> = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(MOST_IDS) {
        let found = member::Entity::find()
            .filter(within(member::Column::WorkspaceId, workspace))
            .filter(member::Column::Id.is_in(ids.iter().copied()))
            .all(on(db))
            .await?;
        rows.extend(found.into_iter().map(|row| (row.id, row)));
    }
    let mut grants = grant_rows::full(db, workspace, grant::Column::MemberId, &ids).await?;
    let mut groups = group_members::of_members(db, workspace, &ids).await?;
    let mut read = |row: member::Model| {
        let member = Member {
            id: MemberId::from_uuid(row.id),
            name: name(&row)?,
            email: email(&row)?,
            kind: kind(&row.kind)?,
            pii: row.pii,
            grants: grants.remove(&row.id).unwrap_or_default(),
            groups: groups.remove(&row.id).unwrap_or_default(),
            joined_at: Timestamp::from_micros(row.joined_at),
            last_seen_at: seen(row.last_seen_at),
            revision: row.revision,
        };
        Ok((AccountId::from_uuid(row.account_id), member))
    };
    ids.iter().filter_map(|id| rows.remove(id)).map(&mut read).collect()
}

/// All members in the order of their names, each with what stands for the name in cursors: read from an index alone. There are as many as the
/// workspace has members, each an id and a short text, and nothing else of them.
pub async fn in_order(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<(MemberId, String)>, StoreError> {
    let select = Query::select()
        .columns([member::Column::Id, member::Column::NameKey])
        .from(member::Entity)
        .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
        .order_by(member::Column::NameKey, Order::Asc)
        .order_by(member::Column::Id, Order::Asc)
        .take();
    Ok(tuples::<(Uuid, String)>(db, &select).await?.into_iter().map(|(id, key)| (MemberId::from_uuid(id), key)).collect())
}

/// How those of these members that are here are called, and their addresses.
pub async fn cards(db: &impl Db, workspace: WorkspaceId, ids: &[MemberId]) -> Result<HashMap<MemberId, (PersonName, EmailAddress)>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in uuids(ids, MemberId::uuid).chunks(MOST_IDS) {
        let rows = member::Entity::find()
            .filter(within(member::Column::WorkspaceId, workspace))
            .filter(member::Column::Id.is_in(ids.iter().copied()))
            .all(on(db))
            .await?;
        for row in rows {
            found.insert(MemberId::from_uuid(row.id), (name(&row)?, email(&row)?));
        }
    }
    Ok(found)
}

/// Those of these accounts that are members.
pub async fn of_accounts(db: &impl Db, workspace: WorkspaceId, accounts: &[AccountId]) -> Result<HashSet<AccountId>, StoreError> {
    let mut found = HashSet::new();
    for ids in uuids(accounts, AccountId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .column(member::Column::AccountId)
            .from(member::Entity)
            .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
            .and_where(member::Column::AccountId.is_in(ids.iter().copied()))
            .take();
        found.extend(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| AccountId::from_uuid(id)));
    }
    Ok(found)
}

/// These members are no longer what an open editor knows.
pub(crate) async fn revise(tx: &WriteTx, workspace: WorkspaceId, members: &[MemberId]) -> Result<(), StoreError> {
    members.iter().for_each(|id| tx.touch(workspace, Touched::Member(*id)));
    for ids in uuids(members, MemberId::uuid).chunks(MOST_IDS) {
        member::Entity::update_many()
            .col_expr(member::Column::Revision, Expr::col(member::Column::Revision).add(1))
            .filter(within(member::Column::WorkspaceId, workspace))
            .filter(member::Column::Id.is_in(ids.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    Ok(())
}

/// Ends these memberships with their grants and places in groups; says how many there were.
pub async fn remove_many(tx: &WriteTx, workspace: WorkspaceId, members: &[MemberId]) -> Result<usize, StoreError> {
    let (mut removed, mut owners) = (0, 0);
    let mut places: HashMap<Uuid, i64> = HashMap::new();
    for ids in uuids(members, MemberId::uuid).chunks(MOST_IDS) {
        let rows = member::Entity::find()
            .filter(within(member::Column::WorkspaceId, workspace))
            .filter(member::Column::Id.is_in(ids.iter().copied()))
            .lock_exclusive()
            .all(on(tx))
            .await?;
        let here: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let count = Expr::col(group_member::Column::MemberId).count();
        let select = Query::select()
            .column(group_member::Column::GroupId)
            .expr(count)
            .from(group_member::Entity)
            .and_where(within(group_member::Column::WorkspaceId, workspace))
            .and_where(group_member::Column::MemberId.is_in(here.iter().copied()))
            .group_by_col(group_member::Column::GroupId)
            .take();
        for (group, members) in tuples::<(Uuid, i64)>(tx, &select).await? {
            *places.entry(group).or_default() += members;
        }
        here.iter().for_each(|id| tx.touch(workspace, Touched::Member(MemberId::from_uuid(*id))));
        // grants, places in groups and requests go with it: the tables say so
        member::Entity::delete_many()
            .filter(within(member::Column::WorkspaceId, workspace))
            .filter(member::Column::Id.is_in(here.iter().copied()))
            .exec(on(tx))
            .await?;
        removed += rows.len();
        for row in &rows {
            owners += usize::from(kind(&row.kind)? == MemberKind::Owner);
        }
    }
    let mut shrunk: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    places.into_iter().for_each(|(group, members)| shrunk.entry(members).or_default().push(group));
    for (members, groups) in shrunk {
        group_members::count_members(tx, workspace, &groups, -members).await?;
    }
    count(tx, workspace, workspace::Column::Members, -amount(removed)).await?;
    count(tx, workspace, workspace::Column::Owners, -amount(owners)).await?;
    Ok(removed)
}
