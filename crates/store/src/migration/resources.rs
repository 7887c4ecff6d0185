//! Resources, the labels that a workspace knows, and which resource bears which.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0005_resources",
    sql: &[
        "CREATE TABLE resources (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            kind text NOT NULL,
            key text NOT NULL,
            name text NOT NULL,
            name_key text NOT NULL,
            parent_id uuid,
            created_at bigint NOT NULL,
            revision bigint NOT NULL,
            UNIQUE (workspace_id, id),
            FOREIGN KEY (workspace_id, parent_id) REFERENCES resources (workspace_id, id)
        )",
        "CREATE UNIQUE INDEX resources_key ON resources (workspace_id, kind, key)",
        "CREATE INDEX resources_by_name ON resources (workspace_id, kind, name_key, id)",
        "CREATE INDEX resources_parent ON resources (workspace_id, parent_id) WHERE parent_id IS NOT NULL",
        "CREATE TABLE labels (
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            key text NOT NULL,
            value text NOT NULL,
            description text NOT NULL,
            created_at bigint NOT NULL,
            PRIMARY KEY (workspace_id, key, value)
        )",
        "CREATE TABLE resource_labels (
            workspace_id uuid NOT NULL,
            resource_id uuid NOT NULL,
            key text NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (resource_id, key),
            FOREIGN KEY (workspace_id, resource_id) REFERENCES resources (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, key, value) REFERENCES labels (workspace_id, key, value)
        ) clustered",
        "CREATE INDEX resource_labels_label ON resource_labels (workspace_id, key, value)",
    ],
};
