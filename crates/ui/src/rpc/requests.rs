//! Requests for access: a member asks, an owner answers.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    id::RequestId,
    request::{AccessRequest, MyRequest, RequestWish},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(name = FetchMyRequests, prefix = "/rpc", endpoint = "requests/mine", input = Json, output = Json)]
pub async fn mine(slug: WorkspaceSlug) -> Rpc<Vec<MyRequest>> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::requests::mine(&services, &member).await?)
}

#[server(name = AskForAccess, prefix = "/rpc", endpoint = "requests/ask", input = Json, output = Json)]
pub async fn ask(slug: WorkspaceSlug, wish: RequestWish) -> Rpc<()> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::requests::ask(&services, &member, &wish).await?)
}

#[server(name = WithdrawRequest, prefix = "/rpc", endpoint = "requests/withdraw", input = Json, output = Json)]
pub async fn withdraw(slug: WorkspaceSlug, request: RequestId) -> Rpc<()> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::requests::withdraw(&services, &member, request).await?)
}

#[server(name = FetchWaitingRequests, prefix = "/rpc", endpoint = "requests/waiting", input = Json, output = Json)]
pub async fn waiting(slug: WorkspaceSlug) -> Rpc<Vec<AccessRequest>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::requests::waiting(&services, &owner).await?)
}

#[server(name = FindRequest, prefix = "/rpc", endpoint = "requests/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, request: RequestId) -> Rpc<AccessRequest> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::requests::find(&services, &owner, request).await?)
}

#[server(name = DeclineRequest, prefix = "/rpc", endpoint = "requests/decline", input = Json, output = Json)]
pub async fn decline(slug: WorkspaceSlug, request: RequestId, answer: String) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::requests::decline(&services, &owner, request, &answer).await?)
}
