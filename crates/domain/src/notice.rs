//! What is waiting for somebody in a workspace, or worth their look. Nothing of it is stored: a notice is there for as long as its cause is.

use crate::{
    id::{ReviewId, TokenId, WebhookId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// Members ask for access; the oldest since then.
    Requests { count: u64, names: Vec<String>, since: Timestamp },
    /// A review that who looks is asked to go through.
    ToReview { id: ReviewId, name: String, left: u64, due_at: Timestamp },
    /// Everything in it is decided, but what its owner holds themselves: it can be signed off.
    ToSignOff { id: ReviewId, name: String, revoked: u64, undecided: u64 },
    /// A review of others that is due, and not done.
    Overdue { id: ReviewId, name: String, left: u64, due_at: Timestamp },
    /// A token that ends within [`TokenState::WARNED`](crate::token::TokenState::WARNED).
    TokenEnds { id: TokenId, name: String, at: Timestamp },
    /// Invites that ran out without an answer.
    InvitesExpired { count: u64 },
    /// A webhook that can't be reached, or was switched off for it.
    WebhookFails { id: WebhookId, url: String, since: Option<Timestamp>, is_off: bool },
    /// A proven domain whose proof is not found any more; it is proven no longer from the second moment on.
    DomainProofMissing { name: String, since: Timestamp, lapses_at: Timestamp },
}

impl Notice {
    /// Whether somebody waits for who looks; the others are there to be seen in time.
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(self, Self::Requests { .. } | Self::ToReview { .. } | Self::ToSignOff { .. })
    }
}
