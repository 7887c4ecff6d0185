//! OpenID Connect: what a connection is to its provider, and the provider's description, which is kept for a while.

use super::{
    connections::{addresses, client_secret},
    refused::{Refused, Stopped},
};
use crate::services::Services;
use domain::{
    id::ConnectionId,
    sso::Provider as Told,
    time::{Span, Timestamp},
};
use federation::oidc::{self, Connection, Provider};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use store::sso::connections::Found;

/// How long a provider's description is believed; its keys are asked for when one is missing.
const BELIEVED: Span = Span::minutes(10);

/// How many are kept.
const MOST_KEPT: usize = 1_000;

/// What is asked for: who it is, and how to write to them.
const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// Descriptions of providers, by connection and issuer.
#[derive(Debug, Default)]
pub(crate) struct Descriptions(Mutex<HashMap<(ConnectionId, String), (Timestamp, Provider)>>);

impl Descriptions {
    fn find(&self, key: &(ConnectionId, String), now: Timestamp) -> Option<Provider> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(since, _)| now.since(*since) < BELIEVED).map(|(_, provider)| provider.clone())
    }

    fn keep(&self, key: (ConnectionId, String), now: Timestamp, provider: Provider) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.retain(|_, (since, _)| now.since(*since) < BELIEVED);
        }
        if kept.len() < MOST_KEPT {
            kept.insert(key, (now, provider));
        }
    }
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

/// Who the provider is, from memory where that is new enough.
pub(super) async fn provider(services: &Services, found: &Found, client: &Connection) -> Result<Provider, Stopped> {
    let key = (found.connection.id, client.issuer.clone());
    if let Some(known) = services.descriptions.find(&key, services.now()) {
        return Ok(known);
    }
    let provider = oidc::discover(&services.http, &client.issuer).await?;
    services.descriptions.keep(key, services.now(), provider.clone());
    Ok(provider)
}
