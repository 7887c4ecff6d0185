//! Many rows at once, for made-up data and load tests: some hundred rows in each statement, and the counts kept true once.
//! Accounts, resources, labels and grants have their `insert_many` in their own files.

use crate::{
    entity::group_member,
    error::StoreError,
    group_members::count_members,
    groups::{self, NewGroup},
    invites::{self, NewInvite},
    members::{self, NewMember},
    policy_changes::Touched,
    sql::insert_all,
    transaction::WriteTx,
};
use domain::{
    id::{GroupId, MemberId, WorkspaceId},
    invite::InviteState,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub async fn members(tx: &WriteTx, workspace: WorkspaceId, new: &[NewMember]) -> Result<(), StoreError> {
    members::insert_many(tx, workspace, new).await
}

pub async fn groups(tx: &WriteTx, workspace: WorkspaceId, new: &[NewGroup]) -> Result<(), StoreError> {
    groups::insert_many(tx, workspace, new).await
}

/// Puts members into groups they are not in yet; a pair that is named twice counts once.
pub async fn places(tx: &WriteTx, workspace: WorkspaceId, places: &[(GroupId, MemberId)]) -> Result<(), StoreError> {
    let places: BTreeSet<_> = places.iter().copied().collect();
    let row = |(group, member): &(GroupId, MemberId)| group_member::Model { workspace_id: workspace.uuid(), group_id: group.uuid(), member_id: member.uuid() };
    insert_all::<group_member::Entity>(tx, &places.iter().map(row).collect::<Vec<_>>()).await?;
    places.iter().for_each(|(_, member)| tx.touch(workspace, Touched::Member(*member)));
    let mut sizes: BTreeMap<GroupId, i64> = BTreeMap::new();
    for (group, _) in &places {
        *sizes.entry(*group).or_default() += 1;
    }
    // groups that grow by as much are counted up together
    let mut alike: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (group, size) in sizes {
        alike.entry(size).or_default().push(group.uuid());
    }
    for (size, groups) in alike {
        count_members(tx, workspace, &groups, size).await?;
    }
    Ok(())
}

/// Invites in any state, settled ones as if that had happened at once.
pub async fn invites(tx: &WriteTx, workspace: WorkspaceId, new: &[(NewInvite, InviteState)]) -> Result<(), StoreError> {
    let new: Vec<_> = new.iter().map(|(new, state)| (new, *state)).collect();
    invites::insert_many(tx, workspace, &new).await
}
