//! Changes of many users at once, kept with what was before for as long as they can be taken back.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0020_bulk",
    sql: &[
        "CREATE TABLE bulk_operations (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            member_id uuid NOT NULL,
            summary text NOT NULL,
            undo_until bigint NOT NULL,
            undone_at bigint
        )",
        "CREATE INDEX bulk_operations_latest ON bulk_operations (workspace_id, member_id, undo_until)",
        "CREATE INDEX bulk_operations_by_end ON bulk_operations (undo_until)",
        "CREATE TABLE bulk_items (
            operation_id uuid NOT NULL REFERENCES bulk_operations (id) ON DELETE CASCADE,
            object_id uuid NOT NULL,
            before_json text NOT NULL,
            PRIMARY KEY (operation_id, object_id)
        ) clustered",
    ],
};
