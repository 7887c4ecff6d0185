//! Machines as they were when the database last told of them, for reading: what is read says by which version of the policy it is true, and every change
//! of a token or of its workspace raises that. So where the version is still the one by which the token was known, the database has just said
//! that the token works, without being asked; else it is asked. A token that ended anywhere reads nothing more.

use super::{Manager, WorkspaceOwner, WorkspaceToken};
use crate::{actor::Meta, secrets, services::Services};
use domain::{
    failure::Failure,
    id::{TokenId, WorkspaceId},
    time::Timestamp,
    token::TokenSecret,
    workspace::Workspace,
};
use store::{policy_keys::SecretHash, tokens::FoundToken};

/// A token that worked, and its workspace, as the database had both at one moment.
#[derive(Debug)]
pub(crate) struct Told {
    pub(super) token: FoundToken,
    pub(super) workspace: Workspace,
}

/// A machine that managed its workspace when the database last told of it. It is no proof before it is confirmed.
#[derive(Debug)]
pub struct RememberedToken {
    token: WorkspaceToken,
    /// The policy's version by which it was known.
    version: i64,
}

/// Who manages a workspace, and may read in it once what was read has confirmed that they still do.
#[derive(Debug)]
pub struct ReadingOwner(Who);

#[derive(Debug)]
enum Who {
    /// Just now, by the database.
    Found(WorkspaceOwner),
    Remembered(RememberedToken),
}

impl Told {
    /// What it proves to whom has shown this secret.
    pub(super) fn as_shown(&self, secret_hash: SecretHash, meta: &Meta) -> WorkspaceToken {
        let FoundToken { id, name, owner_access, .. } = &self.token;
        WorkspaceToken {
            workspace: self.workspace.clone(),
            token: *id,
            name: name.clone(),
            owner_access: *owner_access,
            secret_hash,
            meta: meta.clone(),
            once: None,
        }
    }
}

impl Services {
    /// The token of a secret with owner access, where it is remembered and has not ended by itself. `None` says nothing: whoever gets it asks by
    /// [`token`](Self::token).
    #[must_use]
    pub fn remembered_token(&self, secret: &str, meta: &Meta) -> Option<RememberedToken> {
        let hash = secrets::hash(TokenSecret::parse(secret).ok()?.reveal());
        let now = self.now();
        let told = self.secrets.told(&hash, now)?;
        let lives = |end: Option<Timestamp>| end.is_none_or(|end| end > now);
        let manages = told.token.owner_access && lives(told.token.expires_at) && lives(told.token.replaced_until);
        manages.then(|| RememberedToken { token: told.as_shown(hash, meta), version: told.workspace.policy_version })
    }
}

impl RememberedToken {
    /// Whose calls are counted.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token.token
    }

    /// The proof, by the database.
    pub async fn confirmed(self, services: &Services) -> Result<WorkspaceToken, Failure> {
        services.token_by_hash(&self.token.secret_hash, &self.token.meta).await
    }
}

impl ReadingOwner {
    pub(crate) const fn workspace(&self) -> WorkspaceId {
        match &self.0 {
            Who::Found(owner) => owner.workspace().id,
            Who::Remembered(remembered) => remembered.token.workspace.id,
        }
    }

    /// The proof: by this version of the policy, at which something was read in the workspace; by the database where it is another or none.
    pub(crate) async fn proven_at(self, services: &Services, version: Option<i64>) -> Result<WorkspaceOwner, Failure> {
        match self.0 {
            Who::Found(owner) => Ok(owner),
            Who::Remembered(remembered) if version == Some(remembered.version) => Ok(WorkspaceOwner(Manager::Machine(remembered.token))),
            Who::Remembered(remembered) => services.owner_by_token(remembered.confirmed(services).await?),
        }
    }

    /// The proof, by the database.
    pub async fn confirmed(self, services: &Services) -> Result<WorkspaceOwner, Failure> {
        self.proven_at(services, None).await
    }
}

impl From<WorkspaceOwner> for ReadingOwner {
    fn from(owner: WorkspaceOwner) -> Self {
        Self(Who::Found(owner))
    }
}

impl From<RememberedToken> for ReadingOwner {
    fn from(remembered: RememberedToken) -> Self {
        Self(Who::Remembered(remembered))
    }
}
