//! User groups: named sets of members that share grants.

use crate::{
    entity::{grant, group_member, invite, invite_group, member, user_group, workspace},
    error::{StoreError, corrupt},
    grant_rows,
    keyset::{Rows as _, Window},
    policy_changes::Touched,
    sql::{MOST_IDS, Search, amount, contains, count, counted, insert_all, models, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    access_context::ContextGroup,
    group::{Group, GroupRef, GroupRow},
    id::{GroupId, WorkspaceId},
    invite::InviteState,
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
    let page = stretch(db, workspace, search, cursor, size).await?;
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut grants = grant_rows::summaries(db, workspace, grant::Column::GroupId, &ids).await?;
    page.try_map(|row| {
        Ok(GroupRow {
            id: GroupId::from_uuid(row.id),
            name: name(&row.name)?,
            pii: row.pii,
            members: amount_of(row.members_count),
            grants: grants.remove(&row.id).unwrap_or_default(),
            created_at: Timestamp::from_micros(row.created_at),
            revision: row.revision,
        })
    })
}

/// The same page with all that each group's drawer edits.
pub async fn whole_page(db: &impl Db, workspace: WorkspaceId, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<Group>, StoreError> {
    let mut page = stretch(db, workspace, search, cursor, size).await?;
    let rows = whole(db, workspace, std::mem::take(&mut page.rows)).await?;
    Ok(Page { rows, next: page.next, previous: page.previous, total: page.total })
}

async fn stretch(
    db: &impl Db,
    workspace: WorkspaceId,
    search: Option<&str>,
    cursor: Option<Cursor>,
    size: PageSize,
) -> Result<Page<user_group::Model>, StoreError> {
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
    Ok(page)
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

/// A group with all that its drawer edits.
pub async fn find(db: &impl Db, workspace: WorkspaceId, id: GroupId) -> Result<Option<Group>, StoreError> {
    Ok(find_many(db, workspace, &[id]).await?.pop())
}

/// Those of these groups that are there, in order of names.
pub async fn find_many(db: &impl Db, workspace: WorkspaceId, ids: &[GroupId]) -> Result<Vec<Group>, StoreError> {
    let mut rows = Vec::with_capacity(ids.len());
    for ids in uuids(ids, GroupId::uuid).chunks(MOST_IDS) {
        let found = user_group::Entity::find()
            .filter(within(user_group::Column::WorkspaceId, workspace))
            .filter(user_group::Column::Id.is_in(ids.iter().copied()))
            .all(on(db))
            .await?;
        rows.extend(found);
    }
    rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
    whole(db, workspace, rows).await
}

async fn whole(db: &impl Db, workspace: WorkspaceId, rows: Vec<user_group::Model>) -> Result<Vec<Group>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut grants = grant_rows::full(db, workspace, grant::Column::GroupId, &ids).await?;
    let invited = invited(db, workspace, &ids).await?;
    let read = |row: user_group::Model| {
        Ok(Group {
            id: GroupId::from_uuid(row.id),
            name: name(&row.name)?,
            pii: row.pii,
            grants: grants.remove(&row.id).unwrap_or_default(),
            members: amount_of(row.members_count),
            invited: invited.get(&row.id).copied().unwrap_or(0),
            created_at: Timestamp::from_micros(row.created_at),
            revision: row.revision,
        })
    };
    rows.into_iter().map(read).collect()
}

/// How many pending invites lead into each of these groups.
async fn invited(db: &impl Db, workspace: WorkspaceId, ids: &[Uuid]) -> Result<HashMap<Uuid, u32>, StoreError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(MOST_IDS) {
        let (group, place) = ((invite_group::Entity, invite_group::Column::GroupId), (invite_group::Entity, invite_group::Column::InviteId));
        let select = Query::select()
            .column(group)
            .expr(Expr::col(place).count())
            .from(invite_group::Entity)
            .inner_join(invite::Entity, Expr::col((invite::Entity, invite::Column::Id)).equals(place))
            .and_where(within((invite::Entity, invite::Column::WorkspaceId), workspace))
            .and_where(Expr::col(group).is_in(ids.iter().copied()))
            .and_where(Expr::col((invite::Entity, invite::Column::State)).eq(InviteState::Pending.as_str()))
            .group_by_col(group)
            .take();
        found.extend(tuples::<(Uuid, i64)>(db, &select).await?.into_iter().map(|(id, count)| (id, amount_of(count))));
    }
    Ok(found)
}

/// Sets name and personal data, if nobody changed the group since `revision`; false when somebody did, or the group is gone.
/// [`StoreError::Conflict`] when another group has the name.
pub async fn set(tx: &WriteTx, workspace: WorkspaceId, id: GroupId, revision: i64, name: &GroupName, pii: bool) -> Result<bool, StoreError> {
    let updated = user_group::Entity::update_many()
        .col_expr(user_group::Column::Name, Expr::val(name.as_str()))
        .col_expr(user_group::Column::NameKey, Expr::val(name.key()))
        .col_expr(user_group::Column::Pii, Expr::val(pii))
        .col_expr(user_group::Column::Revision, Expr::col(user_group::Column::Revision).add(1))
        .filter(user_group::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(user_group::Column::Id.eq(id.uuid()))
        .filter(user_group::Column::Revision.eq(revision))
        .exec(on(tx))
        .await?;
    if updated.rows_affected > 0 {
        tx.touch(workspace, Touched::Group(id));
    }
    Ok(updated.rows_affected > 0)
}

/// Ends a group with its grants and everybody's place in it; false when it isn't there.
pub async fn delete(tx: &WriteTx, workspace: WorkspaceId, id: GroupId) -> Result<bool, StoreError> {
    // an editor that is open on one of its members has a place in it to offer that is gone
    let inside = Query::select()
        .column(group_member::Column::MemberId)
        .from(group_member::Entity)
        .and_where(within(group_member::Column::WorkspaceId, workspace))
        .and_where(group_member::Column::GroupId.eq(id.uuid()))
        .take();
    member::Entity::update_many()
        .col_expr(member::Column::Revision, Expr::col(member::Column::Revision).add(1))
        .filter(within(member::Column::WorkspaceId, workspace))
        .filter(Expr::col(member::Column::Id).in_subquery(inside))
        .exec(on(tx))
        .await?;
    // grants and places, of invited people too, go with it: the tables say so
    let gone = user_group::Entity::delete_many()
        .filter(user_group::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(user_group::Column::Id.eq(id.uuid()))
        .exec(on(tx))
        .await?;
    if gone.rows_affected == 0 {
        return Ok(false);
    }
    tx.touch(workspace, Touched::Group(id));
    count(tx, workspace, workspace::Column::Groups, -1).await?;
    Ok(true)
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

/// Which of these let their members see personal data.
pub(crate) async fn with_personal_data(db: &impl Db, workspace: WorkspaceId, ids: &[Uuid]) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut found = BTreeSet::new();
    for ids in ids.chunks(MOST_IDS) {
        let select = Query::select()
            .column(user_group::Column::Id)
            .from(user_group::Entity)
            .and_where(within(user_group::Column::WorkspaceId, workspace))
            .and_where(user_group::Column::Id.is_in(ids.iter().copied()))
            .and_where(user_group::Column::Pii.eq(true))
            .take();
        found.extend(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Those that have one of these names, whatever the case.
pub async fn by_keys(db: &impl Db, workspace: WorkspaceId, keys: &[String]) -> Result<Vec<GroupRef>, StoreError> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in keys.chunks(MOST_IDS) {
        let select = Query::select()
            .columns([user_group::Column::Id, user_group::Column::Name])
            .from(user_group::Entity)
            .and_where(user_group::Column::WorkspaceId.eq(workspace.uuid()))
            .and_where(user_group::Column::NameKey.is_in(keys.iter().cloned()))
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

pub(crate) fn reference(id: Uuid, text: &str) -> Result<GroupRef, StoreError> {
    Ok(GroupRef { id: GroupId::from_uuid(id), name: name(text)? })
}

pub(crate) fn by_name(groups: &mut [GroupRef]) {
    groups.sort_by_cached_key(|group| (group.name.key(), group.id));
}

fn name(text: &str) -> Result<GroupName, StoreError> {
    GroupName::parse(text).map_err(corrupt("user_groups.name"))
}

fn amount_of(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
