//! OpenID Connect: what a connection is to its provider, and the provider's description, which is kept for a while.

use super::{
    connections::{addresses, client_secret},
    refused::{Refused, Stopped},
};
use crate::services::Services;
use domain::{
    sso::Provider as Told,
    time::{Span, Timestamp},
};
use federation::{
    Refusal,
    oidc::{self, Connection, Provider},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::sso::connections::Found;

/// How long a provider's description is believed; its keys are asked for when one is missing.
const BELIEVED: Span = Span::minutes(10);

/// How long a provider rests that did not describe itself: whoever opens the way there again and again does not have us ask it as often.
const RESTS: Span = Span::seconds(30);

/// How many are kept.
const MOST_KEPT: usize = 1_000;

/// What is asked for: who it is, and how to write to them.
const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// What was said when a provider was asked to describe itself, and when.
type Said = Option<(Timestamp, Result<Provider, Refusal>)>;

/// In the hand of who asks; the others wait for what comes of it.
type Slot = Arc<tokio::sync::Mutex<Said>>;

/// Descriptions of providers, by issuer.
#[derive(Debug, Default)]
pub(crate) struct Descriptions(Mutex<HashMap<String, Slot>>);

impl Descriptions {
    fn slot(&self, issuer: &str, now: Timestamp) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(issuer) {
            return slot.clone();
        }
        if slots.len() >= MOST_KEPT {
            // one that is in somebody's hand is wanted now
            slots.retain(|_, slot| slot.try_lock().map_or(true, |said| still_holds(&said, now).is_some()));
        }
        let slot = Slot::default();
        if slots.len() < MOST_KEPT {
            slots.insert(issuer.to_owned(), slot.clone());
        }
        slot
    }
}

fn still_holds(said: &Said, now: Timestamp) -> Option<&Result<Provider, Refusal>> {
    let (at, said) = said.as_ref()?;
    let holds = if said.is_ok() { BELIEVED } else { RESTS };
    (now.since(*at) < holds).then_some(said)
}

/// The connection as its provider knows it.
pub(super) fn client(services: &Services, found: &Found) -> Result<Connection, Stopped> {
    let Told::Oidc(Some(told)) = &found.connection.provider else {
        return Err(Refused::new("not-set-up", "this connection does not speak OpenID Connect, or is not set up yet").into());
    };
    let secret = client_secret(services, found)?;
    Ok(Connection {
        issuer: told.issuer.to_string(),
        client_id: told.client_id.clone(),
        client_secret: (!secret.is_empty()).then_some(secret),
        redirect: addresses(services, &found.connection).redirect_uri,
        scopes: SCOPES.map(str::to_owned).to_vec(),
    })
}

/// Who the provider is, from memory where that is new enough. Of many who want to know at once, one asks.
pub(super) async fn provider(services: &Services, client: &Connection) -> Result<Provider, Stopped> {
    let slot = services.descriptions.slot(&client.issuer, services.now());
    let mut said = slot.lock().await;
    let now = services.now();
    if let Some(known) = still_holds(&said, now) {
        return Ok(known.clone()?);
    }
    let described = oidc::discover(&services.http, &client.issuer).await;
    *said = Some((now, described.clone()));
    Ok(described?)
}
