//! Domains of workspaces and their proof.

use crate::{
    connect::Store,
    entity::{
        sso_connection,
        sso_domain::{Column, Entity, Model},
    },
    error::{StoreError, corrupt},
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{DomainId, WorkspaceId},
    sso::domains::{DomainName, DomainState, ProofMethod, WorkspaceDomain},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewDomain {
    pub id: DomainId,
    pub name: DomainName,
    pub token: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// [`Constraint::DomainName`](crate::Constraint::DomainName) where the workspace has it already.
pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewDomain) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        name: new.name.to_string(),
        token: new.token.clone(),
        created_at: new.created_at.micros(),
        expires_at: new.expires_at.micros(),
        proven_at: None,
        proven_by: None,
        checked_at: None,
        note: None,
        failing_since: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}

/// All of a workspace in order of their names; there are few.
pub async fn all(db: &impl Db, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<WorkspaceDomain>, StoreError> {
    let rows = of(workspace).order_by_asc(Column::Name).all(on(db)).await?;
    rows.into_iter().map(|row| read(row, now)).collect()
}

pub async fn count(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    Ok(of(workspace).count(on(db)).await?)
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: DomainId, now: Timestamp) -> Result<Option<WorkspaceDomain>, StoreError> {
    of(workspace).filter(Column::Id.eq(id.uuid())).one(on(db)).await?.map(|row| read(row, now)).transpose()
}

pub async fn by_name(db: &impl Db, workspace: WorkspaceId, name: &DomainName, now: Timestamp) -> Result<Option<WorkspaceDomain>, StoreError> {
    of(workspace).filter(Column::Name.eq(name.as_str())).one(on(db)).await?.map(|row| read(row, now)).transpose()
}

/// Whose proven domain it is.
pub async fn proven_for(db: &impl Db, name: &DomainName) -> Result<Option<WorkspaceId>, StoreError> {
    let select = Entity::find().filter(Column::Name.eq(name.as_str())).filter(Column::ProvenAt.is_not_null());
    let found: Option<Uuid> = select.select_only().column(Column::WorkspaceId).into_tuple().one(on(db)).await?;
    Ok(found.map(WorkspaceId::from_uuid))
}

/// Whether the domain of some address leads to a provider: one is proven, and its workspace has a connection that is switched on.
pub async fn any_leads(db: &impl Db) -> Result<bool, StoreError> {
    let mut enabled = Query::select();
    enabled.column(sso_connection::Column::WorkspaceId).from(sso_connection::Entity).and_where(sso_connection::Column::Enabled.eq(true));
    let select = Entity::find().filter(Column::ProvenAt.is_not_null()).filter(Column::WorkspaceId.in_subquery(enabled));
    let found: Option<Uuid> = select.select_only().column(Column::Id).into_tuple().one(on(db)).await?;
    Ok(found.is_some())
}

/// Whether it became proven now; [`Constraint::ProvenDomain`](crate::Constraint::ProvenDomain) where another workspace has proven it.
pub async fn prove(tx: &WriteTx, workspace: WorkspaceId, id: DomainId, by: ProofMethod, now: Timestamp) -> Result<bool, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::ProvenAt, Expr::val(now.micros()))
        .col_expr(Column::ProvenBy, Expr::val(by.as_str()))
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .col_expr(Column::Note, Expr::val(None::<String>))
        .col_expr(Column::FailingSince, Expr::val(None::<i64>))
        .filter(Column::WorkspaceId.eq(workspace.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::ProvenAt.is_null());
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

/// Notes what was found instead of a proof. Commits by itself and leaves no record: nothing became different.
pub async fn not_found(store: &Store, id: DomainId, now: Timestamp, note: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .col_expr(Column::Note, Expr::val(note))
        .filter(Column::Id.eq(id.uuid()))
        .exec(store.writer())
        .await?;
    Ok(())
}

/// Notes that the proof of a proven one was found again. Commits by itself as well.
pub async fn found_again(store: &Store, id: DomainId, now: Timestamp) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .col_expr(Column::Note, Expr::val(None::<String>))
        .col_expr(Column::FailingSince, Expr::val(None::<i64>))
        .filter(Column::Id.eq(id.uuid()))
        .exec(store.writer())
        .await?;
    Ok(())
}

