//! Connections: made, changed, switched on and off, and removed by owners. A client secret goes in and never comes out.

use super::{fingerprint, on_plan, saml};
use crate::{
    access::WorkspaceOwner,
    members::{still_owner, still_theirs},
    refusal::{named, stored},
    services::Services,
};
use domain::{
    audit::{Event, LetGo, Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::ConnectionId,
    save::SaveOutcome,
    sso::{
        Connection, ConnectionDraft, ConnectionPage, MOST_CONNECTIONS, MOST_TEXT, OidcDraft, OidcProvider, OurAddresses, Provider, ProviderDraft, ProviderUrl,
        mapping::{self, MOST_RULES, MappingRule},
        way_in::Door,
    },
    text::{self, ConnectionName},
    workspace::Workspace,
};
use federation::outgoing::is_public;
use store::{
    Constraint, Db, StoreError, WriteTx,
    sso::connections::{Found, NewConnection, Setting},
};

/// What a client secret is sealed for.
const SECRET: &str = "sso-client-secret";

/// All of the workspace, the oldest first.
pub async fn all(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<Connection>, Failure> {
    store::sso::connections::all(&services.store, owner.workspace().id, fingerprint).await.map_err(stored)
}

/// One with what its guide shows.
pub async fn page(services: &Services, owner: &WorkspaceOwner, id: ConnectionId) -> Result<ConnectionPage, Failure> {
    let found = found(&services.store, owner, id).await?;
    shown(services, found).await
}

async fn shown(services: &Services, found: Found) -> Result<ConnectionPage, Failure> {
    let Found { workspace, connection, client_secret } = found;
    let sessions = store::sessions::count_of_connection(&services.store, connection.id, services.now()).await.map_err(stored)?;
    let here = store::workspaces::by_id(&services.store, workspace).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    let kept_on = may_go(&services.store, &here, &connection).await.err().map(|failure| failure.message);
    Ok(ConnectionPage { addresses: addresses(services, &connection), connection, has_secret: client_secret.is_some(), sessions, kept_on })
}

/// Makes one, switched off. Its provider may be told later.
pub async fn create(services: &Services, owner: &WorkspaceOwner, draft: &ConnectionDraft) -> Result<ConnectionPage, Failure> {
    let workspace = owner.workspace().id;
    let now = services.now();
    let id = ConnectionId::new(now, services.random());
    let setting = setting(services, id, draft)?;
    let name = setting.name.clone();
    let tx = services.store.begin().await.map_err(stored)?;
    on_plan(still_owner(services, &tx, owner).await?)?;
    if store::sso::connections::count(&tx, workspace).await.map_err(stored)? >= MOST_CONNECTIONS as u64 {
        let message = format_args!("this workspace has {MOST_CONNECTIONS} connections already; delete one first");
        return Err(Failure { field: Some("name".to_owned()), ..Failure::new(FailureKind::Conflict, message) });
    }
    let new = NewConnection { id, setting, created_by: Some(owner.name()), created_at: now };
    store::sso::connections::insert(&tx, workspace, &new).await.map_err(unset(&name))?;
    let made = found(&tx, owner, id).await?;
    let event = SsoEvent::SsoConnectionCreated { connection: made.connection.snapshot() };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    shown(services, made).await
}

/// Sets all of it. Where somebody else was first, nothing is written and theirs comes back.
pub async fn change(
    services: &Services,
    owner: &WorkspaceOwner,
    id: ConnectionId,
    revision: i64,
    draft: &ConnectionDraft,
) -> Result<SaveOutcome<ConnectionPage>, Failure> {
    let setting = setting(services, id, draft)?;
    let tx = services.store.begin().await.map_err(stored)?;
    on_plan(still_owner(services, &tx, owner).await?)?;
    let before = found(&tx, owner, id).await?;
    if before.connection.revision != revision {
        return Ok(SaveOutcome::Conflict(shown(services, before).await?));
    }
    fits(&before, &setting)?;
    if !store::sso::connections::set(&tx, owner.workspace().id, id, revision, &setting).await.map_err(unset(&setting.name))? {
        return Ok(SaveOutcome::Conflict(shown(services, before).await?));
    }
    let after = found(&tx, owner, id).await?;
    let let_go = if same_people(&before.connection.provider, &after.connection.provider) { None } else { Some(let_go(&tx, id).await?) };
    let (was, is) = (before.connection.snapshot(), after.connection.snapshot());
    let event = SsoEvent::SsoConnectionChanged { before: was, after: is, secret: setting.client_secret.is_some(), let_go };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(shown(services, after).await?))
}

/// Whether what one calls somebody means the same person at the other. An OpenID provider may call people otherwise to each of its clients
/// (pairwise subjects, OpenID Connect Core 8.1): then everybody would be a second person with the address of the first.
fn same_people(was: &Provider, is: &Provider) -> bool {
    match (was, is) {
        (Provider::Oidc(was), Provider::Oidc(is)) => was.as_ref().is_none_or(|was| is.as_ref() == Some(was)),
        (Provider::Saml(was), Provider::Saml(is)) => was.as_ref().is_none_or(|was| is.as_ref().is_some_and(|is| is.entity_id == was.entity_id)),
        (Provider::Oidc(_), Provider::Saml(_)) | (Provider::Saml(_), Provider::Oidc(_)) => false,
    }
}

/// Another provider speaks for nobody whom the one before has shown: its links and sessions end, and so do sign-ins under way.
async fn let_go(tx: &WriteTx, id: ConnectionId) -> Result<LetGo, Failure> {
    store::sso::attempts::forget_connection(tx, id).await.map_err(stored)?;
    let links = store::sso::identities::forget_connection(tx, id).await.map_err(stored)?;
    let sessions = store::sessions::end_of_connection(tx, id).await.map_err(stored)?;
    Ok(LetGo { links, sessions })
}

/// What one connection may become of another.
fn fits(before: &Found, setting: &Setting) -> Result<(), Failure> {
    if before.connection.protocol() != setting.provider.protocol() {
        return Err(Failure::field("protocol", "a connection keeps its protocol; make another one for the other protocol"));
    }
    let is_told = matches!(setting.provider, Provider::Oidc(Some(_)) | Provider::Saml(Some(_)));
    if before.connection.enabled && !is_told {
        return Err(Failure::field("issuer", "people sign in by this connection; switch it off before you empty it"));
    }
    // whoever could lead a kept secret to another server could read it
    if let (Provider::Oidc(Some(was)), Provider::Oidc(Some(is))) = (&before.connection.provider, &setting.provider)
        && was.issuer != is.issuer
        && before.client_secret.is_some()
        && setting.client_secret.is_none()
    {
        return Err(Failure::field("client_secret", "the issuer is another one; enter its client secret, the old one is not sent there"));
    }
    Ok(())
}

/// Switches it on or off. Off ends the sessions that came by it.
pub async fn switch(services: &Services, owner: &WorkspaceOwner, id: ConnectionId, enabled: bool) -> Result<ConnectionPage, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let before = found(&tx, owner, id).await?;
    if before.connection.enabled == enabled {
        return shown(services, before).await;
    }
    if enabled {
        on_plan(here.plan)?;
        if !before.connection.is_complete() {
            return Err(Failure::new(FailureKind::Conflict, "this connection can't be switched on yet: tell it of its provider first"));
        }
    } else {
        may_go(&tx, &here, &before.connection).await?;
    }
    store::sso::connections::switch(&tx, here.id, id, enabled).await.map_err(stored)?;
    let sessions = if enabled { 0 } else { store::sessions::end_of_connection(&tx, id).await.map_err(stored)? };
    let name = before.connection.name.to_string();
    let event = if enabled { SsoEvent::SsoConnectionSwitchedOn { name } } else { SsoEvent::SsoConnectionSwitchedOff { name, sessions } };
    let after = found(&tx, owner, id).await?;
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    shown(services, after).await
}

