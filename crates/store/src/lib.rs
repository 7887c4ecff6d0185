//! The only floor that speaks SQL: tables, migrations and queries on SQLite and PostgreSQL. Takes and gives domain types; holds no rule.

pub mod audit;
pub mod connect;
mod entity;
pub mod error;
mod migration;
pub mod transaction;

pub use connect::{Backend, Store};
pub use error::{Constraint, StoreError};
pub use transaction::{Committed, Db, WriteTx};
