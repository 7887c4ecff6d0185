//! What can go wrong with a database, told apart as far as callers act on it differently.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use std::{fmt, sync::Arc};

#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "the database URL must begin with `sqlite:` or `postgres://`, not with `{scheme}`; write `sqlite:///var/lib/rolecall/rolecall.db` or `postgres://user:password@host/database`"
    )]
    Scheme { scheme: String },
    #[error("the database URL can't be read: {cause}; write `sqlite:///var/lib/rolecall/rolecall.db` or `postgres://user:password@host/database`")]
    Url { cause: String },
    #[error("the database file `{path}` can't be opened: {cause}; give the user that runs Rolecall the right to write in its folder, or name another file")]
    File { path: String, cause: String },
    #[error("PostgreSQL at `{place}` can't be reached: {cause}; {cure}")]
    Unreachable { place: String, cause: String, cure: &'static str },
    #[error(
        "the database was last used by a newer Rolecall: it has the schema step `{found}`, and this version knows steps up to `{known}`; start that newer version, or restore a backup made before it ran"
    )]
    SchemaNewer { found: String, known: &'static str },
    #[error("the database's schema lacks the step `{missing}`; run `rolecall migrate` first")]
    SchemaOlder { missing: &'static str },
    /// Another row has what must be unique.
    #[error("{0} is taken already")]
    Conflict(Constraint),
    /// A row that this one refers to isn't there, or others still refer to one that was to go.
    #[error("something that this refers to is gone, or is still referred to")]
    Reference,
    /// Too many at once, or two writes stood in each other's way: trying again helps.
    #[error("the database is busy; try again in a moment")]
    Busy,
    #[error("the database holds what Rolecall never wrote: {0}")]
    Corrupt(String),
    #[error("the database failed: {0}")]
    Db(Arc<DbErr>),
}

impl StoreError {
    /// Whether it says that this was taken.
    #[must_use]
    pub fn is_conflict(&self, constraint: Constraint) -> bool {
        matches!(self, Self::Conflict(found) if *found == constraint)
    }
}

/// What must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    AccountEmail,
    WorkspaceSlug,
    /// One membership per account and workspace.
    MemberAccount,
    GroupName,
    GroupMember,
    /// One pending invite per address and workspace.
    PendingInvite,
    ResourceKey,
    Label,
    /// What was to happen once has happened.
    OnceKey,
    ConnectionName,
    /// A workspace names a domain once.
    DomainName,
    /// A domain is proven for one workspace at a time.
    ProvenDomain,
    /// A provider's message is taken once.
    SsoMessage,
    /// An id, a secret: nothing that somebody chose.
    Other,
}

/// Each constraint as PostgreSQL names it and as SQLite does, which only tells the columns.
const CONSTRAINTS: [(Constraint, &str, &str); 13] = [
    (Constraint::AccountEmail, "accounts_email", "accounts.email"),
    (Constraint::WorkspaceSlug, "workspaces_slug", "workspaces.slug"),
    (Constraint::MemberAccount, "members_account", "members.workspace_id, members.account_id"),
    (Constraint::GroupName, "user_groups_name", "user_groups.workspace_id, user_groups.name_key"),
    (Constraint::GroupMember, "group_members_pkey", "group_members.group_id, group_members.member_id"),
    (Constraint::PendingInvite, "invites_pending", "invites.workspace_id, invites.email"),
    (Constraint::ResourceKey, "resources_key", "resources.workspace_id, resources.kind, resources.key"),
    (Constraint::Label, "labels_pkey", "labels.workspace_id, labels.key, labels.value"),
    (Constraint::OnceKey, "once_pkey", "once.token_id, once.key"),
    (Constraint::ConnectionName, "sso_connections_name", "sso_connections.workspace_id, sso_connections.name_key"),
    (Constraint::DomainName, "sso_domains_of_workspace", "sso_domains.workspace_id, sso_domains.name"),
    (Constraint::ProvenDomain, "sso_domains_proven", "sso_domains.name"),
    (Constraint::SsoMessage, "sso_messages_pkey", "sso_messages.connection_id, sso_messages.hash"),
];

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccountEmail => "the email address",
            Self::WorkspaceSlug => "the workspace's URL name",
            Self::MemberAccount => "the membership",
            Self::GroupName => "the group's name",
            Self::GroupMember => "the place in the group",
            Self::PendingInvite => "the pending invite",
            Self::ResourceKey => "the resource's id",
            Self::Label => "the label",
            Self::OnceKey => "the idempotency key",
            Self::ConnectionName => "the connection's name",
            Self::DomainName | Self::ProvenDomain => "the domain",
            Self::SsoMessage => "the provider's message",
            Self::Other => "an id",
        })
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => Self::Conflict(constraint(&error, &message)),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::Reference,
            Some(_) | None if is_busy(&error) => Self::Busy,
            Some(_) | None => Self::Db(Arc::new(error)),
        }
    }
}

/// For text that was parsed before it was stored: if it can't be read back, somebody else wrote it.
pub(crate) fn corrupt<E: fmt::Display>(place: &'static str) -> impl FnOnce(E) -> StoreError {
    move |error| StoreError::Corrupt(format!("{place}: {error}"))
}

/// A hash as the domain has it.
pub(crate) fn hash(bytes: Vec<u8>, place: &'static str) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|bytes: Vec<u8>| StoreError::Corrupt(format!("{place}: {} bytes where 32 were written", bytes.len())))
}

fn constraint(error: &DbErr, message: &str) -> Constraint {
    let name = driver(error).and_then(sqlx::error::DatabaseError::constraint);
    let columns = message.strip_prefix("UNIQUE constraint failed: ");
    let found = CONSTRAINTS.iter().find(|(_, postgres, sqlite)| name == Some(*postgres) || (name.is_none() && columns == Some(*sqlite)));
    found.map_or(Constraint::Other, |(constraint, ..)| *constraint)
}

/// SQLite: BUSY and LOCKED with their extended codes. PostgreSQL: serialization failure, deadlock, lock not available, statement
/// cancelled by its time limit, too many connections.
fn is_busy(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    let code = driver(error).and_then(|error| error.code().map(String::from));
    matches!(code.as_deref(), Some("5" | "6" | "261" | "262" | "517" | "518" | "773" | "40001" | "40P01" | "55P03" | "57014" | "53300"))
}

fn driver(error: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Conn(RuntimeErr::SqlxError(error))) = error else {
        return None;
    };
    error.as_database_error()
}
