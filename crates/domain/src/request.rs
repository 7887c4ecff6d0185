//! Requests for access: what a member lacks, why, and how an owner answered.

use crate::{
    catalog::RoleId,
    email::EmailAddress,
    id::{MemberId, RequestId, ResourceId},
    text::{PersonName, Reason},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// How many requests a member may make within [`PERIOD`].
pub const MOST_PER_DAY: u64 = 10;
pub const PERIOD: Span = Span::days(1);

/// How many that wait are shown at once: an owner who has more answers some first.
pub const MOST_WAITING: u16 = 50;

/// What a member asks for. They may know neither the role nor the resource; why is always said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestWish {
    pub role: Option<RoleId>,
    /// As they call it. Whether there is such a thing is not theirs to know.
    pub resource: String,
    pub reason: String,
}

/// A request that waits, as owners see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRequest {
    pub id: RequestId,
    pub member: MemberId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub role: Option<RoleId>,
    /// The thing that is meant, where what was typed names just one.
    pub resource: Option<ResourceId>,
    /// What it is called here, or else what was typed.
    pub resource_name: Option<String>,
    pub reason: Reason,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Pending,
    Approved,
    Declined,
}

impl RequestState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Declined].into_iter().find(|state| state.as_str() == text)
    }
}

/// A request as the member who made it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyRequest {
    pub id: RequestId,
    pub role: Option<RoleId>,
    /// What they typed.
    pub resource: Option<String>,
    pub reason: Reason,
    pub created_at: Timestamp,
    pub state: RequestState,
    pub settled_at: Option<Timestamp>,
    pub settled_by: Option<PersonName>,
    /// The owner's word.
    pub answer: Option<String>,
}
