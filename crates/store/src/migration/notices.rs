//! What notices look for.

use super::Step;

pub(super) const STEP: Step =
    Step { name: "0022_notices", sql: &["CREATE INDEX tokens_ending ON tokens (workspace_id, expires_at) WHERE expires_at IS NOT NULL"] };
