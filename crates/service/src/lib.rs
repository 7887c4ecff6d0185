//! Use cases: who may do it, doing it, recording it. No HTTP, no HTML.
//!
//! Every function here takes a proof first (see [`access`]), reads and writes through `store`, and ends a write with the record of it.

pub mod access;
pub mod access_map;
pub mod accounts;
pub mod actor;
pub mod asked;
pub mod audit;
pub mod backup;
pub mod bulk;
mod cells;
pub mod check;
pub mod clock;
pub mod closing;
pub mod decisions;
pub mod ending;
pub mod export;
mod grants;
pub mod group_people;
pub mod groups;
pub mod health;
mod history;
pub mod import;
pub mod invites;
pub mod invites_by_email;
pub mod labels;
pub mod limits;
pub mod live;
pub mod mail;
pub mod members;
pub mod meters;
pub mod notices;
pub mod once;
pub mod operator;
pub mod palette;
pub mod passwords;
pub mod permissions;
pub mod postman;
pub mod reachers;
mod refusal;
pub mod requests;
pub mod resets;
pub mod resources;
pub mod retention;
pub mod reviews;
pub mod roles;
pub mod secrets;
pub mod seed;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod tokens;
pub mod webhooks;
pub mod workspaces;

pub use services::{Services, Settings};
