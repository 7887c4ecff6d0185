//! The catalogue: which resource types there are, what can be done to them, and which roles allow it. Data, not code.

use crate::{
    grant::{GrantSpec, ScopeKind},
    plan::Plan,
    resource::ResourceType,
};
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, sync::Arc};

mod file;

pub use file::CatalogError;

/// The id of a role in the catalogue: `source_admin`. Every answer names some, so clones share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub struct RoleId(Arc<str>);

impl RoleId {
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for RoleId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl Serialize for RoleId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is done to what: `source:edit`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Action {
    pub kind: ResourceType,
    pub verb: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an action; write it as `type:verb`, like `source:edit`")]
pub struct ActionError(pub String);

impl Action {
    #[must_use]
    pub fn new(kind: &ResourceType, verb: &str) -> Self {
        Self { kind: kind.clone(), verb: verb.to_owned() }
    }

    pub fn parse(text: &str) -> Result<Self, ActionError> {
        match text.split_once(':') {
            Some((kind, verb)) if is_word(kind) && is_word(verb) => Ok(Self { kind: ResourceType::new(kind), verb: verb.to_owned() }),
            Some(_) | None => Err(ActionError(text.chars().take(80).collect())),
        }
    }

    /// Making a new thing: needs a grant on all of its type.
    #[must_use]
    pub fn is_create(&self) -> bool {
        self.verb == "create"
    }
}

fn is_word(text: &str) -> bool {
    text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.verb)
    }
}

impl TryFrom<String> for Action {
    type Error = ActionError;
    fn try_from(text: String) -> Result<Self, ActionError> {
        Self::parse(&text)
    }
}

impl From<Action> for String {
    fn from(action: Action) -> String {
        action.to_string()
    }
}

/// A type of resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeEntry {
    pub id: ResourceType,
    /// In a sentence: `source`, `sources`.
    pub one: String,
    pub many: String,
    /// What can be done to it, the weakest first.
    pub actions: Vec<String>,
    /// The type of thing it hangs on.
    pub parent: Option<ResourceType>,
}

/// A named bundle of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub id: RoleId,
    pub name: String,
    pub description: String,
    pub permissions: Vec<Action>,
    /// Types that it reaches through the parent they hang on.
    pub through_parent: Vec<ResourceType>,
    pub plans: Vec<Plan>,
    /// Each form of scope it may take, and on which plans.
    pub scopes: Vec<(ScopeKind, Vec<Plan>)>,
}

impl Role {
    #[must_use]
    pub fn is_unlocked(&self, plan: Plan) -> bool {
        self.plans.contains(&plan)
    }

    #[must_use]
    pub fn takes(&self, scope: ScopeKind) -> bool {
        self.scopes.iter().any(|(kind, _)| *kind == scope)
    }

    #[must_use]
    pub fn takes_on(&self, scope: ScopeKind, plan: Plan) -> bool {
        self.scopes.iter().any(|(kind, plans)| *kind == scope && plans.contains(&plan))
    }

    #[must_use]
    pub fn allows(&self, action: &Action) -> bool {
        self.permissions.contains(action)
    }

    /// The types its permissions speak of, in order, once each.
    #[must_use]
    pub fn types(&self) -> Vec<&ResourceType> {
        let mut types: Vec<&ResourceType> = Vec::new();
        for action in &self.permissions {
            if !types.contains(&&action.kind) {
                types.push(&action.kind);
            }
        }
        types
    }

    /// The type that its scopes name: the first of its permissions.
    #[must_use]
    pub fn main_type(&self) -> Option<&ResourceType> {
        self.permissions.first().map(|action| &action.kind)
    }

    /// The least plan on which it can be used with this form of scope.
    #[must_use]
    pub fn least_plan(&self, scope: ScopeKind) -> Option<Plan> {
        Plan::ALL.into_iter().find(|plan| self.is_unlocked(*plan) && self.takes_on(scope, *plan))
    }
}

/// Why a grant can't be given as it was wished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("role `{0}` does not exist; `rolecall catalog check` lists the roles")]
    NoSuchRole(RoleId),
    #[error("`{role}` can't take the scope `{scope}`; choose {others}")]
    Scope { role: String, scope: &'static str, others: String },
    #[error("`{role}` needs the {plan} plan; ask the operator to change the plan, or choose another role")]
    Plan { role: String, plan: &'static str },
    #[error("`{role}` with labels needs the {plan} plan; choose another scope")]
    ScopePlan { role: String, plan: &'static str },
    #[error("`{0}` names nothing yet; choose what it applies to")]
    Empty(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    pub types: Vec<TypeEntry>,
    pub roles: Vec<Role>,
}

impl Catalog {
    /// The catalogue that Rolecall carries.
    pub const BUILT_IN: &'static str = include_str!("../catalog/built-in.toml");

    /// By these names APIs tell owners from members: no role of a catalogue has them.
    pub const OWNER: &'static str = "workspace_owner";
    pub const MEMBER: &'static str = "workspace_member";

    /// Reads and checks a catalogue file; an error names line, column and cure.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        file::parse(text)
    }

    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == *id)
    }

    #[must_use]
    pub fn kind(&self, id: &ResourceType) -> Option<&TypeEntry> {
        self.types.iter().find(|entry| entry.id == *id)
    }

    #[must_use]
    pub fn has_action(&self, action: &Action) -> bool {
        self.kind(&action.kind).is_some_and(|entry| entry.actions.contains(&action.verb))
    }

    /// Whether this grant may be given on this plan. What is already held stays, whatever the plan.
    pub fn check_grant(&self, spec: &GrantSpec, plan: Plan) -> Result<(), GrantError> {
        let role = self.role(&spec.role).ok_or_else(|| GrantError::NoSuchRole(spec.role.clone()))?;
        let scope = spec.scope.kind();
        if !role.takes(scope) {
            let others: Vec<String> = role.scopes.iter().map(|(kind, _)| format!("`{}`", kind.title())).collect();
            return Err(GrantError::Scope { role: role.name.clone(), scope: scope.title(), others: others.join(" or ") });
        }
        if !role.is_unlocked(plan) {
            let least = role.plans.iter().min().copied().unwrap_or(Plan::Business);
            return Err(GrantError::Plan { role: role.name.clone(), plan: least.title() });
        }
        if !role.takes_on(scope, plan) {
            let least = role.least_plan(scope).unwrap_or(Plan::Business);
            return Err(GrantError::ScopePlan { role: role.name.clone(), plan: least.title() });
        }
        if spec.scope.is_empty() {
            return Err(GrantError::Empty(role.name.clone()));
        }
        Ok(())
    }

    /// Whether a grant has effect on this plan: its role and its form of scope are unlocked.
    #[must_use]
    pub fn is_unlocked(&self, spec: &GrantSpec, plan: Plan) -> bool {
        self.role(&spec.role).is_some_and(|role| role.is_unlocked(plan) && role.takes_on(spec.scope.kind(), plan))
    }
}
