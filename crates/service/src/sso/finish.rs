//! Takes answers of providers: to an attempt of ours, from the browser that began it, once, in time, and from the very connection it was sent to.
//!
//! A SAML answer is posted by the provider's page, and browsers send no cookie of ours with that. So it is judged when it comes, and handed
//! on by a ticket in an address of ours, to which the browser brings its cookie.

use super::{
    Gate,
    arrive::{self, Arrived},
    begin::{Arrival, Kept},
    oidc,
    refused::{self, Refused, Stopped, USED},
    saml, state, test,
};
use crate::{
    access::{Anonymous, SignedIn},
    refusal::stored,
    secrets,
    services::Services,
};
use domain::{
    failure::Failure,
    id::{AttemptId, ConnectionId, SignInId},
    sso::{
        log::Purpose,
        way_in::{ATTEMPT_LASTS, Received, SWITCH_LASTS},
    },
    time::{Span, Timestamp},
    workspace::WorkspaceSlug,
};
use federation::{Identity, saml::Expected};
use store::sso::attempts::{Attempt, Stage, Step};

/// How long a ticket is good: the browser comes with it at once.
const TICKET_LASTS: Span = Span::minutes(5);

/// What came of an answer.
#[derive(Debug)]
pub enum Finished {
    /// Signed in; the session's secret is for the browser, which goes on to a path of ours, or home.
    SignedIn { session_secret: String, next: String },
    /// The holder of the account is to agree, by this secret.
    LinkNeeded { secret: String },
    /// Somebody else is signed in in this browser: they are to say, by this secret, whether they go on as who has come.
    SwitchNeeded { secret: String },
    /// An owner's test; its result can be looked at.
    Tested { slug: WorkspaceSlug, connection: ConnectionId, attempt: AttemptId },
    /// Refused; the connection's log says why.
    Refused(SignInId),
}

/// What came of a posted answer.
#[derive(Debug)]
pub enum Handed {
    /// The browser is to come with this ticket.
    Ticket(String),
    Ended(Finished),
}

/// What a browser came back with from an OpenID provider: the whole query.
#[derive(Clone, Copy, Debug)]
pub struct OidcAnswer<'a> {
    pub query: &'a str,
}

impl OidcAnswer<'_> {
    fn state(&self) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(name, _)| name == "state").map(|(_, value)| value.into_owned())
    }
}

/// An attempt whose stage was used up by this answer.
struct Taken {
    attempt: Attempt,
    gate: Gate,
    /// Whether it may go on.
    judged: Result<(), Refused>,
}

/// Finds the attempt and uses it up: whatever comes of the answer, there is no second one. `agreed` where it brings what somebody was asked.
async fn take(services: &Services, anyone: &Anonymous, secret: Option<&str>, stage: Stage, agreed: bool) -> Result<Taken, Failure> {
    let network = anyone.meta().address.as_deref();
    let found = match secret {
        Some(secret) => store::sso::attempts::by_secret(&services.store, &secrets::hash(secret)).await.map_err(stored)?,
        None => None,
    };
    // a step that is waited for was counted when the sign-in began, and is used up below: it comes once. All else is counted;
    // and so is a question that comes back without an answer, since each time it is asked anew
    let waited_for = |attempt: &Attempt| attempt.stage == stage && services.now() < attempt.expires_at && (agreed || !Kept::was_asked(services, attempt));
    if !found.as_ref().is_some_and(waited_for) {
        services.limits.sso(network)?;
    }
    let Some(attempt) = found.filter(|attempt| [stage, Stage::Done].contains(&attempt.stage)) else {
        // whoever guesses is counted
        services.limits.unasked(network)?;
        let reason = "this answer belongs to no sign-in that was begun here, or to one that is long over; sign in again from the beginning";
        return Err(refused::unknown(services, anyone, "unknown-state", reason).await?);
    };
    let gate = Gate::find(services, attempt.connection).await?;
    let judged = if attempt.stage == stage && store::sso::attempts::use_up(&services.store, &attempt).await.map_err(stored)? {
        if attempt.expires_at <= services.now() {
            Err(Refused::new("too-late", format_args!("this sign-in took longer than {}; sign in again from the beginning", ATTEMPT_LASTS.words())))
        } else {
            gate.open_for(attempt.purpose)
        }
    } else {
        Err(Refused::new(USED, "this sign-in was finished already; sign in again from the beginning"))
    };
    Ok(Taken { attempt, gate, judged })
}

