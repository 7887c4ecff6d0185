//! Sessions: what a sign-in leaves in the browser, listed, ended one by one or all.

use crate::{access::SignedIn, actor::Meta, refusal::stored, secrets, services::Services};
use domain::{
    account::{SESSION_LIFETIME, Session},
    audit::Event,
    failure::{Failure, FailureKind},
    id::{AccountId, SessionId},
};
use store::{
    WriteTx,
    sessions::{NewCameBy, NewSession},
};

/// Opens a session inside the transaction that earned it; the secret goes to the browser and nowhere else.
pub(crate) async fn open(services: &Services, tx: &WriteTx, account: AccountId, meta: &Meta) -> Result<String, Failure> {
    open_by(services, tx, account, meta, None).await
}

/// The same for somebody who came by single sign-on.
pub(crate) async fn open_by(services: &Services, tx: &WriteTx, account: AccountId, meta: &Meta, came_by: Option<NewCameBy>) -> Result<String, Failure> {
    let now = services.now();
    let secret = secrets::random(services.entropy.as_ref());
    let session = NewSession {
        id: SessionId::new(now, services.random()),
        account,
        secret_hash: secrets::hash(&secret),
        device: meta.device(),
        address: meta.address.clone().unwrap_or_default(),
        created_at: now,
        expires_at: now.plus(SESSION_LIFETIME),
        came_by,
    };
    store::sessions::insert(tx, &session).await.map_err(stored)?;
    Ok(secret)
}

/// The sessions of one's own account, the present one marked.
pub async fn mine(services: &Services, me: &SignedIn) -> Result<Vec<Session>, Failure> {
    let mut sessions = store::sessions::list(&services.store, me.account().id, services.now()).await.map_err(stored)?;
    if me.came().is_bound() {
        sessions.retain(|session| session.id == me.session());
    }
    for session in &mut sessions {
        session.current = session.id == me.session();
    }
    Ok(sessions)
}

pub async fn end(services: &Services, me: &SignedIn, session: SessionId) -> Result<(), Failure> {
    if session != me.session() {
        me.came().speaks_for_the_account()?;
    }
    let tx = services.store.begin().await.map_err(stored)?;
    if !store::sessions::end(&tx, session, me.account().id).await.map_err(stored)? {
        return Err(Failure::new(FailureKind::NotFound, "this session has already ended"));
    }
    let event = if session == me.session() { Event::SignedOut } else { Event::SessionEnded { session: session.to_string() } };
    tx.commit(me.record(services, event)).await.map_err(stored)?;
    Ok(())
}

/// Ends all but the present one; says how many.
pub async fn end_others(services: &Services, me: &SignedIn) -> Result<u64, Failure> {
    me.came().speaks_for_the_account()?;
    let tx = services.store.begin().await.map_err(stored)?;
    let count = store::sessions::end_all(&tx, me.account().id, Some(me.session())).await.map_err(stored)?;
    if count > 0 {
        tx.commit(me.record(services, Event::AllSessionsEnded { count })).await.map_err(stored)?;
    }
    Ok(count)
}
