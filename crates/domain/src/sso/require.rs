//! Whether a workspace lets in only who came by single sign-on, and whom it excepts.

use crate::{email::EmailAddress, id::MemberId, text::PersonName};
use serde::{Deserialize, Serialize};

/// How many members may be excepted.
pub const MOST_EXCEPTIONS: usize = 100;

/// A member who may come by password although the others may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoException {
    pub member: MemberId,
    pub name: PersonName,
    pub email: EmailAddress,
    /// An owner with a password and a proven address: the way in when the provider is down. One such is always kept.
    pub is_break_glass: bool,
}

/// What the page of it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoRequirement {
    pub required: bool,
    pub exceptions: Vec<SsoException>,
    /// Why it can't be switched on by who asks, right now; nothing where it can, or is on.
    pub hindrance: Option<String>,
}

/// What somebody wishes it to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementWish {
    pub required: bool,
    pub exceptions: Vec<MemberId>,
}

/// What it was at one moment, for "before" and "after".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementSnapshot {
    pub required: bool,
    /// Names.
    pub exceptions: Vec<String>,
}

impl From<&SsoRequirement> for RequirementSnapshot {
    fn from(requirement: &SsoRequirement) -> Self {
        Self { required: requirement.required, exceptions: requirement.exceptions.iter().map(|exception| exception.name.to_string()).collect() }
    }
}

impl RequirementSnapshot {
    /// What became different, a line each.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<String> {
        let added = after.exceptions.iter().filter(|name| !self.exceptions.contains(name)).map(|name| format!("+ exception {name}"));
        let gone = self.exceptions.iter().filter(|name| !after.exceptions.contains(name)).map(|name| format!("− exception {name}"));
        added.chain(gone).collect()
    }
}
