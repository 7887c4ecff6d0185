//! Whom a workspace that requires single sign-on excepts. Whether it does stands in its own row.

use crate::{
    entity::{account, member, sso_exception},
    error::{StoreError, corrupt},
    sql::{insert_all, tuples, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    id::{MemberId, WorkspaceId},
    member::MemberKind,
    sso::require::SsoException,
    text::PersonName,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use uuid::Uuid;

/// In order of their names.
pub async fn exceptions(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<SsoException>, StoreError> {
    let select = excepted(workspace)
        .columns([member::Column::Id].map(|column| (member::Entity, column)))
        .columns([member::Column::Name, member::Column::Email, member::Column::Kind].map(|column| (member::Entity, column)))
        .expr(Expr::col((account::Entity, account::Column::PasswordHash)).is_not_null())
        .order_by((member::Entity, member::Column::NameKey), Order::Asc)
        .order_by((member::Entity, member::Column::Id), Order::Asc)
        .take();
    let read = |(id, name, email, kind, has_password): (Uuid, String, String, String, bool)| {
        Ok(SsoException {
            member: MemberId::from_uuid(id),
            name: PersonName::parse(&name).map_err(corrupt("members.name"))?,
            email: EmailAddress::parse(&email).map_err(corrupt("members.email"))?,
            is_break_glass: has_password && kind == MemberKind::Owner.as_str(),
        })
    };
    tuples(db, &select).await?.into_iter().map(read).collect()
}

fn excepted(workspace: WorkspaceId) -> SelectStatement {
    Query::select()
        .from(sso_exception::Entity)
        .inner_join(member::Entity, Expr::col((member::Entity, member::Column::Id)).equals((sso_exception::Entity, sso_exception::Column::MemberId)))
        .inner_join(account::Entity, Expr::col((account::Entity, account::Column::Id)).equals((member::Entity, member::Column::AccountId)))
        .and_where(Expr::col((sso_exception::Entity, sso_exception::Column::WorkspaceId)).eq(workspace.uuid()))
        .and_where(within((member::Entity, member::Column::WorkspaceId), workspace))
        .take()
}

pub async fn is_excepted(db: &impl Db, workspace: WorkspaceId, member: MemberId) -> Result<bool, StoreError> {
    let found = sso_exception::Entity::find_by_id((workspace.uuid(), member.uuid())).one(on(db)).await?;
    Ok(found.is_some())
}

/// Excepts these and nobody else. [`StoreError::Reference`] where one is no member of the workspace.
pub async fn set_exceptions(tx: &WriteTx, workspace: WorkspaceId, members: &[MemberId]) -> Result<(), StoreError> {
    sso_exception::Entity::delete_many().filter(sso_exception::Column::WorkspaceId.eq(workspace.uuid())).exec(on(tx)).await?;
    let row = |member: &MemberId| sso_exception::Model { workspace_id: workspace.uuid(), member_id: member.uuid() };
    insert_all::<sso_exception::Entity>(tx, &members.iter().map(row).collect::<Vec<_>>()).await
}
