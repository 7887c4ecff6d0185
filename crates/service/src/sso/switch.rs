//! Asks who is signed in already, before a provider's answer makes them somebody else.
//!
//! Whoever can lead a browser here (by the address where a sign-in begins, by a ticket of their own, by a page that posts an answer where a
//! provider may begin) could else have somebody work on in an account that is not theirs, and read there what they write (login CSRF). That
//! the browser began it shows nothing: a link begins it too. So they are asked, on a page of ours, and agree by a form of it.

use super::{
    Gate,
    arrive::{Whose, whose},
    begin::Kept,
    finish::{self, Finished, same_browser},
};
use crate::{
    access::{Anonymous, SignedIn},
    refusal::stored,
    secrets,
    services::Services,
};
use domain::{
    failure::{Failure, FailureKind},
    sso::{log::Purpose, way_in::SwitchOffer},
};
use store::sso::attempts::{Attempt, Stage};

impl Whose {
    /// Whether who is signed in would be somebody else by it.
    pub(super) fn is_another_than(&self, old: &SignedIn) -> bool {
        match self {
            Self::Linked(account) | Self::Address { account, .. } => account.id != old.account().id,
            Self::Nobody(_) => true,
            // whoever holds the account is asked anyway, and agrees in a session of that account
            Self::Claimed(_) => false,
        }
    }
}

/// What is asked, of whoever began it.
pub async fn offer(services: &Services, anyone: &Anonymous, me: Option<&SignedIn>, browser: Option<&str>, secret: &str) -> Result<SwitchOffer, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let over = || Failure::new(FailureKind::NotFound, "this question was answered already, or waited too long; sign in by single sign-on again");
    let found = store::sso::attempts::by_secret(&services.store, &secrets::hash(secret)).await.map_err(stored)?;
    let waits = |attempt: &Attempt| attempt.stage == Stage::Answered && attempt.purpose == Purpose::SignIn && attempt.expires_at > services.now();
    let attempt = found.filter(waits).ok_or_else(over)?;
    same_browser(&attempt, browser).map_err(|refused| Failure::new(FailureKind::Forbidden, refused.reason))?;
    let gate = Gate::find(services, attempt.connection).await?;
    let Some(Kept::Arrival(arrival) | Kept::Asked(arrival)) = Kept::open(services, &attempt) else { return Err(over()) };
    let as_whom = match whose(&services.store, &gate, &arrival.received).await? {
        Ok(Whose::Linked(account) | Whose::Address { account, .. }) => account.email.to_string(),
        Ok(Whose::Nobody(email) | Whose::Claimed(email)) => email.to_string(),
        Err(refused) => return Err(Failure::new(FailureKind::Forbidden, refused.reason)),
    };
    let signed_in_as = me.map(|me| me.account().email.clone());
    Ok(SwitchOffer { signed_in_as, as_whom, connection: gate.found.connection.name, workspace: gate.workspace.name })
}

/// Goes on as who has come; `old` is the session that there is until then.
pub async fn confirm(services: &Services, anyone: &Anonymous, old: Option<SignedIn>, browser: Option<&str>, secret: &str) -> Result<Finished, Failure> {
    finish::with_ticket(services, anyone, browser, old, secret, true).await
}
