//! The schema, step by step. A step never changes once it has landed: what is to be different comes as a new step.

mod accounts;
mod audit;
mod audit_trail;
mod bulk;
mod dialect;
mod domain_proofs;
mod folded_refusals;
mod grants;
mod grants_by_role;
mod groups;
mod invites;
mod long_lists;
mod members;
mod notices;
mod once;
mod outbox;
mod policy_changes;
mod request_answers;
mod requests;
mod resources;
mod reviews;
mod search;
mod secret_key;
mod sso;
mod token_rotation;
mod tokens;
mod webhooks;
mod workspace_deletion;
mod workspace_settings;
mod workspaces;

use crate::{connect::Backend, error::StoreError};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait, seaql_migrations};

/// In the order in which they are taken.
const STEPS: [Step; 29] = [
    accounts::STEP,
    workspaces::STEP,
    members::STEP,
    groups::STEP,
    resources::STEP,
    tokens::STEP,
    invites::STEP,
    grants::STEP,
    audit::STEP,
    outbox::STEP,
    requests::STEP,
    policy_changes::STEP,
    token_rotation::STEP,
    request_answers::STEP,
    audit_trail::STEP,
    webhooks::STEP,
    grants_by_role::STEP,
    workspace_settings::STEP,
    workspace_deletion::STEP,
    bulk::STEP,
    reviews::STEP,
    notices::STEP,
    search::STEP,
    once::STEP,
    long_lists::STEP,
    sso::STEP,
    domain_proofs::STEP,
    folded_refusals::STEP,
    secret_key::STEP,
];

/// One step: its name, and what it says to the database.
#[derive(Clone, Copy)]
struct Step {
    name: &'static str,
    sql: &'static [&'static str],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for sql in self.sql {
            if let Some(sql) = dialect::say(Backend::of(db), sql) {
                db.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    // SQLite's steps would otherwise run outside of one, and half a step could stay behind
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}

/// Takes the steps that are missing, all or none, and says how many. Of nodes that start together, one does it and the others wait.
pub(crate) async fn run(tx: &DatabaseTransaction) -> Result<u32, StoreError> {
    if Backend::of(tx) == Backend::Postgres {
        // any number will do, as long as every version of Rolecall takes the same
        tx.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7234018871)").await?;
    }
    let missing = missing(tx).await?;
    Migrator::up(tx, None).await?;
    Ok(u32::try_from(missing.len()).unwrap_or(u32::MAX))
}

/// Refuses a schema that lacks steps, and one that has steps unknown to this version.
pub(crate) async fn check(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    match missing(db).await?.first() {
        Some(step) => Err(StoreError::SchemaOlder { missing: step }),
        None => Ok(()),
    }
}

async fn missing(db: &impl ConnectionTrait) -> Result<Vec<&'static str>, StoreError> {
    let taken = taken(db).await?;
    if let Some(found) = taken.iter().find(|name| STEPS.iter().all(|step| step.name != *name)) {
        let known = STEPS.last().map_or("none", |step| step.name);
        return Err(StoreError::SchemaNewer { found: found.clone(), known });
    }
    Ok(STEPS.into_iter().map(|step| step.name).filter(|name| !taken.iter().any(|taken| taken == name)).collect())
}

async fn taken(db: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    if !has_any(db).await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Whether any step was ever taken: asked of the catalogue, since a query on a table that is not there would end PostgreSQL's transaction.
pub(crate) async fn has_any(db: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let sql = match Backend::of(db) {
        Backend::Postgres => "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('seaql_migrations')",
        Backend::Sqlite => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    Ok(db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await?.is_some())
}
