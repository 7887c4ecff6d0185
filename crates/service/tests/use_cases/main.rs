//! The use cases on both databases: each allowed case beside its refused twin.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod access_map;
mod accounts;
mod address_proof;
mod asked;
mod audit;
mod bulk;
mod bulk_progress;
mod closing;
mod company;
mod decisions;
mod export;
mod groups;
mod holding;
mod import;
mod invites;
mod labelling;
mod labels;
mod last_owner;
mod live;
mod mail;
mod members;
mod nodes;
mod once;
mod palette;
mod reachers;
mod registry;
mod requests;
mod resources;
mod reviews;
mod roles;
mod settings;
mod sso;
mod tokens;
mod versions;
mod webhooks;