/// Whether the browser that comes is the one that began; where a provider began, no browser did.
pub(super) fn same_browser(attempt: &Attempt, browser: Option<&str>) -> Result<(), Refused> {
    match (attempt.browser_hash, browser) {
        (None, _) => Ok(()),
        (Some(expected), Some(browser)) if expected == secrets::hash(browser) => Ok(()),
        (Some(_), _) => Err(Refused::new(
            "other-browser",
            "this sign-in was begun in another browser, or this one keeps no cookies; sign in again from the beginning, here",
        )),
    }
}

fn same_connection(attempt: &Attempt, connection: ConnectionId) -> Result<(), Refused> {
    if attempt.connection == connection {
        return Ok(());
    }
    Err(Refused::new("wrong-connection", "this answer came to another connection than the one that asked; sign in again from the beginning"))
}

/// A browser comes back from an OpenID provider, to the address of this connection. `old` is the session that it has.
///
/// Each connection has an address of its own, so that no provider can have the code of another brought to it: not all name themselves in
/// their answers (RFC 9700, 4.4.2).
pub async fn finish_oidc(
    services: &Services,
    anyone: &Anonymous,
    connection: ConnectionId,
    browser: Option<&str>,
    old: Option<SignedIn>,
    answer: OidcAnswer<'_>,
) -> Result<Finished, Failure> {
    let Taken { attempt, gate, judged } = take(services, anyone, answer.state().as_deref(), Stage::Begun, false).await?;
    let identity = async {
        judged?;
        same_browser(&attempt, browser)?;
        same_connection(&attempt, connection)?;
        let Some(Kept::Oidc(started)) = Kept::open(services, &attempt) else {
            return Err(Refused::new("wrong-request", "this answer is of another protocol than the sign-in that was begun").into());
        };
        let (code, iss) = federation::oidc::returned(answer.query, &started)?;
        let client = oidc::client(services, &gate.found)?;
        let provider = oidc::provider(services, &client).await?;
        let identity = federation::oidc::redeem(&services.http, &provider, &client, &started, &code, iss.as_deref(), services.now().micros()).await?;
        fresh(services, &gate, &identity).await?;
        Ok::<_, Stopped>(identity)
    };
    let arrival = identity.await.map(arrival);
    end(services, anyone, old, &attempt, &gate, arrival, false).await
}

/// No message of a provider counts twice.
async fn fresh(services: &Services, gate: &Gate, identity: &Identity) -> Result<(), Stopped> {
    let hash = secrets::hash(&identity.message);
    let ends = Timestamp::from_micros(identity.message_ends);
    if store::sso::messages::take(&services.store, gate.found.connection.id, &hash, ends).await.map_err(stored)? {
        return Ok(());
    }
    Err(federation::Refusal::Replayed.into())
}

fn arrival(identity: Identity) -> Arrival {
    let Identity { subject, email, email_verified, name, claims, session, .. } = identity;
    Arrival { received: Received { subject, email, email_verified, name, claims }, session }
}

/// A provider's page posted an answer to the address of this connection.
pub async fn receive_saml(
    services: &Services,
    anyone: &Anonymous,
    connection: ConnectionId,
    response: &str,
    relay_state: Option<&str>,
) -> Result<Handed, Failure> {
    // only what we sent out is a state of ours; providers that begin may send paths, or anything
    let known = match relay_state {
        Some(state) => store::sso::attempts::by_secret(&services.store, &secrets::hash(state)).await.map_err(stored)?,
        None => None,
    };
    match (known, relay_state) {
        (Some(_), Some(state)) => answered(services, anyone, connection, response, state).await,
        (_, _) => match relay_state.and_then(|state| state::attempt_of(services, state)) {
            Some(attempt) => over(services, anyone, connection, attempt).await,
            None => unasked(services, anyone, connection, response, relay_state).await,
        },
    }
}

