//! Sign-ins that were not accepted: recorded, in the connection's log, and told to whoever they happened to.

use super::{Gate, connections};
use crate::{
    access::{Anonymous, WorkspaceOwner},
    actor::Meta,
    refusal::stored,
    services::Services,
};
use domain::{
    audit::{Actor, Chain, Event, Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::{AttemptId, ConnectionId, SignInId},
    sso::{
        log::{Purpose, SignInEntry, SignInOutcome},
        way_in::SsoRefusal,
    },
};
use store::WriteTx;

/// An answer to what was finished already.
pub(super) const USED: &str = "used-already";

/// Why a sign-in is not accepted: a code that stays the same, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Refused {
    pub(crate) fn new(code: &'static str, reason: impl std::fmt::Display) -> Self {
        // one form for all that people read
        Self { code, reason: shown(&Failure::new(FailureKind::Forbidden, reason).message) }
    }

    pub(super) fn is_of_a_used_one(&self) -> bool {
        self.code == USED
    }

    /// Whether a message of the provider came once more that counted before.
    pub(super) fn is_of_a_replay(&self) -> bool {
        self.code == federation::Refusal::Replayed.code()
    }
}

/// Of what a provider says, what can be kept and shown.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl From<federation::Refusal> for Refused {
    fn from(refusal: federation::Refusal) -> Self {
        Self::new(refusal.code(), refusal)
    }
}

/// What it is that goes wrong: a refusal that the connection's owners read of, or a failure of ours.
pub(crate) enum Stopped {
    Refused(Refused),
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<federation::Refusal> for Stopped {
    fn from(refusal: federation::Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// An entry of the connection's log, made now.
pub(super) fn entry(services: &Services, meta: &Meta, purpose: Purpose, who: Option<&str>, refused: Option<&Refused>) -> SignInEntry {
    let now = services.now();
    let outcome = match refused {
        None => SignInOutcome::Accepted,
        Some(refused) => SignInOutcome::Refused { code: refused.code.to_owned(), reason: refused.reason.clone() },
    };
    SignInEntry {
        id: SignInId::new(now, services.random()),
        at: now,
        purpose,
        outcome,
        who: who.map(|who| shown(&who.chars().take(320).collect::<String>())),
        address: meta.address.clone(),
        more: 0,
    }
}

/// Writes a refused sign-in down in `tx`, and keeps it; gives the entry of the log that tells of it.
pub(super) async fn write(
    services: &Services,
    anyone: &Anonymous,
    gate: &Gate,
    tx: WriteTx,
    who: Option<&str>,
    refused: &Refused,
) -> Result<SignInId, Failure> {
    let connection = &gate.found.connection;
    let entry = entry(services, anyone.meta(), Purpose::SignIn, who, Some(refused));
    let id = store::sso::log::write(&tx, connection.id, &entry).await.map_err(stored)?;
    record(services, anyone, gate, tx, entry.who, refused).await?;
    Ok(id)
}

async fn record(services: &Services, anyone: &Anonymous, gate: &Gate, tx: WriteTx, who: Option<String>, refused: &Refused) -> Result<(), Failure> {
    let connection = &gate.found.connection;
    let event = SsoEvent::SsoSignInRefused { connection: connection.name.to_string(), who, code: refused.code.to_owned(), reason: refused.reason.clone() };
    let chain = Chain::Workspace(gate.workspace.id);
    let object = Object::new("connection", connection.id.uuid());
    tx.commit(services.record(chain, Actor::Anonymous, event.into(), Some(object), anyone.meta().origin())).await.map_err(stored)?;
    services.meters.signed_in::<()>(&Err(Failure::new(FailureKind::Invalid, &refused.reason)));
    tracing::info!(connection.id = %connection.id, code = refused.code, "a sign-in by single sign-on was refused");
    Ok(())
}

/// The same in a change of its own, of what belongs to no attempt. Anybody can bring that as often as they like: the same again from a network
/// is counted, and has an entry of the trail now and then.
pub(super) async fn refuse(services: &Services, anyone: &Anonymous, gate: &Gate, refused: &Refused) -> Result<SignInId, Failure> {
    if !services.limits.may_tell(anyone.meta().address.as_deref()) {
        let entry = entry(services, anyone.meta(), Purpose::SignIn, None, Some(refused));
        if let Some(id) = store::sso::log::count_again(&services.store, gate.found.connection.id, &entry).await.map_err(stored)? {
            return Ok(id);
        }
    }
    let tx = services.store.begin().await.map_err(stored)?;
    write(services, anyone, gate, tx, None, refused).await
}

/// The same of an attempt: once for each reason. Whoever brings its answer again and again adds nothing.
pub(super) async fn refuse_attempt(services: &Services, anyone: &Anonymous, gate: &Gate, attempt: AttemptId, refused: &Refused) -> Result<SignInId, Failure> {
    if let Some(id) = store::sso::attempts::refused_as(&services.store, attempt, refused.code).await.map_err(stored)? {
        return Ok(id);
    }
    let entry = entry(services, anyone.meta(), Purpose::SignIn, None, Some(refused));
    let tx = services.store.begin().await.map_err(stored)?;
    let id = store::sso::log::write(&tx, gate.found.connection.id, &entry).await.map_err(stored)?;
    if !store::sso::attempts::note_refusal(&tx, attempt, refused.code, id).await.map_err(stored)? {
        // another window was first, or the attempt was forgotten meanwhile
        drop(tx);
        let known = store::sso::attempts::refused_as(&services.store, attempt, refused.code).await.map_err(stored)?;
        return known.ok_or_else(|| Failure::new(FailureKind::Invalid, &refused.reason));
    }
    record(services, anyone, gate, tx, None, refused).await?;
    Ok(id)
}

/// An answer that belongs to no attempt: no connection's log can have it, the trail of accounts does. The first of a network alone, since
/// anybody can bring as many as they like.
pub(super) async fn unknown(services: &Services, anyone: &Anonymous, code: &str, reason: &str) -> Result<Failure, Failure> {
    let failure = Failure::new(FailureKind::Invalid, reason);
    if !services.limits.may_tell(anyone.meta().address.as_deref()) {
        tracing::info!(code, "an answer to no sign-in was refused, as others from this network before");
        return Ok(failure);
    }
    let event = SsoEvent::SsoAnswerRefused { code: code.to_owned(), reason: failure.message.clone() };
    let tx = services.store.begin().await.map_err(stored)?;
    tx.commit(anyone.record(services, Actor::Anonymous, Event::from(event), None)).await.map_err(stored)?;
    Ok(failure)
}

/// What a refused person is told. Nobody guesses the id of somebody else's.
pub async fn refusal(services: &Services, anyone: &Anonymous, id: SignInId) -> Result<SsoRefusal, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let gone = || Failure::new(FailureKind::NotFound, "this sign-in is over; sign in again");
    let (connection, entry) = store::sso::log::find(&services.store, id).await.map_err(stored)?.ok_or_else(gone)?;
    let SignInOutcome::Refused { code, reason } = entry.outcome else { return Err(gone()) };
    let gate = Gate::find(services, connection).await?;
    Ok(SsoRefusal { door: connections::door(&gate.found.connection), workspace: gate.workspace.name, code, reason })
}

/// The last sign-ins and tests of a connection, the newest first.
pub async fn log(services: &Services, owner: &WorkspaceOwner, id: ConnectionId) -> Result<Vec<SignInEntry>, Failure> {
    connections::found(&services.store, owner, id).await?;
    store::sso::log::all(&services.store, id).await.map_err(stored)
}
