//! The only floor that speaks SQL: tables, migrations and queries on SQLite and PostgreSQL. Takes and gives domain types; holds no rule.

pub mod accounts;
pub mod audit;
pub mod bulk;
pub mod connect;
mod entity;
pub mod error;
mod grant_rows;
pub mod grants;
pub mod group_members;
pub mod groups;
pub mod held;
pub mod invites;
mod keyset;
pub mod labels;
pub mod members;
mod migration;
pub mod outbox;
pub mod policy;
pub mod policy_changes;
mod policy_rows;
pub mod policy_watch;
pub mod requests;
pub mod resets;
pub mod resource_labels;
pub mod resources;
pub mod seed;
pub mod sessions;
mod sql;
pub mod tokens;
pub mod transaction;
pub mod users;
pub mod webhooks;
pub mod workspaces;

pub use connect::{Backend, Store};
pub use error::{Constraint, StoreError};
pub use transaction::{Committed, Db, Snapshot, WriteTx};
