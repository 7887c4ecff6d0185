//! What comes of saving something that somebody else may have changed meanwhile.

use serde::{Deserialize, Serialize};

/// Done, or somebody else was first and this is what they left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveOutcome<T> {
    Saved(T),
    Conflict(T),
}

impl<T> SaveOutcome<T> {
    #[must_use]
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> SaveOutcome<U> {
        match self {
            Self::Saved(saved) => SaveOutcome::Saved(into(saved)),
            Self::Conflict(theirs) => SaveOutcome::Conflict(into(theirs)),
        }
    }
}

/// In which state something must be for a change of it to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// In whichever; it need not be there.
    #[default]
    Anything,
    /// In whichever, but there.
    Something,
    /// At this revision.
    Revision(i64),
}

/// Somebody else changed it since the caller looked: it is at this revision, or not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale(pub Option<i64>);

impl Expected {
    /// Holds what is expected against the revision that it is at, or its absence.
    pub fn hold(self, at: Option<i64>) -> Result<(), Stale> {
        let is_so = match self {
            Self::Anything => true,
            Self::Something => at.is_some(),
            Self::Revision(wanted) => at == Some(wanted),
        };
        if is_so { Ok(()) } else { Err(Stale(at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_there_or_the_change_is_stale() {
        for (expected, absent, first) in
            [(Expected::Anything, true, true), (Expected::Something, false, true), (Expected::Revision(1), false, true), (Expected::Revision(2), false, false)]
        {
            assert_eq!((expected.hold(None).is_ok(), expected.hold(Some(1)).is_ok()), (absent, first), "{expected:?}");
        }
        assert_eq!(Expected::Revision(2).hold(Some(1)), Err(Stale(Some(1))));
    }
}
