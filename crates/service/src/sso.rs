//! Single sign-on: a workspace's own people come in by its own identity provider.
//!
//! A sign-in goes begin → provider → answer → [`arrive`], and each step uses up what brought it. What the provider says of somebody counts
//! for addresses under domains that were proven for the connection's workspace, and for accounts whose holders agreed; see [`arrive`].

mod arrive;
mod begin;
pub mod connections;
pub mod domains;
mod finish;
mod head;
pub mod link;
pub mod links;
pub mod logout;
mod oidc;
pub mod outside;
pub mod proofs;
mod reclaim;
mod refused;
pub mod require;
mod saml;
mod state;
pub mod switch;
mod test;
pub mod ways;

pub use begin::{Begun, begin};
pub use finish::{Finished, Handed, OidcAnswer, finish_oidc, finish_ticket, receive_saml};
pub(crate) use oidc::Descriptions;
pub use refused::{log, refusal};
pub use saml::metadata;
pub use test::{begin_test, test_result};

use crate::{refusal::stored, services::Services};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    failure::{Failure, FailureKind},
    id::ConnectionId,
    plan::Plan,
    sso::log::Purpose,
    workspace::Workspace,
};
use refused::Refused;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use store::sso::connections::Found;

/// How often what is over is let go of.
const EVERY: Duration = Duration::from_secs(600);

/// What is new needs a plan that has single sign-on; looking, switching off and removing don't.
pub(crate) fn on_plan(plan: Plan) -> Result<(), Failure> {
    if plan.has_sso() {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Conflict, "single sign-on needs the Business plan; whoever runs Rolecall can change the workspace's plan"))
}

/// SHA-256 of a certificate in Base64, as providers show it: `AB:CD:…`
fn fingerprint(der: &str) -> String {
    let bytes = STANDARD.decode(der).unwrap_or_default();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// A connection that somebody comes by, and its workspace.
struct Gate {
    workspace: Workspace,
    found: Found,
}

impl Gate {
    /// A connection that isn't there, and one of a closed workspace, look the same.
    async fn find(services: &Services, id: ConnectionId) -> Result<Self, Failure> {
        let found = store::sso::connections::by_id(&services.store, id, fingerprint).await.map_err(stored)?;
        let found = found.ok_or_else(Failure::not_found)?;
        let workspace = store::workspaces::by_id(&services.store, found.workspace).await.map_err(stored)?;
        let workspace = workspace.filter(|workspace| !workspace.is_closed()).ok_or_else(Failure::not_found)?;
        Ok(Self { workspace, found })
    }

    /// Whether it may be come by now; a test needs no switch.
    fn open_for(&self, purpose: Purpose) -> Result<(), Refused> {
        let connection = &self.found.connection;
        if !self.workspace.plan.has_sso() {
            return Err(Refused::new("plan", "the plan of this workspace has no single sign-on; sign in with a password"));
        }
        if !connection.is_complete() {
            return Err(Refused::new("not-set-up", "this connection is not set up yet: its provider has to be told first"));
        }
        if purpose == Purpose::SignIn && !connection.enabled {
            return Err(Refused::new("switched-off", "this connection is switched off; ask an owner of the workspace, or sign in with a password"));
        }
        Ok(())
    }
}

/// Lets go of what is over and looks for proofs of domains, until the server stops.
pub async fn run(services: Services) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = forget(&services).await {
            tracing::warn!(%error, "sign-ins that are over could not be forgotten");
        }
        if let Err(error) = proofs::round(&services).await {
            tracing::warn!(%error, "proofs of domains could not be looked for");
        }
    }
}

/// Attempts nobody went on with, and messages too old to be taken anyway.
pub async fn forget(services: &Services) -> Result<u64, Failure> {
    let now = services.now();
    let attempts = store::sso::attempts::forget(&services.store, now).await.map_err(stored)?;
    Ok(attempts + store::sso::messages::forget(&services.store, now).await.map_err(stored)?)
}
