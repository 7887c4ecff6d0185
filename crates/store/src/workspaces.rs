//! Workspaces, and how many there are of what their tabs count.

use crate::{
    entity::{member, workspace},
    error::{StoreError, corrupt},
    policy_changes::Touched,
    requests,
    sql::tuples,
    transaction::{Db, WriteTx, on},
};
use domain::{
    id::{AccountId, MemberId, WorkspaceId},
    member::MemberKind,
    plan::Plan,
    settings::{IdleLimit, InviteDays, WorkspaceRules},
    text::WorkspaceName,
    time::Timestamp,
    workspace::{Membership, Workspace, WorkspaceContents, WorkspaceCounts, WorkspaceSlug},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany,
    sea_query::{Expr, LockType, Query},
};

/// An empty workspace; [`Constraint::WorkspaceSlug`](crate::Constraint::WorkspaceSlug) where another has its URL name.
pub async fn insert(tx: &WriteTx, new: &Workspace, created_at: Timestamp) -> Result<(), StoreError> {
    let row = workspace::Model {
        id: new.id.uuid(),
        slug: new.slug.to_string(),
        name: new.name.to_string(),
        plan: new.plan.to_string(),
        policy_version: new.policy_version,
        members: 0,
        owners: 0,
        invites: 0,
        groups: 0,
        tokens: 0,
        resources: 0,
        created_at: created_at.micros(),
        idle_minutes: new.rules.idle.minutes().into(),
        invite_days: new.rules.invites.days().into(),
        revision: new.revision,
        deleted_at: new.deleted_at.map(Timestamp::micros),
        deleting: false,
        sso_required: new.sso_required,
    };
    workspace::Entity::insert(row.into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}

pub async fn by_slug(db: &impl Db, slug: &WorkspaceSlug) -> Result<Option<Workspace>, StoreError> {
    there().filter(workspace::Column::Slug.eq(slug.as_str())).one(on(db)).await?.map(read).transpose()
}

pub async fn by_id(db: &impl Db, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    there().filter(workspace::Column::Id.eq(id.uuid())).one(on(db)).await?.map(read).transpose()
}

/// Those whose deletion has begun are there for nobody any more.
fn there() -> Select<workspace::Entity> {
    workspace::Entity::find().filter(workspace::Column::Deleting.eq(false))
}

/// The version alone: what whoever holds a policy asks to know whether it is still true. A closed workspace has no policy.
pub async fn policy_version(db: &impl Db, id: WorkspaceId) -> Result<Option<i64>, StoreError> {
    let select = Query::select()
        .column(workspace::Column::PolicyVersion)
        .from(workspace::Entity)
        .and_where(workspace::Column::Id.eq(id.uuid()))
        .and_where(workspace::Column::DeletedAt.is_null())
        .take();
    let found: Vec<(i64,)> = tuples(db, &select).await?;
    Ok(found.first().map(|(version,)| *version))
}

pub async fn slug_taken(db: &impl Db, slug: &WorkspaceSlug) -> Result<bool, StoreError> {
    // by one that is being deleted too
    Ok(workspace::Entity::find().filter(workspace::Column::Slug.eq(slug.as_str())).one(on(db)).await?.is_some())
}

/// The account's workspaces in order of their names.
pub async fn memberships(db: &impl Db, account: AccountId) -> Result<Vec<Membership>, StoreError> {
    let members = member::Entity::find().filter(member::Column::AccountId.eq(account.uuid())).all(on(db)).await?;
    let ids = members.iter().map(|member| member.workspace_id);
    let workspaces = there().filter(workspace::Column::Id.is_in(ids)).all(on(db)).await?;
    let mut found = Vec::with_capacity(members.len());
    for row in workspaces {
        let Some(member) = members.iter().find(|member| member.workspace_id == row.id) else { continue };
        let kind: MemberKind = member.kind.parse().map_err(corrupt("members.kind"))?;
        found.push(Membership { workspace: read(row)?, member: MemberId::from_uuid(member.id), kind });
    }
    found.sort_by_cached_key(|membership| (membership.workspace.name.key(), membership.workspace.id));
    Ok(found)
}

/// Reads the workspace and keeps other changes that lock it, or commit to its trail, waiting until this one has ended.
/// On SQLite the change holds the whole database already.
pub async fn lock(tx: &WriteTx, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
    // not FOR UPDATE: that would also wait for every row that merely refers to the workspace
    let row = there().filter(workspace::Column::Id.eq(id.uuid())).lock(LockType::NoKeyUpdate).one(on(tx)).await?;
    row.map(read).transpose()
}

pub async fn set_plan(tx: &WriteTx, id: WorkspaceId, plan: Plan) -> Result<bool, StoreError> {
    let updated = only(id).col_expr(workspace::Column::Plan, Expr::val(plan.as_str())).exec(on(tx)).await?;
    if updated.rows_affected == 1 {
        tx.touch(id, Touched::Plan);
    }
    Ok(updated.rows_affected == 1)
}

/// Sets name, URL name and rules if nobody has since this revision; [`Constraint::WorkspaceSlug`](crate::Constraint::WorkspaceSlug)
/// where another workspace has the URL name.
pub async fn set(tx: &WriteTx, id: WorkspaceId, revision: i64, name: &WorkspaceName, slug: &WorkspaceSlug, rules: WorkspaceRules) -> Result<bool, StoreError> {
    let updated = only(id)
        .col_expr(workspace::Column::Name, Expr::val(name.as_str()))
        .col_expr(workspace::Column::Slug, Expr::val(slug.as_str()))
        .col_expr(workspace::Column::IdleMinutes, Expr::val(i64::from(rules.idle.minutes())))
        .col_expr(workspace::Column::InviteDays, Expr::val(i64::from(rules.invites.days())))
        .col_expr(workspace::Column::Revision, Expr::col(workspace::Column::Revision).add(1))
        .filter(workspace::Column::Revision.eq(revision))
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Whether who comes must have come by single sign-on. No decision rests on it: it is asked before there is a proof.
pub async fn require_sso(tx: &WriteTx, id: WorkspaceId, required: bool) -> Result<(), StoreError> {
    only(id).col_expr(workspace::Column::SsoRequired, Expr::val(required)).exec(on(tx)).await?;
    Ok(())
}

/// Closes the workspace until it is deleted at this moment, or opens it again. Whoever holds its policy hears of it.
pub async fn close(tx: &WriteTx, id: WorkspaceId, deleted_at: Option<Timestamp>) -> Result<(), StoreError> {
    only(id).col_expr(workspace::Column::DeletedAt, Expr::val(deleted_at.map(Timestamp::micros))).exec(on(tx)).await?;
    tx.touch(id, Touched::Plan);
    Ok(())
}

/// All that would go with it, in numbers.
pub async fn contents(db: &impl Db, id: WorkspaceId) -> Result<WorkspaceContents, StoreError> {
    let Some(row) = workspace::Entity::find_by_id(id.uuid()).one(on(db)).await? else { return Ok(WorkspaceContents::default()) };
    let count = |n: i64| u64::try_from(n).map_err(corrupt("workspaces' counts"));
    let (members, invites, groups) = (count(row.members)?, count(row.invites)?, count(row.groups)?);
    Ok(WorkspaceContents { members, invites, groups, tokens: count(row.tokens)?, resources: count(row.resources)? })
}

/// Nothing, all zero, where there is no such workspace. Whose reviews wait is for who asks to add.
pub async fn counts(db: &impl Db, id: WorkspaceId) -> Result<WorkspaceCounts, StoreError> {
    let Some(row) = workspace::Entity::find_by_id(id.uuid()).one(on(db)).await? else { return Ok(WorkspaceCounts::default()) };
    let count = |n: i64| u64::try_from(n).map_err(corrupt("workspaces' counts"));
    let requests = requests::count_pending(db, id).await?;
    Ok(WorkspaceCounts {
        members: count(row.members)?,
        invites: count(row.invites)?,
        groups: count(row.groups)?,
        tokens: count(row.tokens)?,
        requests,
        reviews: 0,
    })
}

/// Every workspace in order of its URL name: for the operator.
pub async fn list(db: &impl Db) -> Result<Vec<Workspace>, StoreError> {
    there().order_by_asc(workspace::Column::Slug).all(on(db)).await?.into_iter().map(read).collect()
}

fn only(id: WorkspaceId) -> UpdateMany<workspace::Entity> {
    workspace::Entity::update_many().filter(workspace::Column::Id.eq(id.uuid()))
}

/// The workspace of a row that was read beside another; none where its deletion has begun.
pub(crate) fn unless_deleting(row: workspace::Model) -> Result<Option<Workspace>, StoreError> {
    if row.deleting { Ok(None) } else { read(row).map(Some) }
}

fn read(row: workspace::Model) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: WorkspaceId::from_uuid(row.id),
        slug: WorkspaceSlug::try_from(row.slug).map_err(corrupt("workspaces.slug"))?,
        name: WorkspaceName::try_from(row.name).map_err(corrupt("workspaces.name"))?,
        plan: row.plan.parse().map_err(corrupt("workspaces.plan"))?,
        policy_version: row.policy_version,
        rules: WorkspaceRules {
            idle: IdleLimit::parse(u32::try_from(row.idle_minutes).unwrap_or(u32::MAX)).map_err(corrupt("workspaces.idle_minutes"))?,
            invites: InviteDays::parse(u32::try_from(row.invite_days).unwrap_or(u32::MAX)).map_err(corrupt("workspaces.invite_days"))?,
        },
        revision: row.revision,
        sso_required: row.sso_required,
        deleted_at: row.deleted_at.map(Timestamp::from_micros),
    })
}
