//! User groups: named sets of members that share grants.

use crate::{
    effective::EffectiveAccess,
    grant::{Grant, GrantSummary},
    id::GroupId,
    member::GrantDraft,
    text::GroupName,
    time::Timestamp,
};
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

/// A group with all that its drawer edits. Who is in it is a list of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub name: GroupName,
    pub pii: bool,
    pub grants: Vec<Grant>,
    pub members: u32,
    /// How many will be in it once they accept their invite.
    pub invited: u32,
    pub created_at: Timestamp,
    /// Grows with every change of name, roles or personal data; a save names the one it was made from.
    pub revision: i64,
}

impl Group {
    #[must_use]
    pub fn reference(&self) -> GroupRef {
        GroupRef { id: self.id, name: self.name.clone() }
    }
}

/// What a group is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupWish {
    pub name: String,
    pub pii: bool,
    pub grants: Vec<GrantDraft>,
}

/// What deleting a group would take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRemoval {
    pub members: u32,
    pub invited: u32,
    /// What the group gives.
    pub access: EffectiveAccess,
    /// How many of its members would reach less than now; unknown where there are too many to look at each.
    pub losers: Option<u32>,
}
