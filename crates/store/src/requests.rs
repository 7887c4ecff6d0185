//! Members' requests for more access, until an owner settles them.

use crate::{
    entity::request,
    error::{StoreError, corrupt},
    sql::{insert_all, models},
    transaction::{Db, WriteTx, on},
};
use domain::{
    catalog::RoleId,
    id::{MemberId, RequestId, ResourceId, WorkspaceId},
    text::Reason,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, Iterable, QueryFilter,
    sea_query::{Expr, Order, Query},
};

/// A wish, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub member: MemberId,
    pub role: Option<RoleId>,
    pub resource: Option<ResourceId>,
    pub reason: Reason,
    pub created_at: Timestamp,
}

/// How an owner answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Approved,
    Declined,
}

impl Answer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }
}

const PENDING: &str = "pending";

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &Request) -> Result<(), StoreError> {
    let row = request::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        member_id: new.member.uuid(),
        role: new.role.as_ref().map(ToString::to_string),
        resource_id: new.resource.map(ResourceId::uuid),
        reason: new.reason.to_string(),
        state: PENDING.to_owned(),
        created_at: new.created_at.micros(),
        settled_at: None,
    };
    insert_all::<request::Entity>(tx, &[row]).await
}

/// Those that wait for an answer, the oldest first.
pub async fn pending(db: &impl Db, workspace: WorkspaceId, limit: u16) -> Result<Vec<Request>, StoreError> {
    let select = Query::select()
        .columns(request::Column::iter())
        .from(request::Entity)
        .and_where(request::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(request::Column::State.eq(PENDING))
        .order_by(request::Column::CreatedAt, Order::Asc)
        .order_by(request::Column::Id, Order::Asc)
        .limit(u64::from(limit))
        .take();
    let rows: Vec<request::Model> = models(db, &select).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Request {
                id: RequestId::from_uuid(row.id),
                member: MemberId::from_uuid(row.member_id),
                role: row.role.as_deref().map(RoleId::new),
                resource: row.resource_id.map(ResourceId::from_uuid),
                reason: Reason::parse(&row.reason).map_err(corrupt("requests.reason"))?,
                created_at: Timestamp::from_micros(row.created_at),
            })
        })
        .collect()
}

/// Answers a pending request; false when it is answered already.
pub async fn settle(tx: &WriteTx, workspace: WorkspaceId, id: RequestId, answer: Answer, now: Timestamp) -> Result<bool, StoreError> {
    let updated = request::Entity::update_many()
        .col_expr(request::Column::State, Expr::val(answer.as_str()))
        .col_expr(request::Column::SettledAt, Expr::val(now.micros()))
        .filter(request::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(request::Column::Id.eq(id.uuid()))
        .filter(request::Column::State.eq(PENDING))
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}
