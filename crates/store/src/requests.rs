//! Members' requests for more access, until an owner settles them.

use crate::{
    entity::{member, request, resource},
    error::{StoreError, corrupt},
    keyset::Window,
    sql::{insert_all, models, tuples},
    transaction::{Db, WriteTx, on},
};
use domain::{
    catalog::RoleId,
    email::EmailAddress,
    id::{MemberId, RequestId, ResourceId, WorkspaceId},
    page::{Cursor, Page, PageSize},
    request::{AccessRequest, MyRequest, RequestState},
    text::{PersonName, Reason, WantedResource},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use uuid::Uuid;

/// A wish, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    pub id: RequestId,
    pub member: MemberId,
    pub role: Option<RoleId>,
    /// The one thing that is meant, where there is one.
    pub resource: Option<ResourceId>,
    pub resource_text: Option<WantedResource>,
    pub reason: Reason,
    pub created_at: Timestamp,
}

/// How a request was answered, by whom and with which word.
#[derive(Clone, Copy, Debug)]
pub struct Settled<'a> {
    pub approved: bool,
    pub by: &'a PersonName,
    pub answer: Option<&'a Reason>,
    pub at: Timestamp,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewRequest) -> Result<(), StoreError> {
    let row = request::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        member_id: new.member.uuid(),
        role: new.role.as_ref().map(ToString::to_string),
        resource_id: new.resource.map(ResourceId::uuid),
        reason: new.reason.to_string(),
        state: RequestState::Pending.as_str().to_owned(),
        created_at: new.created_at.micros(),
        settled_at: None,
        resource_text: new.resource_text.as_ref().map(ToString::to_string),
        settled_by_name: None,
        answer: None,
        withdrawn: false,
    };
    insert_all::<request::Entity>(tx, &[row]).await
}

/// Those that wait for an answer, the oldest first.
pub async fn pending(db: &impl Db, workspace: WorkspaceId, limit: u16) -> Result<Vec<AccessRequest>, StoreError> {
    let mut select = waiting(workspace);
    select
        .order_by((request::Entity, request::Column::CreatedAt), Order::Asc)
        .order_by((request::Entity, request::Column::Id), Order::Asc)
        .limit(u64::from(limit));
    read(db, &select).await
}

/// A page of those that wait for an answer, the oldest first.
pub async fn page(db: &impl Db, workspace: WorkspaceId, cursor: Option<Cursor>, size: PageSize) -> Result<Page<AccessRequest>, StoreError> {
    let mut window = Window::new(cursor.as_ref(), size, |key| key.parse::<i64>().ok());
    let mut rows = stretch(db, workspace, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = stretch(db, workspace, &window).await?;
    }
    let mut page = window.page(rows, |row| (row.created_at.micros().to_string(), row.id.uuid()));
    page.total = Some(count_pending(db, workspace).await?);
    Ok(page)
}

async fn stretch(db: &impl Db, workspace: WorkspaceId, window: &Window<i64>) -> Result<Vec<AccessRequest>, StoreError> {
    let mut select = waiting(workspace);
    window.read_at(&mut select, [request::Column::CreatedAt, request::Column::Id].map(|column| Expr::col((request::Entity, column))), false);
    read(db, &select).await
}

/// One that waits for an answer.
pub async fn find_pending(db: &impl Db, workspace: WorkspaceId, id: RequestId) -> Result<Option<AccessRequest>, StoreError> {
    let mut select = waiting(workspace);
    select.and_where(Expr::col((request::Entity, request::Column::Id)).eq(id.uuid()));
    Ok(read(db, &select).await?.into_iter().next())
}

fn waiting(workspace: WorkspaceId) -> SelectStatement {
    let of = |column| (request::Entity, column);
    Query::select()
        .columns([request::Column::Id, request::Column::MemberId, request::Column::Role, request::Column::ResourceId].map(of))
        .columns([request::Column::ResourceText, request::Column::Reason].map(of))
        .column(of(request::Column::CreatedAt))
        .columns([member::Column::Name, member::Column::Email].map(|column| (member::Entity, column)))
        .column((resource::Entity, resource::Column::Name))
        .from(request::Entity)
        .inner_join(member::Entity, Expr::col((member::Entity, member::Column::Id)).equals(of(request::Column::MemberId)))
        // it may be gone by now
        .left_join(resource::Entity, Expr::col((resource::Entity, resource::Column::Id)).equals(of(request::Column::ResourceId)))
        .and_where(Expr::col(of(request::Column::WorkspaceId)).eq(workspace.uuid()))
        .and_where(Expr::col(of(request::Column::State)).eq(RequestState::Pending.as_str()))
        .take()
}

