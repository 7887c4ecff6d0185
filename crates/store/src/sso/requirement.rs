//! Whom a workspace that requires single sign-on excepts. Whether it does stands in its own row.

use crate::{
    entity::{account, member, sso_exception, workspace},
    error::{StoreError, corrupt},
    sql::{insert_all, tuples, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    id::{AccountId, MemberId, WorkspaceId},
    member::MemberKind,
    sso::require::SsoException,
    text::PersonName,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Order, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

/// In order of their names.
pub async fn exceptions(db: &impl Db, workspace: WorkspaceId) -> Result<Vec<SsoException>, StoreError> {
    let select = excepted(workspace)
        .columns([member::Column::Id].map(|column| (member::Entity, column)))
        .columns([member::Column::Name, member::Column::Email, member::Column::Kind].map(|column| (member::Entity, column)))
        .expr(keeps_a_password())
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

/// Of an address that was shown to be theirs: another's password goes when the address's holder comes.
fn keeps_a_password() -> SimpleExpr {
    let has_password = Expr::col((account::Entity, account::Column::PasswordHash)).is_not_null();
    has_password.and(Expr::col((account::Entity, account::Column::EmailVerified)).eq(true))
}

/// The workspaces that require single sign-on and except this account.
pub async fn excepting(db: &impl Db, account: AccountId) -> Result<Vec<WorkspaceId>, StoreError> {
    let select = Query::select()
        .column((workspace::Entity, workspace::Column::Id))
        .from(sso_exception::Entity)
        .inner_join(member::Entity, Expr::col((member::Entity, member::Column::Id)).equals((sso_exception::Entity, sso_exception::Column::MemberId)))
        .inner_join(
            workspace::Entity,
            Expr::col((workspace::Entity, workspace::Column::Id)).equals((sso_exception::Entity, sso_exception::Column::WorkspaceId)),
        )
        .and_where(Expr::col((member::Entity, member::Column::AccountId)).eq(account.uuid()))
        .and_where(Expr::col((workspace::Entity, workspace::Column::SsoRequired)).eq(true))
        .order_by((workspace::Entity, workspace::Column::Id), Order::Asc)
        .take();
    let found: Vec<(Uuid,)> = tuples(db, &select).await?;
    Ok(found.into_iter().map(|(id,)| WorkspaceId::from_uuid(id)).collect())
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
    except_too(tx, workspace, members).await
}

/// Excepts these besides those who are; none of them is yet. [`StoreError::Reference`] where one is no member of the workspace.
pub async fn except_too(tx: &WriteTx, workspace: WorkspaceId, members: &[MemberId]) -> Result<(), StoreError> {
    let row = |member: &MemberId| sso_exception::Model { workspace_id: workspace.uuid(), member_id: member.uuid() };
    insert_all::<sso_exception::Entity>(tx, &members.iter().map(row).collect::<Vec<_>>()).await
}
