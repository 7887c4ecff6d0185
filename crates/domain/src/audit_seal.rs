//! The seal of an entry of the audit trail, by which it hangs on the entry before.

use crate::{id::AuditId, time::Timestamp};
use sha2::{Digest, Sha256};

/// The first entry of a chain is sealed with this.
pub const GENESIS: [u8; 32] = [0; 32];

/// What an entry's seal is made over: exactly the text that is stored, field by field, each with its length before it.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    pub id: AuditId,
    pub seq: i64,
    pub at: Timestamp,
    pub actor: &'a str,
    pub event: &'a str,
    pub object: &'a str,
    pub origin: &'a str,
}

impl Sealed<'_> {
    /// SHA-256 over the previous entry's seal and this entry.
    #[must_use]
    pub fn seal(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.id.uuid().as_bytes());
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.micros().to_be_bytes());
        for field in [self.actor, self.event, self.object, self.origin] {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_depends_on_every_field_and_on_what_came_before() {
        let entry = Sealed {
            id: AuditId::new(Timestamp::from_micros(1), [1; 10]),
            seq: 1,
            at: Timestamp::from_micros(7),
            actor: "a",
            event: "b",
            object: "c",
            origin: "d",
        };
        let seal = entry.seal(&GENESIS);
        assert_eq!(seal, entry.seal(&GENESIS));
        assert_ne!(seal, entry.seal(&[1; 32]));
        for other in [
            Sealed { seq: 2, ..entry },
            Sealed { at: Timestamp::from_micros(8), ..entry },
            Sealed { actor: "ab", event: "", ..entry },
            Sealed { origin: "", object: "cd", ..entry },
        ] {
            assert_ne!(seal, other.seal(&GENESIS));
        }
    }
}
