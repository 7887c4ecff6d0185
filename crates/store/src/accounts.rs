//! Accounts: people who can sign in.

use crate::{
    entity::{account, member},
    error::{StoreError, corrupt},
    policy_changes::Touched,
    sql::{MOST_IDS, uuids},
    transaction::{Db, WriteTx, on},
};
use domain::{
    account::Account,
    email::EmailAddress,
    id::{AccountId, MemberId, WorkspaceId},
    text::PersonName,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, UpdateMany,
    sea_query::{Expr, LockType},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows in one statement: 6 columns each, within SQLite's 32,766 variables.
const BATCH: usize = 2_000;

#[derive(Clone, Debug)]
pub struct NewAccount {
    pub account: Account,
    /// As argon2 writes it; who has none signs in by a link or not at all.
    pub password_hash: Option<String>,
}

/// An account with what a sign-in is checked against.
#[derive(Clone, Debug)]
pub struct Found {
    pub account: Account,
    pub password_hash: Option<String>,
}

/// [`Constraint::AccountEmail`](crate::Constraint::AccountEmail) where the address has an account.
pub async fn insert(tx: &WriteTx, new: &NewAccount) -> Result<(), StoreError> {
    account::Entity::insert(row(new).into_active_model()).exec_without_returning(on(tx)).await?;
    Ok(())
}

/// Many at once, for made-up data.
pub async fn insert_many(tx: &WriteTx, accounts: &[NewAccount]) -> Result<(), StoreError> {
    for batch in accounts.chunks(BATCH) {
        account::Entity::insert_many(batch.iter().map(|new| row(new).into_active_model())).exec_without_returning(on(tx)).await?;
    }
    Ok(())
}

pub async fn by_id(db: &impl Db, id: AccountId) -> Result<Option<Account>, StoreError> {
    account::Entity::find_by_id(id.uuid()).one(on(db)).await?.map(read).transpose()
}

/// Keeps others from changing it until this change ends; whether it is there.
pub async fn lock(tx: &WriteTx, id: AccountId) -> Result<bool, StoreError> {
    // not FOR UPDATE: that would also wait for every row that merely refers to the account
    Ok(account::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(on(tx)).await?.is_some())
}

/// Those of these accounts that there are.
pub async fn these(db: &impl Db, ids: &[AccountId]) -> Result<HashMap<AccountId, Account>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in uuids(ids, AccountId::uuid).chunks(MOST_IDS) {
        for row in account::Entity::find().filter(account::Column::Id.is_in(ids.iter().copied())).all(on(db)).await? {
            let account = read(row)?;
            found.insert(account.id, account);
        }
    }
    Ok(found)
}

pub async fn by_email(db: &impl Db, email: &EmailAddress) -> Result<Option<Found>, StoreError> {
    let row = account::Entity::find().filter(account::Column::Email.eq(email.as_str())).one(on(db)).await?;
    row.map(|mut row| {
        let password_hash = row.password_hash.take();
        Ok(Found { account: read(row)?, password_hash })
    })
    .transpose()
}

/// `None` where the account has no password, and where there is no account.
pub async fn password_hash(db: &impl Db, id: AccountId) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        account::Entity::find_by_id(id.uuid()).select_only().column(account::Column::PasswordHash).into_tuple().one(on(db)).await?;
    Ok(found.flatten())
}

/// Whether there was such an account.
pub async fn set_password(tx: &WriteTx, id: AccountId, hash: &str) -> Result<bool, StoreError> {
    let updated = only(id).col_expr(account::Column::PasswordHash, Expr::val(hash)).exec(on(tx)).await?;
    Ok(updated.rows_affected == 1)
}

/// Takes the password away, so that its holder comes otherwise or by a link.
pub async fn clear_password(tx: &WriteTx, id: AccountId) -> Result<(), StoreError> {
    only(id).col_expr(account::Column::PasswordHash, Expr::val(None::<String>)).exec(on(tx)).await?;
    Ok(())
}

/// Notes that mail to the address reached the account's holder.
pub async fn set_verified(tx: &WriteTx, id: AccountId) -> Result<bool, StoreError> {
    let updated = only(id).col_expr(account::Column::EmailVerified, Expr::val(true)).exec(on(tx)).await?;
    Ok(updated.rows_affected == 1)
}

/// Renames the account and the copies of the name in its memberships.
/// No decision rests on a name.
pub async fn rename(tx: &WriteTx, id: AccountId, name: &PersonName) -> Result<bool, StoreError> {
    let updated = only(id).col_expr(account::Column::Name, Expr::val(name.as_str())).exec(on(tx)).await?;
    member::Entity::update_many()
        .col_expr(member::Column::Name, Expr::val(name.as_str()))
        .col_expr(member::Column::NameKey, Expr::val(name.key()))
        .filter(member::Column::AccountId.eq(id.uuid()))
        .exec(on(tx))
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Gives the account another address, and the copies of it in its memberships, by which policies know them.
/// [`Constraint::AccountEmail`](crate::Constraint::AccountEmail) where the address has an account.
pub async fn readdress(tx: &WriteTx, id: AccountId, email: &EmailAddress) -> Result<(), StoreError> {
    only(id).col_expr(account::Column::Email, Expr::val(email.as_str())).exec(on(tx)).await?;
    let select = member::Entity::find().filter(member::Column::AccountId.eq(id.uuid()));
    let places: Vec<(Uuid, Uuid)> = select.select_only().columns([member::Column::WorkspaceId, member::Column::Id]).into_tuple().all(on(tx)).await?;
    for (workspace, member) in places {
        tx.touch(WorkspaceId::from_uuid(workspace), Touched::Member(MemberId::from_uuid(member)));
    }
    member::Entity::update_many()
        .col_expr(member::Column::Email, Expr::val(email.as_str()))
        .filter(member::Column::AccountId.eq(id.uuid()))
        .exec(on(tx))
        .await?;
    Ok(())
}

/// Removes the account with its sessions, its links to providers and its requests to set a password; whether it was there.
/// [`StoreError::Reference`] while it is a member anywhere.
pub async fn delete(tx: &WriteTx, id: AccountId) -> Result<bool, StoreError> {
    let deleted = account::Entity::delete_many().filter(account::Column::Id.eq(id.uuid())).exec(on(tx)).await?;
    Ok(deleted.rows_affected == 1)
}

pub async fn count(db: &impl Db) -> Result<u64, StoreError> {
    Ok(account::Entity::find().count(on(db)).await?)
}

fn only(id: AccountId) -> UpdateMany<account::Entity> {
    account::Entity::update_many().filter(account::Column::Id.eq(id.uuid()))
}

fn row(new: &NewAccount) -> account::Model {
    let NewAccount { account, password_hash } = new;
    account::Model {
        id: account.id.uuid(),
        email: account.email.to_string(),
        name: account.name.to_string(),
        password_hash: password_hash.clone(),
        email_verified: account.email_verified,
        created_at: account.created_at.micros(),
    }
}

fn read(row: account::Model) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId::from_uuid(row.id),
        name: PersonName::try_from(row.name).map_err(corrupt("accounts.name"))?,
        email: EmailAddress::try_from(row.email).map_err(corrupt("accounts.email"))?,
        email_verified: row.email_verified,
        created_at: Timestamp::from_micros(row.created_at),
    })
}
