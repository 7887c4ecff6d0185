//! Members: accounts in workspaces. `last_seen_at` 0 is "never", so that one order serves the list.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0003_members",
    sql: &[
        "CREATE TABLE members (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            account_id uuid NOT NULL REFERENCES accounts (id),
            kind text NOT NULL CHECK (kind IN ('owner', 'member')),
            pii boolean NOT NULL,
            name text NOT NULL,
            name_key text NOT NULL,
            email text NOT NULL,
            joined_at bigint NOT NULL,
            last_seen_at bigint NOT NULL,
            revision bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX members_account ON members (workspace_id, account_id)",
        // what the composite foreign keys point at: nothing crosses a workspace
        "CREATE UNIQUE INDEX members_place ON members (workspace_id, id)",
        "CREATE INDEX members_by_name ON members (workspace_id, name_key, id)",
        "CREATE INDEX members_by_last_seen ON members (workspace_id, last_seen_at, id)",
        "CREATE INDEX members_by_email ON members (workspace_id, email)",
        "CREATE INDEX members_of_account ON members (account_id)",
        "CREATE INDEX members_owners ON members (workspace_id) WHERE kind = 'owner'",
    ],
};
