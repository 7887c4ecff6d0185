//! Writes that happen once: the key of each, what was asked, and what was answered.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0024_once",
    sql: &[
        "CREATE TABLE once (
            token_id uuid NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            attempt uuid NOT NULL,
            done_at bigint NOT NULL,
            object_kind text,
            object_id uuid,
            answer bytea,
            CONSTRAINT once_pkey PRIMARY KEY (token_id, key)
        )",
        "CREATE INDEX once_by_age ON once (done_at)",
    ],
};
