//! Invites: an address asked to join a workspace, with the access it will have.

use crate::{
    email::EmailAddress,
    grant::GrantSpec,
    id::{GroupId, InviteId},
    member::MemberKind,
    page::{Cursor, PageSize},
    text::{PersonName, WorkspaceName},
    time::Timestamp,
    workspace::WorkspaceSlug,
};
use serde::{Deserialize, Serialize};

/// How many addresses one invitation may name.
pub const MOST_AT_ONCE: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    Pending,
    Accepted,
    Revoked,
    Expired,
}

impl InviteState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Revoked, Self::Expired].into_iter().find(|state| state.as_str() == text)
    }

    /// How an invite that ends then stands at `now`: a pending one past its end is expired, whatever is stored.
    #[must_use]
    pub fn at(self, expires_at: Timestamp, now: Timestamp) -> Self {
        match self {
            Self::Pending if expires_at <= now => Self::Expired,
            Self::Pending | Self::Accepted | Self::Revoked | Self::Expired => self,
        }
    }
}

/// An address asked to join, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    pub id: InviteId,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<GrantSpec>,
    pub groups: Vec<GroupId>,
    pub state: InviteState,
    pub invited_by: Option<PersonName>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Grows with each resend, so that older links are dead.
    pub generation: i32,
}

impl Invite {
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> InviteState {
        self.state.at(self.expires_at, now)
    }
}

/// Which invites, which page; in order of their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteQuery {
    /// Those that stand so; without it those that nobody answered yet, whether expired or not.
    pub state: Option<InviteState>,
    /// Part of an address.
    pub search: Option<String>,
    pub cursor: Option<Cursor>,
    pub size: PageSize,
}

/// A row of the list of invites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    pub id: InviteId,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub state: InviteState,
    pub expires_at: Timestamp,
    pub generation: i32,
}

/// What people are invited with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub emails: Vec<EmailAddress>,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<GrantSpec>,
    pub groups: Vec<GroupId>,
}

/// What became of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub id: InviteId,
    pub email: EmailAddress,
    /// The link, for the owner to pass on.
    pub link: String,
    /// An earlier pending invite to the address was replaced.
    pub replaced: bool,
    /// Grows with each resend.
    pub revision: i64,
}

/// What somebody with an invite's link sees before they accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteOffer {
    pub workspace: WorkspaceName,
    pub slug: WorkspaceSlug,
    pub email: EmailAddress,
    pub invited_by: Option<PersonName>,
    pub state: InviteState,
    /// Whether the address has an account: then one signs in, else one makes it. Only who holds the link learns it.
    pub has_account: bool,
    pub expires_at: Timestamp,
}
