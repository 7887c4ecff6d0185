//! The provider ends sessions: OpenID Connect's back-channel logout, and SAML's single logout. Only what is not accepted counts against the
//! network that it comes from, for its connection: a provider brings as many as sessions end, and those that were turned away would live on.

use super::{
    Gate, oidc,
    refused::{Refused, Stopped, entry},
    saml,
};
use crate::{access::Anonymous, refusal::stored, secrets, services::Services};
use domain::{
    audit::{Actor, Chain, Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::ConnectionId,
    sso::log::{LOGOUT_REFUSED, Purpose},
    time::Timestamp,
};
use federation::saml::{Carried, IdentityProvider, ServiceProvider};

/// What the provider wants ended.
struct Wanted<'a> {
    subject: Option<&'a str>,
    /// None named stands for all of the subject's.
    sessions: Vec<Option<&'a str>>,
    message: &'a str,
    ends: Timestamp,
}

/// A logout token, sent by the provider itself. Says how many sessions ended.
pub async fn backchannel(services: &Services, anyone: &Anonymous, id: ConnectionId, token: &str) -> Result<u64, Failure> {
    let gate = gate(services, anyone, id).await?;
    let done = async {
        gate.open_for(Purpose::Test)?;
        let client = oidc::client(services, &gate.found)?;
        let provider = oidc::provider(services, &client).await?;
        let told = federation::oidc::accept_logout(&services.http, &provider, &client, token, services.now().micros()).await?;
        let wanted =
            Wanted { subject: told.subject.as_deref(), sessions: vec![told.session.as_deref()], message: &told.jti, ends: Timestamp::from_micros(told.ends) };
        end(services, anyone, &gate, &wanted).await
    };
    match done.await {
        Ok(done) => Ok(done),
        Err(stopped) => Err(refused(services, anyone, &gate, stopped).await?),
    }
}

/// The connection that a message is for, if whoever brings it is listened to.
async fn gate(services: &Services, anyone: &Anonymous, id: ConnectionId) -> Result<Gate, Failure> {
    let network = anyone.meta().address.as_deref();
    services.limits.may_log_out(id, network)?;
    let found = Gate::find(services, id).await;
    if found.as_ref().is_err_and(|failure| failure.kind == FailureKind::NotFound) {
        services.limits.logged_out_of_nothing(network)?;
    }
    found
}

/// What is answered to a single logout: where the browser goes on to, if the provider has an address for that.
#[derive(Debug)]
pub struct LoggedOut {
    pub url: Option<String>,
    pub sessions: u64,
}

/// How a logout message came.
#[derive(Clone, Copy, Debug)]
pub enum LogoutMessage<'a> {
    /// The query of an address, as it stands.
    Query(&'a str),
    Form {
        message: &'a str,
        relay_state: Option<&'a str>,
    },
}

/// A SAML request to end sessions, which a browser brings.
pub async fn single_logout(services: &Services, anyone: &Anonymous, id: ConnectionId, message: LogoutMessage<'_>) -> Result<LoggedOut, Failure> {
    let gate = gate(services, anyone, id).await?;
    let done = async {
        gate.open_for(Purpose::Test)?;
        let (sp, idp) = (saml::ours(services, &gate.found.connection), saml::theirs(&gate.found.connection)?);
        let now = services.now().micros();
        let told = judged(sp.clone(), idp.clone(), message, now).await?;
        let named: Vec<_> = told.sessions.iter().map(|session| Some(session.as_str())).collect();
        let wanted = Wanted {
            subject: Some(&told.subject),
            sessions: if named.is_empty() { vec![None] } else { named },
            message: &told.request,
            ends: Timestamp::from_micros(told.request_ends),
        };
        let sessions = end(services, anyone, &gate, &wanted).await?;
        let answer = format!("_{}", secrets::random(services.entropy.as_ref()));
        Ok::<_, Stopped>(LoggedOut { url: federation::saml::logout_response(&sp, &idp, &answer, now, &told), sessions })
    };
    match done.await {
        Ok(done) => Ok(done),
        Err(stopped) => Err(refused(services, anyone, &gate, stopped).await?),
    }
}

