//! The same done to many users at once, and taken back.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    bulk::{BulkAnswer, BulkChange, BulkDone, BulkOutcome, BulkProgress, BulkSeen, BulkTicket, UserSelection},
    id::OperationId,
    member::UserQuery,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

/// What a change would do.
#[server(name = PreviewBulk, prefix = "/rpc", endpoint = "bulk/preview", input = Json, output = Json)]
pub async fn preview(slug: WorkspaceSlug, selection: UserSelection, change: BulkChange) -> Rpc<BulkOutcome> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::bulk::preview(&services, &owner, &selection, &change).await?)
}

#[server(name = ApplyBulk, prefix = "/rpc", endpoint = "bulk/apply", input = Json, output = Json)]
pub async fn apply(slug: WorkspaceSlug, selection: UserSelection, change: BulkChange, seen: BulkSeen, ticket: BulkTicket) -> Rpc<BulkAnswer> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::bulk::apply(&services, &owner, &selection, &change, seen, Some(ticket)).await?)
}

#[server(name = UndoBulk, prefix = "/rpc", endpoint = "bulk/undo", input = Json, output = Json)]
pub async fn undo(slug: WorkspaceSlug, operation: OperationId, ticket: BulkTicket) -> Rpc<BulkOutcome> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::bulk::undo(&services, &owner, operation, Some(ticket)).await?)
}

/// How far a change of one's own is that is under way; nothing where that is not known here.
#[server(name = BulkProgressOf, prefix = "/rpc", endpoint = "bulk/progress", input = Json, output = Json)]
pub async fn progress(slug: WorkspaceSlug, ticket: BulkTicket) -> Rpc<Option<BulkProgress>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::bulk::progress(&services, &owner, ticket))
}

/// What of one's own can still be taken back, the newest first.
#[server(name = LatestBulk, prefix = "/rpc", endpoint = "bulk/latest", input = Json, output = Json)]
pub async fn latest(slug: WorkspaceSlug) -> Rpc<Vec<BulkDone>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::bulk::latest(&services, &owner).await?)
}

/// How many users a list shows, on all its pages.
#[server(name = CountUsers, prefix = "/rpc", endpoint = "bulk/count", input = Json, output = Json)]
pub async fn count(slug: WorkspaceSlug, query: UserQuery) -> Rpc<u64> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::count(&services, &owner, &query).await?)
}
