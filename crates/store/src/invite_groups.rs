//! Which groups a pending invite leads into.

use crate::{
    entity::{invite, invite_group},
    error::StoreError,
    invites::{email, is_pending},
    sql::{MOST_IDS, insert_all, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    id::{GroupId, InviteId, WorkspaceId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The pending invites that lead into the group, with their addresses.
pub async fn of_group(db: &impl Db, workspace: WorkspaceId, group: GroupId) -> Result<HashMap<InviteId, EmailAddress>, StoreError> {
    let places = Query::select()
        .column(invite_group::Column::InviteId)
        .from(invite_group::Entity)
        .and_where(within(invite_group::Column::WorkspaceId, workspace))
        .and_where(invite_group::Column::GroupId.eq(group.uuid()))
        .take();
    let rows = invite::Entity::find()
        .filter(within(invite::Column::WorkspaceId, workspace))
        .filter(Expr::col(invite::Column::Id).in_subquery(places))
        .filter(is_pending())
        .all(on(db))
        .await?;
    rows.iter().map(|row| Ok((InviteId::from_uuid(row.id), email(row)?))).collect()
}

/// Lets these invites lead into the group; says which of them did not before.
pub async fn join(tx: &WriteTx, workspace: WorkspaceId, group: GroupId, invites: &[InviteId]) -> Result<Vec<InviteId>, StoreError> {
    let here = among(tx, workspace, group, invites).await?;
    let joined: Vec<InviteId> = invites.iter().copied().collect::<BTreeSet<_>>().into_iter().filter(|invite| !here.contains(invite)).collect();
    let row = |invite: &InviteId| invite_group::Model { workspace_id: workspace.uuid(), invite_id: invite.uuid(), group_id: group.uuid() };
    insert_all::<invite_group::Entity>(tx, &joined.iter().map(row).collect::<Vec<_>>()).await?;
    Ok(joined)
}

/// These invites no longer lead into the group; says which of them did.
pub async fn leave(tx: &WriteTx, workspace: WorkspaceId, group: GroupId, invites: &[InviteId]) -> Result<Vec<InviteId>, StoreError> {
    let left: Vec<InviteId> = among(tx, workspace, group, invites).await?.into_iter().collect();
    for ids in uuids(&left, InviteId::uuid).chunks(MOST_IDS) {
        invite_group::Entity::delete_many()
            .filter(within(invite_group::Column::WorkspaceId, workspace))
            .filter(invite_group::Column::GroupId.eq(group.uuid()))
            .filter(invite_group::Column::InviteId.is_in(ids.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    Ok(left)
}

async fn among(db: &impl Db, workspace: WorkspaceId, group: GroupId, invites: &[InviteId]) -> Result<BTreeSet<InviteId>, StoreError> {
    let mut found = BTreeSet::new();
    for ids in uuids(invites, InviteId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .column(invite_group::Column::InviteId)
            .from(invite_group::Entity)
            .and_where(within(invite_group::Column::WorkspaceId, workspace))
            .and_where(invite_group::Column::GroupId.eq(group.uuid()))
            .and_where(invite_group::Column::InviteId.is_in(ids.iter().copied()))
            .take();
        found.extend(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| InviteId::from_uuid(id)));
    }
    Ok(found)
}
