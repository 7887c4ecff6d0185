//! `rolecall token`: keys for the products and scripts that ask Rolecall.

use super::Context;
use crate::config::ConfigError;
use clap::Subcommand;
use domain::{
    catalog::RoleId,
    failure::Failure,
    grant::{GrantSpec, Scope},
    id::TokenId,
    member::GrantDraft,
    time::Span,
    token::TokenWish,
};
use service::tokens;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token and print its secret: this once, so keep it.
    Create {
        /// What it is for: `shop backend`.
        name: String,
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
        /// It may do all that an owner may: a product that asks about its users needs this.
        #[arg(long)]
        owner_access: bool,
        /// A role on all its resources, by its id in the catalogue: `source_read_only`. May be repeated.
        #[arg(long = "role")]
        roles: Vec<String>,
        /// So many days from now it ends; never without.
        #[arg(long)]
        expires_in_days: Option<u32>,
    },
    /// End a token at once.
    Revoke {
        /// The token's id, as `token create` printed it and the console's address shows it.
        id: String,
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
    },
}

pub(super) async fn run(context: &Context, command: TokenCommand) -> Result<(), ConfigError> {
    let services = context.store.services().await?;
    let operator = services.operator();
    match command {
        TokenCommand::Create { name, workspace, owner_access, roles, expires_in_days } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await?;
            let grants = roles.iter().map(|role| GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), Scope::All) }).collect();
            let expires_at = expires_in_days.map(|days| services.now().plus(Span::days(i64::from(days))));
            let made = tokens::create_as_operator(&services, &operator, &workspace, TokenWish { name, owner_access, grants, expires_at }).await?;
            let secret = made.secret.reveal();
            let data = serde_json::json!({ "id": made.id, "name": made.name, "token": secret, "workspace": workspace.slug });
            context.print(&data, || format!("{secret}\nthe token `{}` ({}) of the workspace `{}`; it is not shown again", made.name, made.id, workspace.slug))
        }
        TokenCommand::Revoke { id, workspace } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await?;
            let id: TokenId = id.parse().map_err(|error| Failure::field("id", error))?;
            let name = tokens::revoke_as_operator(&services, &operator, &workspace, id).await?;
            context.print(&serde_json::json!({ "id": id, "name": name }), || format!("the token `{name}` is revoked"))
        }
    }
}
