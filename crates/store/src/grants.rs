//! Grants: roles with scopes, each held by one member, group, token or invite.

use crate::{
    entity::{grant, grant_label, grant_resource},
    error::StoreError,
    grant_rows,
    members::revise,
    policy_changes::Touched,
    sql::{MOST_IDS, insert_all, tuples, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    catalog::RoleId,
    grant::{Grant, Holder, Scope},
    id::{InviteId, MemberId, WorkspaceId},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// What somebody holds by themselves, the oldest first.
pub async fn of(db: &impl Db, workspace: WorkspaceId, holder: Holder) -> Result<Vec<Grant>, StoreError> {
    let (column, id) = grant_rows::column(holder);
    Ok(grant_rows::full(db, workspace, column, &[id]).await?.remove(&id).unwrap_or_default())
}

/// Makes these the holder's grants: what is missing goes, what is new comes, what stays the same stays untouched.
/// [`StoreError::Conflict`] when a new grant's id is another holder's.
pub async fn replace(tx: &WriteTx, workspace: WorkspaceId, holder: Holder, grants: &[Grant], now: Timestamp) -> Result<(), StoreError> {
    let (column, id) = grant_rows::column(holder);
    replace_all(tx, workspace, column, &HashMap::from([(id, (holder, grants))]), now).await
}

/// The same for many members, who are no longer what an open editor knows.
pub async fn replace_of_members(tx: &WriteTx, workspace: WorkspaceId, wishes: &[(MemberId, Vec<Grant>)], now: Timestamp) -> Result<(), StoreError> {
    let members: Vec<MemberId> = wishes.iter().map(|(id, _)| *id).collect();
    revise(tx, workspace, &members).await?;
    let wishes = wishes.iter().map(|(id, grants)| (id.uuid(), (Holder::Member(*id), grants.as_slice()))).collect();
    replace_all(tx, workspace, grant::Column::MemberId, &wishes, now).await
}

async fn replace_all(
    tx: &WriteTx,
    workspace: WorkspaceId,
    column: grant::Column,
    wishes: &HashMap<Uuid, (Holder, &[Grant])>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = wishes.keys().copied().collect();
    let held = grant_rows::full(tx, workspace, column, &ids).await?;
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for (id, (holder, grants)) in wishes {
        let held = held.get(id).map(Vec::as_slice).unwrap_or_default();
        let before = gone.len();
        gone.extend(held.iter().filter(|held| !grants.contains(held)).map(|held| held.id.uuid()));
        if let Some(touched) = Touched::holder(*holder).filter(|_| gone.len() > before) {
            tx.touch(workspace, touched);
        }
        fresh.extend(grants.iter().filter(|grant| !held.contains(grant)).map(|grant| (*holder, grant)));
    }
    let mut origins = HashMap::new();
    if !gone.is_empty() {
        origins = grant_rows::held(tx, workspace, column, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    }
    for gone in gone.chunks(MOST_IDS) {
        grant::Entity::delete_many()
            .filter(within(grant::Column::WorkspaceId, workspace))
            .filter(grant::Column::Id.is_in(gone.iter().copied()))
            .exec(on(tx))
            .await?;
    }
    insert(tx, workspace, &fresh, now, &origins).await
}

/// Gives many grants to many holders.
pub async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, grants: &[(Holder, Grant)], now: Timestamp) -> Result<(), StoreError> {
    let fresh: Vec<(Holder, &Grant)> = grants.iter().map(|(holder, grant)| (*holder, grant)).collect();
    insert(tx, workspace, &fresh, now, &HashMap::new()).await
}

/// What an invite held becomes its new member's own.
pub async fn move_invite_to_member(tx: &WriteTx, workspace: WorkspaceId, invite: InviteId, member: MemberId) -> Result<(), StoreError> {
    tx.touch(workspace, Touched::Member(member));
    grant::Entity::update_many()
        .col_expr(grant::Column::MemberId, Expr::val(member.uuid()))
        .col_expr(grant::Column::InviteId, Expr::val(None::<Uuid>))
        .filter(within(grant::Column::WorkspaceId, workspace))
        .filter(grant::Column::InviteId.eq(invite.uuid()))
        .exec(on(tx))
        .await?;
    Ok(())
}

/// The roles of every grant in every workspace: for start-up, where a catalogue must know them all.
pub async fn roles_in_use(db: &impl Db) -> Result<Vec<RoleId>, StoreError> {
    let select = Query::select().distinct().column(grant::Column::Role).from(grant::Entity).take();
    let roles: Vec<(String,)> = tuples(db, &select).await?;
    let mut roles: Vec<RoleId> = roles.into_iter().map(|(role,)| RoleId::new(&role)).collect();
    roles.sort_unstable();
    Ok(roles)
}

/// A grant that was changed keeps the age and giver that `origins` has of it.
async fn insert(
    tx: &WriteTx,
    workspace: WorkspaceId,
    grants: &[(Holder, &Grant)],
    now: Timestamp,
    origins: &HashMap<Uuid, grant::Model>,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(grants.len());
    let mut resources = Vec::new();
    let mut labels = Vec::new();
    for (holder, grant) in grants {
        if let Some(touched) = Touched::holder(*holder) {
            tx.touch(workspace, touched);
        }
        let id = grant.id.uuid();
        let row = row(workspace, *holder, grant, now, origins.get(&id));
        let created_at = row.created_at;
        rows.push(row);
        match &grant.spec.scope {
            Scope::All => {}
            Scope::Only(ids) => {
                resources.extend(ids.iter().map(|resource| grant_resource::Model {
                    workspace_id: workspace.uuid(),
                    grant_id: id,
                    resource_id: resource.uuid(),
                }));
            }
            Scope::Labelled(all) => labels.extend(all.iter().map(|label| grant_label::Model {
                workspace_id: workspace.uuid(),
                grant_id: id,
                key: label.key().to_owned(),
                value: label.value().to_owned(),
                created_at,
            })),
        }
    }
    insert_all::<grant::Entity>(tx, &rows).await?;
    insert_all::<grant_resource::Entity>(tx, &resources).await?;
    insert_all::<grant_label::Entity>(tx, &labels).await
}

fn row(workspace: WorkspaceId, holder: Holder, grant: &Grant, now: Timestamp, origin: Option<&grant::Model>) -> grant::Model {
    let (member_id, group_id, token_id, invite_id) = match holder {
        Holder::Member(id) => (Some(id.uuid()), None, None, None),
        Holder::Group(id) => (None, Some(id.uuid()), None, None),
        Holder::Token(id) => (None, None, Some(id.uuid()), None),
        Holder::Invite(id) => (None, None, None, Some(id.uuid())),
    };
    grant::Model {
        id: grant.id.uuid(),
        workspace_id: workspace.uuid(),
        role: grant.spec.role.as_str().to_owned(),
        scope: grant.spec.scope.kind().as_str().to_owned(),
        expires_at: grant.spec.expires_at.map(Timestamp::micros),
        reason: grant.spec.reason.as_ref().map(ToString::to_string),
        granted_by: origin.and_then(|origin| origin.granted_by),
        created_at: origin.map_or(now.micros(), |origin| origin.created_at),
        member_id,
        group_id,
        token_id,
        invite_id,
    }
}
