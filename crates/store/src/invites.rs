//! Invites: addresses asked to join a workspace, until their answer settles them.

use crate::{
    entity::{grant, invite, invite_group, member, user_group, workspace},
    error::{StoreError, corrupt},
    grant_rows,
    groups::{by_name, reference},
    sql::{MOST_IDS, amount, count, insert_all, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    group::GroupRef,
    id::{GroupId, InviteId, MemberId, WorkspaceId},
    invite::{Invite, InviteState},
    member::MemberKind,
    text::PersonName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Alias, CaseStatement, Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

mod list;

pub use list::page;

/// An address to be asked, for the first time: its link is of generation 1. Its grants are given to it by `grants`.
#[derive(Clone, Debug)]
pub struct NewInvite {
    pub id: InviteId,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub secret_hash: [u8; 32],
    pub invited_by: Option<MemberId>,
    pub invited_by_name: Option<PersonName>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub groups: Vec<GroupId>,
}

/// What sending an invite again, or revoking it, needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingInvite {
    pub id: InviteId,
    pub email: EmailAddress,
    pub generation: i32,
}

/// [`StoreError::Conflict`] when an address has a pending invite already.
pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &[NewInvite]) -> Result<(), StoreError> {
    insert_many(tx, workspace, &new.iter().map(|new| (new, InviteState::Pending)).collect::<Vec<_>>()).await
}

pub(crate) async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, new: &[(&NewInvite, InviteState)]) -> Result<(), StoreError> {
    let row = |(new, state): &(&NewInvite, InviteState)| invite::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        email: new.email.to_string(),
        kind: new.kind.as_str().to_owned(),
        pii: new.pii,
        secret_hash: new.secret_hash.to_vec(),
        generation: 1,
        state: state.as_str().to_owned(),
        invited_by: new.invited_by.map(MemberId::uuid),
        invited_by_name: new.invited_by_name.as_ref().map(ToString::to_string),
        created_at: new.created_at.micros(),
        expires_at: new.expires_at.micros(),
        settled_at: (*state != InviteState::Pending).then_some(new.created_at.micros()),
        accepted_by: None,
    };
    insert_all::<invite::Entity>(tx, &new.iter().map(row).collect::<Vec<_>>()).await?;
    let place = |new: &NewInvite, group: &GroupId| invite_group::Model { workspace_id: workspace.uuid(), invite_id: new.id.uuid(), group_id: group.uuid() };
    let places: Vec<_> = new.iter().flat_map(|(new, _)| new.groups.iter().map(|group| place(new, group))).collect();
    insert_all::<invite_group::Entity>(tx, &places).await?;
    let pending = new.iter().filter(|(_, state)| *state == InviteState::Pending).count();
    count(tx, workspace, workspace::Column::Invites, amount(pending)).await
}

pub async fn find(db: &impl Db, workspace: WorkspaceId, id: InviteId) -> Result<Option<Invite>, StoreError> {
    let found = invite::Entity::find().filter(invite::Column::WorkspaceId.eq(workspace.uuid())).filter(invite::Column::Id.eq(id.uuid())).one(on(db)).await?;
    match found {
        Some(row) => Ok(Some(whole(db, workspace, row).await?)),
        None => Ok(None),
    }
}

/// The invite whose link holds the secret, and its workspace. Only the newest link of an invite has its hash here.
pub async fn by_secret(db: &impl Db, secret_hash: &[u8; 32]) -> Result<Option<(WorkspaceId, Invite)>, StoreError> {
    let found = invite::Entity::find().filter(invite::Column::SecretHash.eq(secret_hash.to_vec())).one(on(db)).await?;
    let Some(row) = found else { return Ok(None) };
    let workspace = WorkspaceId::from_uuid(row.workspace_id);
    Ok(Some((workspace, whole(db, workspace, row).await?)))
}

