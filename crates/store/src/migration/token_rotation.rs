//! The secret that a token had before it was rotated: known while its grace lasts, and after it as one that was replaced.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0013_token_rotation",
    sql: &[
        "ALTER TABLE tokens ADD COLUMN old_secret_hash bytea",
        "ALTER TABLE tokens ADD COLUMN old_secret_until bigint",
        "CREATE UNIQUE INDEX tokens_old_secret ON tokens (old_secret_hash) WHERE old_secret_hash IS NOT NULL",
    ],
};