type Waiting = (Uuid, Uuid, Option<String>, Option<Uuid>, Option<String>, String, i64, String, String, Option<String>);

async fn read(db: &impl Db, select: &SelectStatement) -> Result<Vec<AccessRequest>, StoreError> {
    let rows: Vec<Waiting> = tuples(db, select).await?;
    rows.into_iter()
        .map(|(id, member, role, resource, text, reason, created_at, name, email, resource_name)| {
            Ok(AccessRequest {
                id: RequestId::from_uuid(id),
                member: MemberId::from_uuid(member),
                name: PersonName::parse(&name).map_err(corrupt("members.name"))?,
                email: EmailAddress::parse(&email).map_err(corrupt("members.email"))?,
                role: role.as_deref().map(RoleId::new),
                resource: resource.filter(|_| resource_name.is_some()).map(ResourceId::from_uuid),
                resource_name: resource_name.or(text),
                reason: Reason::parse(&reason).map_err(corrupt("requests.reason"))?,
                created_at: Timestamp::from_micros(created_at),
            })
        })
        .collect()
}

/// How many wait for an answer.
pub async fn count_pending(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    let mut select = count();
    select.and_where(request::Column::WorkspaceId.eq(workspace.uuid())).and_where(request::Column::State.eq(RequestState::Pending.as_str()));
    counted(db, &select).await
}

/// How many this member made since a moment, whatever became of them.
pub async fn count_since(db: &impl Db, workspace: WorkspaceId, member: MemberId, since: Timestamp) -> Result<u64, StoreError> {
    let mut select = count();
    select.and_where(of_member(workspace, member)).and_where(request::Column::CreatedAt.gt(since.micros()));
    counted(db, &select).await
}

/// Whether this member has asked for just this, and waits.
pub async fn waits_for(
    db: &impl Db,
    workspace: WorkspaceId,
    member: MemberId,
    role: Option<&RoleId>,
    resource: Option<&WantedResource>,
) -> Result<bool, StoreError> {
    let same = |row: &request::Model| {
        row.role.as_deref() == role.map(RoleId::as_str) && row.resource_text.as_deref().map(domain::text::key) == resource.map(WantedResource::key)
    };
    let mut select = Query::select().columns(request::Column::iter()).from(request::Entity).take();
    select.and_where(of_member(workspace, member)).and_where(request::Column::State.eq(RequestState::Pending.as_str()));
    let rows: Vec<request::Model> = models(db, &select).await?;
    Ok(rows.iter().any(same))
}

/// What this member asked for, the newest first.
pub async fn of_member_recent(db: &impl Db, workspace: WorkspaceId, member: MemberId, limit: u16) -> Result<Vec<MyRequest>, StoreError> {
    let select = Query::select()
        .columns(request::Column::iter())
        .from(request::Entity)
        .and_where(of_member(workspace, member))
        .and_where(request::Column::Withdrawn.eq(false))
        .order_by(request::Column::CreatedAt, Order::Desc)
        .order_by(request::Column::Id, Order::Desc)
        .limit(u64::from(limit))
        .take();
    let rows: Vec<request::Model> = models(db, &select).await?;
    rows.into_iter().map(mine).collect()
}

/// One of this member's that was answered.
pub async fn settled(db: &impl Db, workspace: WorkspaceId, member: MemberId, id: RequestId) -> Result<Option<MyRequest>, StoreError> {
    let mut select = Query::select().columns(request::Column::iter()).from(request::Entity).take();
    select.and_where(of_member(workspace, member)).and_where(request::Column::Id.eq(id.uuid()));
    select.and_where(request::Column::State.ne(RequestState::Pending.as_str())).and_where(request::Column::Withdrawn.eq(false));
    let rows: Vec<request::Model> = models(db, &select).await?;
    rows.into_iter().next().map(mine).transpose()
}

