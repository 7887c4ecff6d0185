//! Reads grants for many holders at once: a fixed number of statements, whatever the number of holders.

use crate::{
    entity::{grant, grant_label, grant_resource, resource},
    error::{StoreError, corrupt},
    sql::{MOST_IDS, models, tuples, within},
    transaction::Db,
};
use domain::{
    catalog::RoleId,
    export::ExportResource,
    grant::{Grant, GrantSpec, GrantSummary, Holder, Scope, ScopeKind, ScopeSummary},
    id::{GrantId, ResourceId, WorkspaceId},
    label::Label,
    resource::ResourceType,
    text::{Reason, ResourceKey, ResourceName},
    time::Timestamp,
};
use futures::future::try_join;
use sea_orm::{
    ColumnTrait, ExprTrait, Iterable,
    sea_query::{Expr, Query, SelectStatement},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The column that names the holder, and who that is.
pub(crate) const fn column(holder: Holder) -> (grant::Column, Uuid) {
    match holder {
        Holder::Member(id) => (grant::Column::MemberId, id.uuid()),
        Holder::Group(id) => (grant::Column::GroupId, id.uuid()),
        Holder::Token(id) => (grant::Column::TokenId, id.uuid()),
        Holder::Invite(id) => (grant::Column::InviteId, id.uuid()),
    }
}

/// The bare rows of these holders, the oldest first.
pub(crate) async fn held(db: &impl Db, workspace: WorkspaceId, holder: grant::Column, ids: &[Uuid]) -> Result<Vec<grant::Model>, StoreError> {
    let mut rows: Vec<grant::Model> = Vec::new();
    for ids in ids.chunks(MOST_IDS) {
        rows.extend(models::<grant::Model>(db, &held_statement(workspace, holder, ids)).await?);
    }
    rows.sort_unstable_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}

pub(crate) fn held_statement(workspace: WorkspaceId, holder: grant::Column, ids: &[Uuid]) -> SelectStatement {
    Query::select()
        .columns(grant::Column::iter())
        .from(grant::Entity)
        .and_where(within(grant::Column::WorkspaceId, workspace))
        .and_where(holder.is_in(ids.iter().copied()))
        .take()
}

/// The grants of these holders as editors and the policy need them, by holder.
pub(crate) async fn full(db: &impl Db, workspace: WorkspaceId, holder: grant::Column, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Grant>>, StoreError> {
    let rows = held(db, workspace, holder, ids).await?;
    let mut full: HashMap<Uuid, Vec<Grant>> = HashMap::new();
    for (row, grant) in rows.iter().zip(specs(db, workspace, &rows).await?) {
        full.entry(holder_of(row)).or_default().push(grant);
    }
    Ok(full)
}

/// These rows as grants, in their order.
pub(crate) async fn specs(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<Vec<Grant>, StoreError> {
    let (mut resources, mut labels) = try_join(resource_ids(db, workspace, rows), labels(db, workspace, rows)).await?;
    let read = |row: &grant::Model| {
        let scope = match kind(row)? {
            ScopeKind::All => Scope::All,
            ScopeKind::Only => Scope::Only(resources.remove(&row.id).unwrap_or_default()),
            ScopeKind::Labelled => Scope::Labelled(labels.remove(&row.id).unwrap_or_default().into_iter().collect()),
        };
        let spec = GrantSpec { role: RoleId::new(&row.role), scope, expires_at: moment(row), reason: reason(row)? };
        Ok(Grant { id: GrantId::from_uuid(row.id), spec })
    };
    rows.iter().map(read).collect()
}

/// The ids of the resources that these grants name.
async fn resource_ids(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, BTreeSet<ResourceId>>, StoreError> {
    let mut resources: HashMap<Uuid, BTreeSet<ResourceId>> = HashMap::new();
    for ids in of_scope(rows, ScopeKind::Only).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([grant_resource::Column::GrantId, grant_resource::Column::ResourceId])
            .from(grant_resource::Entity)
            .and_where(within(grant_resource::Column::WorkspaceId, workspace))
            .and_where(grant_resource::Column::GrantId.is_in(ids.iter().copied()))
            .take();
        for (grant, resource) in tuples::<(Uuid, Uuid)>(db, &select).await? {
            resources.entry(grant).or_default().insert(ResourceId::from_uuid(resource));
        }
    }
    Ok(resources)
}

/// The grants of these holders at a glance, by holder.
pub(crate) async fn summaries(
    db: &impl Db,
    workspace: WorkspaceId,
    holder: grant::Column,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<GrantSummary>>, StoreError> {
    let rows = held(db, workspace, holder, ids).await?;
    let mut summaries = summarise(db, workspace, &rows).await?;
    let mut by_holder: HashMap<Uuid, Vec<GrantSummary>> = HashMap::new();
    for row in &rows {
        by_holder.entry(holder_of(row)).or_default().extend(summaries.remove(&row.id));
    }
    Ok(by_holder)
}

/// These grants at a glance, by their own ids.
pub(crate) async fn summarise(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, GrantSummary>, StoreError> {
    let (counts, mut labels) = try_join(resource_counts(db, workspace, rows), labels(db, workspace, rows)).await?;
    let mut summaries = HashMap::with_capacity(rows.len());
    for row in rows {
        let scope = match kind(row)? {
            ScopeKind::All => ScopeSummary::All,
            ScopeKind::Only => ScopeSummary::Only(counts.get(&row.id).copied().unwrap_or(0)),
            ScopeKind::Labelled => ScopeSummary::Labelled(labels.remove(&row.id).unwrap_or_default()),
        };
        summaries.insert(row.id, GrantSummary { role: RoleId::new(&row.role), scope, expires_at: moment(row) });
    }
    Ok(summaries)
}

/// How many resources these grants name.
async fn resource_counts(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, u32>, StoreError> {
    let mut counts: HashMap<Uuid, u32> = HashMap::new();
    for ids in of_scope(rows, ScopeKind::Only).chunks(MOST_IDS) {
        let select = Query::select()
            .column(grant_resource::Column::GrantId)
            .expr(Expr::col(grant_resource::Column::ResourceId).count())
            .from(grant_resource::Entity)
            .and_where(within(grant_resource::Column::WorkspaceId, workspace))
            .and_where(grant_resource::Column::GrantId.is_in(ids.iter().copied()))
            .add_group_by([Expr::col(grant_resource::Column::GrantId)])
            .take();
        for (grant, count) in tuples::<(Uuid, i64)>(db, &select).await? {
            counts.insert(grant, u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
    Ok(counts)
}

/// The labels that these grants name, in order.
pub(crate) async fn labels(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, Vec<Label>>, StoreError> {
    let mut labels: HashMap<Uuid, Vec<Label>> = HashMap::new();
    for ids in of_scope(rows, ScopeKind::Labelled).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([grant_label::Column::GrantId, grant_label::Column::Key, grant_label::Column::Value])
            .from(grant_label::Entity)
            .and_where(within(grant_label::Column::WorkspaceId, workspace))
            .and_where(grant_label::Column::GrantId.is_in(ids.iter().copied()))
            .take();
        for (grant, key, value) in tuples::<(Uuid, String, String)>(db, &select).await? {
            labels.entry(grant).or_default().push(Label::new(&key, &value).map_err(corrupt("grant_labels"))?);
        }
    }
    labels.values_mut().for_each(|labels| labels.sort_unstable());
    Ok(labels)
}

/// The resources that these grants name, as people know them, in order of type and name.
pub(crate) async fn resources(db: &impl Db, workspace: WorkspaceId, rows: &[grant::Model]) -> Result<HashMap<Uuid, Vec<ExportResource>>, StoreError> {
    let mut resources: HashMap<Uuid, Vec<ExportResource>> = HashMap::new();
    for ids in of_scope(rows, ScopeKind::Only).chunks(MOST_IDS) {
        let select = Query::select()
            .column((grant_resource::Entity, grant_resource::Column::GrantId))
            .columns([resource::Column::Kind, resource::Column::Name, resource::Column::Key].map(|column| (resource::Entity, column)))
            .from(grant_resource::Entity)
            .inner_join(
                resource::Entity,
                Expr::col((resource::Entity, resource::Column::Id)).equals((grant_resource::Entity, grant_resource::Column::ResourceId)),
            )
            .and_where(within((resource::Entity, resource::Column::WorkspaceId), workspace))
            .and_where(Expr::col((grant_resource::Entity, grant_resource::Column::GrantId)).is_in(ids.iter().copied()))
            .take();
        for (grant, kind, name, key) in tuples::<(Uuid, String, String, String)>(db, &select).await? {
            resources.entry(grant).or_default().push(ExportResource {
                kind: ResourceType::new(&kind),
                name: ResourceName::parse(&name).map_err(corrupt("resources.name"))?,
                key: ResourceKey::parse(&key).map_err(corrupt("resources.key"))?,
            });
        }
    }
    resources.values_mut().for_each(|resources| resources.sort_unstable());
    Ok(resources)
}

pub(crate) fn kind(row: &grant::Model) -> Result<ScopeKind, StoreError> {
    let found = ScopeKind::EVERY.into_iter().find(|kind| kind.as_str() == row.scope);
    found.ok_or_else(|| StoreError::Corrupt(format!("grants.scope: `{}`", row.scope)))
}

pub(crate) fn moment(row: &grant::Model) -> Option<Timestamp> {
    row.expires_at.map(Timestamp::from_micros)
}

pub(crate) fn reason(row: &grant::Model) -> Result<Option<Reason>, StoreError> {
    row.reason.as_deref().map(Reason::parse).transpose().map_err(corrupt("grants.reason"))
}

/// The table's check allows exactly one.
pub(crate) fn holder_of(row: &grant::Model) -> Uuid {
    row.member_id.or(row.group_id).or(row.token_id).or(row.invite_id).unwrap_or_default()
}

fn of_scope(rows: &[grant::Model], scope: ScopeKind) -> Vec<Uuid> {
    rows.iter().filter(|row| row.scope == scope.as_str()).map(|row| row.id).collect()
}
