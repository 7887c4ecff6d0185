//! Members: the Users list, one member's access and its change, removing, leaving, and what a member sees of themselves.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
use domain::{
    access_context::{AccessContext, Terms},
    audit::Entry,
    id::{MemberId, RequestId},
    member::{AccessPreview, Member, MemberAccess, MyAccess, RemovalPreview, UserQuery, UserRow},
    page::Page,
    policy::Question,
    question::Explained,
    save::SaveOutcome,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "members/users", input = Json, output = Json)]
pub async fn users(slug: WorkspaceSlug, query: UserQuery) -> Rpc<Page<UserRow>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::users(&services, &owner, &query).await?)
}

#[server(prefix = "/rpc", endpoint = "members/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, member: MemberId) -> Rpc<Member> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::find(&services, &owner, member).await?)
}

#[server(name = FetchAccessContext, prefix = "/rpc", endpoint = "members/access_context", input = Json, output = Json)]
pub async fn access_context(slug: WorkspaceSlug) -> Rpc<AccessContext> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::access_context(&services, &owner).await?)
}

#[server(name = FetchTerms, prefix = "/rpc", endpoint = "members/terms", input = Json, output = Json)]
pub async fn terms(slug: WorkspaceSlug) -> Rpc<Terms> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::terms(&services, &owner))
}

/// What an access would reach and what that changes, where a workspace is too large for the browser to say.
#[server(prefix = "/rpc", endpoint = "members/preview", input = Json, output = Json)]
pub async fn preview(slug: WorkspaceSlug, before: MemberAccess, access: MemberAccess) -> Rpc<AccessPreview> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::preview(&services, &owner, &before, &access).await?)
}

#[server(prefix = "/rpc", endpoint = "members/change_access", input = Json, output = Json)]
pub async fn change_access(
    slug: WorkspaceSlug,
    member: MemberId,
    revision: i64,
    access: MemberAccess,
    /// The member's request that this answers.
    answers: Option<RequestId>,
) -> Rpc<SaveOutcome<Member>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::change_access(&services, &owner, member, revision, access, answers).await?)
}

#[server(name = FetchRemovalPreview, prefix = "/rpc", endpoint = "members/removal_preview", input = Json, output = Json)]
pub async fn removal_preview(slug: WorkspaceSlug, member: MemberId) -> Rpc<RemovalPreview> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::removal_preview(&services, &owner, member).await?)
}

#[server(prefix = "/rpc", endpoint = "members/remove", input = Json, output = Json)]
pub async fn remove(slug: WorkspaceSlug, member: MemberId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::remove(&services, &owner, member).await?)
}

#[server(prefix = "/rpc", endpoint = "members/leave", input = Json, output = Json)]
pub async fn leave(slug: WorkspaceSlug) -> Rpc<()> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::members::leave(&services, &member).await?)
}

#[server(prefix = "/rpc", endpoint = "members/activity", input = Json, output = Json)]
pub async fn activity(slug: WorkspaceSlug, member: MemberId) -> Rpc<Vec<Entry>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::activity(&services, &owner, member).await?)
}

#[server(prefix = "/rpc", endpoint = "members/mine", input = Json, output = Json)]
pub async fn mine(slug: WorkspaceSlug) -> Rpc<MyAccess> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::members::mine(&services, &member).await?)
}

/// What this member sees of themselves.
#[server(name = FetchSeenBy, prefix = "/rpc", endpoint = "members/seen_by", input = Json, output = Json)]
pub async fn seen_by(slug: WorkspaceSlug, member: MemberId) -> Rpc<MyAccess> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::members::seen_by(&services, &owner, member).await?)
}

/// May this subject do this, and why.
#[server(prefix = "/rpc", endpoint = "members/explain", input = Json, output = Json)]
pub async fn explain(slug: WorkspaceSlug, question: Question) -> Rpc<Explained> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::check::by_owner(&services, &owner, &question).await?)
}
