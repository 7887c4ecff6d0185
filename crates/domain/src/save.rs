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
