//! What owners set for their workspace: its name and address, when a session must sign in again, how long invites last; and what its plan
//! includes.

use crate::{
    catalog::Catalog,
    plan::Plan,
    text::WorkspaceName,
    time::Span,
    workspace::{Workspace, WorkspaceSlug},
};
use serde::{Deserialize, Serialize};

/// How long a session may rest before the workspace asks for the password again; as long as it lasts unless it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdleLimit(u32);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sessions can't be asked to sign in again after {0} minutes idle; use one of 15, 30, 60, 240, 480 and 1440, or 0 for never")]
pub struct IdleError(pub u32);

impl IdleLimit {
    /// In minutes; 0 is no limit.
    pub const STEPS: [u32; 7] = [0, 15, 30, 60, 240, 480, 1_440];

    pub fn parse(minutes: u32) -> Result<Self, IdleError> {
        if Self::STEPS.contains(&minutes) { Ok(Self(minutes)) } else { Err(IdleError(minutes)) }
    }

    #[must_use]
    pub const fn minutes(self) -> u32 {
        self.0
    }

    /// Nothing where a session may rest as long as it lasts.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        (self.0 != 0).then(|| Span::minutes(i64::from(self.0)))
    }

    /// `15 minutes`, `1 day`, `never`.
    #[must_use]
    pub fn words(self) -> String {
        self.span().map_or_else(|| "never".to_owned(), Span::words)
    }
}

/// How many days an invite lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InviteDays(u32);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invites can't last {0} days; use a number from 1 to 30")]
pub struct InviteDaysError(pub u32);

impl InviteDays {
    pub const MOST: u32 = 30;

    pub fn parse(days: u32) -> Result<Self, InviteDaysError> {
        if (1..=Self::MOST).contains(&days) { Ok(Self(days)) } else { Err(InviteDaysError(days)) }
    }

    #[must_use]
    pub const fn days(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn span(self) -> Span {
        Span::days(i64::from(self.0))
    }
}

impl Default for InviteDays {
    fn default() -> Self {
        Self(7)
    }
}

/// What a workspace asks of sessions and invites. Read from the database or from our own server only: what people send is a
/// [`SettingsWish`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceRules {
    pub idle: IdleLimit,
    pub invites: InviteDays,
}

/// The settings as their page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSettings {
    pub name: WorkspaceName,
    pub slug: WorkspaceSlug,
    pub rules: WorkspaceRules,
    /// Grows with each change of them.
    pub revision: i64,
    pub plan: Plan,
    pub includes: PlanIncludes,
}

/// What a plan includes of the catalogue and of the features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanIncludes {
    pub roles: Vec<String>,
    /// The names of the roles that need another plan.
    pub locked: Vec<String>,
    /// How many labels of one's own; `None` is no limit.
    pub custom_labels: Option<usize>,
    pub groups: bool,
    pub sso: bool,
}

impl PlanIncludes {
    #[must_use]
    pub fn of(plan: Plan, catalog: &Catalog) -> Self {
        let names = |unlocked: bool| catalog.roles.iter().filter(|role| role.is_unlocked(plan) == unlocked).map(|role| role.name.clone()).collect();
        Self { roles: names(true), locked: names(false), custom_labels: plan.custom_labels(), groups: plan.has_groups(), sso: plan.has_sso() }
    }
}

impl WorkspaceSettings {
    #[must_use]
    pub fn of(workspace: &Workspace, catalog: &Catalog) -> Self {
        Self {
            name: workspace.name.clone(),
            slug: workspace.slug.clone(),
            rules: workspace.rules,
            revision: workspace.revision,
            plan: workspace.plan,
            includes: PlanIncludes::of(workspace.plan, catalog),
        }
    }

    /// What saving them unchanged would send.
    #[must_use]
    pub fn wish(&self) -> SettingsWish {
        SettingsWish {
            name: self.name.to_string(),
            slug: self.slug.to_string(),
            idle_minutes: self.rules.idle.minutes(),
            invite_days: self.rules.invites.days().to_string(),
        }
    }
}

/// Settings as somebody typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsWish {
    pub name: String,
    pub slug: String,
    pub idle_minutes: u32,
    pub invite_days: String,
}

/// What the settings were at one moment, for "before" and "after".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsSnapshot {
    pub name: String,
    pub slug: String,
    pub idle_minutes: u32,
    pub invite_days: u32,
}

impl From<&Workspace> for SettingsSnapshot {
    fn from(workspace: &Workspace) -> Self {
        Self {
            name: workspace.name.to_string(),
            slug: workspace.slug.to_string(),
            idle_minutes: workspace.rules.idle.minutes(),
            invite_days: workspace.rules.invites.days(),
        }
    }
}

impl SettingsSnapshot {
    /// What became different, a line each.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.name != after.name {
            lines.push(format!("called {} instead of {}", after.name, self.name));
        }
        if self.slug != after.slug {
            lines.push(format!("in addresses {} instead of {}", after.slug, self.slug));
        }
        if self.idle_minutes != after.idle_minutes {
            let words = |minutes: u32| IdleLimit(minutes).words();
            lines.push(format!("sign in again when idle: {} instead of {}", words(after.idle_minutes), words(self.idle_minutes)));
        }
        if self.invite_days != after.invite_days {
            let words = |days: u32| Span::days(i64::from(days)).words();
            lines.push(format!("invites last {} instead of {}", words(after.invite_days), words(self.invite_days)));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_and_days_within_bounds_are_taken() {
        assert!(IdleLimit::STEPS.iter().all(|minutes| IdleLimit::parse(*minutes).is_ok()));
        assert_eq!(IdleLimit::parse(14), Err(IdleError(14)));
        assert_eq!([0, 15, 60, 1_440].map(|minutes| IdleLimit(minutes).words()), ["never", "15 minutes", "1 hour", "1 day"]);
        assert!([1, 30].iter().all(|days| InviteDays::parse(*days).is_ok()));
        assert!([0, 31].iter().all(|days| InviteDays::parse(*days).is_err()));
    }

    #[test]
    fn a_plan_tells_what_it_locks() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        let free = PlanIncludes::of(Plan::Free, &catalog);
        assert_eq!(free.roles, ["Source Admin"]);
        assert_eq!((free.locked.len() + 1, free.custom_labels, free.groups, free.sso), (catalog.roles.len(), Some(5), false, false));
        assert_eq!(PlanIncludes::of(Plan::Business, &catalog).locked, Vec::<String>::new());
    }

    #[test]
    fn a_change_is_told_line_by_line() {
        let before = SettingsSnapshot { name: "Acme".to_owned(), slug: "acme".to_owned(), idle_minutes: 0, invite_days: 7 };
        let after = SettingsSnapshot { name: "Acme Inc".to_owned(), slug: "acme-inc".to_owned(), idle_minutes: 15, invite_days: 1 };
        assert_eq!(
            before.changes(&after),
            [
                "called Acme Inc instead of Acme",
                "in addresses acme-inc instead of acme",
                "sign in again when idle: 15 minutes instead of never",
                "invites last 1 day instead of 7 days"
            ]
        );
        assert!(before.changes(&before).is_empty());
    }
}
