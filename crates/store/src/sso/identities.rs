//! Whose account a provider's account is: linked once, found by what the provider calls them.

use crate::{
    entity::{
        sso_connection,
        sso_identity::{Column, Entity, Model},
        workspace,
    },
    error::{StoreError, corrupt},
    sql::tuples,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{AccountId, ConnectionId, WorkspaceId},
    plan::Plan,
    text::{ConnectionName, WorkspaceName},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Order, Query},
};
use uuid::Uuid;

/// A connection that an account is linked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub connection: ConnectionId,
    pub name: ConnectionName,
    pub workspace: WorkspaceId,
    pub workspace_name: WorkspaceName,
    /// Whether one can come by it: it is switched on, in a workspace that is open and has single sign-on in its plan.
    pub is_open: bool,
    pub linked_at: Timestamp,
}

/// All of an account, the oldest first; one for each connection, whatever that calls them.
pub async fn of_account(db: &impl Db, account: AccountId) -> Result<Vec<Link>, StoreError> {
    let connection = |column: sso_connection::Column| (sso_connection::Entity, column);
    let place = |column: workspace::Column| (workspace::Entity, column);
    let select = Query::select()
        .column(connection(sso_connection::Column::Id))
        .column(connection(sso_connection::Column::Name))
        .column(connection(sso_connection::Column::Enabled))
        .columns([workspace::Column::Id, workspace::Column::Name, workspace::Column::Plan, workspace::Column::DeletedAt].map(place))
        .column((Entity, Column::LinkedAt))
        .from(Entity)
        .inner_join(sso_connection::Entity, Expr::col(connection(sso_connection::Column::Id)).equals((Entity, Column::ConnectionId)))
        .inner_join(workspace::Entity, Expr::col(place(workspace::Column::Id)).equals(connection(sso_connection::Column::WorkspaceId)))
        .and_where(Expr::col((Entity, Column::AccountId)).eq(account.uuid()))
        .order_by((Entity, Column::LinkedAt), Order::Asc)
        .order_by((Entity, Column::ConnectionId), Order::Asc)
        .take();
    let mut links: Vec<Link> = Vec::new();
    for (id, name, enabled, workspace, workspace_name, plan, deleted_at, linked_at) in
        tuples::<(Uuid, String, bool, Uuid, String, String, Option<i64>, i64)>(db, &select).await?
    {
        let connection = ConnectionId::from_uuid(id);
        if links.iter().any(|link| link.connection == connection) {
            continue;
        }
        let plan: Plan = plan.parse().map_err(corrupt("workspaces.plan"))?;
        links.push(Link {
            connection,
            name: ConnectionName::parse(&name).map_err(corrupt("sso_connections.name"))?,
            workspace: WorkspaceId::from_uuid(workspace),
            workspace_name: WorkspaceName::parse(&workspace_name).map_err(corrupt("workspaces.name"))?,
            is_open: enabled && deleted_at.is_none() && plan.has_sso(),
            linked_at: Timestamp::from_micros(linked_at),
        });
    }
    Ok(links)
}

/// Lets go of an account's links with a connection; says how many.
pub async fn unlink(tx: &WriteTx, connection: ConnectionId, account: AccountId) -> Result<u64, StoreError> {
    let those = Entity::delete_many().filter(Column::ConnectionId.eq(connection.uuid())).filter(Column::AccountId.eq(account.uuid()));
    Ok(those.exec(on(tx)).await?.rows_affected)
}

pub async fn find(db: &impl Db, connection: ConnectionId, subject: &str) -> Result<Option<AccountId>, StoreError> {
    let select = Entity::find().filter(Column::ConnectionId.eq(connection.uuid())).filter(Column::Subject.eq(subject));
    let found: Option<Uuid> = select.select_only().column(Column::AccountId).into_tuple().one(on(db)).await?;
    Ok(found.map(AccountId::from_uuid))
}

/// Whether the account is somebody at this connection.
pub async fn is_linked(db: &impl Db, connection: ConnectionId, account: AccountId) -> Result<bool, StoreError> {
    let select = Entity::find().filter(Column::ConnectionId.eq(connection.uuid())).filter(Column::AccountId.eq(account.uuid()));
    Ok(select.count(on(db)).await? > 0)
}

/// Lets go of all links of an account, by whatever connection; says how many.
pub async fn forget_account(tx: &WriteTx, account: AccountId) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::AccountId.eq(account.uuid())).exec(on(tx)).await?.rows_affected)
}

/// Lets go of all links of a connection; says how many.
pub async fn forget_connection(tx: &WriteTx, connection: ConnectionId) -> Result<u64, StoreError> {
    Ok(Entity::delete_many().filter(Column::ConnectionId.eq(connection.uuid())).exec(on(tx)).await?.rows_affected)
}

/// [`StoreError::Conflict`] where the subject is linked already.
pub async fn link(tx: &WriteTx, connection: ConnectionId, subject: &str, account: AccountId, at: Timestamp) -> Result<(), StoreError> {
    let row = Model { connection_id: connection.uuid(), subject: subject.to_owned(), account_id: account.uuid(), linked_at: at.micros() };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}
