//! Every kind of thing has its own id type, so that one can't be passed where another is meant.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::{Builder, Uuid};

/// Text that is no id of the kind wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id; ids look like `018f3c1e-6d5a-7b3c-8d4e-0123456789ab`")]
pub struct IdError(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A UUID of version 7 (RFC 9562): ordered by its time, unguessable by its randomness.
            #[must_use]
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or_default();
                Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The moment that it was made at, to the millisecond.
            #[must_use]
            pub fn made(self) -> Timestamp {
                Timestamp::from_micros(i64::try_from(self.0.as_u128() >> 80).unwrap_or_default() * 1_000)
            }

            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text.trim()).map(Self).map_err(|_| IdError(text.chars().take(60).collect()))
            }
        }
    )+};
}

ids! {
    /// A person who can sign in.
    AccountId,
    /// One sign-in on one device.
    SessionId,
    /// The boundary of everything.
    WorkspaceId,
    /// An account in a workspace.
    MemberId,
    /// A named set of members.
    GroupId,
    /// A role with a scope, given to somebody.
    GrantId,
    /// An address asked to join.
    InviteId,
    /// A thing of a resource type.
    ResourceId,
    /// A machine's key.
    TokenId,
    /// One entry of the audit trail.
    AuditId,
    /// One mail on its way.
    MailId,
    /// A request to set a new password.
    ResetId,
    /// A member's wish for more access.
    RequestId,
    /// An address that is told of events.
    WebhookId,
    /// One event on its way to one address.
    DeliveryId,
    /// One change of many users at once.
    OperationId,
    /// A look through who has access.
    ReviewId,
    /// An identity provider of a workspace.
    ConnectionId,
    /// A domain that a workspace says is its own.
    DomainId,
    /// A sign-in by single sign-on that is under way.
    AttemptId,
    /// What came of a sign-in by single sign-on, in a connection's log.
    SignInId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let early = MemberId::new(Timestamp::from_micros(1_000_000), [255; 10]);
        let late = MemberId::new(Timestamp::from_micros(2_000_000), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<MemberId>(), Ok(early));
        assert_eq!(MemberId::new(Timestamp::from_micros(1_795_424_400_123_456), [1; 10]).made(), Timestamp::from_micros(1_795_424_400_123_000));
        assert!("42".parse::<MemberId>().is_err());
    }
}
