//! Tokens: machines' keys to one workspace. Of the secret only its hash and first characters are here.

use crate::{
    connect::Store,
    entity::{
        grant,
        token::{self, Column, Entity},
        workspace,
    },
    error::{StoreError, corrupt},
    grant_rows,
    keyset::{Rows as _, Window},
    policy_changes::Touched,
    sql::{MOST_IDS, Search, contains, count, counted, insert_all, models, tuples, uuids, within},
    transaction::{Db, WriteTx, on},
    workspaces,
};
use domain::{
    id::{MemberId, TokenId, WorkspaceId},
    page::{Cursor, Page, PageSize},
    text::{PersonName, TokenName},
    time::Timestamp,
    token::{Token, TokenRow},
    workspace::Workspace,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, ExprTrait, FromQueryResult as _, IdenStatic as _, Iterable, QueryFilter,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How those of these tokens that there are are called.
pub async fn named(db: &impl Db, workspace: WorkspaceId, ids: &[TokenId]) -> Result<HashMap<TokenId, TokenName>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in uuids(ids, TokenId::uuid).chunks(MOST_IDS) {
        let select = Query::select()
            .columns([Column::Id, Column::Name])
            .from(Entity)
            .and_where(within(Column::WorkspaceId, workspace))
            .and_where(Column::Id.is_in(ids.iter().copied()))
            .take();
        for (id, text) in tuples::<(Uuid, String)>(db, &select).await? {
            found.insert(TokenId::from_uuid(id), TokenName::parse(&text).map_err(corrupt("tokens.name"))?);
        }
    }
    Ok(found)
}

/// Its grants are given to it by `grants`.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub id: TokenId,
    pub name: TokenName,
    pub secret_hash: [u8; 32],
    pub prefix: String,
    pub owner_access: bool,
    pub created_by: Option<MemberId>,
    pub created_by_name: Option<PersonName>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// A token as it signs in: whose it is and until when it works. What it is granted the policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundToken {
    pub id: TokenId,
    pub workspace: WorkspaceId,
    pub name: TokenName,
    pub owner_access: bool,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// Until when the secret works that it was found by, where the token has another by now.
    pub replaced_until: Option<Timestamp>,
}

/// What a token is, beside what it is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUpdate {
    pub name: TokenName,
    pub owner_access: bool,
    pub expires_at: Option<Timestamp>,
}

pub async fn insert(tx: &WriteTx, workspace: WorkspaceId, new: &NewToken) -> Result<(), StoreError> {
    let row = token::Model {
        id: new.id.uuid(),
        workspace_id: workspace.uuid(),
        name: new.name.to_string(),
        name_key: new.name.key(),
        secret_hash: new.secret_hash.to_vec(),
        prefix: new.prefix.clone(),
        owner_access: new.owner_access,
        created_by: new.created_by.map(MemberId::uuid),
        created_by_name: new.created_by_name.as_ref().map(ToString::to_string),
        created_at: new.created_at.micros(),
        last_used_at: 0,
        last_used_from: None,
        expires_at: new.expires_at.map(Timestamp::micros),
        revoked_at: None,
        revision: 1,
        old_secret_hash: None,
        old_secret_until: None,
    };
    insert_all::<token::Entity>(tx, &[row]).await?;
    tx.touch(workspace, Touched::Token(new.id));
    count(tx, workspace, workspace::Column::Tokens, 1).await
}

/// The token that has this secret, and its workspace; expired and revoked ones too, so that the caller can say so.
pub async fn by_secret(db: &impl Db, secret_hash: &[u8; 32]) -> Result<Option<FoundToken>, StoreError> {
    let by = |column: token::Column| token::Entity::find().filter(column.eq(secret_hash.to_vec()));
    if let Some(row) = by(token::Column::SecretHash).one(on(db)).await? {
        return found(&row, false).map(Some);
    }
    by(token::Column::OldSecretHash).one(on(db)).await?.map(|row| found(&row, true)).transpose()
}

/// The same beside its workspace, both as they were at one moment. A workspace whose deletion has begun is none.
pub async fn by_secret_in_workspace(db: &impl Db, secret_hash: &[u8; 32]) -> Result<Option<(FoundToken, Option<Workspace>)>, StoreError> {
    for (column, is_old) in [(Column::SecretHash, false), (Column::OldSecretHash, true)] {
        if let Some(row) = on(db).query_one(&in_workspace(column, secret_hash)).await? {
            let workspace = workspace::Model::from_query_result(&row, OF_WORKSPACE)?;
            return Ok(Some((found(&token::Model::from_query_result(&row, OF_TOKEN)?, is_old)?, workspaces::unless_deleting(workspace)?)));
        }
    }
    Ok(None)
}

/// What the columns of each table are called where both are read.
const OF_TOKEN: &str = "token_";
const OF_WORKSPACE: &str = "workspace_";