/// An answer with a state that we sent out, and that was used up: most likely a page that was loaded again. Nobody reads it, nor is anything
/// of the attempt touched: it may be on its way to the browser that began it.
async fn over(services: &Services, anyone: &Anonymous, connection: ConnectionId, attempt: AttemptId) -> Result<Handed, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let refused = Refused::new(USED, "this answer was used already, or its sign-in is long over; begin again at the sign-in page");
    let finished = match store::sso::attempts::find(&services.store, attempt).await.map_err(stored)? {
        Some(attempt) => {
            let gate = Gate::find(services, attempt.connection).await?;
            end(services, anyone, None, &attempt, &gate, Err(refused.into()), false).await?
        }
        None => {
            let gate = Gate::find(services, connection).await?;
            Finished::Refused(refused::refuse(services, anyone, &gate, &refused).await?)
        }
    };
    Ok(Handed::Ended(finished))
}

/// The answer to a request of ours.
async fn answered(services: &Services, anyone: &Anonymous, connection: ConnectionId, response: &str, state: &str) -> Result<Handed, Failure> {
    let Taken { attempt, gate, judged } = take(services, anyone, Some(state), Stage::Begun, false).await?;
    let identity = async {
        judged?;
        same_connection(&attempt, connection)?;
        let Some(Kept::Saml(request)) = Kept::open(services, &attempt) else {
            return Err(Refused::new("wrong-request", "this answer is of another protocol than the sign-in that was begun").into());
        };
        accept(services, &gate, response, Expected::Answer { request: &request }).await
    };
    match identity.await {
        Ok(identity) => Ok(Handed::Ticket(ticket(services, &attempt, Kept::Arrival(arrival(identity)), TICKET_LASTS).await?)),
        // a refusal needs no cookie: it gives nothing to anybody
        Err(stopped) => end(services, anyone, None, &attempt, &gate, Err(stopped), false).await.map(Handed::Ended),
    }
}

/// The provider began by itself, where its connection lets it.
async fn unasked(services: &Services, anyone: &Anonymous, connection: ConnectionId, response: &str, next: Option<&str>) -> Result<Handed, Failure> {
    let network = anyone.meta().address.as_deref();
    services.limits.sso(network)?;
    let gate = Gate::find(services, connection).await?;
    if !gate.found.connection.allow_idp_initiated {
        // anybody can post anything here, and each is recorded
        services.limits.unasked(network)?;
    }
    let identity = async {
        gate.open_for(Purpose::SignIn)?;
        if !gate.found.connection.allow_idp_initiated {
            return Err(federation::Refusal::Unsolicited.into());
        }
        accept(services, &gate, response, Expected::Unsolicited).await
    };
    let identity = match identity.await {
        Ok(identity) => identity,
        Err(Stopped::Failed(failure)) => return Err(failure),
        Err(Stopped::Refused(refused)) => {
            let id = refused::refuse(services, anyone, &gate, &refused).await?;
            return Ok(Handed::Ended(Finished::Refused(id)));
        }
    };
    let now = services.now();
    let id = AttemptId::new(now, services.random());
    let secret = secrets::random(services.entropy.as_ref());
    let attempt = Attempt {
        id,
        connection,
        purpose: Purpose::SignIn,
        stage: Stage::Answered,
        secret_hash: secrets::hash(&secret),
        browser_hash: None,
        sealed: Some(Kept::Arrival(arrival(identity)).seal(services, id)?),
        next: next.filter(|next| next.starts_with('/') && next.len() <= 500).unwrap_or_default().to_owned(),
        account: None,
        created_at: now,
        expires_at: now.plus(TICKET_LASTS),
    };
    store::sso::attempts::begin(&services.store, &attempt).await.map_err(stored)?;
    Ok(Handed::Ticket(secret))
}

