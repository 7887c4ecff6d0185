//! Machines with a token: found by its secret, told how it ended, and looked at again inside a change.

use super::{Manager, SEEN_EVERY, WorkspaceOwner, WorkspaceToken, remembered::Told};
use crate::{actor::Meta, refusal::stored, secrets, services::Services};
use domain::{
    audit::{Actor, Chain, Event, Object, Record},
    failure::{Failure, FailureKind},
    id::TokenId,
    once::Once,
    text::TokenName,
    time::Timestamp,
    token::TokenSecret,
    workspace::Workspace,
};
use store::{WriteTx, policy_keys::SecretHash, tokens::FoundToken};

impl Services {
    /// What a machine may do in its owners' stead.
    pub fn owner_by_token(&self, token: WorkspaceToken) -> Result<WorkspaceOwner, Failure> {
        if token.owner_access {
            return Ok(WorkspaceOwner(Manager::Machine(token)));
        }
        Err(Failure::new(FailureKind::Forbidden, "this token has no owner access, and only such tokens manage the workspace; use another one"))
    }

    /// Finds the token of a secret; says of one that ended how it ended, to whom holds it.
    pub async fn token(&self, secret: &str, meta: &Meta) -> Result<WorkspaceToken, Failure> {
        let secret = TokenSecret::parse(secret).map_err(|error| Failure::new(FailureKind::SignedOut, error))?;
        self.token_by_hash(&secrets::hash(secret.reveal()), meta).await
    }

    pub(super) async fn token_by_hash(&self, hash: &SecretHash, meta: &Meta) -> Result<WorkspaceToken, Failure> {
        let now = self.now();
        // secrets that worked here are looked up whoever else guesses from the same network
        let known = self.secrets.knows(hash);
        if !known {
            self.limits.may_show_secret(meta.address.as_deref())?;
        }
        let found = store::tokens::by_secret_in_workspace(&self.store, hash).await.map_err(stored)?;
        if found.is_none() {
            self.limits.showed_unknown_secret(meta.address.as_deref());
        }
        let told = working(found, now)?;
        let noted = match told.token.last_used_at.filter(|used| used.plus(SEEN_EVERY) > now) {
            Some(used) => used,
            None => {
                store::tokens::touch_used(&self.store, told.token.id, now, meta.address.as_deref()).await.map_err(stored)?;
                now
            }
        };
        let token = told.as_shown(*hash, meta);
        self.secrets.put(*hash, told, noted, now);
        Ok(token)
    }
}

/// The token that was found by its secret and its workspace, where both can be used now.
fn working(found: Option<(FoundToken, Option<Workspace>)>, now: Timestamp) -> Result<Told, Failure> {
    let refused = |why: &str| Failure::new(FailureKind::SignedOut, why);
    let (token, workspace) = found.ok_or_else(|| refused("this token is not known here; use one that was created in this workspace"))?;
    if token.revoked_at.is_some() {
        return Err(refused("this token was revoked; an owner of the workspace can create another"));
    }
    if token.expires_at.is_some_and(|end| end <= now) {
        return Err(refused("this token has expired; an owner of the workspace can create another"));
    }
    if token.replaced_until.is_some_and(|end| end <= now) {
        return Err(refused("this token was given a new secret, and the time of grace for this one is over; use the new one"));
    }
    let gone = || Failure::new(FailureKind::NotFound, "the workspace of this token is closed, or gone");
    Ok(Told { token, workspace: workspace.filter(|workspace| !workspace.is_closed()).ok_or_else(gone)? })
}

impl WorkspaceToken {
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token
    }

    #[must_use]
    pub const fn has_owner_access(&self) -> bool {
        self.owner_access
    }

    #[must_use]
    pub const fn name(&self) -> &TokenName {
        &self.name
    }

    /// Whether the secret that was shown still works, looked up without leaving a mark; and until when, if it ends by itself.
    pub(crate) async fn works_until(&self, services: &Services) -> Result<Option<Timestamp>, Failure> {
        let found = store::tokens::by_secret_in_workspace(&services.store, &self.secret_hash).await.map_err(stored)?;
        let Told { token, .. } = working(found, services.now())?;
        Ok([token.expires_at, token.replaced_until].into_iter().flatten().min())
    }

    pub(crate) fn record(&self, services: &Services, event: Event, object: Option<Object>) -> Record {
        let actor = Actor::Token { id: self.token, name: self.name.to_string() };
        let record = services.record(Chain::Workspace(self.workspace.id), actor, event, object, self.meta.origin());
        Record { once: self.once.clone(), ..record }
    }

    /// What it writes from here on happens once.
    pub(crate) fn set_once(&mut self, once: Once) {
        self.once = Some(once);
    }

    /// Whether it still works as it did, and by the secret that was shown, inside a change that holds the workspace's lock.
    pub(crate) async fn still(&self, tx: &WriteTx, now: Timestamp) -> Result<(), Failure> {
        let found = store::tokens::by_secret(tx, &self.secret_hash).await.map_err(stored)?;
        let lives = |end: Option<Timestamp>| end.is_none_or(|end| end > now);
        let works = |found: FoundToken| {
            let is_same = found.id == self.token && found.workspace == self.workspace.id && found.owner_access == self.owner_access;
            is_same && found.revoked_at.is_none() && lives(found.expires_at) && lives(found.replaced_until)
        };
        if found.is_some_and(works) {
            return Ok(());
        }
        Err(Failure::new(FailureKind::SignedOut, "this token was revoked, changed or given a new secret meanwhile; nothing was changed"))
    }
}
