//! Reads members, groups and tokens as the policy needs them: a stretch of all of them, or just the named ones, in a fixed number of statements.

use crate::{
    entity::{grant, group_member, member, token, user_group},
    error::{StoreError, corrupt},
    grant_rows, members,
    policy_keys::{SecretHash, Secrets},
    sql::{MOST_IDS, tuples, within},
    transaction::Db,
};
use domain::{
    email::EmailAddress,
    grant::Grant,
    id::{GroupId, MemberId, TokenId, WorkspaceId},
    policy::{PolicyGroup, PolicyMember, PolicyToken},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ExprTrait, Iden,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// How many are read at once when all are.
pub(crate) const STRETCH: usize = 4_000;
const _: () = assert!(STRETCH <= MOST_IDS);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    /// The next stretch in order of ids.
    After(Option<Uuid>),
    /// Those of these that are there; at most [`MOST_IDS`].
    These(&'a [Uuid]),
}

impl Which<'_> {
    pub(crate) fn narrow(
        self,
        select: &mut SelectStatement,
        workspace: WorkspaceId,
        workspace_column: impl Iden + Copy + 'static,
        id: impl Iden + Copy + 'static,
    ) {
        match self {
            Self::After(after) => {
                select.and_where(Expr::col(workspace_column).eq(workspace.uuid()));
                if let Some(after) = after {
                    select.and_where(Expr::col(id).gt(after));
                }
                select.order_by(id, Order::Asc).limit(STRETCH as u64);
            }
            Self::These(ids) => {
                select.and_where(within(workspace_column, workspace)).and_where(Expr::col(id).is_in(ids.iter().copied()));
            }
        }
    }
}

pub(crate) async fn members(db: &impl Db, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<(PolicyMember, EmailAddress)>, StoreError> {
    let columns = [member::Column::Id, member::Column::Kind, member::Column::Pii, member::Column::Email];
    let mut select = Query::select().columns(columns).from(member::Entity).take();
    which.narrow(&mut select, workspace, member::Column::WorkspaceId, member::Column::Id);
    let rows: Vec<(Uuid, String, bool, String)> = tuples(db, &select).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let mut grants = grant_rows::full(db, workspace, grant::Column::MemberId, &ids).await?;
    let mut groups = places(db, workspace, &ids).await?;
    rows.into_iter()
        .map(|(id, kind, pii, address)| {
            let member = PolicyMember {
                id: MemberId::from_uuid(id),
                kind: members::kind(&kind)?,
                pii,
                grants: taken(&mut grants, id),
                groups: groups.remove(&id).unwrap_or_default(),
            };
            Ok((member, EmailAddress::parse(&address).map_err(corrupt("members.email"))?))
        })
        .collect()
}

async fn places(db: &impl Db, workspace: WorkspaceId, members: &[Uuid]) -> Result<HashMap<Uuid, BTreeSet<GroupId>>, StoreError> {
    let select = Query::select()
        .columns([group_member::Column::MemberId, group_member::Column::GroupId])
        .from(group_member::Entity)
        .and_where(within(group_member::Column::WorkspaceId, workspace))
        .and_where(group_member::Column::MemberId.is_in(members.iter().copied()))
        .take();
    let mut places: HashMap<Uuid, BTreeSet<GroupId>> = HashMap::new();
    for (member, group) in tuples::<(Uuid, Uuid)>(db, &select).await? {
        places.entry(member).or_default().insert(GroupId::from_uuid(group));
    }
    Ok(places)
}

pub(crate) async fn groups(db: &impl Db, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<PolicyGroup>, StoreError> {
    let mut select = Query::select().columns([user_group::Column::Id, user_group::Column::Pii]).from(user_group::Entity).take();
    which.narrow(&mut select, workspace, user_group::Column::WorkspaceId, user_group::Column::Id);
    let rows: Vec<(Uuid, bool)> = tuples(db, &select).await?;
    let mut grants = grant_rows::full(db, workspace, grant::Column::GroupId, &rows.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    Ok(rows.into_iter().map(|(id, pii)| PolicyGroup { id: GroupId::from_uuid(id), pii, grants: taken(&mut grants, id) }).collect())
}

/// A revoked token is as if it weren't there.
pub(crate) async fn tokens(db: &impl Db, workspace: WorkspaceId, which: Which<'_>) -> Result<Vec<(PolicyToken, Secrets)>, StoreError> {
    let columns = [token::Column::Id, token::Column::OwnerAccess, token::Column::ExpiresAt];
    let secrets = [token::Column::SecretHash, token::Column::OldSecretHash, token::Column::OldSecretUntil];
    let mut select = Query::select().columns(columns.into_iter().chain(secrets)).from(token::Entity).take();
    which.narrow(&mut select, workspace, token::Column::WorkspaceId, token::Column::Id);
    select.and_where(token::Column::RevokedAt.is_null());
    let rows: Vec<TokenRow> = tuples(db, &select).await?;
    let mut grants = grant_rows::full(db, workspace, grant::Column::TokenId, &rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>()).await?;
    let whole = |(id, owner_access, expires_at, hash, old_hash, old_until): TokenRow| {
        let token =
            PolicyToken { id: TokenId::from_uuid(id), owner_access, expires_at: expires_at.map(Timestamp::from_micros), grants: taken(&mut grants, id) };
        let replaced = old_hash.map(secret).transpose()?.zip(old_until.map(Timestamp::from_micros));
        Ok((token, Secrets { hash: secret(hash)?, replaced }))
    };
    rows.into_iter().map(whole).collect()
}

type TokenRow = (Uuid, bool, Option<i64>, Vec<u8>, Option<Vec<u8>>, Option<i64>);

fn secret(bytes: Vec<u8>) -> Result<SecretHash, StoreError> {
    bytes.try_into().map_err(|bytes: Vec<u8>| corrupt("tokens.secret_hash")(format_args!("{} bytes", bytes.len())))
}

fn taken(grants: &mut HashMap<Uuid, Vec<Grant>>, id: Uuid) -> Vec<Grant> {
    grants.remove(&id).unwrap_or_default()
}
