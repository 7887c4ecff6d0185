//! Whoever acts in a workspace, person or machine, for what the policy decides for both alike.

use super::{Manager, WorkspaceMember, WorkspaceOwner, WorkspaceToken};
use crate::{refusal::stored, services::Services, workspaces::locked};
use domain::{
    audit::{Event, Object, Record},
    failure::{Failure, FailureKind},
    member::MemberKind,
    policy::Subject,
    workspace::Workspace,
};
use store::WriteTx;

/// A member, or a machine with a token. Borrowed from their proof.
#[derive(Clone, Copy, Debug)]
pub enum Acting<'a> {
    Member(&'a WorkspaceMember),
    Token(&'a WorkspaceToken),
}

impl<'a> From<&'a WorkspaceMember> for Acting<'a> {
    fn from(member: &'a WorkspaceMember) -> Self {
        Self::Member(member)
    }
}

impl<'a> From<&'a WorkspaceToken> for Acting<'a> {
    fn from(token: &'a WorkspaceToken) -> Self {
        Self::Token(token)
    }
}

impl<'a> From<&'a WorkspaceOwner> for Acting<'a> {
    fn from(owner: &'a WorkspaceOwner) -> Self {
        match &owner.0 {
            Manager::Person(member) => Self::Member(member),
            Manager::Machine(token) => Self::Token(token),
        }
    }
}

impl Acting<'_> {
    pub(crate) const fn workspace(&self) -> &Workspace {
        match self {
            Self::Member(member) => member.workspace(),
            Self::Token(token) => token.workspace(),
        }
    }

    /// Whether they manage the workspace, and so may everything in it.
    pub(crate) fn manages(&self) -> bool {
        match self {
            Self::Member(member) => member.kind() == MemberKind::Owner,
            Self::Token(token) => token.has_owner_access(),
        }
    }

    /// Whom the policy is asked about.
    pub(crate) const fn subject(&self) -> Subject {
        match self {
            Self::Member(member) => Subject::Member(member.member()),
            Self::Token(token) => Subject::Token(token.token()),
        }
    }

    pub(crate) fn record(&self, services: &Services, event: Event, object: Option<Object>) -> Record {
        match self {
            Self::Member(member) => member.record(services, event, object),
            Self::Token(token) => token.record(services, event, object),
        }
    }

    /// Locks the workspace, so that no right changes until the change has ended, and checks in it that whoever acts is what they were.
    /// Gives the policy's version as of now.
    pub(crate) async fn still_the_same(&self, services: &Services, tx: &WriteTx) -> Result<i64, Failure> {
        let workspace = locked(tx, self.workspace().id).await?;
        match self {
            Self::Member(member) => {
                let standing = store::members::by_account(tx, workspace.id, member.account().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
                if standing.kind != member.kind() {
                    let message = "your place in this workspace has just changed; nothing was changed, reload the page to go on";
                    return Err(Failure::new(FailureKind::Forbidden, message));
                }
            }
            Self::Token(token) => token.still(tx, services.now()).await?,
        }
        Ok(workspace.policy_version)
    }
}
