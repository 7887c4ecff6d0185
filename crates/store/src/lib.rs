//! The only floor that speaks SQL: tables, migrations and queries on SQLite and PostgreSQL. Takes and gives domain types; holds no rule.

pub mod accounts;
pub mod audit;
pub mod bulk;
pub mod connect;
pub mod copies;
pub mod deletion;
mod entity;
pub mod error;
mod grant_rows;
pub mod grants;
pub mod group_members;
pub mod groups;
pub mod held;
pub mod invite_groups;
pub mod invites;
mod keyset;
pub mod labels;
mod looking;
pub mod members;
mod migration;
mod narrowing;
pub mod once;
pub mod outbox;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails here is a failed test")]
mod plans;
pub mod policy;
pub mod policy_changes;
pub mod policy_keys;
mod policy_rows;
pub mod policy_watch;
pub mod pools;
pub mod requests;
pub mod resets;
pub mod resource_labels;
pub mod resources;
pub mod reviews;
pub mod secret_key;
pub mod seed;
pub mod sessions;
mod sql;
pub mod sso;
pub mod tokens;
pub mod transaction;
pub mod users;
pub mod webhooks;
pub mod workspaces;

pub use connect::{Backend, Store};
pub use error::{Constraint, StoreError};
pub use transaction::{Committed, Db, Snapshot, WriteTx};
