//! What is logged, and how: lines for a person at a terminal, JSON for a machine.

use std::io::IsTerminal as _;
use tracing_subscriber::{EnvFilter, fmt};

pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|error| {
        eprintln!("rolecall: ROLECALL_LOG `{filter}` can't be read ({error}); logging at `info`");
        EnvFilter::new("info")
    });
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    if std::io::stderr().is_terminal() {
        let _ = lines.compact().try_init();
    } else {
        let _ = lines.json().flatten_event(true).try_init();
    }
}
