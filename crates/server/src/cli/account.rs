//! `rolecall account`: makes accounts and sets passwords, by whoever runs the server.

use super::{Context, check::refused};
use crate::config::ConfigError;
use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account.
    Create {
        /// The address to sign in with.
        email: String,
        /// How the person is called.
        #[arg(long)]
        name: String,
        /// The password; asked of the environment so that it doesn't show in the process list.
        #[arg(long, env = "ROLECALL_PASSWORD", hide_env_values = true)]
        password: SecretString,
    },
    /// Set an account's password and end its sessions.
    SetPassword {
        /// The account's address.
        email: String,
        /// The new password.
        #[arg(long, env = "ROLECALL_PASSWORD", hide_env_values = true)]
        password: SecretString,
    },
}

pub(super) async fn run(context: &Context, command: AccountCommand) -> Result<(), ConfigError> {
    let services = context.store.services().await?;
    let operator = services.operator();
    match command {
        AccountCommand::Create { email, name, password } => {
            let password = password.expose_secret();
            let account = service::operator::create_account(&services, &operator, &name, &email, password).await.map_err(refused)?;
            context.print(&account, || format!("account {} made for {}", account.id, account.email))
        }
        AccountCommand::SetPassword { email, password } => {
            service::operator::set_password(&services, &operator, &email, password.expose_secret()).await.map_err(refused)?;
            context.print(&serde_json::json!({ "email": email }), || format!("the password of {email} is set; its sessions have ended"))
        }
    }
}
