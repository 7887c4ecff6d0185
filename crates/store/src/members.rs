//! Members: accounts in a workspace, their access, and their leaving.

mod many;

pub(crate) use many::revise;
pub use many::{cards, find_many, in_order, of_accounts, remove_many};

use crate::{
    connect::{Backend, Store},
    entity::{member, workspace},
    error::{StoreError, corrupt},
    policy_changes::Touched,
    sql::{MOST_IDS, among_texts, amount, count, counted, insert_all, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
};
use domain::{
    email::EmailAddress,
    id::{AccountId, MemberId, WorkspaceId},
    member::{Member, MemberKind},
    text::PersonName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who joins.
#[derive(Clone, Debug)]
pub struct NewMember {
    pub id: MemberId,
    pub account: AccountId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub joined_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    /// 1 for somebody new; more for one who was here before, so that nobody's edit of what they were then fits.
    pub revision: i64,
}

/// An account's place in a workspace: enough to know what they may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberStanding {
    pub id: MemberId,
    pub kind: MemberKind,
    pub last_seen_at: Option<Timestamp>,
}

/// What a member is, beside what they are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessUpdate {
    pub kind: MemberKind,
    pub pii: bool,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewMember) -> Result<(), StoreError> {
    insert_many(tx, workspace, std::slice::from_ref(new)).await
}

pub async fn insert_many(tx: &WriteTx, workspace: WorkspaceId, new: &[NewMember]) -> Result<(), StoreError> {
    let owners = new.iter().filter(|new| new.kind == MemberKind::Owner).count();
    let rows: Vec<member::Model> = new.iter().map(|new| row(workspace, new)).collect();
    insert_all::<member::Entity>(tx, &rows).await?;
    new.iter().for_each(|new| tx.touch(workspace, Touched::Member(new.id)));
    count(tx, workspace, workspace::Column::Members, amount(new.len())).await?;
    count(tx, workspace, workspace::Column::Owners, amount(owners)).await
}

fn row(workspace: WorkspaceId, new: &NewMember) -> member::Model {
    member::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        account_id: new.account.uuid(),
        kind: new.kind.as_str().to_owned(),
        pii: new.pii,
        name: new.name.to_string(),
        name_key: new.name.key(),
        email: new.email.to_string(),
        joined_at: new.joined_at.micros(),
        last_seen_at: new.last_seen_at.map_or(0, Timestamp::micros),
        revision: new.revision,
    }
}

/// A member with all that the drawer edits.
pub async fn find(db: &impl Db, workspace: WorkspaceId, id: MemberId) -> Result<Option<Member>, StoreError> {
    Ok(find_many(db, workspace, &[id]).await?.pop().map(|(_, member)| member))
}

pub async fn by_account(db: &impl Db, workspace: WorkspaceId, account: AccountId) -> Result<Option<MemberStanding>, StoreError> {
    let select = Query::select()
        .columns([member::Column::Id, member::Column::Kind, member::Column::LastSeenAt])
        .from(member::Entity)
        .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(member::Column::AccountId.eq(account.uuid()))
        .take();
    let found: Vec<(uuid::Uuid, String, i64)> = tuples(db, &select).await?;
    let standing = |(id, kind_text, last_seen): (uuid::Uuid, String, i64)| {
        Ok(MemberStanding { id: MemberId::from_uuid(id), kind: kind(&kind_text)?, last_seen_at: seen(last_seen) })
    };
    found.into_iter().next().map(standing).transpose()
}

pub async fn by_email(db: &impl Db, workspace: WorkspaceId, email: &EmailAddress) -> Result<Option<(MemberId, PersonName)>, StoreError> {
    let found =
        member::Entity::find().filter(member::Column::WorkspaceId.eq(workspace.uuid())).filter(member::Column::Email.eq(email.as_str())).one(on(db)).await?;
    found.map(|row| Ok((MemberId::from_uuid(row.id), name(&row)?))).transpose()
}

/// Those of these members that are in the workspace, with their names.
pub async fn named(db: &impl Db, workspace: WorkspaceId, ids: &[MemberId]) -> Result<HashMap<MemberId, PersonName>, StoreError> {
    let mut found = HashMap::new();
    for ids in uuids(ids, MemberId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([member::Column::Id, member::Column::Name])
            .from(member::Entity)
            .and_where(within(member::Column::WorkspaceId, workspace))
            .and_where(member::Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, text) in tuples::<(Uuid, String)>(db, &select).await? {
            found.insert(MemberId::from_uuid(id), PersonName::parse(&text).map_err(corrupt("members.name"))?);
        }
    }
    Ok(found)
}

