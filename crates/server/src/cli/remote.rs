//! `--url` and `--token`: commands that ask a server by its API, in place of the database beside them.

use super::check::refused;
use crate::config::ConfigError;
use clap::Args;
use domain::failure::{Failure, FailureKind};
use rolecall_client::{Client, Error, Problem, ProblemKind};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Args, Debug)]
pub struct RemoteOptions {
    /// Ask the server at this address in place of the database: `https://rolecall.example.com`. Needs a token.
    #[arg(long, env = "ROLECALL_URL", global = true, help_heading = "Over the API")]
    url: Option<String>,

    /// A token of the workspace that is asked about. Others on this machine see what stands on a command line: set ROLECALL_TOKEN instead.
    #[arg(long, env = "ROLECALL_TOKEN", global = true, hide_env_values = true, help_heading = "Over the API")]
    token: Option<SecretString>,

    /// For how many seconds an answer is waited for, and each further piece of a long one: a list of members is made while one waits.
    #[arg(long, value_name = "SECONDS", global = true, help_heading = "Over the API")]
    #[arg(default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    timeout: u32,
}

/// A server, asked as one token.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) client: Client,
}

/// The token's own workspace.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct OwnWorkspace {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) plan: String,
    pub(super) policy_version: i64,
}

impl RemoteOptions {
    /// The server that is meant; `None` where the database is.
    pub(super) fn server(&self) -> Result<Option<Server>, ConfigError> {
        let Some(url) = &self.url else { return Ok(None) };
        let no_token = || usage("--url needs a token: set ROLECALL_TOKEN to one; `rolecall token create` beside the database prints one");
        let token = self.token.as_ref().filter(|token| !token.expose_secret().trim().is_empty()).ok_or_else(no_token)?;
        if is_in_the_clear(url) {
            eprintln!("rolecall: the token goes to {url} unencrypted, and whoever is in between can take it; use https://");
        }
        let timeout = Duration::from_secs(self.timeout.into());
        let client = Client::builder(url, token.expose_secret()).timeout(timeout).patience(2 * timeout).build().map_err(usage)?;
        Ok(Some(Server { client }))
    }

    /// For what is done to the database itself.
    pub(super) fn none_for(&self, command: &str) -> Result<(), ConfigError> {
        match &self.url {
            None => Ok(()),
            Some(_) => Err(usage(format_args!("`{command}` works on the database itself; run it beside the database, without --url and ROLECALL_URL"))),
        }
    }
}

impl Server {
    pub(super) async fn workspace(&self) -> Result<OwnWorkspace, ConfigError> {
        self.client.get("/api/v1/workspace").await.map_err(failed)
    }

    /// The token's workspace, which must be the one that was named, if one was.
    pub(super) async fn chosen(&self, named: Option<&str>) -> Result<OwnWorkspace, ConfigError> {
        let own = self.workspace().await?;
        match named {
            Some(named) if named != own.slug => {
                Err(usage(format_args!("the token is of the workspace `{}`; use one of `{named}`, or leave --workspace out", own.slug)))
            }
            Some(_) | None => Ok(own),
        }
    }
}

fn usage(message: impl std::fmt::Display) -> ConfigError {
    ConfigError::Usage(Failure::new(FailureKind::Invalid, message))
}

/// In the words of a command beside the database, where it is the same refusal.
pub(super) fn failed(error: Error) -> ConfigError {
    match error {
        Error::Refused(problem) if problem.kind == ProblemKind::Unauthorized => {
            ConfigError::Remote(format!("the server refuses the token: {}", problem.detail))
        }
        Error::Refused(problem) => refused(failure(*problem)),
        other => ConfigError::Remote(other.to_string()),
    }
}

fn failure(problem: Problem) -> Failure {
    let kind = match problem.kind {
        ProblemKind::Invalid => FailureKind::Invalid,
        ProblemKind::Forbidden => FailureKind::Forbidden,
        ProblemKind::NotFound => FailureKind::NotFound,
        ProblemKind::Conflict | ProblemKind::Stale | ProblemKind::AlreadyDone | ProblemKind::IdempotencyMismatch => FailureKind::Conflict,
        ProblemKind::Limited => FailureKind::Limited,
        ProblemKind::Unavailable => FailureKind::Unavailable,
        _ => FailureKind::Internal,
    };
    Failure { kind, field: problem.field, message: problem.detail, also: Vec::new() }
}

/// Plain HTTP to another machine.
fn is_in_the_clear(url: &str) -> bool {
    let Ok(uri) = url.trim().parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    uri.scheme_str() == Some("http") && !is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_the_clear_on_the_way_to_another_machine() {
        for (url, is) in [
            ("http://rolecall.test", true),
            ("http://10.0.0.1:3000", true),
            ("https://rolecall.test", false),
            ("http://127.0.0.1:3000", false),
            ("http://[::1]:3000", false),
            ("http://localhost", false),
        ] {
            assert_eq!(is_in_the_clear(url), is, "{url}");
        }
    }
}
