//! The audit trail in order of time, by whichever filter leads; and where a chain begins whose oldest entries went by age.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0015_audit_trail",
    sql: &[
        "DROP INDEX audit_by_time",
        "DROP INDEX audit_by_event",
        "DROP INDEX audit_by_actor",
        "DROP INDEX audit_by_object",
        "CREATE INDEX audit_by_time ON audit (chain, at, seq)",
        "CREATE INDEX audit_by_event ON audit (chain, event, at, seq)",
        "CREATE INDEX audit_by_actor ON audit (chain, actor_id, at, seq) WHERE actor_id IS NOT NULL",
        "CREATE INDEX audit_by_kind ON audit (chain, actor_kind, at, seq) WHERE actor_id IS NULL",
        "CREATE INDEX audit_by_object ON audit (chain, object_id, at, seq) WHERE object_id IS NOT NULL",
        "CREATE TABLE audit_anchors (
            chain uuid PRIMARY KEY,
            seq bigint NOT NULL,
            hash bytea NOT NULL,
            pruned_at bigint NOT NULL
        )",
    ],
};
