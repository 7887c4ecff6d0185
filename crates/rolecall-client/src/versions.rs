//! The newest version of the policy that is known: of answers, of writes and of what the server told. Whatever is asked next is answered at
//! least that new, on whichever node: one reads what one has written, and time does not run backwards.

use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Versions(AtomicI64);

impl Versions {
    pub(crate) fn note(&self, version: i64) {
        self.0.fetch_max(version, Ordering::AcqRel);
    }

    pub(crate) fn newest(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Acquire)).filter(|version| *version > 0)
    }

    /// The server knows no such version: its database was put back to an earlier one.
    pub(crate) fn forget(&self) {
        self.0.store(0, Ordering::Release);
    }
}
