//! Grants as lists of uses show them: what somebody holds, and who that is.

use crate::{
    catalog::{Catalog, RoleId},
    email::EmailAddress,
    grant::{GrantSummary, Holder},
    id::GrantId,
    plan::Plan,
};
use serde::{Deserialize, Serialize};

/// Who holds a grant, as people know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderRef {
    pub id: Holder,
    /// A member's, group's or token's name; an invite's address.
    pub name: String,
    /// A member's address.
    pub email: Option<EmailAddress>,
    /// How many members a group has.
    pub members: Option<u32>,
}

/// What can hold a grant for good; an invite holds its own only until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Member,
    Group,
    Token,
    Invite,
}

/// How many hold a role by a grant of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleHolders {
    pub role: RoleId,
    pub members: u64,
    pub groups: u64,
    pub tokens: u64,
    pub invites: u64,
}

/// What the Roles page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesOverview {
    pub catalog: Catalog,
    pub plan: Plan,
    /// Roles that somebody holds; `None` for who is no owner and may not know.
    pub holders: Option<Vec<RoleHolders>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldGrant {
    pub id: GrantId,
    pub holder: HolderRef,
    pub grant: GrantSummary,
}
