//! `rolecall`: reads its options, does what was asked, ends with 0, 1 (failed) or 2 (wrong usage).

use clap::Parser as _;
use server::{
    cli::{self, Cli},
    config::ConfigError,
};
use std::process::ExitCode;

// A batch of a thousand questions takes ten thousand small pieces of memory, from several threads at once.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rolecall: the runtime could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            // one clear line: what happened and what to do
            eprintln!("rolecall: {error}");
            if matches!(error, ConfigError::Usage(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}
