//! Puts an event on its way to each webhook that wants to hear of it, in the change that it tells of.

use super::events;
use crate::{
    entity::{
        webhook::{Column, Entity, Model},
        webhook_delivery,
    },
    error::StoreError,
    sql::insert_all,
    transaction::{WriteTx, on},
};
use domain::{
    audit::{Actor, Chain, Entry, Event, Object, Origin},
    id::{DeliveryId, WorkspaceId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is sent: type, time and data, as the Standard Webhooks specification has it.
#[derive(Serialize)]
struct Payload<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    workspace: WorkspaceId,
    /// The entry of the audit trail.
    entry: String,
    seq: i64,
    sentence: String,
    actor: &'a Actor,
    event: &'a Event,
    object: &'a Option<Object>,
    origin: &'a Origin,
}

/// The entries were just sealed in this change.
pub(crate) async fn post(tx: &WriteTx, entries: &[(Chain, Entry)]) -> Result<(), StoreError> {
    let of_workspace = |chain: &Chain| match chain {
        Chain::Workspace(id) => Some(*id),
        Chain::Accounts => None,
    };
    let workspaces: BTreeSet<Uuid> = entries.iter().filter_map(|(chain, _)| of_workspace(chain)).map(WorkspaceId::uuid).collect();
    if workspaces.is_empty() {
        return Ok(());
    }
    let rows = Entity::find().filter(Column::WorkspaceId.is_in(workspaces)).filter(Column::Enabled.eq(true)).all(on(tx)).await?;
    let mut webhooks: BTreeMap<Uuid, Vec<Model>> = BTreeMap::new();
    for row in rows {
        webhooks.entry(row.workspace_id).or_default().push(row);
    }
    let mut deliveries = Vec::new();
    for (chain, entry) in entries {
        let Some(workspace) = of_workspace(chain) else { continue };
        let here = webhooks.get(&workspace.uuid()).into_iter().flatten();
        let mut wanted = here.filter(|webhook| wants(webhook, entry)).peekable();
        if wanted.peek().is_none() {
            continue;
        }
        let payload = payload(workspace, entry)?;
        deliveries.extend(wanted.map(|webhook| delivery(webhook, entry, &payload)));
    }
    insert_all::<webhook_delivery::Entity>(tx, &deliveries).await
}

/// A test goes to the webhook that is tested, whatever else that hears of, and to no other.
fn wants(webhook: &Model, entry: &Entry) -> bool {
    if let Event::WebhookTested { .. } = entry.event {
        return entry.object.as_ref().is_some_and(|object| object.id == webhook.id);
    }
    let events = events(webhook);
    events.is_empty() || events.iter().any(|event| event == entry.event.name())
}

fn payload(workspace: WorkspaceId, entry: &Entry) -> Result<String, StoreError> {
    let payload = Payload {
        r#type: entry.event.name(),
        timestamp: entry.at.to_string(),
        data: Data {
            workspace,
            entry: entry.id.to_string(),
            seq: entry.seq,
            sentence: entry.sentence(),
            actor: &entry.actor,
            event: &entry.event,
            object: &entry.object,
            origin: &entry.origin,
        },
    };
    serde_json::to_string(&payload).map_err(|error| StoreError::Corrupt(format!("an event can't be written: {error}")))
}

fn delivery(webhook: &Model, entry: &Entry, payload: &str) -> webhook_delivery::Model {
    let at = entry.at.micros();
    webhook_delivery::Model {
        id: id(webhook.id, entry).uuid(),
        webhook_id: webhook.id,
        event: entry.event.name().to_owned(),
        payload: payload.to_owned(),
        created_at: at,
        posted_at: at,
        attempts: 0,
        next_at: at,
        status: None,
        answer: None,
        delivered_at: None,
        failed_at: None,
    }
}

/// One entry goes to one webhook once: its id follows from the two, and needs no chance of its own.
fn id(webhook: Uuid, entry: &Entry) -> DeliveryId {
    let digest = Sha256::new().chain_update(webhook.as_bytes()).chain_update(entry.id.uuid().as_bytes()).finalize();
    let mut random = [0; 10];
    random.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    DeliveryId::new(entry.at, random)
}
