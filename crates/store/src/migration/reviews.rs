//! Access reviews: what is looked through, by whom, and each decision.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0021_reviews",
    sql: &[
        "CREATE TABLE reviews (
            id uuid PRIMARY KEY,
            workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
            name text NOT NULL,
            of_kind text NOT NULL CHECK (of_kind IN ('everyone', 'group', 'role', 'label')),
            of_what text NOT NULL,
            about text NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'signed_off', 'cancelled')),
            started_at bigint NOT NULL,
            started_by_name text NOT NULL,
            due_at bigint NOT NULL,
            ended_at bigint,
            ended_by_name text,
            items bigint NOT NULL,
            kept bigint NOT NULL,
            revoked bigint NOT NULL,
            revision bigint NOT NULL,
            decisions bigint NOT NULL,
            done_revoked bigint,
            done_stayed bigint,
            digest text,
            reminders integer NOT NULL,
            reminded_at bigint
        )",
        "CREATE INDEX reviews_of_workspace ON reviews (workspace_id, started_at, id)",
        "CREATE INDEX reviews_open ON reviews (workspace_id, due_at) WHERE state = 'open'",
        "CREATE INDEX reviews_due ON reviews (due_at) WHERE state = 'open'",
        "CREATE TABLE review_reviewers (
            review_id uuid NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
            workspace_id uuid NOT NULL,
            member_id uuid NOT NULL,
            PRIMARY KEY (review_id, member_id),
            FOREIGN KEY (workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
        ) clustered",
        "CREATE INDEX review_reviewers_member ON review_reviewers (workspace_id, member_id)",
        "CREATE TABLE review_items (
            review_id uuid NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
            place bigint NOT NULL,
            holder_kind text NOT NULL CHECK (holder_kind IN ('member', 'group', 'token')),
            holder_id uuid NOT NULL,
            name text NOT NULL,
            search_key text NOT NULL,
            email text,
            access text NOT NULL,
            grant_id uuid,
            fingerprint bytea,
            last_used_at bigint,
            decision text NOT NULL CHECK (decision IN ('undecided', 'keep', 'revoke')),
            decided_by_name text,
            decided_at bigint,
            note text,
            outcome text,
            PRIMARY KEY (review_id, place)
        ) clustered",
        "CREATE INDEX review_items_by_decision ON review_items (review_id, decision, place)",
        "CREATE INDEX review_items_of_holder ON review_items (review_id, holder_id)",
    ],
};
