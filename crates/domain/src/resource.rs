//! Resources of a workspace: things of a type that the catalogue knows, with a name, labels and perhaps a parent.

use crate::{
    catalog::TypeEntry,
    id::ResourceId,
    label::Label,
    page::{Cursor, PageSize},
    plan::Plan,
    text::{ResourceKey, ResourceName},
    time::Timestamp,
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

impl Resource {
    #[must_use]
    pub fn reference(&self) -> ResourceRef {
        ResourceRef { id: self.id, kind: self.kind.clone(), name: self.name.clone() }
    }
}

/// A resource's id, type and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceRef {
    pub id: ResourceId,
    pub kind: ResourceType,
    pub name: ResourceName,
}

/// Which resources, which page; in order of type and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceQuery {
    /// Of this type; without one, of every type.
    pub kind: Option<ResourceType>,
    /// Hangs on this one.
    pub parent: Option<ResourceId>,
    /// Part of a name or of the product's id; matched as it stands, nothing in it is a wildcard.
    pub search: Option<String>,
    /// Bears one of these: labels of one key widen, labels of several keys narrow.
    pub labels: Vec<Label>,
    /// Bears no label of this key. With labels of the same key, either will do.
    pub lacking: Vec<String>,
    pub cursor: Option<Cursor>,
    pub size: PageSize,
}

impl Default for ResourceQuery {
    fn default() -> Self {
        Self { kind: None, parent: None, search: None, labels: Vec::new(), lacking: Vec::new(), cursor: None, size: PageSize::SCREEN }
    }
}

impl ResourceQuery {
    /// How many labels and keys one query may name.
    pub const MOST_FILTERS: usize = 50;

    /// Whether it leaves out some of a type.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.parent.is_some() || self.search.as_deref().is_some_and(|text| !text.trim().is_empty()) || !self.labels.is_empty() || !self.lacking.is_empty()
    }
}

/// A row of the Resources list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRow {
    pub resource: Resource,
    /// What it hangs on, where whoever asks may see that too.
    pub parent: Option<ResourceRef>,
    /// Whoever asks may change its labels.
    pub may_label: bool,
    pub revision: i64,
}

/// What the Resources page needs beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcesOverview {
    pub types: Vec<TypeEntry>,
    pub plan: Plan,
    /// How many of each type whoever asks may see, in the catalogue's order; types without any are left out.
    pub counts: Vec<(ResourceType, u64)>,
    /// What they may put on resources; empty for somebody who may put nothing on any.
    pub labels: Vec<Label>,
    /// Keys of labels that are on some resource, as far as they may put any on: each is a column.
    pub keys: Vec<String>,
}

/// One resource with all that its drawer shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDetail {
    pub resource: Resource,
    pub parent: Option<ResourceRef>,
    /// The first ones that hang on it, in order of type and name.
    pub children: Vec<ResourceRef>,
    /// How many hang on it; those out of sight of whoever asks are not counted.
    pub children_count: u64,
    /// How many grants name it; only owners are told.
    pub grants: Option<u64>,
    pub may_label: bool,
    pub created_at: Timestamp,
    /// Grows with every change of name, parent or labels; a save names the one it was made from.
    pub revision: i64,
}

/// How many resources a product may register at once.
pub const MOST_REGISTERED: usize = 10_000;

/// What a product says of one of its things: it is made where there is none of its id, and changed where there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub kind: ResourceType,
    pub key: String,
    pub name: String,
    /// What it hangs on, by the product's id.
    pub parent: Option<(ResourceType, String)>,
    /// The labels it bears from now on; `None` leaves those it has.
    pub labels: Option<Vec<Label>>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Decisions from this version on know of it.
    pub policy_version: i64,
}

/// What a new resource is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceWish {
    pub kind: ResourceType,
    pub name: String,
    pub key: String,
    pub parent: Option<ResourceId>,
    pub labels: Vec<Label>,
}
