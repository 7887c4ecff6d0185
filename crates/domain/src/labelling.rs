//! Putting labels on many resources at once, and taking them off: what is wished, what it would change, what it changed.

use crate::{id::ResourceId, label::Label, page::Selection, resource::ResourceQuery};
use serde::{Deserialize, Serialize};

/// How many resources one change may touch.
pub const MOST_LABELLED: usize = 10_000;

pub type ResourceSelection = Selection<ResourceId, ResourceQuery>;

/// A resource bears one value per key: a label put on takes the place of another of its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relabel {
    Put(Label),
    /// The label of this key, whatever its value.
    Take(String),
}

impl Relabel {
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Put(label) => label.key(),
            Self::Take(key) => key,
        }
    }

    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Put(label) => Some(label.value()),
            Self::Take(_) => None,
        }
    }
}

/// What a change of labels does, or has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabelled {
    /// Resources whose labels become others.
    pub changed: u64,
    /// Resources that are so already.
    pub unchanged: u64,
    /// Resources of the selection that whoever asks may not change; they stay as they are.
    pub left_out: u64,
    /// Values that go, and from how many, in order of values.
    pub replaced: Vec<(String, u64)>,
    /// How many grants name the label that comes or one that goes: their holders reach other resources then. Only owners are told.
    pub grants: Option<u64>,
}
