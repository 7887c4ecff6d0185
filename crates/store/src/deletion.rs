//! Deletes closed workspaces whose time has come, for good: first nobody finds one any more, then all of it is swept away in bounded steps,
//! and its own row goes last. What was stopped midway is taken up again by whoever comes next.

use crate::{
    connect::Store,
    entity::{audit_anchor, audit_entry, audit_head, workspace},
    error::StoreError,
    transaction::{Db, WriteTx, on},
};
use domain::{id::WorkspaceId, time::Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, TransactionTrait, sea_query::Expr};
use uuid::Uuid;

/// How many workspaces are looked at in one go.
const MOST: u64 = 100;

/// Each kind of thing of a workspace, and how a bounded part of it goes. What holds grants takes them along, by their own indexes; what
/// others refer to goes after them. `$1` is the workspace, `$2` how many.
///
/// No decision rests on what a closed workspace has: it has no policy.
const STEPS: [&str; 22] = [
    "DELETE FROM webhook_deliveries WHERE id IN (SELECT deliveries.id FROM webhook_deliveries deliveries
        JOIN webhooks ON webhooks.id = deliveries.webhook_id WHERE webhooks.workspace_id = $1 LIMIT $2)",
    "DELETE FROM webhooks WHERE id IN (SELECT id FROM webhooks WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM review_items WHERE (review_id, place) IN (SELECT items.review_id, items.place FROM review_items items
        JOIN reviews ON reviews.id = items.review_id WHERE reviews.workspace_id = $1 LIMIT $2)",
    "DELETE FROM reviews WHERE id IN (SELECT id FROM reviews WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM sessions WHERE id IN (SELECT sessions.id FROM sessions
        JOIN sso_connections ON sso_connections.id = sessions.connection_id WHERE sso_connections.workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_identities WHERE (connection_id, subject) IN (SELECT identities.connection_id, identities.subject FROM sso_identities identities
        JOIN sso_connections ON sso_connections.id = identities.connection_id WHERE sso_connections.workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_log WHERE id IN (SELECT sso_log.id FROM sso_log
        JOIN sso_connections ON sso_connections.id = sso_log.connection_id WHERE sso_connections.workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_messages WHERE (connection_id, hash) IN (SELECT messages.connection_id, messages.hash FROM sso_messages messages
        JOIN sso_connections ON sso_connections.id = messages.connection_id WHERE sso_connections.workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_attempts WHERE id IN (SELECT sso_attempts.id FROM sso_attempts
        JOIN sso_connections ON sso_connections.id = sso_attempts.connection_id WHERE sso_connections.workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_connections WHERE id IN (SELECT id FROM sso_connections WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_domains WHERE id IN (SELECT id FROM sso_domains WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM sso_exceptions WHERE workspace_id = $1 AND member_id IN (SELECT member_id FROM sso_exceptions WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM members WHERE id IN (SELECT id FROM members WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM user_groups WHERE id IN (SELECT id FROM user_groups WHERE workspace_id = $1 LIMIT $2)",
    // a resource can't go before those that hang on it
    "UPDATE resources SET parent_id = NULL WHERE id IN (SELECT id FROM resources WHERE workspace_id = $1 AND parent_id IS NOT NULL LIMIT $2)",
    "DELETE FROM resources WHERE id IN (SELECT id FROM resources WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM labels WHERE workspace_id = $1 AND (key, value) IN (SELECT key, value FROM labels WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM policy_changes WHERE workspace_id = $1 AND (version, kind, object_id) IN
        (SELECT version, kind, object_id FROM policy_changes WHERE workspace_id = $1 LIMIT $2)",
    "DELETE FROM audit WHERE chain = $1 AND seq IN (SELECT seq FROM audit WHERE chain = $1 ORDER BY seq LIMIT $2)",
];

/// Nothing of a workspace that somebody may still find is ever swept away.
const ONLY_THEN: &str = "AND EXISTS (SELECT 1 FROM workspaces WHERE id = $1 AND deleting)";

/// Closed workspaces whose time has come, and whose deletion has not begun.
pub async fn due(db: &impl Db, now: Timestamp) -> Result<Vec<WorkspaceId>, StoreError> {
    let due = workspace::Entity::find().filter(workspace::Column::DeletedAt.lte(now.micros())).filter(workspace::Column::Deleting.eq(false));
    ids(db, due).await
}

/// Those whose deletion has begun, and is not done.
pub async fn begun(db: &impl Db) -> Result<Vec<WorkspaceId>, StoreError> {
    // none is deleted that was not closed: said so for the index
    let begun = workspace::Entity::find().filter(workspace::Column::DeletedAt.is_not_null()).filter(workspace::Column::Deleting.eq(true));
    ids(db, begun).await
}

async fn ids(db: &impl Db, which: sea_orm::Select<workspace::Entity>) -> Result<Vec<WorkspaceId>, StoreError> {
    let ids: Vec<Uuid> =
        which.select_only().column(workspace::Column::Id).order_by_asc(workspace::Column::DeletedAt).limit(MOST).into_tuple().all(on(db)).await?;
    Ok(ids.into_iter().map(WorkspaceId::from_uuid).collect())
}

/// From the commit on nobody finds it, and it can't be kept any more. `false` where it was kept, or another node was first.
pub async fn begin(tx: &WriteTx, id: WorkspaceId, now: Timestamp) -> Result<bool, StoreError> {
    let begun = workspace::Entity::update_many()
        .col_expr(workspace::Column::Deleting, Expr::val(true))
        .filter(workspace::Column::Id.eq(id.uuid()))
        .filter(workspace::Column::DeletedAt.lte(now.micros()))
        .filter(workspace::Column::Deleting.eq(false))
        .exec(on(tx))
        .await?;
    Ok(begun.rows_affected == 1)
}

/// Removes a part of it, at most this many things; says how many. Nothing is left when it removed none. It commits by itself and leaves
/// no record: the change that began the deletion has it.
pub async fn sweep(store: &Store, id: WorkspaceId, limit: u64) -> Result<u64, StoreError> {
    let (db, limit) = (store.writer(), i64::try_from(limit).unwrap_or(i64::MAX));
    for sql in STEPS {
        let sql = format!("{sql} {ONLY_THEN}");
        let gone = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [id.uuid().into(), limit.into()])).await?;
        if gone.rows_affected() > 0 {
            return Ok(gone.rows_affected());
        }
    }
    Ok(0)
}

/// Removes what is left once everything of it was swept away: its own row, and where its trail began and ended.
pub async fn finish(store: &Store, id: WorkspaceId) -> Result<(), StoreError> {
    let tx = store.writer().begin().await?;
    audit_entry::Entity::delete_many().filter(audit_entry::Column::Chain.eq(id.uuid())).exec(&tx).await?;
    audit_head::Entity::delete_many().filter(audit_head::Column::Chain.eq(id.uuid())).exec(&tx).await?;
    audit_anchor::Entity::delete_many().filter(audit_anchor::Column::Chain.eq(id.uuid())).exec(&tx).await?;
    workspace::Entity::delete_many().filter(workspace::Column::Id.eq(id.uuid())).filter(workspace::Column::Deleting.eq(true)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}
