//! The built binary as people and products meet it: commands, servers asked over HTTP, and processes that are killed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod acme;
mod audit;
mod backups;
mod check;
mod client;
mod completions;
mod connections;
mod ending;
mod keys;
mod kills;
mod log;
mod metrics;
mod nodes;
mod once;
mod outbox;
mod process;
mod remote;
mod unread;
mod usage;
