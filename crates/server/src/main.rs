//! `rolecall`: reads its options, does what was asked, ends with 0, 1 (failed) or 2 (wrong usage).

use clap::Parser as _;
use server::cli::{self, Cli};
use std::process::ExitCode;

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
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // one clear line: what happened and what to do
            eprintln!("rolecall: {error}");
            ExitCode::FAILURE
        }
    }
}
