//! Tokens that ask about access, known from memory: asking touches no database, and a token that ended is refused as soon as a
//! decision would hear of a change.

use super::{SEEN_EVERY, WorkspaceOwner, WorkspaceToken, remembered::Told};
use crate::{
    actor::Meta,
    decisions::{About, Asks},
    secrets,
    services::Services,
};
use domain::{
    failure::{Failure, FailureKind},
    id::{TokenId, WorkspaceId},
    policy::Subject,
    time::{Span, Timestamp},
    token::TokenSecret,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};
use store::{policy::Loaded, policy_keys::SecretHash};

/// Of how many secrets it is remembered whose they are.
const MOST_SECRETS: usize = 10_000;

/// When there are too many, those go that were not used for so long.
const QUIET: Span = Span::minutes(10);

/// A machine with a token that holds, and that asks what others may do.
#[derive(Debug)]
pub struct AskingToken {
    workspace: WorkspaceId,
    token: TokenId,
    about: About,
    hash: SecretHash,
    /// The version of the policy that knew the token; nothing where the database did.
    version: Option<i64>,
}

/// A secret that was shown, by its hash: good for as often as it is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownSecret(SecretHash);

impl ShownSecret {
    /// `None` for what can be no secret. Whether it is written right need not be found out: one that is not is nobody's.
    #[must_use]
    pub fn of(secret: &str) -> Option<Self> {
        TokenSecret::is_as_long(secret).then(|| Self(secrets::hash(secret)))
    }
}

/// In which workspaces secrets were found. What they open there is looked up each time: in the workspace's policy by who asks about access, by what is
/// read by who reads.
#[derive(Debug, Default)]
pub(crate) struct KnownSecrets(RwLock<HashMap<SecretHash, Known>>);

#[derive(Debug)]
struct Known {
    /// As the database last told of it.
    told: Arc<Told>,
    /// When it was last noted that it was used, in microseconds.
    noted: AtomicI64,
}

impl Known {
    /// Whether its use need not be noted.
    fn rests(&self, now: Timestamp) -> bool {
        Timestamp::from_micros(self.noted.load(Ordering::Relaxed)).plus(SEEN_EVERY) > now
    }
}

impl KnownSecrets {
    /// Whose it is, and whether its use should be noted again: to whom is told so, it is left.
    fn find(&self, hash: &SecretHash, now: Timestamp) -> Option<(WorkspaceId, bool)> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(hash)?;
        let noted = known.noted.load(Ordering::Relaxed);
        let is_due = Timestamp::from_micros(noted).plus(SEEN_EVERY) <= now;
        let mine = is_due && known.noted.compare_exchange(noted, now.micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok();
        Some((known.told.workspace.id, mine))
    }

    /// Whose it is, as long as its use need not be noted.
    fn at_rest(&self, hash: &SecretHash, now: Timestamp) -> Option<WorkspaceId> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(hash).filter(|known| known.rests(now)).map(|known| known.told.workspace.id)
    }

    /// What the database told of it, as long as its use need not be noted.
    pub(super) fn told(&self, hash: &SecretHash, now: Timestamp) -> Option<Arc<Told>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(hash).filter(|known| known.rests(now)).map(|known| known.told.clone())
    }

    /// Whether it was found here before; it may have ended since.
    pub(super) fn knows(&self, hash: &SecretHash) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(hash)
    }

    /// Keeps what the database told of a token that works, and when its use was last noted.
    pub(super) fn put(&self, hash: SecretHash, told: Told, noted: Timestamp, now: Timestamp) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_SECRETS {
            all.retain(|_, known| Timestamp::from_micros(known.noted.load(Ordering::Relaxed)).plus(QUIET) > now);
        }
        if all.len() >= MOST_SECRETS {
            all.clear();
        }
        all.insert(hash, Known { told: Arc::new(told), noted: AtomicI64::new(noted.micros()) });
    }
}

