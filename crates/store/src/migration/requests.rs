//! Members' requests for more access.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0011_requests",
    sql: &[
        "CREATE TABLE requests (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL,
            member_id uuid NOT NULL,
            role text,
            resource_id uuid,
            reason text NOT NULL,
            state text NOT NULL CHECK (state IN ('pending', 'approved', 'declined')),
            created_at bigint NOT NULL,
            settled_at bigint,
            FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
        )",
        "CREATE INDEX requests_by_state ON requests (workspace_id, state, created_at)",
        "CREATE INDEX requests_member ON requests (workspace_id, member_id)",
    ],
};
