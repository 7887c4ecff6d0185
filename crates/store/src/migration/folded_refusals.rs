//! Refusals that are like one another stand in one entry of a connection's log; and a sign-in that was refused knows as what.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0028_folded_refusals",
    sql: &[
        "ALTER TABLE sso_log ADD COLUMN more bigint NOT NULL DEFAULT 0",
        "ALTER TABLE sso_attempts ADD COLUMN refused_code text",
        "ALTER TABLE sso_attempts ADD COLUMN refused_as uuid",
    ],
};
