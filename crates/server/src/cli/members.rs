//! `rolecall members`: people in and out as CSV, beside the database or over the API.

mod rows;

use super::{
    Context,
    check::refused,
    remote::{Server, failed},
    unless_unread,
};
use crate::{
    api::v1::members::{Imported, MadeGroup},
    config::ConfigError,
};
use clap::Subcommand;
use domain::{failure::Failure, import::ImportWish};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http::Method;
use rows::Rows;
use std::{io::Write as _, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum MembersCommand {
    /// Invite everybody in a CSV file: columns Email, and if wanted Permission, Personal data, Roles, Groups.
    ///
    /// A server that sends no mail, asked by its API, gives each one's link to pass on; of those invited beside the database, owners copy it in the console.
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
    /// Print every user with roles, scopes and groups as CSV; with --json as a list of objects, whose fields are called as the columns.
    Export {
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
}

pub(super) async fn run(context: &Context, command: MembersCommand) -> Result<(), ConfigError> {
    match command {
        MembersCommand::Import { file, dry_run, create_groups, leave_out_wrong, workspace } => {
            let bytes = std::fs::read(&file).map_err(|error| refused(Failure::field("file", format_args!("{} can't be read: {error}", file.display()))))?;
            let wish = ImportWish { text: domain::import::text(bytes), columns: None, create_groups, leave_out_wrong };
            let outcome = match context.remote.server()? {
                Some(server) => import_there(&server, workspace.as_deref(), wish, dry_run).await?,
                None => import_here(context, workspace.as_deref(), &wish, dry_run).await?,
            };
            print_outcome(context, &outcome)
        }
        MembersCommand::Export { workspace } => match context.remote.server()? {
            Some(server) => {
                server.chosen(workspace.as_deref()).await?;
                write(context, server.client.stream("/api/v1/members.csv", "text/csv").await.map_err(failed)?.map_err(failed)).await
            }
            None => {
                let services = context.store.services().await?;
                let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
                write(context, service::export::by_operator(&services, &services.operator(), &workspace).map_err(refused)).await
            }
        },
    }
}

async fn import_here(context: &Context, workspace: Option<&str>, wish: &ImportWish, dry_run: bool) -> Result<Imported, ConfigError> {
    let services = context.store.services().await?;
    let workspace = service::check::chosen(&services, workspace).await.map_err(refused)?;
    service::import::by_operator(&services, &services.operator(), &workspace, wish, dry_run).await.map(Imported::from).map_err(refused)
}

async fn import_there(server: &Server, workspace: Option<&str>, wish: ImportWish, dry_run: bool) -> Result<Imported, ConfigError> {
    server.chosen(workspace).await?;
    let ImportWish { text, create_groups, leave_out_wrong, columns: _ } = wish;
    let place = format!("/api/v1/members/import?dry_run={dry_run}&create_groups={create_groups}&leave_out_wrong={leave_out_wrong}");
    server.client.send_text(Method::POST, &place, "text/csv; charset=utf-8", text).await.map_err(failed)
}

fn print_outcome(context: &Context, outcome: &Imported) -> Result<(), ConfigError> {
    context.print(outcome, || {
        let Imported { done, invited, wrong, rows, groups, new_groups: _ } = outcome;
        let rows = rows.iter().map(|row| {
            let link = row.link.as_ref().map(|link| format!(": {link}")).unwrap_or_default();
            format!("{}: {}: {}{link}", row.line, row.email, row.outcome)
        });
        let lines: Vec<String> = rows.chain(groups.iter().map(|group| made(group, *done))).collect();
        let sum = if *done {
            format!("{invited} invited, {wrong} left out as wrong")
        } else {
            format!("{invited} would be invited, {wrong} are wrong; nothing was done")
        };
        format!("{}\n{sum}", lines.join("\n"))
    })
}

/// `the group Editors would be made, and give personal data, Source Admin`.
fn made(group: &MadeGroup, done: bool) -> String {
    let (made, give) = if done { ("was made", "gives") } else { ("would be made", "give") };
    let gives: Vec<&str> = group.personal_data.then_some("personal data").into_iter().chain(group.roles.iter().map(String::as_str)).collect();
    let gives = if gives.is_empty() { "nothing".to_owned() } else { gives.join(", ") };
    format!("the group {} {made}, and {give} {gives}", group.name)
}

/// Prints what comes, as it comes, for as long as somebody reads: the file itself, or its lines as objects.
async fn write<B: AsRef<[u8]>>(context: &Context, pieces: impl Stream<Item = Result<B, ConfigError>>) -> Result<(), ConfigError> {
    let mut pieces = std::pin::pin!(pieces);
    let mut out = std::io::stdout().lock();
    let mut rows = context.json.then(Rows::default);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        let written = match &mut rows {
            Some(rows) => out.write_all(rows.take(piece.as_ref())?.as_bytes()),
            None => out.write_all(piece.as_ref()),
        };
        if !unless_unread(written)? {
            return Ok(());
        }
    }
    if let Some(rows) = rows {
        unless_unread(out.write_all(rows.end()?.as_bytes()))?;
    }
    unless_unread(out.flush())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_new_groups_give_is_said() {
        let group =
            |personal_data, roles: &[&str]| MadeGroup { name: "Data".to_owned(), personal_data, roles: roles.iter().map(|role| (*role).to_owned()).collect() };
        assert_eq!(made(&group(true, &["Source Admin"]), false), "the group Data would be made, and give personal data, Source Admin");
        assert_eq!(made(&group(false, &[]), true), "the group Data was made, and gives nothing");
    }
}
