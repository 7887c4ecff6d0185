//! What each version of a workspace's policy touched, so that a policy held in memory is kept true without a rebuild.
//! Every version has at least one row (`nothing` where it touched nothing), so that a reader sees when rows it needs are gone.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0012_policy_changes",
    sql: &["CREATE TABLE policy_changes (
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            version bigint NOT NULL,
            kind text NOT NULL CHECK (kind IN ('nothing', 'member', 'group', 'token', 'resource', 'plan', 'everything')),
            object_id uuid NOT NULL,
            PRIMARY KEY (workspace_id, version, kind, object_id)
        ) clustered"],
};
