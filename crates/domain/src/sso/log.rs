//! What came of sign-ins by a connection, and of its tests.

use crate::{
    id::SignInId,
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How many entries of a connection are kept; older ones go.
pub const MOST_ENTRIES: u64 = 200;

/// How long an entry of a refusal counts those that are like it: later ones stand for themselves.
pub const FOLDED_WITHIN: Span = Span::days(1);

/// The code of a message that was to end sessions and was not accepted. Its reason is what was wrong with it.
pub const LOGOUT_REFUSED: &str = "logout-refused";

/// What a way to the provider and back was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    SignIn,
    /// An owner looks what comes back; nothing is changed.
    Test,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `sign_in` nor `test`")]
pub struct PurposeError(pub String);

impl Purpose {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Test => "test",
        }
    }
}

impl FromStr for Purpose {
    type Err = PurposeError;
    fn from_str(text: &str) -> Result<Self, PurposeError> {
        [Self::SignIn, Self::Test].into_iter().find(|purpose| purpose.as_str() == text).ok_or_else(|| PurposeError(text.to_owned()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    Accepted,
    /// The code is for programs and stays; the reason is a sentence for people.
    Refused {
        code: String,
        reason: String,
    },
}

/// One entry of a connection's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInEntry {
    pub id: SignInId,
    pub at: Timestamp,
    pub purpose: Purpose,
    pub outcome: SignInOutcome,
    /// The address that the provider gave, or what it calls them; nothing where it didn't come so far.
    pub who: Option<String>,
    /// The network that it came from.
    pub address: Option<String>,
    /// How many like it were refused since; `at` is the last of them.
    #[serde(default)]
    pub more: u64,
}

impl SignInEntry {
    /// Whether no sign-in was refused but the provider's word that sessions end.
    #[must_use]
    pub fn is_logout(&self) -> bool {
        matches!(&self.outcome, SignInOutcome::Refused { code, .. } if code == LOGOUT_REFUSED)
    }
}