async fn whole(db: &impl Db, workspace: WorkspaceId, row: invite::Model) -> Result<Invite, StoreError> {
    let grants = grant_rows::full(db, workspace, grant::Column::InviteId, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let groups = groups_of(db, workspace, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(Invite {
        id: InviteId::from_uuid(row.id),
        email: email(&row)?,
        kind: kind(&row)?,
        pii: row.pii,
        grants: grants.into_iter().map(|grant| grant.spec).collect(),
        groups: groups.into_iter().map(|group| group.id).collect(),
        state: state(&row)?,
        invited_by: invited_by(&row)?,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        generation: row.generation,
    })
}

/// The groups that these invites lead to, in order of names.
pub(crate) async fn groups_of(db: &impl Db, workspace: WorkspaceId, invites: &[Uuid]) -> Result<HashMap<Uuid, Vec<GroupRef>>, StoreError> {
    let mut groups: HashMap<Uuid, Vec<GroupRef>> = HashMap::new();
    for invites in invites.chunks(MOST_IDS) {
        let invite = (invite_group::Entity, invite_group::Column::InviteId);
        let select = Query::select()
            .column(invite)
            .columns([user_group::Column::Id, user_group::Column::Name].map(|column| (user_group::Entity, column)))
            .from(invite_group::Entity)
            .inner_join(
                user_group::Entity,
                Expr::col((user_group::Entity, user_group::Column::Id)).equals((invite_group::Entity, invite_group::Column::GroupId)),
            )
            .and_where(within((user_group::Entity, user_group::Column::WorkspaceId), workspace))
            .and_where(Expr::col(invite).is_in(invites.iter().copied()))
            .take();
        for (invite, id, name) in tuples::<(Uuid, Uuid, String)>(db, &select).await? {
            groups.entry(invite).or_default().push(reference(id, &name)?);
        }
    }
    groups.values_mut().for_each(|groups| by_name(groups));
    Ok(groups)
}

/// The invites to these addresses that aren't settled, whether expired or not.
pub async fn pending_to(db: &impl Db, workspace: WorkspaceId, emails: &[&EmailAddress]) -> Result<HashMap<EmailAddress, InviteId>, StoreError> {
    let mut found = HashMap::new();
    for emails in emails.chunks(MOST_IDS) {
        let select = Query::select()
            .columns([invite::Column::Email, invite::Column::Id])
            .from(invite::Entity)
            .and_where(invite::Column::WorkspaceId.eq(workspace.uuid()))
            .and_where(invite::Column::Email.is_in(emails.iter().map(|email| email.as_str())))
            .and_where(is_pending())
            .take();
        for (text, id) in tuples::<(String, Uuid)>(db, &select).await? {
            found.insert(EmailAddress::parse(&text).map_err(corrupt("invites.email"))?, InviteId::from_uuid(id));
        }
    }
    Ok(found)
}

/// The new link of a pending invite.
#[derive(Clone, Debug)]
pub struct NewLink {
    pub id: InviteId,
    pub generation: i32,
    pub secret_hash: [u8; 32],
}

/// How many one statement changes: it looks through all of them for each.
const AT_ONCE: usize = 250;

/// Gives pending invites new links and a new end; the old links are dead. Says how many there were: those that are settled stay as they are.
pub async fn renew(tx: &WriteTx, workspace: WorkspaceId, links: &[NewLink], expires_at: Timestamp) -> Result<u64, StoreError> {
    let mut renewed = 0;
    for some in links.chunks(AT_ONCE) {
        let (mut generation, mut secret_hash) = (CaseStatement::new(), CaseStatement::new());
        for link in some {
            let this = || Expr::col(invite::Column::Id).eq(link.id.uuid());
            generation = generation.case(this(), Expr::val(link.generation));
            secret_hash = secret_hash.case(this(), Expr::val(link.secret_hash.to_vec()));
        }
        let updated = invite::Entity::update_many()
            .col_expr(invite::Column::Generation, generation.into())
            .col_expr(invite::Column::SecretHash, secret_hash.into())
            .col_expr(invite::Column::ExpiresAt, Expr::val(expires_at.micros()))
            .filter(within(invite::Column::WorkspaceId, workspace))
            .filter(invite::Column::Id.is_in(some.iter().map(|link| link.id.uuid())))
            .filter(is_pending())
            .exec(on(tx))
            .await?;
        renewed += updated.rows_affected;
    }
    Ok(renewed)
}

/// Those of these invites that are pending, with what lists show of them.
pub async fn pending_many(db: &impl Db, workspace: WorkspaceId, ids: &[InviteId]) -> Result<Vec<PendingInvite>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in uuids(ids, InviteId::uuid).chunks(MOST_IDS) {
        let rows = invite::Entity::find()
            .filter(within(invite::Column::WorkspaceId, workspace))
            .filter(invite::Column::Id.is_in(ids.iter().copied()))
            .filter(is_pending())
            .all(on(db))
            .await?;
        for row in rows {
            found.push(PendingInvite { id: InviteId::from_uuid(row.id), email: email(&row)?, generation: row.generation });
        }
    }
    Ok(found)
}

/// Ends these pending invites; says how many there were.
pub async fn revoke_many(tx: &WriteTx, workspace: WorkspaceId, ids: &[InviteId], now: Timestamp) -> Result<u64, StoreError> {
    let mut revoked = 0;
    for ids in uuids(ids, InviteId::uuid).chunks(MOST_IDS) {
        let updated = invite::Entity::update_many()
            .col_expr(invite::Column::State, Expr::val(InviteState::Revoked.as_str()))
            .col_expr(invite::Column::SettledAt, Expr::val(now.micros()))
            .filter(within(invite::Column::WorkspaceId, workspace))
            .filter(invite::Column::Id.is_in(ids.iter().copied()))
            .filter(is_pending())
            .exec(on(tx))
            .await?;
        revoked += updated.rows_affected;
    }
    count(tx, workspace, workspace::Column::Invites, -i64::try_from(revoked).unwrap_or(i64::MAX)).await?;
    Ok(revoked)
}

/// Revoked invites are pending again, with the link that they had; but not where the address was invited since, or has joined.
/// Gives those that are.
pub async fn reopen_many(tx: &WriteTx, workspace: WorkspaceId, ids: &[InviteId]) -> Result<Vec<PendingInvite>, StoreError> {
    let mut reopened = Vec::new();
    for ids in uuids(ids, InviteId::uuid).chunks(MOST_IDS) {
        // whatever became of it: who invited since has decided anew
        let later = Alias::new("later");
        let since = Query::select()
            .expr(Expr::val(1))
            .from_as(invite::Entity, later.clone())
            .and_where(Expr::col((later.clone(), invite::Column::WorkspaceId)).eq(workspace.uuid()))
            .and_where(Expr::col((later.clone(), invite::Column::Email)).equals((invite::Entity, invite::Column::Email)))
            .and_where(Expr::col((later.clone(), invite::Column::Id)).ne(Expr::col((invite::Entity, invite::Column::Id))))
            .and_where(Expr::col((later, invite::Column::CreatedAt)).gte(Expr::col((invite::Entity, invite::Column::CreatedAt))))
            .take();
        let joined = Query::select().column(member::Column::Email).from(member::Entity).and_where(within(member::Column::WorkspaceId, workspace)).take();
        let rows = invite::Entity::find()
            .filter(within(invite::Column::WorkspaceId, workspace))
            .filter(invite::Column::Id.is_in(ids.iter().copied()))
            .filter(invite::Column::State.eq(InviteState::Revoked.as_str()))
            .filter(Expr::exists(since).not())
            .filter(Expr::col(invite::Column::Email).not_in_subquery(joined))
            .all(on(tx))
            .await?;
        let back: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        invite::Entity::update_many()
            .col_expr(invite::Column::State, Expr::val(InviteState::Pending.as_str()))
            .col_expr(invite::Column::SettledAt, Expr::val(None::<i64>))
            .filter(within(invite::Column::WorkspaceId, workspace))
            .filter(invite::Column::Id.is_in(back.iter().copied()))
            .exec(on(tx))
            .await?;
        for row in rows {
            reopened.push(PendingInvite { id: InviteId::from_uuid(row.id), email: email(&row)?, generation: row.generation });
        }
    }
    count(tx, workspace, workspace::Column::Invites, amount(reopened.len())).await?;
    Ok(reopened)
}

/// Ends a pending invite; false when it is settled already, so that of two answers only one counts.
pub async fn settle(
    tx: &WriteTx,
    workspace: WorkspaceId,
    id: InviteId,
    state: InviteState,
    accepted_by: Option<MemberId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if state == InviteState::Pending {
        return Ok(false);
    }
    let updated = invite::Entity::update_many()
        .col_expr(invite::Column::State, Expr::val(state.as_str()))
        .col_expr(invite::Column::AcceptedBy, Expr::val(accepted_by.map(MemberId::uuid)))
        .col_expr(invite::Column::SettledAt, Expr::val(now.micros()))
        .filter(invite::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(invite::Column::Id.eq(id.uuid()))
        .filter(is_pending())
        .exec(on(tx))
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    count(tx, workspace, workspace::Column::Invites, -1).await?;
    Ok(true)
}

/// In letters, not as a parameter: only so can SQLite tell that the indexes of pending invites serve.
pub(crate) fn is_pending() -> Expr {
    Expr::col(invite::Column::State).eq(Expr::cust("'pending'"))
}

pub(crate) fn email(row: &invite::Model) -> Result<EmailAddress, StoreError> {
    EmailAddress::parse(&row.email).map_err(corrupt("invites.email"))
}

pub(crate) fn kind(row: &invite::Model) -> Result<MemberKind, StoreError> {
    row.kind.parse().map_err(corrupt("invites.kind"))
}

pub(crate) fn state(row: &invite::Model) -> Result<InviteState, StoreError> {
    InviteState::parse(&row.state).ok_or_else(|| StoreError::Corrupt(format!("invites.state: `{}`", row.state)))
}

pub(crate) fn invited_by(row: &invite::Model) -> Result<Option<PersonName>, StoreError> {
    row.invited_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("invites.invited_by_name"))
}
