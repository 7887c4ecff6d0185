//! What a member called the resource they asked for, and who answered a request with which word.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0014_request_answers",
    sql: &[
        "ALTER TABLE requests ADD COLUMN resource_text text",
        "ALTER TABLE requests ADD COLUMN settled_by_name text",
        "ALTER TABLE requests ADD COLUMN answer text",
        // by who made it: it counts against the limit of a day all the same
        "ALTER TABLE requests ADD COLUMN withdrawn boolean NOT NULL DEFAULT false",
    ],
};