fn in_workspace(secret: Column, secret_hash: &[u8; 32]) -> SelectStatement {
    let mut select = Query::select();
    for column in Column::iter() {
        select.expr_as(Expr::col((Entity, column)), Alias::new(format!("{OF_TOKEN}{}", column.as_str())));
    }
    for column in workspace::Column::iter() {
        select.expr_as(Expr::col((workspace::Entity, column)), Alias::new(format!("{OF_WORKSPACE}{}", column.as_str())));
    }
    select
        .from(Entity)
        .inner_join(workspace::Entity, Expr::col((workspace::Entity, workspace::Column::Id)).equals((Entity, Column::WorkspaceId)))
        .and_where(Expr::col((Entity, secret)).eq(secret_hash.to_vec()))
        .take()
}

fn found(row: &token::Model, is_old: bool) -> Result<FoundToken, StoreError> {
    Ok(FoundToken {
        id: TokenId::from_uuid(row.id),
        workspace: WorkspaceId::from_uuid(row.workspace_id),
        name: name(row)?,
        owner_access: row.owner_access,
        last_used_at: used(row),
        expires_at: row.expires_at.map(Timestamp::from_micros),
        revoked_at: row.revoked_at.map(Timestamp::from_micros),
        replaced_until: row.old_secret_until.filter(|_| is_old).map(Timestamp::from_micros),
    })
}

