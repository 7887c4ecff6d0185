//! `rolecall audit`: proves that the audit trail is as it was written.

use super::{Context, check::refused, say};
use crate::config::ConfigError;
use clap::Subcommand;
use futures::StreamExt as _;
use service::operator::ChainReport;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that no entry was changed, removed, moved or put in, and name those that were: ends with 0 when all stand, 1 when not.
    Verify {
        /// Only the trail of this workspace, by its name in URLs; without it every trail, that of accounts too.
        #[arg(long)]
        workspace: Option<String>,
    },
}

pub(super) async fn run(context: &Context, command: AuditCommand) -> Result<ExitCode, ConfigError> {
    let AuditCommand::Verify { workspace } = command;
    let services = context.store.services().await?;
    let reports = service::operator::verify_audit(&services, &services.operator(), workspace.as_deref()).await.map_err(refused)?;
    let mut reports = std::pin::pin!(reports);
    let mut chains = Vec::new();
    while let Some(report) = reports.next().await {
        let report = report?;
        if !context.json {
            say(&lines(&report).join("\n"))?;
        }
        chains.push(report);
    }
    let entries: i64 = chains.iter().map(|report| report.verdict.entries).sum();
    let broken = chains.iter().filter(|report| !report.verdict.is_whole()).count();
    let data = serde_json::json!({ "whole": broken == 0, "entries": entries, "chains": chains });
    context.print(&data, || match broken {
        0 => format!("{entries} entries stand as they were written"),
        broken => format!("{broken} of {} trails are not as they were written", chains.len()),
    })?;
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A trail in a line, and a line for each fault.
fn lines(report: &ChainReport) -> Vec<String> {
    let ChainReport { chain, verdict } = report;
    let pruned = if verdict.pruned > 0 { format!(", after {} that went by age", verdict.pruned) } else { String::new() };
    let stands = if verdict.is_whole() { "whole" } else { "BROKEN" };
    let mut lines = vec![format!("{chain}: {stands}, {} entries{pruned}", verdict.entries)];
    lines.extend(verdict.faults.iter().map(|fault| format!("  {fault}")));
    if verdict.more {
        lines.push("  and more".to_owned());
    }
    lines
}
