//! The audit trail. No foreign keys: the trail outlives what it tells of.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0009_audit",
    sql: &[
        "CREATE TABLE audit (
            chain uuid NOT NULL,
            seq bigint NOT NULL,
            id uuid NOT NULL,
            at bigint NOT NULL,
            actor_kind text NOT NULL,
            actor_id uuid,
            event text NOT NULL,
            object_kind text,
            object_id uuid,
            actor_json text NOT NULL,
            event_json text NOT NULL,
            object_json text NOT NULL,
            origin_json text NOT NULL,
            prev bytea NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (chain, seq)
        )",
        "CREATE UNIQUE INDEX audit_id ON audit (id)",
        "CREATE INDEX audit_by_time ON audit (chain, at)",
        "CREATE INDEX audit_by_event ON audit (chain, event, seq)",
        "CREATE INDEX audit_by_actor ON audit (chain, actor_id, seq)",
        "CREATE INDEX audit_by_object ON audit (chain, object_id, seq)",
        "CREATE TABLE audit_heads (
            chain uuid PRIMARY KEY,
            seq bigint NOT NULL,
            hash bytea NOT NULL
        )",
    ],
};
