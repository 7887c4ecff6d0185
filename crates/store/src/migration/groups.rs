//! User groups and who is in them.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0004_groups",
    sql: &[
        "CREATE TABLE user_groups (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name text NOT NULL,
            name_key text NOT NULL,
            pii boolean NOT NULL,
            members_count bigint NOT NULL CHECK (members_count >= 0),
            created_at bigint NOT NULL,
            revision bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX user_groups_name ON user_groups (workspace_id, name_key)",
        "CREATE UNIQUE INDEX user_groups_place ON user_groups (workspace_id, id)",
        "CREATE TABLE group_members (
            workspace_id uuid NOT NULL,
            group_id uuid NOT NULL,
            member_id uuid NOT NULL,
            PRIMARY KEY (group_id, member_id),
            FOREIGN KEY (workspace_id, group_id) REFERENCES user_groups (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "CREATE INDEX group_members_member ON group_members (member_id, group_id)",
    ],
};
