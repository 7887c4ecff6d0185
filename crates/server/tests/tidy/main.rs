//! Holds the rules that no compiler holds: which crate may stand on which, how long a file may be, what no file may say, which routes there may be.
//!
//! Each checker takes plain text and gives back what is wrong, so that each is itself tested on a bad sample.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod deploy;
mod edges;
mod fractions;
mod leptos;
mod names;
mod routes;
mod sizes;
mod touches;
mod tree;
mod words;

/// Fails with one line per violation.
fn assert_tidy(rule: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{rule}:\n  {}\n", violations.join("\n  "));
}
