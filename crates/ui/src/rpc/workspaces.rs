//! Workspaces: which ones I am in, a new one, and what the frame round every page of one shows.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
#[cfg(feature = "ssr")]
use crate::path;
use domain::{
    account::Account,
    id::MemberId,
    member::MemberKind,
    text::WorkspaceName,
    time::Timestamp,
    workspace::{Membership, Workspace, WorkspaceCounts, WorkspaceSlug},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the frame of a workspace's pages shows, and what its pages need to know of who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub account: Account,
    pub workspace: Workspace,
    pub me: MemberId,
    pub kind: MemberKind,
    pub counts: WorkspaceCounts,
    /// All that this account is in, this one included.
    pub memberships: Vec<Membership>,
    pub mail_is_on: bool,
    /// For how many days an invite lasts here.
    pub invite_days: u32,
}

impl Frame {
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.kind == MemberKind::Owner
    }
}

/// What stands at the workspace's addresses for who looks: its frame, or for owners that it is closed. Two fields, since a browser reads them
/// with less code than an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub open: Option<Frame>,
    pub closed: Option<Closed>,
}

/// A workspace that is closed until it is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub slug: WorkspaceSlug,
    pub name: WorkspaceName,
    pub deleted_at: Timestamp,
}

#[server(name = FetchFrame, prefix = "/rpc", endpoint = "workspaces/frame", input = Json, output = Json)]
pub async fn frame(slug: WorkspaceSlug) -> Rpc<Standing> {
    let (services, me) = context::signed_in().await?;
    let memberships = service::workspaces::mine(&services, &me).await?;
    // only its owners have a closed one among theirs
    let closed = memberships.iter().map(|one| &one.workspace).find(|workspace| workspace.slug == slug).and_then(|workspace| workspace.deleted_at);
    if let Some(deleted_at) = closed {
        let owner = services.closed_owner(me, &slug).await?;
        let closed = Closed { slug, name: owner.workspace().name.clone(), deleted_at };
        return Ok(Standing { open: None, closed: Some(closed) });
    }
    let member = services.member(me, &slug).await?;
    let frame = Frame {
        account: member.account().clone(),
        workspace: member.workspace().clone(),
        me: member.member(),
        kind: member.kind(),
        counts: service::workspaces::counts(&services, &member).await?,
        memberships,
        mail_is_on: services.mail_is_on(),
        invite_days: member.workspace().rules.invites.days(),
    };
    Ok(Standing { open: Some(frame), closed: None })
}

#[server(prefix = "/rpc", endpoint = "workspaces/counts", input = Json, output = Json)]
pub async fn counts(slug: WorkspaceSlug) -> Rpc<WorkspaceCounts> {
    let (services, member) = context::member(&slug).await?;
    Ok(service::workspaces::counts(&services, &member).await?)
}

#[server(prefix = "/rpc", endpoint = "workspaces/mine", input = Json, output = Json)]
pub async fn mine() -> Rpc<Vec<Membership>> {
    let (services, me) = context::signed_in().await?;
    Ok(service::workspaces::mine(&services, &me).await?)
}

#[server(prefix = "/rpc", endpoint = "workspaces/create")]
pub async fn create(workspace_name: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    let slug = service::workspaces::create(&services, &me, &workspace_name).await?;
    leptos_axum::redirect(&path::users(&slug));
    Ok(())
}
