//! Who is in which user group.

use crate::{
    entity::{group_member, user_group},
    error::StoreError,
    groups::{by_name, reference},
    members::revise,
    policy_changes::Touched,
    sql::{MOST_IDS, amount, insert_all, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    group::GroupRef,
    id::{GroupId, MemberId, WorkspaceId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The groups that a member is in, in order of names.
pub async fn of_member(db: &impl Db, workspace: WorkspaceId, member: MemberId) -> Result<Vec<GroupRef>, StoreError> {
    Ok(of_members(db, workspace, &[member.uuid()]).await?.remove(&member.uuid()).unwrap_or_default())
}

pub(crate) async fn of_members(db: &impl Db, workspace: WorkspaceId, members: &[Uuid]) -> Result<HashMap<Uuid, Vec<GroupRef>>, StoreError> {
    let mut groups: HashMap<Uuid, Vec<GroupRef>> = HashMap::new();
    for members in members.chunks(MOST_IDS) {
        let member = (group_member::Entity, group_member::Column::MemberId);
        let select = Query::select()
            .column(member)
            .columns([user_group::Column::Id, user_group::Column::Name].map(|column| (user_group::Entity, column)))
            .from(group_member::Entity)
            .inner_join(
                user_group::Entity,
                Expr::col((user_group::Entity, user_group::Column::Id)).equals((group_member::Entity, group_member::Column::GroupId)),
            )
            .and_where(within((user_group::Entity, user_group::Column::WorkspaceId), workspace))
            .and_where(Expr::col(member).is_in(members.iter().copied()))
            .take();
        for (member, id, name) in tuples::<(Uuid, Uuid, String)>(db, &select).await? {
            groups.entry(member).or_default().push(reference(id, &name)?);
        }
    }
    groups.values_mut().for_each(|groups| by_name(groups));
    Ok(groups)
}

/// Everybody in a group; for groups that are known to be small.
pub async fn of_group(db: &impl Db, workspace: WorkspaceId, group: GroupId) -> Result<Vec<MemberId>, StoreError> {
    let select = Query::select()
        .column(group_member::Column::MemberId)
        .from(group_member::Entity)
        .and_where(within(group_member::Column::WorkspaceId, workspace))
        .and_where(group_member::Column::GroupId.eq(group.uuid()))
        .take();
    Ok(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| MemberId::from_uuid(id)).collect())
}

/// Puts the member into exactly these groups. [`StoreError::Reference`] when a group isn't in the workspace.
pub async fn set_of_member(tx: &WriteTx, workspace: WorkspaceId, member: MemberId, groups: &[GroupId]) -> Result<(), StoreError> {
    let before: BTreeSet<Uuid> =
        of_members(tx, workspace, &[member.uuid()]).await?.remove(&member.uuid()).unwrap_or_default().iter().map(|group| group.id.uuid()).collect();
    let after: BTreeSet<Uuid> = uuids(groups, GroupId::uuid).into_iter().collect();
    let left: Vec<Uuid> = before.difference(&after).copied().collect();
    let joined: Vec<Uuid> = after.difference(&before).copied().collect();
    if before != after {
        tx.touch(workspace, Touched::Member(member));
    }
    if !left.is_empty() {
        group_member::Entity::delete_many()
            .filter(group_member::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(group_member::Column::MemberId.eq(member.uuid()))
            .filter(group_member::Column::GroupId.is_in(left.iter().copied()))
            .exec(on(tx))
            .await?;
        count_members(tx, workspace, &left, -1).await?;
    }
    let row = |group: &Uuid| group_member::Model { workspace_id: workspace.uuid(), group_id: *group, member_id: member.uuid() };
    insert_all::<group_member::Entity>(tx, &joined.iter().map(row).collect::<Vec<_>>()).await?;
    count_members(tx, workspace, &joined, 1).await
}

/// Each of these groups has so many members more.
/// No decision rests on the count.
pub(crate) async fn count_members(tx: &WriteTx, workspace: WorkspaceId, groups: &[Uuid], by: i64) -> Result<(), StoreError> {
    for groups in groups.chunks(MOST_IDS) {
        user_group::Entity::update_many()
            .col_expr(user_group::Column::MembersCount, Expr::col(user_group::Column::MembersCount).add(by))
            .filter(within(user_group::Column::WorkspaceId, workspace))
            .filter(user_group::Column::Id.is_in(groups.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    Ok(())
}

/// Puts these members into a group; says which of them were not in it before. They must all be in the workspace.
pub async fn join(tx: &WriteTx, workspace: WorkspaceId, group: GroupId, members: &[MemberId]) -> Result<Vec<MemberId>, StoreError> {
    let here = among(tx, workspace, group, members).await?;
    let joined: Vec<MemberId> = members.iter().copied().collect::<BTreeSet<_>>().into_iter().filter(|member| !here.contains(member)).collect();
    joined.iter().for_each(|member| tx.touch(workspace, Touched::Member(*member)));
    let row = |member: &MemberId| group_member::Model { workspace_id: workspace.uuid(), group_id: group.uuid(), member_id: member.uuid() };
    insert_all::<group_member::Entity>(tx, &joined.iter().map(row).collect::<Vec<_>>()).await?;
    moved(tx, workspace, group, &joined, 1).await?;
    Ok(joined)
}

/// Takes these members out of a group; says which of them were in it.
pub async fn leave(tx: &WriteTx, workspace: WorkspaceId, group: GroupId, members: &[MemberId]) -> Result<Vec<MemberId>, StoreError> {
    let left: Vec<MemberId> = among(tx, workspace, group, members).await?.into_iter().collect();
    left.iter().for_each(|member| tx.touch(workspace, Touched::Member(*member)));
    for ids in uuids(&left, MemberId::uuid).chunks(MOST_IDS) {
        group_member::Entity::delete_many()
            .filter(within(group_member::Column::WorkspaceId, workspace))
            .filter(group_member::Column::GroupId.eq(group.uuid()))
            .filter(group_member::Column::MemberId.is_in(ids.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    moved(tx, workspace, group, &left, -1).await?;
    Ok(left)
}

/// Those of these members that are in the group.
pub async fn among(db: &impl Db, workspace: WorkspaceId, group: GroupId, members: &[MemberId]) -> Result<BTreeSet<MemberId>, StoreError> {
    let mut found = BTreeSet::new();
    for ids in uuids(members, MemberId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .column(group_member::Column::MemberId)
            .from(group_member::Entity)
            .and_where(within(group_member::Column::WorkspaceId, workspace))
            .and_where(group_member::Column::GroupId.eq(group.uuid()))
            .and_where(group_member::Column::MemberId.is_in(ids.iter().copied()))
            .take();
        found.extend(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| MemberId::from_uuid(id)));
    }
    Ok(found)
}

/// These members came or went: their access is not the one that an open editor knows.
async fn moved(tx: &WriteTx, workspace: WorkspaceId, group: GroupId, members: &[MemberId], by: i64) -> Result<(), StoreError> {
    revise(tx, workspace, members).await?;
    count_members(tx, workspace, &[group.uuid()], by * amount(members.len())).await
}
