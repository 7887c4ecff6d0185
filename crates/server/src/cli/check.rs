//! `rolecall check`: may somebody do something, and why, as the server would answer.

use super::Context;
use crate::config::ConfigError;
use clap::Args;
use domain::failure::{Failure, FailureKind};
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

pub(super) async fn run(context: &Context, options: CheckOptions) -> Result<ExitCode, ConfigError> {
    let services = context.store.services().await?;
    let CheckOptions { subject, action, resource, workspace } = options;
    let checked = service::check::by_operator(&services, &services.operator(), workspace.as_deref(), &subject, &action, &resource).await.map_err(refused)?;
    context.print(&checked, || checked.lines.join("\n"))?;
    Ok(if checked.allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Limited
        | FailureKind::Internal
        | FailureKind::Unavailable
        | FailureKind::Offline => ConfigError::Failed(failure),
    }
}
