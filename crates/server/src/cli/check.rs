//! `rolecall check`: may somebody do something, and why, as the server would answer.

use super::{
    Context,
    remote::{Server, failed},
};
use crate::{api::v1, config::ConfigError};
use clap::Args;
use domain::failure::{Failure, FailureKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args, Debug)]
pub struct CheckOptions {
    /// Who: `email:ADDRESS`, `user:ID`, `group:ID` or `token:ID`.
    subject: String,

    /// What is done: `source:edit`.
    action: String,

    /// To what: `source:ID`, by your product's id or Rolecall's; `source` alone for the type as a whole.
    resource: String,

    /// The workspace's name in URLs; needed where there are several.
    #[arg(long)]
    workspace: Option<String>,
}

/// The answer as it is printed, from wherever it comes.
#[derive(Debug, Deserialize, Serialize)]
struct Printed {
    #[serde(default)]
    workspace: String,
    allowed: bool,
    why: String,
    reasons: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    reasons_more: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    missing: Value,
    policy_version: i64,
    #[serde(default)]
    lines: Vec<String>,
}

pub(super) async fn run(context: &Context, options: CheckOptions) -> Result<ExitCode, ConfigError> {
    let printed = match context.remote.server()? {
        Some(server) => by_server(&server, &options).await?,
        None => by_database(context, &options).await?,
    };
    context.print(&printed, || printed.lines.join("\n"))?;
    Ok(if printed.allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn by_database(context: &Context, options: &CheckOptions) -> Result<Printed, ConfigError> {
    let services = context.store.services().await?;
    let CheckOptions { subject, action, resource, workspace } = options;
    let checked = service::check::by_operator(&services, &services.operator(), workspace.as_deref(), subject, action, resource).await.map_err(refused)?;
    let workspace = checked.workspace.to_string();
    let answer = serde_json::to_value(v1::check::Answer::of(checked, &services.catalog)).map_err(std::io::Error::other)?;
    let printed: Printed = serde_json::from_value(answer).map_err(std::io::Error::other)?;
    Ok(Printed { workspace, ..printed })
}

async fn by_server(server: &Server, options: &CheckOptions) -> Result<Printed, ConfigError> {
    let CheckOptions { subject, action, resource, workspace } = options;
    let own = server.chosen(workspace.as_deref()).await?;
    let question = json!({ "subject": subject, "action": action, "resource": resource, "explain": true });
    let printed: Printed = server.client.ask("/api/v1/check", &question).await.map_err(failed)?;
    // names are told to those tokens alone that may know them
    let lines = if printed.lines.is_empty() { plain(options, &printed) } else { printed.lines };
    Ok(Printed { workspace: own.slug, lines, ..printed })
}

/// In the question's own words.
fn plain(options: &CheckOptions, printed: &Printed) -> Vec<String> {
    let verb = options.action.split_once(':').map_or(options.action.as_str(), |(_, verb)| verb);
    let (answer, may) = if printed.allowed { ("allowed", "may") } else { ("denied", "may not") };
    vec![format!("{answer}: {} {may} {verb} {}", options.subject, options.resource), format!("  {}", printed.why)]
}

/// Names the field; what was mistyped is wrong usage, all else a failure.
pub(super) fn refused(failure: Failure) -> ConfigError {
    let failure = match &failure.field {
        Some(field) => Failure { message: format!("{}: {}", field.to_uppercase(), failure.message), ..failure },
        None => failure,
    };
    match failure.kind {
        FailureKind::Invalid => ConfigError::Usage(failure),
        FailureKind::SignedOut
        | FailureKind::SsoRequired
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Limited
        | FailureKind::Internal
        | FailureKind::Unavailable
        | FailureKind::Offline => ConfigError::Failed(failure),
    }
}
