//! How a session came in, and what a workspace asks of that before it lets somebody enter.

use crate::{refusal::stored, services::Services};
use domain::{
    account::Account,
    failure::{Failure, FailureKind},
    id::{ConnectionId, MemberId, WorkspaceId},
    sso::domains::DomainName,
    time::Span,
    workspace::Workspace,
};
use store::sessions::{CameBy, Found};

#[derive(Debug)]
pub(crate) struct Came {
    /// How long the session went unused at the longest, up to now.
    rested: Span,
    /// The connection that it came by; a password where there is none.
    by: Option<CameBy>,
    /// The provider spoke for the account's address when it came, and does so no longer: the domain is not its workspace's any more.
    outlived: bool,
}

impl Came {
    /// What a session may reach rests on a domain as it stands now, and not as it stood when somebody came: a domain is removed, lapses, or is
    /// proven for another workspace meanwhile. (With its connection, a session ends.)
    pub(crate) async fn of(services: &Services, session: &Found, account: &Account) -> Result<Self, Failure> {
        let outlived = match session.came_by.filter(|by| !by.only_here) {
            Some(by) => {
                let whose = store::sso::domains::proven_for(&services.store, &DomainName::of(&account.email)).await.map_err(stored)?;
                whose != Some(by.workspace)
            }
            None => false,
        };
        Ok(Self { rested: session.rested(services.now()), by: session.came_by, outlived })
    }

    /// Whose proof has gone has to come anew.
    pub(crate) fn by_sso_of(&self, workspace: WorkspaceId) -> bool {
        !self.outlived && self.by.is_some_and(|by| by.workspace == workspace)
    }

    /// A provider speaks for addresses under its workspace's domains. Of somebody else it can say who they are in that workspace alone: else its
    /// owner could walk into all that others have elsewhere.
    pub(crate) fn reaches(&self, workspace: WorkspaceId) -> bool {
        self.by.is_none_or(|by| by.workspace == workspace || !self.is_bound())
    }

    /// Whether it came by this connection, and ends with it.
    pub(crate) fn is_by(&self, connection: ConnectionId) -> bool {
        self.by.is_some_and(|by| by.connection == connection)
    }

    /// Whether the session was opened by a provider that speaks for one workspace alone.
    pub(crate) fn is_bound(&self) -> bool {
        self.outlived || self.by.is_some_and(|by| by.only_here)
    }

    /// What concerns the account itself, or other workspaces, is not that provider's to do.
    pub(crate) fn speaks_for_the_account(&self) -> Result<(), Failure> {
        if !self.is_bound() {
            return Ok(());
        }
        let message = "you came by single sign-on of a workspace, which does not speak for your address; sign in otherwise to do this";
        Err(Failure::new(FailureKind::Forbidden, message))
    }

    /// What is refused here is refused in this workspace only: others of the same person are open to the same session.
    pub(crate) async fn may_enter(&self, services: &Services, workspace: &Workspace, member: MemberId) -> Result<(), Failure> {
        self.awake(workspace)?;
        if !self.reaches(workspace.id) {
            let message =
                format!("you came by single sign-on of another workspace, which does not speak for your address; sign in to reach {}", workspace.name);
            return Err(Failure::new(FailureKind::SignedOut, message));
        }
        if !workspace.asks_for_sso() || self.by_sso_of(workspace.id) {
            return Ok(());
        }
        if store::sso::requirement::is_excepted(&services.store, workspace.id, member).await.map_err(stored)? {
            return Ok(());
        }
        let message = format!("{} asks its members to come by single sign-on; sign in that way to go on", workspace.name);
        Err(Failure::new(FailureKind::SsoRequired, message))
    }

    /// A session that rested longer than the workspace allows is signed out there until somebody signed in again.
    fn awake(&self, workspace: &Workspace) -> Result<(), Failure> {
        let Some(limit) = workspace.rules.idle.span().filter(|limit| self.rested > *limit) else { return Ok(()) };
        let message = format!("{} asks for the password again after {} without a sign of life; sign in to go on", workspace.name, limit.words());
        Err(Failure::new(FailureKind::SignedOut, message))
    }
}
