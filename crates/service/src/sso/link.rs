//! Links an account with a provider's after its holder signed in otherwise and agreed: in the browser that began, by the account that has
//! the address, and not by a session that a provider opened for one workspace alone.

use super::{
    Gate,
    arrive::{self, Whose, speaks_for, whose},
    begin::{Arrival, Kept},
    connections::still_open,
};
use crate::{
    access::{Anonymous, SignedIn},
    refusal::stored,
    secrets,
    services::Services,
    workspaces::locked,
};
use domain::{
    email::EmailAddress,
    failure::{Failure, FailureKind},
    sso::{log::Purpose, way_in::LinkOffer},
};
use store::sso::attempts::{Attempt, Stage};

/// Where the browser goes on to after, with its new session.
#[derive(Debug)]
pub struct Linked {
    pub session_secret: String,
    pub next: String,
}

struct Waiting {
    attempt: Attempt,
    gate: Gate,
    arrival: Arrival,
    email: EmailAddress,
}

fn over() -> Failure {
    Failure::new(FailureKind::NotFound, "this question was answered already, or waited too long; sign in by single sign-on again")
}

async fn waiting(services: &Services, browser: Option<&str>, secret: &str) -> Result<Waiting, Failure> {
    let found = store::sso::attempts::by_secret(&services.store, &secrets::hash(secret)).await.map_err(stored)?;
    let attempt = found.filter(|attempt| attempt.stage == Stage::Link && attempt.expires_at > services.now()).ok_or_else(over)?;
    // whoever is led here by somebody else's link has not begun it
    if attempt.browser_hash.is_some_and(|expected| browser.is_none_or(|browser| secrets::hash(browser) != expected)) {
        return Err(Failure::new(FailureKind::Forbidden, "this was begun in another browser; sign in by single sign-on again, here"));
    }
    let gate = Gate::find(services, attempt.connection).await?;
    let Some(Kept::Arrival(arrival)) = Kept::open(services, &attempt) else { return Err(over()) };
    let email = arrival.received.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()).ok_or_else(over)?;
    Ok(Waiting { attempt, gate, arrival, email })
}

/// What is asked, and of whom.
pub async fn offer(services: &Services, anyone: &Anonymous, me: Option<&SignedIn>, browser: Option<&str>, secret: &str) -> Result<LinkOffer, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let Waiting { gate, arrival, email, .. } = waiting(services, browser, secret).await?;
    let may_agree = me.is_some_and(|me| me.account().email == email && !me.came().is_bound());
    let only_here = !speaks_for(&services.store, &gate.workspace, &email, None).await?;
    let (connection, workspace, subject) = (gate.found.connection.name, gate.workspace.name, arrival.received.subject);
    Ok(LinkOffer { email, connection, workspace, subject, may_agree, only_here })
}

/// Agrees. The session that one has ends, and one by this connection takes its place: a session rests on one thing, the word of a provider or
/// a password, and reaches and lasts as far as that does. Where the provider does not speak for the address, that is its workspace alone.
pub async fn confirm(services: &Services, me: SignedIn, browser: Option<&str>, secret: &str) -> Result<Linked, Failure> {
    let Waiting { attempt, gate, arrival, email } = waiting(services, browser, secret).await?;
    if me.account().email != email {
        let message = format_args!("this is about the account of {email}, and you are signed in as {}; sign in with that address first", me.account().email);
        return Err(Failure::new(FailureKind::Forbidden, message));
    }
    me.came().speaks_for_the_account()?;
    if !me.account().email_verified {
        // else whoever made an account of this address would have the real holder's place at the provider
        let message = "your address is not proven yet; send a proof link from your account page, follow it, and agree then";
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    gate.open_for(Purpose::SignIn).map_err(|refused| Failure::new(FailureKind::Conflict, refused.reason))?;
    let tx = services.store.begin().await.map_err(stored)?;
    let here = locked(&tx, gate.workspace.id).await?;
    if !still_open(&tx, &gate.found.connection).await? || !store::sso::attempts::use_up_in(&tx, &attempt).await.map_err(stored)? {
        return Err(over());
    }
    let mut records = Vec::new();
    match whose(&tx, &gate, &arrival.received).await? {
        // linked meanwhile, by another window
        Ok(Whose::Linked(account)) if account.id == me.account().id => {}
        Ok(Whose::Linked(_)) => return Err(over()),
        Err(refused) => return Err(Failure::new(FailureKind::Conflict, refused.reason)),
        Ok(Whose::Address { .. } | Whose::Nobody(_) | Whose::Claimed(_)) => {
            records.push(arrive::link(services, &tx, &gate, me.account(), &arrival.received, me.meta()).await?);
        }
    }
    let (account, meta) = (me.account().clone(), me.meta().clone());
    let session_secret = arrive::enter(services, &meta, tx, &here, &gate, &arrival, &account, Some(me), records).await?;
    Ok(Linked { session_secret, next: attempt.next })
}
