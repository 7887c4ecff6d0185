//! Proofs of domains are looked for again and again, and lapse.

use super::Step;

pub(super) const STEP: Step = Step {
    name: "0027_domain_proofs",
    sql: &[
        // since when the proof of a proven domain is not found any more
        "ALTER TABLE sso_domains ADD COLUMN failing_since bigint",
        "CREATE INDEX sso_domains_by_look ON sso_domains (checked_at) WHERE proven_at IS NOT NULL",
    ],
};
