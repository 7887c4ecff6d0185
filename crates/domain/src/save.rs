//! What comes of saving something that somebody else may have changed meanwhile.

use serde::{Deserialize, Serialize};

/// Done, or somebody else was first and this is what they left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveOutcome<T> {
    Saved(T),
    Conflict(T),
}