/// Judged beside the threads that answer everybody, as sign-ins are.
async fn judged(sp: ServiceProvider, idp: IdentityProvider, message: LogoutMessage<'_>, now: i64) -> Result<federation::saml::LoggedOut, Stopped> {
    let (is_query, text, relay_state) = match message {
        LogoutMessage::Query(query) => (true, query.to_owned(), None),
        LogoutMessage::Form { message, relay_state } => (false, message.to_owned(), relay_state.map(str::to_owned)),
    };
    let judged = tokio::task::spawn_blocking(move || {
        let carried = if is_query { Carried::Redirect { query: &text } } else { Carried::Post { message: &text, relay_state: relay_state.as_deref() } };
        federation::saml::accept_logout(&sp, &idp, carried, now)
    });
    Ok(judged.await.map_err(|_| Failure::internal())??)
}

async fn end(services: &Services, anyone: &Anonymous, gate: &Gate, wanted: &Wanted<'_>) -> Result<u64, Stopped> {
    let connection = &gate.found.connection;
    let hash = secrets::hash(wanted.message);
    let tx = services.store.begin().await.map_err(stored)?;
    // with what it brings about: a message that failed halfway may come again
    if !store::sso::messages::take_in(&tx, connection.id, &hash, wanted.ends).await.map_err(stored)? {
        return Err(federation::Refusal::Replayed.into());
    }
    let mut sessions = 0;
    for session in &wanted.sessions {
        sessions += store::sessions::end_of_subject(&tx, connection.id, wanted.subject, *session).await.map_err(stored)?;
    }
    if sessions > 0 {
        let who = wanted.subject.unwrap_or("somebody").to_owned();
        let event = SsoEvent::SsoSignedOut { connection: connection.name.to_string(), who, sessions };
        let object = Object::new("connection", connection.id.uuid());
        let record = services.record(Chain::Workspace(gate.workspace.id), Actor::System, event.into(), Some(object), anyone.meta().origin());
        tx.commit(record).await.map_err(stored)?;
        return Ok(sessions);
    }
    // nobody had a session, so there is nothing to record; the message is used up all the same
    drop(tx);
    if store::sso::messages::take(&services.store, connection.id, &hash, wanted.ends).await.map_err(stored)? {
        return Ok(0);
    }
    Err(federation::Refusal::Replayed.into())
}

/// What is answered to a message that is not accepted. The owners read of it: sessions live on that the provider takes for ended, or somebody
/// speaks in its name. The first of a network alone stands in the trail and the log, since anybody can bring as many as they like.
async fn refused(services: &Services, anyone: &Anonymous, gate: &Gate, stopped: Stopped) -> Result<Failure, Failure> {
    let refused = match stopped {
        Stopped::Refused(refused) => refused,
        Stopped::Failed(failure) => return Ok(failure),
    };
    let answer = Failure::new(FailureKind::Invalid, &refused.reason);
    // its sessions ended when it came first: a provider repeats what it got no answer to, and a browser loads its page again
    if refused.is_of_a_replay() {
        return Ok(answer);
    }
    let Refused { code, reason } = refused;
    let network = anyone.meta().address.as_deref();
    services.limits.failed_to_log_out(gate.found.connection.id, network);
    let connection = &gate.found.connection;
    tracing::info!(connection.id = %connection.id, code, "a message that was to end sessions was refused");
    if !services.limits.may_tell(network) {
        return Ok(answer);
    }
    let entry = entry(services, anyone.meta(), Purpose::SignIn, None, Some(&Refused { code: LOGOUT_REFUSED, reason: reason.clone() }));
    let tx = services.store.begin().await.map_err(stored)?;
    store::sso::log::write(&tx, connection.id, &entry).await.map_err(stored)?;
    let event = SsoEvent::SsoSignOutRefused { connection: connection.name.to_string(), code: code.to_owned(), reason };
    let object = Object::new("connection", connection.id.uuid());
    let record = services.record(Chain::Workspace(gate.workspace.id), Actor::Anonymous, event.into(), Some(object), anyone.meta().origin());
    tx.commit(record).await.map_err(stored)?;
    Ok(answer)
}
