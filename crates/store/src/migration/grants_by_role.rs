//! Who holds a role, page by page in the order of age: without this each page would sort all of the role's grants.

use super::Step;

pub(super) const STEP: Step =
    Step { name: "0017_grants_by_role", sql: &["CREATE INDEX grants_by_role ON grants (role, workspace_id, created_at, id)", "DROP INDEX grants_role"] };
