//! Begins a sign-in: the browser is sent to its provider, and what must be known when it comes back is kept, sealed.

use super::{
    Gate, oidc,
    refused::{self, Stopped},
    saml, state,
};
use crate::{access::Anonymous, refusal::stored, secrets, services::Services};
use domain::{
    failure::Failure,
    id::{AccountId, AttemptId, ConnectionId, SignInId},
    sso::{
        Provider,
        log::Purpose,
        way_in::{ATTEMPT_LASTS, Received},
    },
};
use serde::{Deserialize, Serialize};
use store::sso::attempts::{Attempt, Stage};

/// How long a path to go on to may be.
const MOST_NEXT: usize = 2_000;

/// What an attempt's secrets are sealed for.
const SEALED: &str = "sso-attempt";

/// What is kept of an attempt until its next step.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    Oidc(federation::oidc::Started),
    /// The request's id.
    Saml(String),
    Arrival(Arrival),
    /// Who is signed in was asked about it already.
    Asked(Arrival),
}

/// Who came, as their provider says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Arrival {
    pub(super) received: Received,
    /// What the provider calls the session there.
    pub(super) session: Option<String>,
}

impl Kept {
    pub(super) fn seal(&self, services: &Services, id: AttemptId) -> Result<Vec<u8>, Failure> {
        let plain = serde_json::to_vec(self).map_err(|_| Failure::internal())?;
        Ok(services.settings.secret_key.seal(services.entropy.as_ref(), SEALED, id.uuid(), &plain))
    }

    /// Whether somebody was asked about this attempt already.
    pub(super) fn was_asked(services: &Services, attempt: &Attempt) -> bool {
        matches!(Self::open(services, attempt), Some(Self::Asked(_)))
    }

    pub(super) fn open(services: &Services, attempt: &Attempt) -> Option<Self> {
        let plain = services.settings.secret_key.open(SEALED, attempt.id.uuid(), attempt.sealed.as_deref()?)?;
        serde_json::from_slice(&plain).ok()
    }
}

/// Where the browser goes, and the cookie that it is known again by.
#[derive(Debug)]
pub enum Begun {
    Away {
        url: String,
        browser: String,
    },
    /// It could not begin; the connection's log says why.
    Refused(SignInId),
}

/// Sends a browser to the provider of a connection. `browser` is the cookie that it has from an earlier time.
pub async fn begin(services: &Services, anyone: &Anonymous, id: ConnectionId, browser: Option<&str>, next: &str) -> Result<Begun, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let gate = Gate::find(services, id).await?;
    let begun = match gate.open_for(Purpose::SignIn) {
        Ok(()) => away(services, &gate, Purpose::SignIn, browser, next, None).await,
        Err(refused) => Err(refused.into()),
    };
    match begun {
        Ok((_, url, browser)) => Ok(Begun::Away { url, browser }),
        Err(Stopped::Refused(refused)) => Ok(Begun::Refused(refused::refuse(services, anyone, &gate, &refused).await?)),
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

/// Keeps the attempt; gives its id, where the browser goes, and its cookie.
pub(super) async fn away(
    services: &Services,
    gate: &Gate,
    purpose: Purpose,
    browser: Option<&str>,
    next: &str,
    account: Option<AccountId>,
) -> Result<(AttemptId, String, String), Stopped> {
    let now = services.now();
    let id = AttemptId::new(now, services.random());
    let (url, secret, kept) = match gate.found.connection.provider {
        Provider::Oidc(_) => {
            let client = oidc::client(services, &gate.found)?;
            let provider = oidc::provider(services, &client).await?;
            let (url, started) = federation::oidc::authorize(&provider, &client);
            (url, started.state.clone(), Kept::Oidc(started))
        }
        Provider::Saml(_) => {
            let connection = &gate.found.connection;
            let (sp, idp) = (saml::ours(services, connection), saml::theirs(connection)?);
            // an XML id begins with a letter or `_`
            let (request, state) = (format!("_{}", secrets::random(services.entropy.as_ref())), state::of(services, id));
            let url = federation::saml::request(&sp, &idp, &request, now.micros(), &state);
            (url, state, Kept::Saml(request))
        }
    };
    // one cookie for all windows of a browser: several may be on their way at once
    let browser = browser.filter(|kept| kept.len() == 43).map_or_else(|| secrets::random(services.entropy.as_ref()), str::to_owned);
    let attempt = Attempt {
        id,
        connection: gate.found.connection.id,
        purpose,
        stage: Stage::Begun,
        secret_hash: secrets::hash(&secret),
        browser_hash: Some(secrets::hash(&browser)),
        sealed: Some(kept.seal(services, id)?),
        next: if next.len() <= MOST_NEXT { next.to_owned() } else { String::new() },
        account,
        created_at: now,
        expires_at: now.plus(ATTEMPT_LASTS),
    };
    store::sso::attempts::begin(&services.store, &attempt).await.map_err(stored)?;
    Ok((id, url, browser))
}
