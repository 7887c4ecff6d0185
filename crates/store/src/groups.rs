//! User groups: named sets of members that share grants.

use crate::{
    entity::{grant, group_member, user_group, workspace},
    error::{StoreError, corrupt},
    grant_rows,
    keyset::{Rows as _, Window},
    policy_changes::Touched,
    sql::{MOST_IDS, Search, amount, contains, count, counted, insert_all, models, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    access_context::ContextGroup,
    group::{GroupRef, GroupRow},
    id::{GroupId, MemberId, WorkspaceId},
    page::{Cursor, Page, PageSize},
    text::GroupName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewGroup {
    pub id: GroupId,
    pub name: GroupName,
    pub pii: bool,
    pub created_at: Timestamp,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewGroup) -> Result<(), StoreError> {
    insert_many(tx, workspace, std::slice::from_ref(new)).await
}

pub(crate) async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, new: &[NewGroup]) -> Result<(), StoreError> {
    let row = |new: &NewGroup| user_group::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        name: new.name.to_string(),
        name_key: new.name.key(),
        pii: new.pii,
        members_count: 0,
        created_at: new.created_at.micros(),
        revision: 1,
    };
    insert_all::<user_group::Entity>(tx, &new.iter().map(row).collect::<Vec<_>>()).await?;
    new.iter().for_each(|new| tx.touch(workspace, Touched::Group(new.id)));
    count(tx, workspace, workspace::Column::Groups, amount(new.len())).await
}

/// The User groups list, in order of names.
pub async fn page(db: &impl Db, workspace: WorkspaceId, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<GroupRow>, StoreError> {
    let search = Search::parse(search);
    let mut window = Window::new(cursor.as_ref(), size, |key| Some(key.to_owned()));
    let mut rows = read(db, workspace, &search, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, &search, &window).await?;
    }
    let mut page = window.page(rows, |row| (row.name_key.clone(), row.id));
    page.total = match search {
        Search::Everything => Some(counted(db, workspace, workspace::Column::Groups).await?),
        Search::Nothing | Search::For(_) => page.only(),
    };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut grants = grant_rows::summaries(db, workspace, grant::Column::GroupId, &ids).await?;
    page.try_map(|row| {
        Ok(GroupRow {
            id: GroupId::from_uuid(row.id),
            name: name(&row.name)?,
            pii: row.pii,
            members: u32::try_from(row.members_count).unwrap_or(u32::MAX),
            grants: grants.remove(&row.id).unwrap_or_default(),
            created_at: Timestamp::from_micros(row.created_at),
            revision: row.revision,
        })
    })
}

async fn read(db: &impl Db, workspace: WorkspaceId, search: &Search, window: &Window<String>) -> Result<Vec<user_group::Model>, StoreError> {
    let mut select = all(workspace);
    match search {
        Search::Everything => {}
        Search::Nothing => return Ok(Vec::new()),
        Search::For(key) => {
            select.and_where(contains(user_group::Column::NameKey, key));
        }
    }
    window.read(&mut select, user_group::Column::NameKey, user_group::Column::Id, false);
    models(db, &select).await
}

fn all(workspace: WorkspaceId) -> SelectStatement {
    Query::select().columns(user_group::Column::iter()).from(user_group::Entity).and_where(user_group::Column::WorkspaceId.eq(workspace.uuid())).take()
}

/// Every group's id and name, in order of names.
pub async fn refs(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<GroupRef>, StoreError> {
    let select = Query::select()
        .columns([user_group::Column::Id, user_group::Column::Name])
        .from(user_group::Entity)
        .and_where(user_group::Column::WorkspaceId.eq(workspace.uuid()))
        .order_by(user_group::Column::NameKey, Order::Asc)
        .take();
    let rows: Vec<(Uuid, String)> = tuples(db, &select).await?;
    rows.into_iter().map(|(id, name)| reference(id, &name)).collect()
}

/// The names of those of these that are there.
pub async fn named(db: &impl Db, workspace: WorkspaceId, ids: &[GroupId]) -> Result<Vec<GroupRef>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in uuids(ids, GroupId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([user_group::Column::Id, user_group::Column::Name])
            .from(user_group::Entity)
            .and_where(within(user_group::Column::WorkspaceId, workspace))
            .and_where(user_group::Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, name) in tuples::<(Uuid, String)>(db, &select).await? {
            found.push(reference(id, &name)?);
        }
    }
    Ok(found)
}

/// Every group with its grants, in order of names, as the policy needs them.
pub async fn with_grants(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<ContextGroup>, StoreError> {
    let mut select = all(workspace);
    let rows: Vec<user_group::Model> = models(db, select.order_by(user_group::Column::NameKey, Order::Asc)).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut grants = grant_rows::full(db, workspace, grant::Column::GroupId, &ids).await?;
    rows.into_iter()
        .map(|row| Ok(ContextGroup { group: reference(row.id, &row.name)?, pii: row.pii, grants: grants.remove(&row.id).unwrap_or_default() }))
        .collect()
}

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

pub(crate) fn reference(id: Uuid, text: &str) -> Result<GroupRef, StoreError> {
    Ok(GroupRef { id: GroupId::from_uuid(id), name: name(text)? })
}

pub(crate) fn by_name(groups: &mut [GroupRef]) {
    groups.sort_by_cached_key(|group| (group.name.key(), group.id));
}

fn name(text: &str) -> Result<GroupName, StoreError> {
    GroupName::parse(text).map_err(corrupt("user_groups.name"))
}