/// A token with all that its drawer edits.
pub async fn find(db: &impl Db, workspace: WorkspaceId, id: TokenId) -> Result<Option<Token>, StoreError> {
    let found = token::Entity::find().filter(token::Column::WorkspaceId.eq(workspace.uuid())).filter(token::Column::Id.eq(id.uuid())).one(on(db)).await?;
    let Some(row) = found else { return Ok(None) };
    let grants = grant_rows::full(db, workspace, grant::Column::TokenId, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(Some(Token {
        id,
        name: name(&row)?,
        owner_access: row.owner_access,
        grants,
        created_by: creator(&row)?,
        created_at: Timestamp::from_micros(row.created_at),
        last_used_at: used(&row),
        expires_at: row.expires_at.map(Timestamp::from_micros),
        revoked_at: row.revoked_at.map(Timestamp::from_micros),
        old_secret_until: row.old_secret_until.map(Timestamp::from_micros),
        revision: row.revision,
        prefix: row.prefix,
        last_used_from: row.last_used_from,
    }))
}

/// Sets what the token is, if nobody did since `revision`; false when somebody did, or the token is gone or revoked.
pub async fn set(tx: &WriteTx, workspace: WorkspaceId, id: TokenId, revision: i64, update: &TokenUpdate) -> Result<bool, StoreError> {
    let updated = token::Entity::update_many()
        .col_expr(token::Column::Name, Expr::val(update.name.as_str()))
        .col_expr(token::Column::NameKey, Expr::val(update.name.key()))
        .col_expr(token::Column::OwnerAccess, Expr::val(update.owner_access))
        .col_expr(token::Column::ExpiresAt, Expr::val(update.expires_at.map(Timestamp::micros)))
        .col_expr(token::Column::Revision, Expr::col(token::Column::Revision).add(1))
        .filter(working(workspace, id))
        .filter(token::Column::Revision.eq(revision))
        .exec(on(tx))
        .await?;
    tx.touch(workspace, Touched::Token(id));
    Ok(updated.rows_affected > 0)
}

/// Gives the token another secret; the one it had works until then. One that still had grace from before ends now. The revision stays:
/// nothing that an editor shows has changed. False when the token is gone or revoked.
pub async fn rotate(tx: &WriteTx, workspace: WorkspaceId, id: TokenId, secret_hash: [u8; 32], prefix: &str, old_until: Timestamp) -> Result<bool, StoreError> {
    let updated = token::Entity::update_many()
        .col_expr(token::Column::OldSecretHash, Expr::col(token::Column::SecretHash))
        .col_expr(token::Column::OldSecretUntil, Expr::val(old_until.micros()))
        .col_expr(token::Column::SecretHash, Expr::val(secret_hash.to_vec()))
        .col_expr(token::Column::Prefix, Expr::val(prefix))
        .filter(working(workspace, id))
        .exec(on(tx))
        .await?;
    // who holds the policy knows tokens by their secrets
    tx.touch(workspace, Touched::Token(id));
    Ok(updated.rows_affected > 0)
}

/// This token, unless it was revoked.
fn working(workspace: WorkspaceId, id: TokenId) -> Condition {
    Condition::all().add(within(token::Column::WorkspaceId, workspace)).add(token::Column::Id.eq(id.uuid())).add(token::Column::RevokedAt.is_null())
}

/// Ends a token at once; says its name, or nothing where it isn't there or was revoked before.
pub async fn revoke(tx: &WriteTx, workspace: WorkspaceId, id: TokenId, at: Timestamp) -> Result<Option<TokenName>, StoreError> {
    let Some(row) = token::Entity::find().filter(working(workspace, id)).one(on(tx)).await? else { return Ok(None) };
    let update = token::Entity::update_many()
        .col_expr(token::Column::RevokedAt, Expr::value(at.micros()))
        .col_expr(token::Column::Revision, Expr::col(token::Column::Revision).add(1))
        .filter(working(workspace, id));
    if update.exec(on(tx)).await?.rows_affected == 0 {
        return Ok(None);
    }
    tx.touch(workspace, Touched::Token(id));
    name(&row).map(Some)
}

/// Notes that it was used, and from where.
/// No decision rests on it.
pub async fn touch_used(store: &Store, id: TokenId, at: Timestamp, from: Option<&str>) -> Result<(), StoreError> {
    token::Entity::update_many()
        .col_expr(token::Column::LastUsedAt, Expr::value(at.micros()))
        .col_expr(token::Column::LastUsedFrom, Expr::value(from.map(str::to_owned)))
        .filter(token::Column::Id.eq(id.uuid()))
        .filter(token::Column::LastUsedAt.lt(at.micros()))
        .exec(store.writer())
        .await?;
    Ok(())
}

/// Those that work now and end between these moments, the next to end first.
pub async fn ending(
    db: &impl Db,
    workspace: WorkspaceId,
    after: Timestamp,
    until: Timestamp,
    limit: u64,
) -> Result<Vec<(TokenId, TokenName, Timestamp)>, StoreError> {
    let select = Query::select()
        .columns([token::Column::Id, token::Column::Name])
        .column(token::Column::ExpiresAt)
        .from(token::Entity)
        .and_where(token::Column::WorkspaceId.eq(workspace.uuid()))
        .and_where(token::Column::RevokedAt.is_null())
        .and_where(token::Column::ExpiresAt.gt(after.micros()))
        .and_where(token::Column::ExpiresAt.lte(until.micros()))
        .order_by(token::Column::ExpiresAt, sea_orm::Order::Asc)
        .limit(limit)
        .take();
    let rows: Vec<(Uuid, String, i64)> = tuples(db, &select).await?;
    let read = |(id, name, at): (Uuid, String, i64)| {
        Ok((TokenId::from_uuid(id), TokenName::parse(&name).map_err(corrupt("tokens.name"))?, Timestamp::from_micros(at)))
    };
    rows.into_iter().map(read).collect()
}

/// The Tokens list, the newest first.
pub async fn page(db: &impl Db, workspace: WorkspaceId, search: Option<&str>, cursor: Option<Cursor>, size: PageSize) -> Result<Page<TokenRow>, StoreError> {
    let search = Search::parse(search);
    let mut window = Window::new(cursor.as_ref(), size, |key| key.parse::<i64>().ok());
    let mut rows = read(db, workspace, &search, &window).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, &search, &window).await?;
    }
    let mut page = window.page(rows, |row| (row.created_at.to_string(), row.id));
    page.total = match search {
        Search::Everything => Some(counted(db, workspace, workspace::Column::Tokens).await?),
        Search::Nothing | Search::For(_) => page.only(),
    };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut grants = grant_rows::summaries(db, workspace, grant::Column::TokenId, &ids).await?;
    page.try_map(|row| {
        Ok(TokenRow {
            id: TokenId::from_uuid(row.id),
            name: name(&row)?,
            owner_access: row.owner_access,
            grants: grants.remove(&row.id).unwrap_or_default(),
            created_by: creator(&row)?,
            created_at: Timestamp::from_micros(row.created_at),
            last_used_at: used(&row),
            expires_at: row.expires_at.map(Timestamp::from_micros),
            revoked_at: row.revoked_at.map(Timestamp::from_micros),
            revision: row.revision,
            prefix: row.prefix,
            last_used_from: row.last_used_from,
        })
    })
}

async fn read(db: &impl Db, workspace: WorkspaceId, search: &Search, window: &Window<i64>) -> Result<Vec<token::Model>, StoreError> {
    let mut select = Query::select().columns(token::Column::iter()).from(token::Entity).and_where(token::Column::WorkspaceId.eq(workspace.uuid())).take();
    match search {
        Search::Everything => {}
        Search::Nothing => return Ok(Vec::new()),
        Search::For(key) => {
            select.and_where(contains(token::Column::NameKey, key));
        }
    }
    window.read(&mut select, token::Column::CreatedAt, token::Column::Id, true);
    models(db, &select).await
}

fn name(row: &token::Model) -> Result<TokenName, StoreError> {
    TokenName::parse(&row.name).map_err(corrupt("tokens.name"))
}

fn creator(row: &token::Model) -> Result<Option<PersonName>, StoreError> {
    row.created_by_name.as_deref().map(PersonName::parse).transpose().map_err(corrupt("tokens.created_by_name"))
}

/// Stored 0 is "never".
fn used(row: &token::Model) -> Option<Timestamp> {
    (row.last_used_at != 0).then(|| Timestamp::from_micros(row.last_used_at))
}
