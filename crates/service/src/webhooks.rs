//! Webhooks: addresses of the operator's and owners' own programs that are told of what happens in a workspace.
//!
//! What is sent, and how it is signed, is the Standard Webhooks specification's (<https://www.standardwebhooks.com>).

mod client;
mod courier;
mod signing;

pub use courier::{Courier, CourierError};

use crate::{
    access::WorkspaceOwner,
    members::still_owner,
    refusal::{named, stored},
    services::Services,
};
use domain::{
    audit::{Event, Object},
    audit_kinds,
    failure::{Failure, FailureKind},
    id::{DeliveryId, WebhookId},
    page::{Cursor, Page, PageSize},
    save::SaveOutcome,
    text,
    time::Span,
    webhook::{DeliveryRow, MOST_DESCRIPTION, MOST_WEBHOOKS, NewSecret, Webhook, WebhookDraft},
    webhook_url::WebhookUrl,
};
use federation::outgoing::is_public;
use store::{
    WriteTx,
    webhooks::{Generation, NewWebhook, Setting},
};

/// How many lines of the log come at once; each carries what was sent.
const LOGGED: u16 = 20;

/// How long a log is kept.
const LOGGED_FOR: Span = Span::days(30);
const FORGOTTEN_AT_ONCE: u64 = 1_000;

/// All of the workspace, the oldest first.
pub async fn all(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<Webhook>, Failure> {
    store::webhooks::all(&services.store, owner.workspace().id).await.map_err(stored)
}

pub async fn create(services: &Services, owner: &WorkspaceOwner, draft: &WebhookDraft) -> Result<NewSecret, Failure> {
    let workspace = owner.workspace().id;
    let setting = setting(services, draft)?;
    let now = services.now();
    let id = WebhookId::new(now, services.random());
    let event = Event::WebhookCreated { url: setting.url.shown().to_owned() };
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    if store::webhooks::count(&tx, workspace).await.map_err(stored)? >= MOST_WEBHOOKS as u64 {
        let message = format_args!("this workspace has {MOST_WEBHOOKS} webhooks already; delete one first");
        return Err(Failure { field: Some("url".to_owned()), ..Failure::new(FailureKind::Conflict, message) });
    }
    let new = NewWebhook { id, setting, created_by: Some(owner.name()), created_at: now };
    store::webhooks::insert(&tx, workspace, &new).await.map_err(stored)?;
    let webhook = found(&tx, owner, id).await?;
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(NewSecret { webhook, secret: signing::secret(services, id, 1) })
}

/// Sets all of it, and lets it begin anew where it had failed.
pub async fn change(services: &Services, owner: &WorkspaceOwner, id: WebhookId, revision: i64, draft: &WebhookDraft) -> Result<SaveOutcome<Webhook>, Failure> {
    let setting = setting(services, draft)?;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let before = found(&tx, owner, id).await?;
    if !store::webhooks::set(&tx, owner.workspace().id, id, revision, &setting).await.map_err(stored)? {
        return Ok(SaveOutcome::Conflict(before));
    }
    let after = found(&tx, owner, id).await?;
    let event = Event::WebhookChanged { before: before.snapshot(), after: after.snapshot() };
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(SaveOutcome::Saved(after))
}

/// A new secret. For a day deliveries are signed with the old one too, so that receivers can change over.
pub async fn rotate(services: &Services, owner: &WorkspaceOwner, id: WebhookId) -> Result<NewSecret, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let rotated = store::webhooks::rotate(&tx, owner.workspace().id, id, services.now()).await.map_err(stored)?;
    let Generation { number, .. } = rotated.ok_or_else(gone)?;
    let webhook = found(&tx, owner, id).await?;
    let event = Event::WebhookSecretChanged { url: webhook.url.shown().to_owned() };
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(NewSecret { webhook, secret: signing::secret(services, id, number) })
}

