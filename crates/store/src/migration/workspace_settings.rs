//! What owners set for their workspace, and how long a session rested at the longest: a workspace may ask for the password again after that.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0018_workspace_settings",
    sql: &[
        "ALTER TABLE workspaces ADD COLUMN idle_minutes bigint NOT NULL DEFAULT 0 CHECK (idle_minutes >= 0)",
        "ALTER TABLE workspaces ADD COLUMN invite_days bigint NOT NULL DEFAULT 7 CHECK (invite_days BETWEEN 1 AND 30)",
        "ALTER TABLE workspaces ADD COLUMN revision bigint NOT NULL DEFAULT 1",
        "ALTER TABLE sessions ADD COLUMN longest_rest bigint NOT NULL DEFAULT 0",
    ],
};
