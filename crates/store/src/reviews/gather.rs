//! What a review begins with: who has what at that moment, and when they were last here.

use crate::{
    entity::{grant, group_member, member, token, user_group},
    error::StoreError,
    grant_rows,
    held::{Naming, holder},
    keyset::Window,
    sql::{MOST_IDS, models, tuples, within},
    transaction::Db,
};
use domain::{
    export::ExportScope,
    grant::{Grant, Holder, Scope},
    id::{GroupId, MemberId, TokenId, WorkspaceId},
    label::Label,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ExprTrait,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// A grant with its holder, and its scope in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFully {
    pub holder: Holder,
    pub grant: Grant,
    pub scope: ExportScope,
}

/// The grants that name it, of members, groups and tokens that are there; `None` where there are more than `most`.
pub async fn grants(db: &impl Db, workspace: WorkspaceId, naming: Naming<'_>, most: usize) -> Result<Option<Vec<HeldFully>>, StoreError> {
    let select = crate::held::statement(workspace, naming, &Window::after(None, most));
    let mut rows: Vec<grant::Model> = models(db, &select).await?;
    if rows.len() > most {
        return Ok(None);
    }
    rows.retain(|row| row.invite_id.is_none());
    let full = grant_rows::specs(db, workspace, &rows).await?;
    let mut resources = grant_rows::resources(db, workspace, &rows).await?;
    let held = |(row, grant): (&grant::Model, Grant)| {
        let scope = match &grant.spec.scope {
            Scope::All => ExportScope::All,
            Scope::Only(_) => ExportScope::Only(resources.remove(&row.id).unwrap_or_default()),
            Scope::Labelled(labels) => ExportScope::Labelled(labels.iter().cloned().collect::<Vec<Label>>()),
        };
        HeldFully { holder: holder(row).0, grant, scope }
    };
    Ok(Some(rows.iter().zip(full).map(held).collect()))
}

/// Everybody in the workspace, or in one of its groups; one more than `most` where there are more.
pub async fn members(db: &impl Db, workspace: WorkspaceId, group: Option<GroupId>, most: usize) -> Result<Vec<MemberId>, StoreError> {
    let mut select = match group {
        None => Query::select().column(member::Column::Id).from(member::Entity).and_where(member::Column::WorkspaceId.eq(workspace.uuid())).take(),
        Some(group) => Query::select()
            .column(group_member::Column::MemberId)
            .from(group_member::Entity)
            .and_where(within(group_member::Column::WorkspaceId, workspace))
            .and_where(group_member::Column::GroupId.eq(group.uuid()))
            .take(),
    };
    select.limit(most as u64 + 1);
    Ok(tuples::<(Uuid,)>(db, &select).await?.into_iter().map(|(id,)| MemberId::from_uuid(id)).collect())
}

/// How somebody or something is called, and when it was last here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub email: Option<String>,
    pub last_used_at: Option<Timestamp>,
}

/// The cards of those of these that are there. A group was here when the last of its members was.
pub async fn cards(db: &impl Db, workspace: WorkspaceId, holders: &[Holder]) -> Result<HashMap<Holder, Card>, StoreError> {
    let (mut members, mut groups, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
    for holder in holders {
        match holder {
            Holder::Member(id) => members.push(id.uuid()),
            Holder::Group(id) => groups.push(id.uuid()),
            Holder::Token(id) => tokens.push(id.uuid()),
            Holder::Invite(_) => {}
        }
    }
    let mut cards = HashMap::with_capacity(holders.len());
    let moment = |micros: Option<i64>| micros.filter(|micros| *micros > 0).map(Timestamp::from_micros);
    for ids in members.chunks(MOST_IDS) {
        let select = Query::select()
            .columns([member::Column::Id, member::Column::Name, member::Column::Email, member::Column::LastSeenAt])
            .from(member::Entity)
            .and_where(within(member::Column::WorkspaceId, workspace))
            .and_where(member::Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, name, email, seen) in tuples::<(Uuid, String, String, i64)>(db, &select).await? {
            cards.insert(Holder::Member(MemberId::from_uuid(id)), Card { name, email: Some(email), last_used_at: moment(Some(seen)) });
        }
    }
    for ids in groups.chunks(MOST_IDS) {
        let seen = group_members_seen(db, workspace, ids).await?;
        let select = Query::select()
            .columns([user_group::Column::Id, user_group::Column::Name])
            .from(user_group::Entity)
            .and_where(within(user_group::Column::WorkspaceId, workspace))
            .and_where(user_group::Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, name) in tuples::<(Uuid, String)>(db, &select).await? {
            cards.insert(Holder::Group(GroupId::from_uuid(id)), Card { name, email: None, last_used_at: moment(seen.get(&id).copied()) });
        }
    }
    for ids in tokens.chunks(MOST_IDS) {
        let select = Query::select()
            .columns([token::Column::Id, token::Column::Name, token::Column::LastUsedAt])
            .from(token::Entity)
            .and_where(within(token::Column::WorkspaceId, workspace))
            .and_where(token::Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, name, used) in tuples::<(Uuid, String, i64)>(db, &select).await? {
            cards.insert(Holder::Token(TokenId::from_uuid(id)), Card { name, email: None, last_used_at: moment(Some(used)) });
        }
    }
    Ok(cards)
}

/// When the last of each group's members was here.
async fn group_members_seen(db: &impl Db, workspace: WorkspaceId, groups: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
    let of = |column| (group_member::Entity, column);
    let select = Query::select()
        .column(of(group_member::Column::GroupId))
        .expr(Expr::col((member::Entity, member::Column::LastSeenAt)).max())
        .from(group_member::Entity)
        .inner_join(member::Entity, Expr::col((member::Entity, member::Column::Id)).equals(of(group_member::Column::MemberId)))
        .and_where(within(of(group_member::Column::WorkspaceId), workspace))
        .and_where(Expr::col(of(group_member::Column::GroupId)).is_in(groups.iter().copied()))
        .add_group_by([Expr::col(of(group_member::Column::GroupId))])
        .take();
    Ok(tuples::<(Uuid, i64)>(db, &select).await?.into_iter().collect())
}
