//! What both databases must do alike: every test runs on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod accounts;
mod audit;
mod audit_list;
mod audit_verify;
mod called;
mod changes;
mod connect;
mod export;
mod grants;
mod groups;
mod invites;
mod labels;
mod lists;
mod members;
mod migrations;
mod outbox;
mod policy;
mod resets;
mod resources;
mod searches;
mod secret_key;
mod sessions;
mod sso;
mod team;
mod users;
mod webhooks;
mod workspaces;