fn mine(row: request::Model) -> Result<MyRequest, StoreError> {
    Ok(MyRequest {
        id: RequestId::from_uuid(row.id),
        role: row.role.as_deref().map(RoleId::new),
        resource: row.resource_text,
        reason: Reason::parse(&row.reason).map_err(corrupt("requests.reason"))?,
        created_at: Timestamp::from_micros(row.created_at),
        state: RequestState::parse(&row.state).ok_or_else(|| StoreError::Corrupt(format!("requests.state: {}", row.state)))?,
        settled_at: row.settled_at.map(Timestamp::from_micros),
        settled_by: row.settled_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("requests.settled_by_name"))?,
        answer: row.answer,
    })
}

/// Answers a pending request; false when it is answered already, or gone.
pub async fn settle(tx: &WriteTx, workspace: WorkspaceId, id: RequestId, settled: Settled<'_>) -> Result<bool, StoreError> {
    let state = if settled.approved { RequestState::Approved } else { RequestState::Declined };
    let updated = request::Entity::update_many()
        .col_expr(request::Column::State, Expr::val(state.as_str()))
        .col_expr(request::Column::SettledAt, Expr::val(settled.at.micros()))
        .col_expr(request::Column::SettledByName, Expr::val(settled.by.as_str()))
        .col_expr(request::Column::Answer, Expr::val(settled.answer.map(ToString::to_string)))
        .filter(request::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(request::Column::Id.eq(id.uuid()))
        .filter(request::Column::State.eq(RequestState::Pending.as_str()))
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Takes back this member's own pending request; false when it is answered already, or gone. It still counts as one that was made.
pub async fn withdraw(tx: &WriteTx, workspace: WorkspaceId, member: MemberId, id: RequestId, now: Timestamp) -> Result<bool, StoreError> {
    let gone = request::Entity::update_many()
        .col_expr(request::Column::State, Expr::val(RequestState::Declined.as_str()))
        .col_expr(request::Column::Withdrawn, Expr::val(true))
        .col_expr(request::Column::SettledAt, Expr::val(now.micros()))
        .filter(request::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(request::Column::MemberId.eq(member.uuid()))
        .filter(request::Column::Id.eq(id.uuid()))
        .filter(request::Column::State.eq(RequestState::Pending.as_str()))
        .exec(on(tx))
        .await?;
    Ok(gone.rows_affected == 1)
}

/// The one resource of these types that has this key or name; nothing where several do.
pub async fn meant(db: &impl Db, workspace: WorkspaceId, kinds: &[String], text: &WantedResource) -> Result<Option<ResourceId>, StoreError> {
    // `source:website`, as products write it, or the name or key alone
    let (kinds, text) = match text.as_str().split_once(':') {
        Some((kind, key)) if kinds.iter().any(|known| known == kind) => (vec![kind.to_owned()], key.trim()),
        _ => (kinds.to_vec(), text.as_str()),
    };
    let by = |column: resource::Column, text: String| {
        Query::select()
            .column(resource::Column::Id)
            .from(resource::Entity)
            .and_where(resource::Column::WorkspaceId.eq(workspace.uuid()))
            .and_where(resource::Column::Kind.is_in(kinds.clone()))
            .and_where(column.eq(text))
            .limit(2)
            .take()
    };
    for select in [by(resource::Column::Key, text.to_owned()), by(resource::Column::NameKey, domain::text::key(text))] {
        if let [(id,)] = tuples::<(Uuid,)>(db, &select).await?.as_slice() {
            return Ok(Some(ResourceId::from_uuid(*id)));
        }
    }
    Ok(None)
}

fn of_member(workspace: WorkspaceId, member: MemberId) -> Expr {
    request::Column::MemberId.eq(member.uuid()).and(request::Column::WorkspaceId.eq(workspace.uuid()))
}

fn count() -> SelectStatement {
    Query::select().expr(Expr::col(request::Column::Id).count()).from(request::Entity).take()
}

async fn counted(db: &impl Db, select: &SelectStatement) -> Result<u64, StoreError> {
    let found: Vec<(i64,)> = tuples(db, select).await?;
    Ok(found.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0)))
}
