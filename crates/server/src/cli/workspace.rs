//! `rolecall workspace`: workspaces, by whoever runs the server.

use super::{Context, check::refused};
use crate::config::ConfigError;
use clap::Subcommand;
use domain::workspace::Workspace;

#[derive(Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// Make a workspace for an account.
    Create {
        name: String,
        /// The address of the account that owns it.
        #[arg(long)]
        owner: String,
    },
    /// List the workspaces; over the API, the token's own.
    List,
    /// Set a workspace's plan: `free`, `team` or `business`.
    SetPlan { workspace: String, plan: String },
}

impl WorkspaceCommand {
    /// What needs the database beside it.
    pub(super) const fn needs_database(&self) -> Option<&'static str> {
        match self {
            Self::Create { .. } => Some("workspace create"),
            Self::SetPlan { .. } => Some("workspace set-plan"),
            Self::List => None,
        }
    }
}

pub(super) async fn run(context: &Context, command: WorkspaceCommand) -> Result<(), ConfigError> {
    if let Some(server) = context.remote.server()? {
        let own = server.workspace().await?;
        let line = line(&own.slug, &own.plan, &own.name);
        return context.print(&[own], || table(&[line]));
    }
    let services = context.store.services().await?;
    let operator = services.operator();
    match command {
        WorkspaceCommand::Create { name, owner } => {
            let slug = service::operator::create_workspace(&services, &operator, &name, &owner).await.map_err(refused)?;
            context.print(&serde_json::json!({ "slug": slug }), || format!("workspace `{slug}` made; its owner is {owner}"))
        }
        WorkspaceCommand::List => {
            let workspaces = service::operator::workspaces(&services, &operator).await.map_err(refused)?;
            context.print(&workspaces, || {
                if workspaces.is_empty() {
                    return "no workspace yet; the first sign-up makes one".to_owned();
                }
                let row = |it: &Workspace| {
                    let fate = it.deleted_at.map(|at| format!(" (closed, to be deleted on {})", at.to_string().get(..10).unwrap_or_default()));
                    format!("{}{}", line(it.slug.as_str(), it.plan.as_str(), it.name.as_str()), fate.unwrap_or_default())
                };
                table(&workspaces.iter().map(row).collect::<Vec<_>>())
            })
        }
        WorkspaceCommand::SetPlan { workspace, plan } => {
            let changed = service::operator::set_plan(&services, &operator, &workspace, &plan).await.map_err(refused)?;
            context.print(&changed, || format!("`{}` is on the {} plan", changed.slug, changed.plan))
        }
    }
}

fn table(rows: &[String]) -> String {
    format!("{}\n{}", line("SLUG", "PLAN", "NAME"), rows.join("\n"))
}

fn line(slug: &str, plan: &str, name: &str) -> String {
    format!("{slug:<24} {plan:<10} {name}")
}
