//! The binary's parts: configuration, command line, routing and what stands in front of every request. It decides nothing itself.

pub mod api;
pub mod app;
pub mod assets;
pub mod cli;
pub mod config;
pub mod connections;
pub mod csrf;
pub mod door;
pub mod downloads;
pub mod drain;
pub mod events;
pub mod front;
pub mod headers;
pub mod health;
pub mod metrics;
pub mod origin;
pub mod route;
pub mod serve;
pub mod site;
pub mod sso;
pub mod trace;
