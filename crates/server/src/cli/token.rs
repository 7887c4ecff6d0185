//! `rolecall token`: keys for the products and scripts that ask Rolecall.

mod listed;

use super::{
    Context,
    check::refused,
    remote::{Server, failed},
};
use crate::config::ConfigError;
use clap::Subcommand;
use domain::{
    catalog::RoleId,
    failure::Failure,
    grant::{GrantSpec, Scope},
    id::TokenId,
    member::GrantDraft,
    page::Cursor,
    time::Span,
    token::TokenWish,
};
use http::Method;
use listed::{ListedToken, NewToken, print_list};
use rolecall_client::Client;
use serde::{Deserialize, Serialize};
use service::{
    clock::{Clock as _, SystemClock},
    tokens,
};

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
    /// List the tokens, the newest first.
    List {
        /// The workspace's name in URLs; needed where there are several.
        #[arg(long)]
        workspace: Option<String>,
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

/// A token just made, from wherever it comes.
#[derive(Debug, Deserialize, Serialize)]
struct Made {
    id: String,
    name: String,
    /// The secret, this once.
    #[serde(alias = "secret")]
    token: String,
    #[serde(default)]
    workspace: String,
}

impl Made {
    fn print(&self, context: &Context) -> Result<(), ConfigError> {
        context.print(self, || format!("{}\nthe token `{}` ({}) of the workspace `{}`; it is not shown again", self.token, self.name, self.id, self.workspace))
    }
}

fn print_revoked(context: &Context, id: &str, name: &str) -> Result<(), ConfigError> {
    context.print(&serde_json::json!({ "id": id, "name": name }), || format!("the token `{name}` is revoked"))
}

pub(super) async fn run(context: &Context, command: TokenCommand) -> Result<(), ConfigError> {
    match context.remote.server()? {
        Some(server) => by_server(context, &server, command).await,
        None => by_database(context, command).await,
    }
}

async fn by_database(context: &Context, command: TokenCommand) -> Result<(), ConfigError> {
    let services = context.store.services().await?;
    let operator = services.operator();
    match command {
        TokenCommand::Create { name, workspace, owner_access, roles, expires_in_days } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
            let grants = roles.iter().map(|role| GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), Scope::All) }).collect();
            let expires_at = expires_in_days.map(|days| services.now().plus(Span::days(i64::from(days))));
            let wish = TokenWish { name, owner_access, grants, expires_at };
            let made = tokens::create_as_operator(&services, &operator, &workspace, wish).await.map_err(refused)?;
            let (id, name, token) = (made.id.to_string(), made.name.to_string(), made.secret.reveal().to_owned());
            Made { id, name, token, workspace: workspace.slug.to_string() }.print(context)
        }
        TokenCommand::List { workspace } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
            let (mut rows, mut cursor) = (Vec::new(), None);
            loop {
                let page = service::operator::tokens(&services, &operator, &workspace, cursor).await.map_err(refused)?;
                rows.extend(page.rows.into_iter().map(|row| ListedToken::of(row, services.now())));
                // a list that can't be read to its end is none
                cursor = page.next.as_deref().map(Cursor::decode).transpose().map_err(std::io::Error::other)?;
                if cursor.is_none() {
                    break;
                }
            }
            print_list(context, &rows)
        }
        TokenCommand::Revoke { id, workspace } => {
            let workspace = service::check::chosen(&services, workspace.as_deref()).await.map_err(refused)?;
            let id: TokenId = id.parse().map_err(|error| refused(Failure::field("id", error)))?;
            let name = tokens::revoke_as_operator(&services, &operator, &workspace, id).await.map_err(refused)?;
            print_revoked(context, &id.to_string(), name.as_str())
        }
    }
}

async fn by_server(context: &Context, server: &Server, command: TokenCommand) -> Result<(), ConfigError> {
    let client = &server.client;
    match command {
        TokenCommand::Create { name, workspace, owner_access, roles, expires_in_days } => {
            let own = server.chosen(workspace.as_deref()).await?;
            let expires_at = expires_in_days.map(|days| SystemClock.now().plus(Span::days(i64::from(days))).to_string());
            let wish = NewToken::new(name, owner_access, &roles, expires_at);
            let made: Made = client.send(Method::POST, "/api/v1/tokens", &wish).await.map_err(failed)?;
            Made { workspace: own.slug, ..made }.print(context)
        }
        TokenCommand::List { workspace } => {
            server.chosen(workspace.as_deref()).await?;
            let rows: Vec<ListedToken> = client.list("/api/v1/tokens").rest().await.map_err(failed)?;
            print_list(context, &rows)
        }
        TokenCommand::Revoke { id, workspace } => {
            server.chosen(workspace.as_deref()).await?;
            let place = format!("/api/v1/tokens/{}", Client::escaped(&id));
            let found: ListedToken = client.get(&place).await.map_err(failed)?;
            client.delete(&place).await.map_err(failed)?;
            print_revoked(context, &id, &found.name)
        }
    }
}