/// Those of these addresses that are members.
pub async fn by_emails(db: &impl Db, workspace: WorkspaceId, emails: &[&EmailAddress]) -> Result<HashMap<EmailAddress, MemberId>, StoreError> {
    let mut found = HashMap::new();
    for emails in emails.chunks(MOST_IDS) {
        let select = with_emails(Backend::of(on(db)), workspace, &emails.iter().map(|email| email.as_str()).collect::<Vec<_>>());
        for (text, id) in tuples::<(String, Uuid)>(db, &select).await? {
            found.insert(EmailAddress::parse(&text).map_err(corrupt("members.email"))?, MemberId::from_uuid(id));
        }
    }
    Ok(found)
}

pub(crate) fn with_emails(backend: Backend, workspace: WorkspaceId, emails: &[&str]) -> SelectStatement {
    Query::select()
        .columns([member::Column::Email, member::Column::Id])
        .from(member::Entity)
        .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(among_texts(backend, "email", emails))
        .take()
}

/// Sets what the member is, if nobody did since `revision`; false when somebody did, or the member is gone.
pub async fn set_access(tx: &WriteTx, workspace: WorkspaceId, id: MemberId, revision: i64, access: AccessUpdate) -> Result<bool, StoreError> {
    let select = Query::select()
        .column(member::Column::Kind)
        .from(member::Entity)
        .and_where(member::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(member::Column::Id.eq(id.uuid()))
        .and_where(member::Column::Revision.eq(revision))
        .take();
    let before: Vec<(String,)> = tuples(tx, &select).await?;
    let Some((before,)) = before.into_iter().next() else { return Ok(false) };
    let updated = member::Entity::update_many()
        .col_expr(member::Column::Kind, Expr::val(access.kind.as_str()))
        .col_expr(member::Column::Pii, Expr::val(access.pii))
        .col_expr(member::Column::Revision, Expr::col(member::Column::Revision).add(1))
        .filter(member::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(member::Column::Id.eq(id.uuid()))
        .filter(member::Column::Revision.eq(revision))
        .exec(on(tx))
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    tx.touch(workspace, Touched::Member(id));
    let owner = |kind| i64::from(kind == MemberKind::Owner);
    count(tx, workspace, workspace::Column::Owners, owner(access.kind) - owner(kind(&before)?)).await?;
    Ok(true)
}

/// How many owners there are; certain while the workspace's lock is held.
pub async fn owners(db: &impl Db, workspace: WorkspaceId) -> Result<u64, StoreError> {
    counted(db, workspace, workspace::Column::Owners).await
}

/// The addresses of the workspace's owners, for mails to all of them.
pub async fn owner_addresses(db: &impl Db, workspace: WorkspaceId, limit: u16) -> Result<Vec<EmailAddress>, StoreError> {
    let select = Query::select()
        .column(member::Column::Email)
        .from(member::Entity)
        .and_where(within(member::Column::WorkspaceId, workspace))
        .and_where(member::Column::Kind.eq(MemberKind::Owner.as_str()))
        .limit(u64::from(limit))
        .take();
    let rows: Vec<(String,)> = tuples(db, &select).await?;
    rows.into_iter().map(|(text,)| EmailAddress::parse(&text).map_err(corrupt("members.email"))).collect()
}

/// Whether an owner of the workspace has this address.
pub async fn is_owner(db: &impl Db, workspace: WorkspaceId, email: &EmailAddress) -> Result<bool, StoreError> {
    let found = member::Entity::find()
        .filter(member::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(member::Column::Email.eq(email.as_str()))
        .filter(member::Column::Kind.eq(MemberKind::Owner.as_str()))
        .one(on(db))
        .await?;
    Ok(found.is_some())
}

/// Ends the membership with its grants and its places in groups; false when there was none.
pub async fn remove(tx: &WriteTx, workspace: WorkspaceId, id: MemberId) -> Result<bool, StoreError> {
    Ok(remove_many(tx, workspace, &[id]).await? == 1)
}

/// Notes that the member was here. Commits by itself and writes no record: it changes nobody's access, and callers do it coarsely.
/// No decision rests on it.
pub async fn touch_seen(store: &Store, id: MemberId, now: Timestamp) -> Result<(), StoreError> {
    member::Entity::update_many()
        .col_expr(member::Column::LastSeenAt, Expr::val(now.micros()))
        .filter(member::Column::Id.eq(id.uuid()))
        .filter(member::Column::LastSeenAt.lt(now.micros()))
        .exec(store.writer())
        .await?;
    Ok(())
}

pub(crate) fn name(row: &member::Model) -> Result<PersonName, StoreError> {
    PersonName::parse(&row.name).map_err(corrupt("members.name"))
}

pub(crate) fn email(row: &member::Model) -> Result<EmailAddress, StoreError> {
    EmailAddress::parse(&row.email).map_err(corrupt("members.email"))
}

pub(crate) fn kind(text: &str) -> Result<MemberKind, StoreError> {
    text.parse().map_err(corrupt("members.kind"))
}

/// Stored 0 is "never".
pub(crate) fn seen(micros: i64) -> Option<Timestamp> {
    (micros != 0).then(|| Timestamp::from_micros(micros))
}
