//! Invites: sending them, their links, and the answer of who was invited.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
#[cfg(feature = "ssr")]
use crate::path;
use domain::{
    email::EmailAddress,
    id::InviteId,
    invite::{Invitation, Invite, InviteOffer, Invited},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What an invite's link leads to, and who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    pub offer: InviteOffer,
    pub signed_in_as: Option<EmailAddress>,
}

/// All of them or none; a failure on the field `emails` names the address that stands in the way.
#[server(name = SendInvites, prefix = "/rpc", endpoint = "invites/send", input = Json, output = Json)]
pub async fn send(slug: WorkspaceSlug, invitation: Invitation) -> Rpc<Vec<Invited>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::invites::send(&services, &owner, invitation).await?)
}

#[server(prefix = "/rpc", endpoint = "invites/find", input = Json, output = Json)]
pub async fn find(slug: WorkspaceSlug, invite: InviteId) -> Rpc<Invite> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::invites::find(&services, &owner, invite).await?)
}

#[server(prefix = "/rpc", endpoint = "invites/link", input = Json, output = Json)]
pub async fn link(slug: WorkspaceSlug, invite: InviteId) -> Rpc<String> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::invites::link(&services, &owner, invite).await?)
}

#[server(prefix = "/rpc", endpoint = "invites/resend", input = Json, output = Json)]
pub async fn resend(slug: WorkspaceSlug, invite: InviteId) -> Rpc<Invited> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::invites::resend(&services, &owner, invite).await?)
}

#[server(prefix = "/rpc", endpoint = "invites/revoke", input = Json, output = Json)]
pub async fn revoke(slug: WorkspaceSlug, invite: InviteId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::invites::revoke(&services, &owner, invite).await?)
}

#[server(prefix = "/rpc", endpoint = "invites/offer", input = Json, output = Json)]
pub async fn offer(secret: String) -> Rpc<Offered> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let offer = service::invites::offer(&services, &anonymous, &secret).await?;
    Ok(Offered { offer, signed_in_as: me.map(|me| me.account().email.clone()) })
}

#[server(prefix = "/rpc", endpoint = "invites/accept")]
pub async fn accept(secret: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    let slug = service::invites::accept(&services, &me, &secret).await?;
    leptos_axum::redirect(&path::users(&slug));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "invites/accept_as_new")]
pub async fn accept_as_new(secret: String, name: String, password: String) -> Rpc<()> {
    let (services, anonymous) = context::anonymous()?;
    let made = service::invites::accept_as_new(&services, &anonymous, &secret, &name, &password).await?;
    context::keep_session(&services, Some(&made.session_secret));
    leptos_axum::redirect(&path::users(&made.slug));
    Ok(())
}
