//! The command line: one subcommand a file, options declared where they are read.

mod account;
mod audit;
mod backup;
mod catalog;
mod check;
mod log;
mod members;
mod remote;
mod seed;
mod token;
mod workspace;

use crate::{
    config::{ConfigError, ServeOptions, StoreOptions},
    serve,
};
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use remote::RemoteOptions;
use serde::Serialize;
use std::process::ExitCode;

/// Rolecall: who may do what in your product, and why.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    store: StoreOptions,

    #[command(flatten)]
    remote: RemoteOptions,

    /// Print data as JSON instead of tables.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console (the default).
    Serve(Box<ServeOptions>),
    /// Bring the database up to date and end.
    Migrate,
    /// Fill a new workspace with made-up data.
    Seed(seed::SeedOptions),
    /// Accounts, by the operator.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Workspaces, by the operator.
    #[command(subcommand)]
    Workspace(workspace::WorkspaceCommand),
    /// Members in and out as CSV.
    #[command(subcommand)]
    Members(members::MembersCommand),
    /// Tokens: keys for products and scripts.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Say whether somebody may do something, and why: ends with 0 when allowed, 1 when denied.
    Check(check::CheckOptions),
    /// The catalogue of resource types and roles.
    #[command(subcommand)]
    Catalog(catalog::CatalogCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Copy the SQLite database to a file while it is in use, and check the copy: ends with 1 where its audit trail is not as it was written.
    Backup(backup::BackupOptions),
    /// Put a backup where the database is; the server must be stopped.
    Restore(backup::RestoreOptions),
    /// Print what lets a shell complete this command's words.
    Completions {
        /// `rolecall completions bash > /etc/bash_completion.d/rolecall`
        shell: Shell,
    },
}

/// What every command has at hand.
#[derive(Debug)]
pub(crate) struct Context {
    store: StoreOptions,
    remote: RemoteOptions,
    json: bool,
}

impl Command {
    /// What it is called, where it works on the database itself and no server can do it in its place.
    const fn needs_database(&self) -> Option<&'static str> {
        match self {
            Self::Serve(_) => Some("serve"),
            Self::Migrate => Some("migrate"),
            Self::Seed(_) => Some("seed"),
            Self::Account(_) => Some("account"),
            Self::Workspace(command) => command.needs_database(),
            Self::Audit(_) => Some("audit verify"),
            Self::Backup(_) => Some("backup"),
            Self::Restore(_) => Some("restore"),
            Self::Members(_) | Self::Token(_) | Self::Check(_) | Self::Catalog(_) | Self::Completions { .. } => None,
        }
    }
}

impl Context {
    /// Prints data for a machine, or the lines for a person.
    fn print<T: Serialize>(&self, data: &T, lines: impl FnOnce() -> String) -> Result<(), ConfigError> {
        let text = if self.json { serde_json::to_string_pretty(data).map_err(std::io::Error::other)? } else { lines() };
        say(&text)
    }
}

/// Prints a line, if somebody still reads: `rolecall token create … | head -1`. What was asked for is done, and ends as it would have.
fn say(text: &str) -> Result<(), ConfigError> {
    use std::io::Write as _;
    unless_unread(writeln!(std::io::stdout().lock(), "{text}"))?;
    Ok(())
}

/// Whether what was written had a reader; that one has heard enough is no failure.
fn unless_unread(written: std::io::Result<()>) -> std::io::Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Does what was asked; what has no answer of its own ends with 0.
pub async fn run(cli: Cli) -> Result<ExitCode, ConfigError> {
    let context = Context { store: cli.store, remote: cli.remote, json: cli.json };
    log::start(&context.store.log);
    if let Some(name) = cli.command.as_ref().map_or(Some("serve"), Command::needs_database) {
        context.remote.none_for(name)?;
    }
    let done = match cli.command {
        None => serve::serve(&context.store, &cli.serve).await,
        Some(Command::Serve(options)) => serve::serve(&context.store, &options).await,
        Some(Command::Migrate) => {
            let steps = service::setup::migrate(context.store.database()).await?;
            context.print(&serde_json::json!({ "steps": steps }), || match steps {
                0 => "the database is up to date".to_owned(),
                n => format!("the database was brought up to date in {n} steps"),
            })
        }
        Some(Command::Seed(options)) => seed::run(&context, options).await,
        Some(Command::Account(command)) => account::run(&context, command).await,
        Some(Command::Workspace(command)) => workspace::run(&context, command).await,
        Some(Command::Members(command)) => members::run(&context, command).await,
        Some(Command::Token(command)) => token::run(&context, command).await,
        Some(Command::Check(options)) => return check::run(&context, options).await,
        Some(Command::Catalog(command)) => catalog::run(&context, command),
        Some(Command::Audit(command)) => return audit::run(&context, command).await,
        Some(Command::Backup(options)) => return backup::run(&context, options).await,
        Some(Command::Restore(options)) => return backup::restore(&context, options).await,
        Some(Command::Completions { shell }) => {
            // into memory first: written to a reader that left, it would panic
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "rolecall", &mut script);
            say(String::from_utf8_lossy(&script).trim_end())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
