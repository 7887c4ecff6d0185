//! `rolecall backup` and `rolecall restore`: a copy of the SQLite database while it is in use, and back.

use super::Context;
use crate::config::ConfigError;
use clap::Args;
use service::backup::{Audit, Report};
use std::{path::PathBuf, process::ExitCode};

#[derive(Args, Debug)]
pub struct BackupOptions {
    /// The file to write.
    file: PathBuf,

    /// Write over a file that is there. It stays as it is until the new one is whole.
    #[arg(long)]
    force: bool,
}

#[derive(Args, Debug)]
pub struct RestoreOptions {
    /// A file that `rolecall backup` wrote.
    file: PathBuf,

    /// Take the place of a database that is there; it is kept beside it under another name.
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(context: &Context, options: BackupOptions) -> Result<ExitCode, ConfigError> {
    let report = service::backup::backup(context.store.database(), &options.file, options.force).await?;
    context.print(&report, || {
        let Report { file, bytes, milliseconds, audit, .. } = &report;
        let copied = format!("copied to {} in {milliseconds} ms: {}, sound", file.display(), size(*bytes));
        format!("{copied}; {}\nthe secret key is not in it: keep that apart, and safe", told(*audit))
    })?;
    Ok(code(&report))
}

pub(super) async fn restore(context: &Context, options: RestoreOptions) -> Result<ExitCode, ConfigError> {
    let report = service::backup::restore(context.store.database(), &options.file, options.force).await?;
    context.print(&report, || {
        let Report { file, bytes, milliseconds, audit, kept } = &report;
        let restored = format!("restored {} in {milliseconds} ms: {}, sound; {}", file.display(), size(*bytes), told(*audit));
        match kept {
            Some(kept) => format!("{restored}\nwhat was there before is kept as {}", kept.display()),
            None => restored,
        }
    })?;
    Ok(code(&report))
}

fn told(audit: Audit) -> String {
    match audit {
        Audit::Whole { entries } => format!("its audit trail stands as it was written, {entries} entries"),
        Audit::Broken { chains, .. } => format!("{chains} of its audit trails are NOT as they were written, see `rolecall audit verify`"),
        Audit::OtherVersion => "its audit trail was not checked: another version of Rolecall wrote it".to_owned(),
    }
}

fn code(report: &Report) -> ExitCode {
    match report.audit {
        Audit::Whole { .. } | Audit::OtherVersion => ExitCode::SUCCESS,
        Audit::Broken { .. } => ExitCode::FAILURE,
    }
}

/// In the unit in which it has one to three digits before its point.
fn size(bytes: u64) -> String {
    match bytes {
        0..=1_023 => format!("{bytes} bytes"),
        1_024..=1_048_575 => format!("{}.{} KiB", bytes >> 10, ((bytes & 1_023) * 10) >> 10),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 1_048_575) * 10) >> 20),
    }
}
