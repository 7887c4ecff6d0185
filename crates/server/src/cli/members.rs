//! `rolecall members`: people in and out as CSV, beside the database.

use super::{Context, check::refused};
use crate::config::ConfigError;
use clap::Subcommand;
use domain::{failure::Failure, import::ImportWish};
use futures::StreamExt as _;
use std::{io::Write as _, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum MembersCommand {
    /// Invite everybody in a CSV file: columns Email, and if wanted Permission, Personal data, Roles, Groups.
    Import {
        /// The file; `members export` makes one that can be taken as it is.
        file: PathBuf,
        /// Say what would become of each row, and do nothing.
        #[arg(long)]
        dry_run: bool,
        /// Make the groups that the file names and the workspace lacks.
        #[arg(long)]
        create_groups: bool,
        /// Leave out rows that are wrong; else they stop all others.
        #[arg(long)]
        leave_out_wrong: bool,
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Print every user with roles, scopes and groups as CSV.
    Export {
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
}

pub(super) async fn run(context: &Context, command: MembersCommand) -> Result<(), ConfigError> {
    let services = context.store.services().await?;
    let operator = services.operator();
    match command {
        MembersCommand::Import { file, dry_run, create_groups, leave_out_wrong, workspace } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
            let bytes = std::fs::read(&file).map_err(|error| refused(Failure::field("file", format_args!("{} can't be read: {error}", file.display()))))?;
            let wish = ImportWish { text: domain::import::text(bytes), columns: None, create_groups, leave_out_wrong };
            let outcome = service::import::by_operator(&services, &operator, &workspace, &wish, dry_run).await.map_err(refused)?;
            context.print(&outcome, || {
                let lines: Vec<String> = outcome.rows.iter().map(|row| format!("{}: {}: {}", row.line, row.email, row.words(outcome.done))).collect();
                let (invited, wrong) = outcome.counts();
                let sum = if outcome.done {
                    format!("{invited} invited, {wrong} left out as wrong")
                } else {
                    format!("{invited} would be invited, {wrong} are wrong; nothing was done")
                };
                format!("{}\n{sum}", lines.join("\n"))
            })
        }
        MembersCommand::Export { workspace } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
            let mut lines = std::pin::pin!(service::export::by_operator(&services, &operator, &workspace));
            let mut out = std::io::stdout().lock();
            while let Some(piece) = lines.next().await {
                out.write_all(&piece.map_err(refused)?)?;
            }
            out.flush()?;
            Ok(())
        }
    }
}
