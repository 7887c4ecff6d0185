//! Tokens: machines' keys. `last_used_at` 0 is "never".

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0006_tokens",
    sql: &[
        "CREATE TABLE tokens (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name text NOT NULL,
            name_key text NOT NULL,
            secret_hash bytea NOT NULL,
            prefix text NOT NULL,
            owner_access boolean NOT NULL,
            created_by uuid REFERENCES members (id) ON DELETE SET NULL,
            created_by_name text,
            created_at bigint NOT NULL,
            last_used_at bigint NOT NULL,
            last_used_from text,
            expires_at bigint,
            revoked_at bigint,
            revision bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX tokens_secret ON tokens (secret_hash)",
        "CREATE UNIQUE INDEX tokens_place ON tokens (workspace_id, id)",
        "CREATE INDEX tokens_by_age ON tokens (workspace_id, created_at, id)",
        "CREATE INDEX tokens_creator ON tokens (created_by) WHERE created_by IS NOT NULL",
    ],
};
