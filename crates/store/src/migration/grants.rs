//! Grants: each held by exactly one member, group, token or invite of its own workspace.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0008_grants",
    sql: &[
        "CREATE TABLE grants (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            role text NOT NULL,
            scope text NOT NULL CHECK (scope IN ('all', 'only', 'labelled')),
            expires_at bigint,
            reason text,
            granted_by uuid,
            created_at bigint NOT NULL,
            member_id uuid,
            group_id uuid,
            token_id uuid,
            invite_id uuid,
            UNIQUE (id, workspace_id),
            CHECK ((CASE WHEN member_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END)
                + (CASE WHEN token_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN invite_id IS NULL THEN 0 ELSE 1 END) = 1),
            FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, group_id) REFERENCES user_groups (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, token_id) REFERENCES tokens (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, invite_id) REFERENCES invites (workspace_id, id) ON DELETE CASCADE
        )",
        "CREATE INDEX grants_member ON grants (member_id) WHERE member_id IS NOT NULL",
        "CREATE INDEX grants_group ON grants (group_id) WHERE group_id IS NOT NULL",
        "CREATE INDEX grants_token ON grants (token_id) WHERE token_id IS NOT NULL",
        "CREATE INDEX grants_invite ON grants (invite_id) WHERE invite_id IS NOT NULL",
        // no index here begins with the workspace: without statistics SQLite would take it for narrower than the holder
        "CREATE INDEX grants_role ON grants (role, workspace_id)",
        "CREATE TABLE grant_resources (
            workspace_id uuid NOT NULL,
            grant_id uuid NOT NULL,
            resource_id uuid NOT NULL,
            PRIMARY KEY (grant_id, resource_id),
            FOREIGN KEY (workspace_id, grant_id) REFERENCES grants (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, resource_id) REFERENCES resources (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "CREATE INDEX grant_resources_resource ON grant_resources (resource_id)",
        "CREATE TABLE grant_labels (
            workspace_id uuid NOT NULL,
            grant_id uuid NOT NULL,
            key text NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (grant_id, key, value),
            FOREIGN KEY (workspace_id, grant_id) REFERENCES grants (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, key, value) REFERENCES labels (workspace_id, key, value)
        ) clustered",
        "CREATE INDEX grant_labels_label ON grant_labels (workspace_id, key, value)",
    ],
};