impl Services {
    /// Finds the token of a secret, to ask about access with it. Says of one that ended how it ended, to whom holds it.
    pub async fn asking_token(&self, secret: &str, meta: &Meta) -> Result<AskingToken, Failure> {
        let secret = TokenSecret::parse(secret).map_err(|error| Failure::new(FailureKind::SignedOut, error))?;
        let hash = secrets::hash(secret.reveal());
        if let Some(held) = self.held_token(hash, meta).await {
            return Ok(held);
        }
        let token = self.token_by_hash(&hash, meta).await?;
        Ok(AskingToken { workspace: token.workspace.id, token: token.token, about: token.about(), hash, version: None })
    }

    /// Asks at this moment, which is now, as whoever holds this secret, where all that takes is in memory and may be trusted; gives the token too.
    /// `None` says nothing: who gets it asks by [`asking_token`](Self::asking_token).
    pub(crate) fn ask_now<T>(
        &self,
        ShownSecret(hash): &ShownSecret,
        now: Timestamp,
        question: impl FnOnce(&Loaded, About, Timestamp) -> Option<T>,
    ) -> Option<(T, TokenId)> {
        let workspace = self.secrets.at_rest(hash, now)?;
        self.decisions.ask_now(workspace, now, |held, now| {
            let (token, about) = held_about(held, hash, now)?;
            Some((question(held, about, now)?, token))
        })
    }

    /// What the token may do in its owners' stead, as the database has it; `None` for one without owner access.
    pub async fn owner_by_asking(&self, token: &AskingToken) -> Result<Option<WorkspaceOwner>, Failure> {
        let token = self.token_by_hash(&token.hash, &Meta::default()).await?;
        if token.has_owner_access() { self.owner_by_token(token).map(Some) } else { Ok(None) }
    }

    /// The same from memory, where what is there may be trusted and knows it.
    async fn held_token(&self, hash: SecretHash, meta: &Meta) -> Option<AskingToken> {
        let (workspace, is_due) = self.secrets.find(&hash, self.now())?;
        let look = |held: &Loaded, now| {
            let (token, about) = held_about(held, &hash, now)?;
            Some(AskingToken { workspace, token, about, hash, version: Some(held.version) })
        };
        // where the policy can't be had, the database says how it is
        let held = self.decisions.look(workspace, look).await.ok().flatten()?;
        if is_due {
            let (services, token, from) = (self.clone(), held.token, meta.address.clone());
            tokio::spawn(async move {
                let now = services.now();
                if let Err(error) = store::tokens::touch_used(&services.store, token, now, from.as_deref()).await {
                    tracing::warn!(token.id = %token, %error, "the use of a token could not be noted");
                }
            });
        }
        Some(held)
    }
}

/// The token of this secret, where it works at this moment, and whom it may ask about.
fn held_about(held: &Loaded, hash: &SecretHash, now: Timestamp) -> Option<(TokenId, About)> {
    let key = held.keys.find(hash).filter(|key| key.until.is_none_or(|end| end > now))?;
    let everybody = held.policy.token_access(key.token, now)?;
    Some((key.token, about(everybody, key.token)))
}

const fn about(everybody: bool, token: TokenId) -> About {
    if everybody { About::Everybody } else { About::Only(Subject::Token(token)) }
}

impl AskingToken {
    /// Whose calls are counted.
    #[must_use]
    pub const fn token(&self) -> TokenId {
        self.token
    }
}

impl Asks for WorkspaceToken {
    fn asks_in(&self) -> WorkspaceId {
        self.workspace.id
    }
    fn about(&self) -> About {
        about(self.owner_access, self.token)
    }
}

impl Asks for AskingToken {
    fn asks_in(&self) -> WorkspaceId {
        self.workspace
    }

    fn about(&self) -> About {
        self.about
    }

    /// A policy that is newer than the one which knew the token may not know it any more.
    fn about_in(&self, held: &Loaded, now: Timestamp) -> Option<About> {
        if self.version.is_none_or(|version| version == held.version) {
            return Some(self.about);
        }
        held_about(held, &self.hash, now).map(|(_, about)| about)
    }

    async fn about_by_database(&self, services: &Services) -> Result<About, Failure> {
        let token = services.token_by_hash(&self.hash, &Meta::default()).await?;
        if token.workspace.id == self.workspace { Ok(token.about()) } else { Err(Failure::not_found()) }
    }
}
