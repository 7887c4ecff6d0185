//! Which grants name something, and who holds them: the uses of a label, a resource or a role.
//!
//! What a revoked token or a settled invite held reaches nobody and never will: it is no use.

use crate::{
    entity::{grant, grant_label, grant_resource, invite, member, token, user_group},
    error::{StoreError, corrupt},
    grant_rows,
    keyset::{Rows as _, Window},
    sql::{count_rows, models, tuples, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    catalog::RoleId,
    email::EmailAddress,
    grant::Holder,
    held::{HeldGrant, HolderKind, HolderRef},
    id::{GrantId, GroupId, InviteId, MemberId, ResourceId, TokenId, WorkspaceId},
    invite::InviteState,
    label::Label,
    page::{Cursor, Page, PageSize},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// What grants are looked for by.
#[derive(Clone, Copy, Debug)]
pub enum Naming<'a> {
    Label(&'a Label),
    Resource(ResourceId),
    /// Of a role, as far as holders of this kind hold them.
    Role(&'a RoleId, HolderKind),
}

impl Naming<'_> {
    /// The grants whose scope names it.
    fn grants(self, workspace: WorkspaceId) -> SelectStatement {
        match self {
            Self::Label(label) => Query::select()
                .column(grant_label::Column::GrantId)
                .from(grant_label::Entity)
                .and_where(grant_label::Column::WorkspaceId.eq(workspace.uuid()))
                .and_where(grant_label::Column::Key.eq(label.key()))
                .and_where(grant_label::Column::Value.eq(label.value()))
                .take(),
            Self::Resource(id) => Query::select()
                .column(grant_resource::Column::GrantId)
                .from(grant_resource::Entity)
                .and_where(within(grant_resource::Column::WorkspaceId, workspace))
                .and_where(grant_resource::Column::ResourceId.eq(id.uuid()))
                .take(),
            Self::Role(role, kind) => Query::select()
                .column(grant::Column::Id)
                .from(grant::Entity)
                .and_where(grant::Column::Role.eq(role.as_str()))
                .and_where(grant::Column::WorkspaceId.eq(workspace.uuid()))
                .and_where(Expr::col(holder_column(kind)).is_not_null())
                .take(),
        }
    }

    fn narrow(self, select: &mut SelectStatement, workspace: WorkspaceId) {
        match self {
            Self::Role(role, kind) => {
                // as the index has them: role, workspace, age
                select
                    .and_where(Expr::col((grant::Entity, grant::Column::Role)).eq(role.as_str()))
                    .and_where(Expr::col((grant::Entity, grant::Column::WorkspaceId)).eq(workspace.uuid()))
                    .and_where(Expr::col((grant::Entity, holder_column(kind))).is_not_null());
            }
            Self::Label(label) => {
                let of = |column: grant_label::Column| Expr::col((grant_label::Entity, column));
                select
                    .inner_join(grant_label::Entity, of(grant_label::Column::GrantId).equals((grant::Entity, grant::Column::Id)))
                    .and_where(of(grant_label::Column::WorkspaceId).eq(workspace.uuid()))
                    .and_where(of(grant_label::Column::Key).eq(label.key()))
                    .and_where(of(grant_label::Column::Value).eq(label.value()))
                    .and_where(within((grant::Entity, grant::Column::WorkspaceId), workspace));
            }
            Self::Resource(_) => {
                select
                    .and_where(within((grant::Entity, grant::Column::WorkspaceId), workspace))
                    .and_where(Expr::col((grant::Entity, grant::Column::Id)).in_subquery(self.grants(workspace)));
            }
        }
        select.cond_where(lives(workspace));
    }
}

const fn holder_column(kind: HolderKind) -> grant::Column {
    match kind {
        HolderKind::Member => grant::Column::MemberId,
        HolderKind::Group => grant::Column::GroupId,
        HolderKind::Token => grant::Column::TokenId,
        HolderKind::Invite => grant::Column::InviteId,
    }
}

/// The grant's holder is there still: neither a revoked token nor an invite that was answered.
pub(crate) fn lives(workspace: WorkspaceId) -> Condition {
    let of = |column: grant::Column| Expr::col((grant::Entity, column));
    let revoked = Query::select()
        .column(token::Column::Id)
        .from(token::Entity)
        .and_where(token::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(token::Column::RevokedAt.is_not_null())
        .take();
    let pending = Query::select()
        .column(invite::Column::Id)
        .from(invite::Entity)
        .and_where(invite::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(crate::invites::is_pending())
        .take();
    Condition::all()
        .add(Condition::any().add(of(grant::Column::TokenId).is_null()).add(of(grant::Column::TokenId).not_in_subquery(revoked)))
        .add(Condition::any().add(of(grant::Column::InviteId).is_null()).add(of(grant::Column::InviteId).in_subquery(pending)))
}

pub async fn count(db: &impl Db, workspace: WorkspaceId, naming: Naming<'_>) -> Result<u64, StoreError> {
    let mut select = Query::select().expr(count_rows()).from(grant::Entity).take();
    naming.narrow(&mut select, workspace);
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}

/// How many pending invites hold each role.
pub async fn roles_of_invites(db: &impl Db, workspace: WorkspaceId) -> Result<HashMap<RoleId, u64>, StoreError> {
    let role = (grant::Entity, grant::Column::Role);
    let mut roles = Query::select().column(role).expr(Expr::col((grant::Entity, grant::Column::InviteId)).count_distinct()).take();
    of_invites(&mut roles, workspace);
    let roles: Vec<(String, i64)> = tuples(db, roles.group_by_col(role)).await?;
    Ok(roles.into_iter().map(|(role, n)| (RoleId::new(&role), u64::try_from(n).unwrap_or(0))).collect())
}

/// How many grants of pending invites name each label.
pub async fn labels_of_invites(db: &impl Db, workspace: WorkspaceId) -> Result<HashMap<Label, u64>, StoreError> {
    let of_label = |column: grant_label::Column| (grant_label::Entity, column);
    let columns = [of_label(grant_label::Column::Key), of_label(grant_label::Column::Value)];
    let mut labels = Query::select().columns(columns).expr(count_rows()).take();
    of_invites(&mut labels, workspace);
    labels
        .inner_join(grant_label::Entity, Expr::col(of_label(grant_label::Column::GrantId)).equals((grant::Entity, grant::Column::Id)))
        .and_where(within(of_label(grant_label::Column::WorkspaceId), workspace))
        .group_by_columns(columns);
    let labels: Vec<(String, String, i64)> = tuples(db, &labels).await?;
    let label = |(key, value, n): (String, String, i64)| Ok((Label::new(&key, &value).map_err(corrupt("grant_labels"))?, u64::try_from(n).unwrap_or(0)));
    labels.into_iter().map(label).collect()
}

/// From the invites to their grants: those are few beside all that a workspace has.
fn of_invites(select: &mut SelectStatement, workspace: WorkspaceId) {
    select
        .from(invite::Entity)
        .inner_join(grant::Entity, Expr::col((grant::Entity, grant::Column::InviteId)).equals((invite::Entity, invite::Column::Id)))
        .and_where(Expr::col((invite::Entity, invite::Column::WorkspaceId)).eq(workspace.uuid()))
        .and_where(Expr::col((invite::Entity, invite::Column::State)).eq(InviteState::Pending.as_str()))
        .and_where(within((grant::Entity, grant::Column::WorkspaceId), workspace));
}

/// One page, the oldest grant first. Where somebody knows how many there are in all, they need not be counted.
pub async fn page(
    db: &impl Db,
    workspace: WorkspaceId,
    naming: Naming<'_>,
    cursor: Option<Cursor>,
    size: PageSize,
    known: Option<u64>,
) -> Result<Page<HeldGrant>, StoreError> {
    let mut window = Window::new(cursor.as_ref(), size, |key| key.parse::<i64>().ok());
    let mut rows = read(db, workspace, naming, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, naming, &window).await?;
    }
    let mut page = window.page(rows, |row| (row.created_at.to_string(), row.id));
    page.total = match known.or_else(|| page.only()) {
        Some(count) => Some(count),
        None => Some(count(db, workspace, naming).await?),
    };
    let mut summaries = grant_rows::summarise(db, workspace, &page.rows).await?;
    let names = names(db, workspace, &page.rows).await?;
    page.try_map(|row| {
        let (holder, id) = holder(&row);
        let Called { name, email, members } = names.get(&id).cloned().unwrap_or_default();
        let email = email.map(|email| EmailAddress::parse(&email)).transpose().map_err(corrupt("members.email"))?;
        let grant = summaries.remove(&row.id).ok_or_else(|| StoreError::Corrupt(format!("grants.id: `{}` has no summary", row.id)))?;
        Ok(HeldGrant { id: GrantId::from_uuid(row.id), holder: HolderRef { id: holder, name, email, members }, grant })
    })
}

async fn read(db: &impl Db, workspace: WorkspaceId, naming: Naming<'_>, window: &Window<i64>) -> Result<Vec<grant::Model>, StoreError> {
    models(db, &statement(workspace, naming, window)).await
}

pub(crate) fn statement(workspace: WorkspaceId, naming: Naming<'_>, window: &Window<i64>) -> SelectStatement {
    let mut select = Query::select().columns(grant::Column::iter().map(|column| (grant::Entity, column))).from(grant::Entity).take();
    naming.narrow(&mut select, workspace);
    match naming {
        // a label's uses know the age of their grants
        Naming::Label(_) => {
            let place = [grant_label::Column::CreatedAt, grant_label::Column::GrantId].map(|column| Expr::col((grant_label::Entity, column)));
            window.read_at(&mut select, place, false);
        }
        Naming::Resource(_) | Naming::Role(..) => window.read(&mut select, grant::Column::CreatedAt, grant::Column::Id, false),
    }
    select
}

/// The table's check allows exactly one.
pub(crate) fn holder(row: &grant::Model) -> (Holder, Uuid) {
    let id = grant_rows::holder_of(row);
    let holder = match (row.member_id, row.group_id, row.token_id) {
        (Some(_), _, _) => Holder::Member(MemberId::from_uuid(id)),
        (None, Some(_), _) => Holder::Group(GroupId::from_uuid(id)),
        (None, None, Some(_)) => Holder::Token(TokenId::from_uuid(id)),
        (None, None, None) => Holder::Invite(InviteId::from_uuid(id)),
    };
    (holder, id)
}

/// How a holder is called, with what goes beside the name.
#[derive(Clone, Default)]
struct Called {
    name: String,
    email: Option<String>,
    members: Option<u32>,
}

/// How these grants' holders are called: one statement for each kind of holder.
async fn names(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, Called>, StoreError> {
    let of = |column: fn(&grant::Model) -> Option<Uuid>| rows.iter().filter_map(column).collect::<Vec<Uuid>>();
    let mut names = HashMap::new();
    let members = Query::select()
        .columns([member::Column::Id, member::Column::Name, member::Column::Email])
        .from(member::Entity)
        .and_where(within(member::Column::WorkspaceId, workspace))
        .and_where(member::Column::Id.is_in(of(|row| row.member_id)))
        .take();
    for (id, name, email) in tuples::<(Uuid, String, String)>(db, &members).await? {
        names.insert(id, Called { name, email: Some(email), members: None });
    }
    let groups = Query::select()
        .columns([user_group::Column::Id, user_group::Column::Name, user_group::Column::MembersCount])
        .from(user_group::Entity)
        .and_where(within(user_group::Column::WorkspaceId, workspace))
        .and_where(user_group::Column::Id.is_in(of(|row| row.group_id)))
        .take();
    for (id, name, members) in tuples::<(Uuid, String, i64)>(db, &groups).await? {
        names.insert(id, Called { name, email: None, members: Some(u32::try_from(members).unwrap_or(u32::MAX)) });
    }
    let tokens = Query::select()
        .columns([token::Column::Id, token::Column::Name])
        .from(token::Entity)
        .and_where(within(token::Column::WorkspaceId, workspace))
        .and_where(token::Column::Id.is_in(of(|row| row.token_id)))
        .take();
    let invites = Query::select()
        .columns([invite::Column::Id, invite::Column::Email])
        .from(invite::Entity)
        .and_where(within(invite::Column::WorkspaceId, workspace))
        .and_where(invite::Column::Id.is_in(of(|row| row.invite_id)))
        .take();
    for select in [tokens, invites] {
        let found = tuples::<(Uuid, String)>(db, &select).await?;
        names.extend(found.into_iter().map(|(id, name)| (id, Called { name, ..Called::default() })));
    }
    Ok(names)
}

/// Removes the grants that name it and whose holder is gone, so that they don't stand in the way of its end.
/// What they gave reaches nobody: no decision rests on them.
pub async fn clear_dead(tx: &WriteTx, workspace: WorkspaceId, naming: Naming<'_>) -> Result<(), StoreError> {
    grant::Entity::delete_many()
        .filter(within(grant::Column::WorkspaceId, workspace))
        .filter(Expr::col(grant::Column::Id).in_subquery(naming.grants(workspace)))
        .filter(lives(workspace).not())
        .exec(on(tx))
        .await?;
    Ok(())
}
