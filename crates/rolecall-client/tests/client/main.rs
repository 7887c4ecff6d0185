//! The client against a server that fails, tells and breaks off as a test says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod asking;
mod cached;
mod fake;
#[cfg(feature = "axum")]
mod guarded;
mod pieces;
mod writing;
