//! By what the operator's key is known again.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0029_secret_key",
    sql: &["CREATE TABLE secret_key (
            id integer PRIMARY KEY CHECK (id = 1),
            fingerprint bytea NOT NULL,
            known_at bigint NOT NULL
        )"],
};
