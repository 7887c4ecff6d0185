//! What a workspace has paid for: which roles and features it may use.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    Free,
    Team,
    Business,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plan `{0}` does not exist; use `free`, `team` or `business`")]
pub struct PlanError(pub String);

impl Plan {
    pub const ALL: [Self; 3] = [Self::Free, Self::Team, Self::Business];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Team => "team",
            Self::Business => "business",
        }
    }

    /// As a word on screen.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Team => "Team",
            Self::Business => "Business",
        }
    }

    /// How many labels beside the built-in ones; `None` is no limit.
    #[must_use]
    pub const fn custom_labels(self) -> Option<usize> {
        match self {
            Self::Free | Self::Team => Some(5),
            Self::Business => None,
        }
    }

    /// Whether single sign-on is part of it.
    #[must_use]
    pub const fn has_sso(self) -> bool {
        match self {
            Self::Free | Self::Team => false,
            Self::Business => true,
        }
    }

    /// Whether user groups are part of it.
    #[must_use]
    pub const fn has_groups(self) -> bool {
        match self {
            Self::Free | Self::Team => false,
            Self::Business => true,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == text).ok_or_else(|| PlanError(text.to_owned()))
    }
}
