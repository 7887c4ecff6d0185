//! The REST API under `/api` in the router: who may call what, what is refused, and what the answers look like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "what fails here is a failed test")]

mod answered;
mod answers;
mod described;
mod door;
mod input;
mod limits;
mod many;
mod matrix;
mod once;
mod own;
mod revisions;
mod rows;
mod rules;
mod schema;
mod twice;
mod unseen;
mod world;
