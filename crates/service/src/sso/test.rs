//! Tests of a connection: an owner goes the whole way, looks at what came back and what a sign-in would do, and nothing is changed.

use super::{
    Gate,
    arrive::{Whose, whose},
    begin::{Arrival, away},
    connections,
    refused::{Refused, Stopped, entry},
};
use crate::{
    access::{Anonymous, WorkspaceOwner},
    groups,
    refusal::stored,
    services::Services,
};
use domain::{
    audit::{Actor, Chain, Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::{AttemptId, ConnectionId},
    sso::{
        log::Purpose,
        mapping::Mapped,
        way_in::{Received, TEST_KEPT, TestRefusal, TestResult, TestStarted},
    },
};
use store::sso::attempts::{Attempt, Stage};

const SEALED: &str = "sso-test";

/// Sends an owner on the way; gives the cookie that their browser is known again by. A connection that is switched off can be tested too.
pub async fn begin_test(services: &Services, owner: &WorkspaceOwner, id: ConnectionId, browser: Option<&str>) -> Result<(TestStarted, String), Failure> {
    let account = owner.person()?.account().id;
    connections::found(&services.store, owner, id).await?;
    let gate = Gate::find(services, id).await?;
    let begun = match gate.open_for(Purpose::Test) {
        Ok(()) => away(services, &gate, Purpose::Test, browser, "", Some(account)).await,
        Err(refused) => Err(refused.into()),
    };
    match begun {
        Ok((attempt, url, browser)) => Ok((TestStarted { attempt, url }, browser)),
        Err(Stopped::Refused(refused)) => Err(Failure::new(FailureKind::Conflict, refused.reason)),
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

/// What a test showed; nothing while it is on its way. For the owner who began it.
pub async fn test_result(services: &Services, owner: &WorkspaceOwner, id: AttemptId) -> Result<Option<TestResult>, Failure> {
    let gone = || Failure::new(FailureKind::NotFound, "this test is over and forgotten; test the connection again");
    let found = store::sso::attempts::find(&services.store, id).await.map_err(stored)?;
    let me = owner.person()?.account().id;
    let mine = |attempt: &Attempt| attempt.purpose == Purpose::Test && attempt.account == Some(me) && attempt.expires_at > services.now();
    let attempt = found.filter(mine).ok_or_else(gone)?;
    connections::found(&services.store, owner, attempt.connection).await?;
    if attempt.stage != Stage::Done {
        return Ok(None);
    }
    let key = &services.settings.secret_key;
    let plain = attempt.sealed.as_deref().and_then(|sealed| key.open(SEALED, id.uuid(), sealed));
    // used up, but what came of it is not written yet
    Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
}

/// Keeps what came of it.
pub(super) async fn keep(services: &Services, anyone: &Anonymous, gate: &Gate, attempt: &Attempt, arrival: Result<Arrival, Refused>) -> Result<(), Failure> {
    let connection = &gate.found.connection;
    let (received, judged) = match arrival {
        Ok(arrival) => {
            let judged = would(services, gate, &arrival.received).await?;
            (Some(arrival.received), judged)
        }
        Err(refused) => (None, Err(refused)),
    };
    let who = received.as_ref().map(|received| received.email.clone().unwrap_or_else(|| received.subject.clone()));
    let refused = judged.as_ref().err().cloned();
    let result = TestResult {
        at: services.now(),
        received,
        refused: refused.as_ref().map(|refused| TestRefusal { code: refused.code.to_owned(), reason: refused.reason.clone() }),
        would: judged.unwrap_or_default(),
    };
    let plain = serde_json::to_vec(&result).map_err(|_| Failure::internal())?;
    let sealed = services.settings.secret_key.seal(services.entropy.as_ref(), SEALED, attempt.id.uuid(), &plain);
    let tx = services.store.begin().await.map_err(stored)?;
    store::sso::attempts::keep_result(&tx, attempt.id, sealed, services.now().plus(TEST_KEPT)).await.map_err(stored)?;
    let entry = entry(services, anyone.meta(), Purpose::Test, who.as_deref(), refused.as_ref());
    store::sso::log::write(&tx, connection.id, &entry).await.map_err(stored)?;
    let event = SsoEvent::SsoConnectionTested { name: connection.name.to_string(), who, refused: refused.map(|refused| refused.reason) };
    let object = Object::new("connection", connection.id.uuid());
    let actor = tester(services, gate, attempt).await?;
    tx.commit(services.record(Chain::Workspace(gate.workspace.id), actor, event.into(), Some(object), anyone.meta().origin())).await.map_err(stored)?;
    Ok(())
}

/// Who began it, if they are still a member.
async fn tester(services: &Services, gate: &Gate, attempt: &Attempt) -> Result<Actor, Failure> {
    let Some(account) = attempt.account else { return Ok(Actor::System) };
    let account = store::accounts::by_id(&services.store, account).await.map_err(stored)?;
    let Some(account) = account else { return Ok(Actor::System) };
    let standing = store::members::by_account(&services.store, gate.workspace.id, account.id).await.map_err(stored)?;
    Ok(standing.map_or(Actor::System, |standing| Actor::Member { id: standing.id, name: account.name.to_string() }))
}

/// What a sign-in would do, in sentences; or why it would be refused.
async fn would(services: &Services, gate: &Gate, received: &Received) -> Result<Result<Vec<String>, Refused>, Failure> {
    let workspace = &gate.workspace.name;
    let mut lines = Vec::new();
    let account = match whose(&services.store, gate, received).await? {
        Err(refused) => return Ok(Err(refused)),
        Ok(Whose::Linked(account)) => {
            lines.push(format!("They are known: the account of {} is linked.", account.email));
            Some(account)
        }
        Ok(Whose::Address { account, .. }) => {
            lines.push(format!("The account of {} would be linked, since its domain is proven for {workspace}.", account.email));
            Some(account)
        }
        Ok(Whose::Nobody(email)) => {
            lines.push(format!("An account for {email} would be made."));
            None
        }
        Ok(Whose::Claimed(email)) => {
            let sentence = format!(
                "Whoever has an account for {email} would have to sign in otherwise and agree: the domain is not proven for {workspace}, or the provider has not verified the address."
            );
            return Ok(Ok(vec![sentence]));
        }
    };
    let standing = match &account {
        Some(account) => store::members::by_account(&services.store, gate.workspace.id, account.id).await.map_err(stored)?,
        None => None,
    };
    if standing.is_none() {
        lines.push(format!("They would become a member of {workspace}."));
    }
    let mapped = Mapped::of(&gate.found.connection.mapping, &received.claims);
    if groups::on_plan(gate.workspace.plan).is_ok() && !gate.found.connection.mapping.is_empty() {
        let into: Vec<_> = mapped.into.iter().copied().collect();
        let names = store::groups::named(&services.store, gate.workspace.id, &into).await.map_err(stored)?;
        let names: Vec<_> = names.into_iter().map(|group| group.name.to_string()).collect();
        let named = if names.is_empty() { "no group".to_owned() } else { names.join(", ") };
        lines.push(format!("The mapping puts them into {named}."));
    }
    Ok(Ok(lines))
}
