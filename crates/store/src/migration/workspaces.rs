//! Workspaces. The counts are kept by the writes that change them, so that a page of a large list needn't count.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0002_workspaces",
    sql: &[
        "CREATE TABLE workspaces (
            id uuid PRIMARY KEY,
            slug text NOT NULL,
            name text NOT NULL,
            plan text NOT NULL CHECK (plan IN ('free', 'team', 'business')),
            policy_version bigint NOT NULL,
            members bigint NOT NULL CHECK (members >= 0),
            owners bigint NOT NULL CHECK (owners >= 0),
            invites bigint NOT NULL CHECK (invites >= 0),
            \"groups\" bigint NOT NULL CHECK (\"groups\" >= 0),
            tokens bigint NOT NULL CHECK (tokens >= 0),
            resources bigint NOT NULL CHECK (resources >= 0),
            created_at bigint NOT NULL
        )",
        "CREATE UNIQUE INDEX workspaces_slug ON workspaces (slug)",
    ],
};
