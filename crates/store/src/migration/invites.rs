//! Invites and the groups that invited people will be in. An address has at most one pending invite to a workspace.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0007_invites",
    sql: &[
        "CREATE TABLE invites (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            email text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('owner', 'member')),
            pii boolean NOT NULL,
            secret_hash bytea NOT NULL,
            generation integer NOT NULL,
            state text NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked', 'expired')),
            invited_by uuid REFERENCES members (id) ON DELETE SET NULL,
            invited_by_name text,
            created_at bigint NOT NULL,
            expires_at bigint NOT NULL,
            settled_at bigint,
            accepted_by uuid
        )",
        "CREATE UNIQUE INDEX invites_secret ON invites (secret_hash)",
        "CREATE UNIQUE INDEX invites_pending ON invites (workspace_id, email) WHERE state = 'pending'",
        // settled invites stay for good; the Users list must not walk past them
        "CREATE INDEX invites_waiting ON invites (workspace_id, id) WHERE state = 'pending'",
        "CREATE UNIQUE INDEX invites_place ON invites (id, workspace_id)",
        "CREATE INDEX invites_by_email ON invites (workspace_id, email, id)",
        "CREATE INDEX invites_sender ON invites (invited_by) WHERE invited_by IS NOT NULL",
        "CREATE TABLE invite_groups (
            workspace_id uuid NOT NULL,
            invite_id uuid NOT NULL,
            group_id uuid NOT NULL,
            PRIMARY KEY (invite_id, group_id),
            FOREIGN KEY (workspace_id, invite_id) REFERENCES invites (workspace_id, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace_id, group_id) REFERENCES user_groups (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "CREATE INDEX invite_groups_group ON invite_groups (group_id)",
    ],
};
