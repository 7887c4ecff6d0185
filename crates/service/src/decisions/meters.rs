//! How the policies in memory fare: whether they could answer as they were, and what was read to make them fit.

use crate::tally::Tally;
use prometheus_client::{metrics::family::Family, registry::Registry};

type Label = [(&'static str, &'static str); 1];

#[derive(Debug)]
pub(crate) struct Meters {
    uses: Family<Label, Tally>,
    reads: Family<Label, Tally>,
    /// Answered at once from what was held.
    pub(super) held: Tally,
    /// Asked the database first, or tried to and was new enough still.
    pub(super) renewed: Tally,
    /// Refused: the database did not answer, and what was held was too old or not new enough.
    pub(super) stale: Tally,
    /// Whole policies that were read.
    pub(super) loaded: Tally,
    /// Times that only what had changed was read, be it nothing.
    pub(super) caught_up: Tally,
    /// Neither was possible.
    pub(super) failed: Tally,
}

impl Default for Meters {
    fn default() -> Self {
        let (uses, reads): (Family<Label, Tally>, Family<Label, Tally>) = Default::default();
        let used = |result| uses.get_or_create_owned(&[("result", result)]);
        let read = |what| reads.get_or_create_owned(&[("what", what)]);
        let (held, renewed, stale) = (used("held"), used("renewed"), used("stale"));
        let (loaded, caught_up, failed) = (read("whole"), read("changes"), read("failed"));
        Self { uses, reads, held, renewed, stale, loaded, caught_up, failed }
    }
}

impl Meters {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let about = "Times a policy was asked: held in memory and new enough; renewed, after the database was asked; or refused as stale";
        registry.register("rolecall_policy_uses", about, self.uses.clone());
        registry.register("rolecall_policy_reads", "Reads of policies from the database: whole, what changed, or failed", self.reads.clone());
    }
}
