//! Tokens as the API words them and the command lists them, and as it wishes for one.

use crate::{api::v1, cli::Context, config::ConfigError};
use domain::{
    time::Timestamp,
    token::{TokenRow, TokenState},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A token in the list. Moments are RFC 3339.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ListedToken {
    pub(super) id: String,
    pub(super) name: String,
    prefix: String,
    owner_access: bool,
    state: String,
    #[serde(default)]
    created_by: Option<String>,
    created_at: String,
    #[serde(default)]
    last_used_at: Option<String>,
    #[serde(default)]
    last_used_from: Option<String>,
    #[serde(default)]
    expires_at: Option<String>,
}

impl ListedToken {
    pub(super) fn of(row: TokenRow, now: Timestamp) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: row.id.to_string(),
            name: row.name.to_string(),
            prefix: row.prefix,
            owner_access: row.owner_access,
            state: v1::tokens::word(TokenState::of(row.expires_at, row.revoked_at, now)).to_owned(),
            created_by: row.created_by.map(|name| name.to_string()),
            created_at: row.created_at.to_string(),
            last_used_at: text(row.last_used_at),
            last_used_from: row.last_used_from,
            expires_at: text(row.expires_at),
        }
    }
}

/// A token that is wished for: owner access, or roles on all their resources.
#[derive(Debug, Serialize)]
pub(super) struct NewToken {
    name: String,
    owner_access: bool,
    grants: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl NewToken {
    pub(super) fn new(name: String, owner_access: bool, roles: &[String], expires_at: Option<String>) -> Self {
        let grants = roles.iter().map(|role| json!({ "role": role, "all": true })).collect();
        Self { name, owner_access, grants, expires_at }
    }
}

pub(super) fn print_list(context: &Context, rows: &[ListedToken]) -> Result<(), ConfigError> {
    context.print(&rows, || {
        if rows.is_empty() {
            return "no token yet; `token create` makes one".to_owned();
        }
        let day = |at: &Option<String>, never: &str| at.as_deref().and_then(|at| at.get(..10)).unwrap_or(never).to_owned();
        let line =
            |id: &str, state: &str, access: &str, ends: &str, used: &str, name: &str| format!("{id:<36} {state:<8} {access:<6} {ends:<10} {used:<10} {name}");
        let row = |it: &ListedToken| {
            let access = if it.owner_access { "owner" } else { "roles" };
            line(&it.id, &it.state, access, &day(&it.expires_at, "never"), &day(&it.last_used_at, "never"), &it.name)
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!("{}\n{}", line("ID", "STATE", "ACCESS", "ENDS", "LAST USED", "NAME"), rows.join("\n"))
    })
}