/// Proven ones whose proof was last looked for at that moment or before, the longest ago first; with whose they are.
pub async fn to_look_for(db: &impl Db, before: Timestamp, now: Timestamp, limit: u64) -> Result<Vec<(WorkspaceId, WorkspaceDomain)>, StoreError> {
    let select = Entity::find().filter(Column::ProvenAt.is_not_null()).filter(Column::CheckedAt.lte(before.micros()));
    let rows = select.order_by_asc(Column::CheckedAt).order_by_asc(Column::Id).limit(limit).all(on(db)).await?;
    rows.into_iter().map(|row| Ok((WorkspaceId::from_uuid(row.workspace_id), read(row, now)?))).collect()
}

/// Whether this node may look for the proof of one that stands as given: of several, one does.
pub async fn claim_look(store: &Store, domain: &WorkspaceDomain, now: Timestamp) -> Result<bool, StoreError> {
    let Some(looked) = domain.checked_at else { return Ok(false) };
    let update = Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .filter(Column::Id.eq(domain.id.uuid()))
        .filter(Column::CheckedAt.eq(looked.micros()));
    Ok(update.exec(store.writer()).await?.rows_affected == 1)
}

/// Whether a proven one's proof is missing from now on.
pub async fn begin_to_fail(tx: &WriteTx, id: DomainId, now: Timestamp, note: &str) -> Result<bool, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .col_expr(Column::Note, Expr::val(note))
        .col_expr(Column::FailingSince, Expr::val(now.micros()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::ProvenAt.is_not_null())
        .filter(Column::FailingSince.is_null());
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

/// Whether it is proven no longer, since its proof was missing from that moment on or longer. It can be shown again until then.
pub async fn lapse(tx: &WriteTx, id: DomainId, missing_since: Timestamp, now: Timestamp, until: Timestamp, note: &str) -> Result<bool, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::ProvenAt, Expr::val(None::<i64>))
        .col_expr(Column::ProvenBy, Expr::val(None::<String>))
        .col_expr(Column::FailingSince, Expr::val(None::<i64>))
        .col_expr(Column::CheckedAt, Expr::val(now.micros()))
        .col_expr(Column::ExpiresAt, Expr::val(until.micros()))
        .col_expr(Column::Note, Expr::val(note))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::ProvenAt.is_not_null())
        .filter(Column::FailingSince.lte(missing_since.micros()));
    Ok(update.exec(on(tx)).await?.rows_affected == 1)
}

pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, id: DomainId) -> Result<bool, StoreError> {
    let gone = Entity::delete_many().filter(Column::WorkspaceId.eq(workspace.uuid())).filter(Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(gone.rows_affected == 1)
}

fn of(workspace: WorkspaceId) -> Select<Entity> {
    Entity::find().filter(Column::WorkspaceId.eq(workspace.uuid()))
}

fn read(row: Model, now: Timestamp) -> Result<WorkspaceDomain, StoreError> {
    let until = Timestamp::from_micros(row.expires_at);
    let state = match (row.proven_at, &row.proven_by) {
        (Some(since), Some(by)) => {
            let by: ProofMethod = by.parse().map_err(corrupt("sso_domains.proven_by"))?;
            DomainState::Proven { since: Timestamp::from_micros(since), by }
        }
        (_, _) if until <= now => DomainState::Expired,
        (_, _) => DomainState::Pending { until },
    };
    Ok(WorkspaceDomain {
        id: DomainId::from_uuid(row.id),
        name: DomainName::parse(&row.name).map_err(corrupt("sso_domains.name"))?,
        state,
        token: row.token,
        created_at: Timestamp::from_micros(row.created_at),
        checked_at: row.checked_at.map(Timestamp::from_micros),
        note: row.note,
        failing_since: row.failing_since.map(Timestamp::from_micros),
    })
}
