//! Webhooks: their list, making, changing and ending them, and the log of what was sent.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    id::{DeliveryId, WebhookId},
    page::{Cursor, Page},
    save::SaveOutcome,
    webhook::{DeliveryRow, NewSecret, Webhook, WebhookDraft},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchWebhooks, prefix = "/rpc", endpoint = "webhooks/all", input = Json, output = Json)]
pub async fn all(slug: WorkspaceSlug) -> Rpc<Vec<Webhook>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::all(&services, &owner).await?)
}

#[server(name = CreateWebhook, prefix = "/rpc", endpoint = "webhooks/create", input = Json, output = Json)]
pub async fn create(slug: WorkspaceSlug, draft: WebhookDraft) -> Rpc<NewSecret> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::create(&services, &owner, &draft).await?)
}

#[server(name = ChangeWebhook, prefix = "/rpc", endpoint = "webhooks/change", input = Json, output = Json)]
pub async fn change(slug: WorkspaceSlug, webhook: WebhookId, revision: i64, draft: WebhookDraft) -> Rpc<SaveOutcome<Webhook>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::change(&services, &owner, webhook, revision, &draft).await?)
}

#[server(name = RotateWebhook, prefix = "/rpc", endpoint = "webhooks/rotate", input = Json, output = Json)]
pub async fn rotate(slug: WorkspaceSlug, webhook: WebhookId) -> Rpc<NewSecret> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::rotate(&services, &owner, webhook).await?)
}

#[server(name = DeleteWebhook, prefix = "/rpc", endpoint = "webhooks/delete", input = Json, output = Json)]
pub async fn delete(slug: WorkspaceSlug, webhook: WebhookId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::delete(&services, &owner, webhook).await?)
}

#[server(name = TestWebhook, prefix = "/rpc", endpoint = "webhooks/test", input = Json, output = Json)]
pub async fn test(slug: WorkspaceSlug, webhook: WebhookId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::test(&services, &owner, webhook).await?)
}

#[server(name = FetchDeliveries, prefix = "/rpc", endpoint = "webhooks/deliveries", input = Json, output = Json)]
pub async fn deliveries(slug: WorkspaceSlug, webhook: WebhookId, cursor: Option<Cursor>) -> Rpc<Page<DeliveryRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::deliveries(&services, &owner, webhook, cursor.as_ref()).await?)
}

#[server(prefix = "/rpc", endpoint = "webhooks/redeliver", input = Json, output = Json)]
pub async fn redeliver(slug: WorkspaceSlug, webhook: WebhookId, delivery: DeliveryId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::webhooks::redeliver(&services, &owner, webhook, delivery).await?)
}
