//! Webhooks, and what is on its way to them: deliveries go in with the change that they tell of.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0016_webhooks",
    sql: &[
        "CREATE TABLE webhooks (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            url text NOT NULL,
            description text NOT NULL,
            events text NOT NULL,
            enabled boolean NOT NULL,
            note text,
            generation integer NOT NULL,
            rotated_at bigint,
            created_by_name text,
            created_at bigint NOT NULL,
            failures integer NOT NULL,
            failing_since bigint,
            paused_until bigint NOT NULL,
            revision bigint NOT NULL
        )",
        "CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, created_at, id)",
        "CREATE TABLE webhook_deliveries (
            id uuid PRIMARY KEY,
            webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            event text NOT NULL,
            payload text NOT NULL,
            created_at bigint NOT NULL,
            posted_at bigint NOT NULL,
            attempts integer NOT NULL,
            next_at bigint NOT NULL,
            status integer,
            answer text,
            delivered_at bigint,
            failed_at bigint
        )",
        "CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (next_at) WHERE delivered_at IS NULL AND failed_at IS NULL",
        "CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook_id, created_at, id)",
        "CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at)",
    ],
};