/// Removes it with its log.
pub async fn delete(services: &Services, owner: &WorkspaceOwner, id: WebhookId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let before = found(&tx, owner, id).await?;
    store::webhooks::remove(&tx, owner.workspace().id, id).await.map_err(stored)?;
    let event = Event::WebhookDeleted { url: before.url.shown().to_owned() };
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

/// Sends it one event, made for this; the log shows what came of it.
pub async fn test(services: &Services, owner: &WorkspaceOwner, id: WebhookId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let webhook = found(&tx, owner, id).await?;
    switched_on(&webhook)?;
    let event = Event::WebhookTested { url: webhook.url.shown().to_owned() };
    // the commit puts it on its way
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

/// The log of what was sent to it, the newest first.
pub async fn deliveries(services: &Services, owner: &WorkspaceOwner, id: WebhookId, cursor: Option<&Cursor>) -> Result<Page<DeliveryRow>, Failure> {
    found(&services.store, owner, id).await?;
    store::webhooks::deliveries(&services.store, id, cursor, PageSize::new(LOGGED)).await.map_err(stored)
}

/// Sends a delivery again that was taken or given up. It keeps its id, so that receivers can know it.
pub async fn redeliver(services: &Services, owner: &WorkspaceOwner, id: WebhookId, delivery: DeliveryId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let webhook = found(&tx, owner, id).await?;
    switched_on(&webhook)?;
    let again = store::webhooks::redeliver(&tx, id, delivery, services.now()).await.map_err(stored)?;
    let event = again.ok_or_else(|| Failure::new(FailureKind::Conflict, "this delivery is on its way already, or is no longer in the log"))?;
    let event = Event::WebhookRedelivered { url: webhook.url.shown().to_owned(), event };
    tx.commit(owner.record(services, event, Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

fn switched_on(webhook: &Webhook) -> Result<(), Failure> {
    if webhook.enabled { Ok(()) } else { Err(Failure::new(FailureKind::Conflict, "this webhook is switched off; switch it on first")) }
}

fn object(id: WebhookId) -> Object {
    Object::new("webhook", id.uuid())
}

fn gone() -> Failure {
    Failure::new(FailureKind::NotFound, "this webhook is not in the workspace, or no longer")
}

async fn found(db: &impl store::Db, owner: &WorkspaceOwner, id: WebhookId) -> Result<Webhook, Failure> {
    store::webhooks::find(db, owner.workspace().id, id).await.map_err(stored)?.ok_or_else(gone)
}

/// What was typed, if it can be taken.
fn setting(services: &Services, draft: &WebhookDraft) -> Result<Setting, Failure> {
    let url = WebhookUrl::parse(&draft.url).map_err(|error| Failure::field("url", error))?;
    if !services.settings.webhooks_to_private {
        if !url.is_https() {
            return Err(Failure::field("url", "the address must begin with https://, so that nobody on the way reads what is sent"));
        }
        if url.ip().is_some_and(|ip| !is_public(ip)) || is_local(url.host()) {
            let cure = "deliveries go to public addresses only; the operator can allow others by ROLECALL_WEBHOOKS_TO_PRIVATE";
            return Err(Failure::field("url", format_args!("`{}` is an address of a private network; {cure}", url.host())));
        }
    }
    let description = match draft.description.trim() {
        "" => String::new(),
        typed => text::line("the description", typed, MOST_DESCRIPTION).map_err(named("description"))?,
    };
    let mut events = draft.events.clone();
    events.sort_unstable();
    events.dedup();
    if let Some(unknown) = events.iter().find(|event| audit_kinds::kind(event).is_none_or(|kind| !kind.of_workspace)) {
        return Err(Failure::field("events", format_args!("`{unknown}` does not happen in a workspace; choose from the list, or none for every event")));
    }
    Ok(Setting { url, description, events, enabled: draft.enabled })
}

/// Names that never leave the machine or its network.
fn is_local(host: &str) -> bool {
    ["localhost", "local", "internal"].iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
}

/// Drops from the logs what is older than a month.
pub(crate) async fn forget_old(services: &Services) -> Result<(), Failure> {
    let before = services.now().minus(LOGGED_FOR);
    while store::webhooks::gone_by_age(&services.store, before, FORGOTTEN_AT_ONCE).await.map_err(stored)? == FORGOTTEN_AT_ONCE {}
    Ok(())
}

/// For whoever records something about a webhook without an owner at hand.
pub(crate) async fn switch_off(services: &Services, tx: WriteTx, due: &store::webhooks::Due, note: &str) -> Result<(), Failure> {
    if store::webhooks::switch_off(&tx, due.workspace, due.webhook, note).await.map_err(stored)? {
        let event = Event::WebhookSwitchedOff { url: due.url.shown().to_owned(), note: note.to_owned() };
        let chain = domain::audit::Chain::Workspace(due.workspace);
        let record = services.record(chain, domain::audit::Actor::System, event, Some(object(due.webhook)), domain::audit::Origin::default());
        tx.commit(record).await.map_err(stored)?;
    }
    Ok(())
}