async fn accept(services: &Services, gate: &Gate, response: &str, expected: Expected<'_>) -> Result<Identity, Stopped> {
    let connection = &gate.found.connection;
    let (sp, idp) = (saml::ours(services, connection), saml::theirs(connection)?);
    let (response, now) = (response.to_owned(), services.now().micros());
    let request = match expected {
        Expected::Answer { request } => Some(request.to_owned()),
        Expected::Unsolicited => None,
    };
    // what it costs is bounded, and still too much for the threads that answer everybody
    let judged = tokio::task::spawn_blocking(move || {
        let expected = request.as_deref().map_or(Expected::Unsolicited, |request| Expected::Answer { request });
        federation::saml::accept(&sp, &idp, &response, expected, now)
    });
    let identity = judged.await.map_err(|_| Failure::internal())??;
    fresh(services, gate, &identity).await?;
    Ok(identity)
}

/// Hands an attempt on to the browser that began it. However often it is handed on, it ends in time after it began.
async fn ticket(services: &Services, attempt: &Attempt, kept: Kept, lasts: Span) -> Result<String, Failure> {
    let secret = secrets::random(services.entropy.as_ref());
    let step = Step {
        stage: Stage::Answered,
        secret_hash: secrets::hash(&secret),
        sealed: Some(kept.seal(services, attempt.id)?),
        account: attempt.account,
        expires_at: services.now().plus(lasts).min(attempt.created_at.plus(ATTEMPT_LASTS).plus(SWITCH_LASTS)),
    };
    store::sso::attempts::go_on(&services.store, attempt.id, &step).await.map_err(stored)?;
    Ok(secret)
}

/// A browser comes with a ticket, and with its cookie. `old` is the session that it has.
pub async fn finish_ticket(services: &Services, anyone: &Anonymous, browser: Option<&str>, old: Option<SignedIn>, ticket: &str) -> Result<Finished, Failure> {
    with_ticket(services, anyone, browser, old, ticket, false).await
}

/// The same; `agreed` where who is signed in has said that they go on as whoever has come.
pub(super) async fn with_ticket(
    services: &Services,
    anyone: &Anonymous,
    browser: Option<&str>,
    old: Option<SignedIn>,
    ticket: &str,
    agreed: bool,
) -> Result<Finished, Failure> {
    let Taken { attempt, gate, judged } = take(services, anyone, Some(ticket), Stage::Answered, agreed).await?;
    let arrival = (|| {
        judged?;
        same_browser(&attempt, browser)?;
        match Kept::open(services, &attempt) {
            Some(Kept::Arrival(arrival) | Kept::Asked(arrival)) => Ok(arrival),
            Some(Kept::Oidc(_) | Kept::Saml(_)) | None => Err(Stopped::Failed(Failure::internal())),
        }
    })();
    end(services, anyone, old, &attempt, &gate, arrival, agreed).await
}

/// What an attempt was for is done, or it is refused; either is written down.
async fn end(
    services: &Services,
    anyone: &Anonymous,
    old: Option<SignedIn>,
    attempt: &Attempt,
    gate: &Gate,
    arrival: Result<Arrival, Stopped>,
    agreed: bool,
) -> Result<Finished, Failure> {
    let arrival = match arrival {
        Ok(arrival) => Ok(arrival),
        Err(Stopped::Refused(refused)) => Err(refused),
        Err(Stopped::Failed(failure)) => return Err(failure),
    };
    match attempt.purpose {
        Purpose::Test => {
            // what a test has shown stays, however often its answer is brought
            if !arrival.as_ref().is_err_and(Refused::is_of_a_used_one) {
                test::keep(services, anyone, gate, attempt, arrival).await?;
            }
            Ok(Finished::Tested { slug: gate.workspace.slug.clone(), connection: attempt.connection, attempt: attempt.id })
        }
        Purpose::SignIn => match arrival {
            Err(refused) => Ok(Finished::Refused(refused::refuse_attempt(services, anyone, gate, attempt.id, &refused).await?)),
            Ok(arrival) => Ok(match arrive::arrive(services, anyone, gate, attempt, &arrival, old, agreed).await? {
                Arrived::In { session_secret } => Finished::SignedIn { session_secret, next: attempt.next.clone() },
                Arrived::LinkNeeded { secret } => Finished::LinkNeeded { secret },
                Arrived::Another => Finished::SwitchNeeded { secret: ticket(services, attempt, Kept::Asked(arrival), SWITCH_LASTS).await? },
                Arrived::Refused(id) => Finished::Refused(id),
            }),
        },
    }
}
