//! User groups: named sets of members that share grants.

use crate::{grant::GrantSummary, id::GroupId, text::GroupName, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A group's id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupRef {
    pub id: GroupId,
    pub name: GroupName,
}

/// A row of the User groups list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    pub id: GroupId,
    pub name: GroupName,
    pub pii: bool,
    pub members: u32,
    pub grants: Vec<GrantSummary>,
    pub created_at: Timestamp,
    pub revision: i64,
}

impl GroupRow {
    #[must_use]
    pub fn reference(&self) -> GroupRef {
        GroupRef { id: self.id, name: self.name.clone() }
    }
}
