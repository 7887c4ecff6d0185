//! What the command palette finds: a few things of each kind, with just what a line shows.

use crate::{
    catalog::RoleId,
    email::EmailAddress,
    group::GroupRef,
    id::{ResourceId, TokenId},
    member::UserId,
    resource::ResourceType,
    text::{PersonName, ResourceKey, ResourceName, TokenName},
};
use serde::{Deserialize, Serialize};

/// How many of each kind.
pub const MOST_FOUND: u16 = 5;

/// What matched, in the order of the lists. A kind that whoever asks may not see is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub users: Vec<FoundUser>,
    pub groups: Vec<GroupRef>,
    pub tokens: Vec<FoundToken>,
    pub roles: Vec<FoundRole>,
    pub resources: Vec<FoundResource>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundUser {
    pub id: UserId,
    /// Who was invited has none yet.
    pub name: Option<PersonName>,
    pub email: EmailAddress,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundToken {
    pub id: TokenId,
    pub name: TokenName,
    pub prefix: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRole {
    pub id: RoleId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundResource {
    pub id: ResourceId,
    pub kind: ResourceType,
    pub key: ResourceKey,
    pub name: ResourceName,
}
