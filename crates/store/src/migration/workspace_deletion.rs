//! Workspaces that are closed until they are deleted, and those whose deletion has begun: nobody finds them any more.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0019_workspace_deletion",
    sql: &[
        "ALTER TABLE workspaces ADD COLUMN deleted_at bigint",
        "ALTER TABLE workspaces ADD COLUMN deleting boolean NOT NULL DEFAULT false",
        "CREATE INDEX workspaces_closed ON workspaces (deleted_at) WHERE deleted_at IS NOT NULL",
        // what is swept away workspace by workspace is found by it
        "CREATE INDEX outbox_of_workspace ON outbox (workspace_id) WHERE workspace_id IS NOT NULL",
    ],
};