/// Removes it with its log and its links, and ends the sessions that came by it. Accounts and memberships stay.
pub async fn delete(services: &Services, owner: &WorkspaceOwner, id: ConnectionId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let before = found(&tx, owner, id).await?;
    may_go(&tx, &here, &before.connection).await?;
    let sessions = store::sessions::end_of_connection(&tx, id).await.map_err(stored)?;
    store::sso::connections::remove(&tx, here.id, id).await.map_err(stored)?;
    let event: Event = SsoEvent::SsoConnectionDeleted { name: before.connection.name.to_string(), sessions }.into();
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

/// A workspace that requires single sign-on keeps a way to come by it.
async fn may_go(db: &impl Db, here: &Workspace, connection: &Connection) -> Result<(), Failure> {
    if !here.sso_required || !connection.enabled || store::sso::connections::count_enabled(db, here.id).await.map_err(stored)? > 1 {
        return Ok(());
    }
    let message =
        "this workspace requires single sign-on and this is the only connection that is switched on; switch another one on first, or require it no longer";
    Err(Failure::new(FailureKind::Conflict, message))
}

pub(super) async fn found(db: &impl Db, owner: &WorkspaceOwner, id: ConnectionId) -> Result<Found, Failure> {
    let found = store::sso::connections::find(db, owner.workspace().id, id, fingerprint).await.map_err(stored)?;
    found.ok_or_else(|| Failure::new(FailureKind::NotFound, "this connection is not in the workspace, or no longer"))
}

fn object(id: ConnectionId) -> Object {
    Object::new("connection", id.uuid())
}

fn unset(name: &ConnectionName) -> impl Fn(StoreError) -> Failure {
    move |error| match error {
        StoreError::Conflict(Constraint::ConnectionName) => {
            let message = format_args!("this workspace has a connection called {name} already; choose another name");
            Failure { kind: FailureKind::Conflict, ..Failure::field("name", message) }
        }
        StoreError::Reference => Failure::field("mapping", "one of the groups no longer exists; reload to see the groups there are"),
        other => stored(other),
    }
}

/// What was typed, if it can be taken.
fn setting(services: &Services, id: ConnectionId, draft: &ConnectionDraft) -> Result<Setting, Failure> {
    let name = ConnectionName::parse(&draft.name).map_err(named("name"))?;
    let (provider, secret) = match &draft.provider {
        ProviderDraft::Oidc(draft) => (Provider::Oidc(oidc(services, draft)?), draft.client_secret.as_deref().map(str::trim)),
        ProviderDraft::Saml(draft) => (Provider::Saml(saml::provider(services, draft)?), None),
    };
    if secret.is_some_and(|secret| secret.len() > MOST_TEXT) {
        return Err(Failure::field("client_secret", format_args!("the client secret is longer than {MOST_TEXT} characters; copy it again from the provider")));
    }
    let sealed = secret.filter(|secret| !secret.is_empty()).map(|secret| {
        let key = &services.settings.secret_key;
        key.seal(services.entropy.as_ref(), SECRET, id.uuid(), secret.as_bytes())
    });
    let allow_idp_initiated = draft.allow_idp_initiated && matches!(provider, Provider::Saml(_));
    Ok(Setting { name, preset: draft.preset.as_str().to_owned(), provider, allow_idp_initiated, mapping: rules(&draft.mapping)?, client_secret: sealed })
}

fn oidc(services: &Services, draft: &OidcDraft) -> Result<Option<OidcProvider>, Failure> {
    if draft.issuer.trim().is_empty() && draft.client_id.trim().is_empty() {
        return Ok(None);
    }
    let issuer = address(services, &draft.issuer, "issuer")?;
    if issuer.as_str().contains('?') {
        return Err(Failure::field("issuer", "an issuer has no part behind a `?`; copy it from the provider"));
    }
    let client_id = text::line("the client id", &draft.client_id, MOST_TEXT).map_err(named("client_id"))?;
    Ok(Some(OidcProvider { issuer, client_id }))
}

/// An address at the provider that this server may go to, or send people to.
pub(super) fn address(services: &Services, text: &str, field: &'static str) -> Result<ProviderUrl, Failure> {
    let url = ProviderUrl::parse(text).map_err(|error| Failure::field(field, error))?;
    if services.settings.sso_to_private {
        return Ok(url);
    }
    if !url.is_https() {
        return Err(Failure::field(field, "the address must begin with https://; copy it whole from the provider"));
    }
    if url.ip().is_some_and(|ip| !is_public(ip)) || url.host() == "localhost" {
        let cure = "the operator can allow such providers by ROLECALL_SSO_TO_PRIVATE";
        return Err(Failure::field(field, format_args!("`{}` is an address of a private network; {cure}", url.host())));
    }
    Ok(url)
}

fn rules(rules: &[MappingRule]) -> Result<Vec<MappingRule>, Failure> {
    if rules.len() > MOST_RULES {
        return Err(Failure::field("mapping", format_args!("{} rules are too many; use at most {MOST_RULES}", rules.len())));
    }
    let line = |what, text: &str| text::line(what, text, mapping::MOST_TEXT).map_err(named("mapping"));
    let checked = |rule: &MappingRule| {
        Ok(MappingRule {
            claim: line("the claim of a rule", &rule.claim)?,
            value: line("the value of a rule", &rule.value)?,
            group: rule.group,
            group_name: None,
        })
    };
    rules.iter().map(checked).collect()
}

/// The client secret of a connection; empty where it has none.
pub(super) fn client_secret(services: &Services, found: &Found) -> Result<String, Failure> {
    let Some(sealed) = &found.client_secret else { return Ok(String::new()) };
    let opened = services.settings.secret_key.open(SECRET, found.connection.id.uuid(), sealed).and_then(|plain| String::from_utf8(plain).ok());
    opened.ok_or_else(|| {
        tracing::error!(connection.id = %found.connection.id, "a client secret can't be opened: ROLECALL_SECRET_KEY is another one than it was sealed with");
        Failure::internal()
    })
}

/// Where a sign-in by it begins.
pub(super) fn door(connection: &Connection) -> Door {
    Door { connection: connection.id, name: connection.name.clone(), start_url: format!("/sso/{}/{}/start", connection.protocol(), connection.id) }
}

/// What its provider must be told.
#[must_use]
pub(super) fn addresses(services: &Services, connection: &Connection) -> OurAddresses {
    let (url, id) = (&services.settings.public_url, connection.id);
    OurAddresses {
        start_url: format!("{url}{}", door(connection).start_url),
        redirect_uri: format!("{url}/sso/oidc/{id}/callback"),
        backchannel_logout_uri: format!("{url}/sso/oidc/{id}/backchannel-logout"),
        entity_id: format!("{url}/sso/saml/{id}/metadata"),
        acs_url: format!("{url}/sso/saml/{id}/acs"),
        slo_url: format!("{url}/sso/saml/{id}/slo"),
        metadata_url: format!("{url}/sso/saml/{id}/metadata"),
    }
}

/// Whether a connection is still there in the change, switched on, and of the provider by which somebody has come.
pub(super) async fn still_open(tx: &WriteTx, came_by: &Connection) -> Result<bool, Failure> {
    let found = store::sso::connections::by_id(tx, came_by.id, fingerprint).await.map_err(stored)?;
    Ok(found.is_some_and(|found| found.connection.enabled && same_people(&came_by.provider, &found.connection.provider)))
}
