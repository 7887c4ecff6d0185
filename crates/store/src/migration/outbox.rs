//! The outbox: mails that go in with the change they tell of, and out afterwards.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0010_outbox",
    sql: &[
        "CREATE TABLE outbox (
            id uuid PRIMARY KEY,
            kind text NOT NULL,
            workspace_id uuid REFERENCES workspaces (id) ON DELETE CASCADE,
            recipient text NOT NULL,
            payload text NOT NULL,
            created_at bigint NOT NULL,
            attempts integer NOT NULL,
            next_at bigint NOT NULL,
            sent_at bigint,
            failed_at bigint,
            last_error text
        )",
        "CREATE INDEX outbox_pending ON outbox (next_at) WHERE sent_at IS NULL AND failed_at IS NULL",
    ],
};
