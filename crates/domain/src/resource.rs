//! Resources of a workspace: things of a type that the catalogue knows, with a name, labels and perhaps a parent.

use crate::{
    id::ResourceId,
    label::Label,
    text::{ResourceKey, ResourceName},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of a resource type in the catalogue: `source`, `tracking_plan`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceType(String);

impl ResourceType {
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub id: ResourceId,
    pub kind: ResourceType,
    /// The id that the product beside Rolecall gave it; unique within its type.
    pub key: ResourceKey,
    pub name: ResourceName,
    pub parent: Option<ResourceId>,
    /// In order of their keys, at most one value per key.
    pub labels: Vec<Label>,
}
