//! Accounts: signing up, in and out, passwords, and the list of one's sessions.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
#[cfg(feature = "ssr")]
use crate::path;
#[cfg(feature = "ssr")]
use domain::failure::FailureKind;
use domain::{
    account::{Account, AddressClaim, DeletionPreview, OwnName, PasswordStrength, Session},
    id::SessionId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the pages for people not yet inside need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub signed_in: bool,
    /// Anybody may sign up; otherwise one is invited.
    pub signup_is_open: bool,
    pub mail_is_on: bool,
    /// Nobody has an account yet: this is the first visit.
    pub is_new: bool,
    /// Why the password is asked for although there is a session: the workspace that one goes on to wants it again.
    pub why: Option<String>,
}

#[server(name = FetchStart, prefix = "/rpc", endpoint = "accounts/start", input = Json, output = Json)]
pub async fn start(next: Option<String>) -> Rpc<Start> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let is_new = me.is_none() && service::accounts::is_first_visit(&services, &anonymous).await?;
    let (mut signed_in, mut why) = (me.is_some(), None);
    if let (Some(me), Some(slug)) = (me, next.as_deref().and_then(path::workspace_of))
        && let Err(refused) = services.member(me, &slug).await
        && matches!(refused.kind, FailureKind::SignedOut | FailureKind::SsoRequired)
    {
        (signed_in, why) = (false, Some(refused.message));
    }
    Ok(Start { why, signed_in, signup_is_open: services.signup_is_open(), mail_is_on: services.mail_is_on(), is_new })
}

#[server(prefix = "/rpc", endpoint = "accounts/sign_up")]
pub async fn sign_up(name: String, email: String, password: String, workspace_name: String) -> Rpc<()> {
    let (services, anonymous) = context::anonymous()?;
    let wish = service::accounts::SignUp { name, email, password, workspace_name };
    let made = service::accounts::sign_up(&services, &anonymous, wish).await?;
    context::keep_session(&services, Some(&made.session_secret));
    leptos_axum::redirect(&path::users(&made.slug));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "accounts/sign_in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Rpc<()> {
    let (services, old) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let secret = service::accounts::sign_in_over(&services, &anonymous, &email, &password, old).await?;
    context::keep_session(&services, Some(&secret));
    leptos_axum::redirect(path::local(&next).unwrap_or(path::HOME));
    Ok(())
}

/// Signs in where one is: for somebody whose session ended in mid-edit.
#[server(prefix = "/rpc", endpoint = "accounts/sign_in_again", input = Json, output = Json)]
pub async fn sign_in_again(email: String, password: String) -> Rpc<()> {
    let (services, old) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let secret = service::accounts::sign_in_over(&services, &anonymous, &email, &password, old).await?;
    context::keep_session(&services, Some(&secret));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "accounts/sign_out")]
pub async fn sign_out(#[server(default)] next: String) -> Rpc<()> {
    let (services, me) = context::signed_in_or_not().await?;
    if let Some(me) = me {
        service::accounts::sign_out(&services, me).await?;
    }
    context::keep_session(&services, None);
    context::forget_in_browser();
    leptos_axum::redirect(path::local(&next).unwrap_or(path::SIGN_IN));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "accounts/strength", input = Json, output = Json)]
pub async fn strength(password: String, about: Vec<String>) -> Rpc<PasswordStrength> {
    let (services, anonymous) = context::anonymous()?;
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    Ok(service::accounts::strength(&services, &anonymous, &password, &about).await?)
}

#[server(prefix = "/rpc", endpoint = "accounts/request_reset")]
pub async fn request_reset(email: String) -> Rpc<()> {
    let (services, anonymous) = context::anonymous()?;
    service::resets::request(&services, &anonymous, &email).await?;
    leptos_axum::redirect(&path::with_query(path::RESET, &[("sent", "yes")]));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "accounts/reset_is_valid", input = Json, output = Json)]
pub async fn reset_is_valid(secret: String) -> Rpc<()> {
    let (services, anonymous) = context::anonymous()?;
    Ok(service::resets::check(&services, &anonymous, &secret).await?)
}

#[server(prefix = "/rpc", endpoint = "accounts/reset_password")]
pub async fn reset_password(secret: String, password: String) -> Rpc<()> {
    let (services, anonymous) = context::anonymous()?;
    let session = service::resets::confirm(&services, &anonymous, &secret, &password).await?;
    context::keep_session(&services, Some(&session));
    leptos_axum::redirect(path::HOME);
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "accounts/change_password")]
pub async fn change_password(current: String, new: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    service::accounts::change_password(&services, &me, &current, &new).await?;
    leptos_axum::redirect(&path::with_query(path::ACCOUNT, &[("changed", "password")]));
    Ok(())
}

/// Changes one's own name, in all workspaces.
#[server(prefix = "/rpc", endpoint = "accounts/change_name")]
pub async fn change_name(name: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    service::own_name::change(&services, &me, &name).await?;
    leptos_axum::redirect(&path::with_query(path::ACCOUNT, &[("changed", "name")]));
    Ok(())
}

/// Whether one's own name is to be changed, and who may set it again.
#[server(name = FetchOwnName, prefix = "/rpc", endpoint = "accounts/own_name", input = Json, output = Json)]
pub async fn own_name() -> Rpc<OwnName> {
    let (services, me) = context::signed_in().await?;
    Ok(service::own_name::standing(&services, &me).await?)
}

/// What goes with one's account, and what stands against its deletion.
#[server(name = FetchDeletionPreview, prefix = "/rpc", endpoint = "accounts/deletion_preview", input = Json, output = Json)]
pub async fn deletion_preview() -> Rpc<DeletionPreview> {
    let (services, me) = context::signed_in().await?;
    Ok(service::account_deletion::preview(&services, &me).await?)
}

/// Deletes one's own account, whose address was typed.
#[server(prefix = "/rpc", endpoint = "accounts/delete", input = Json, output = Json)]
pub async fn delete(email: String, password: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    service::account_deletion::delete(&services, &me, &email, &password).await?;
    context::keep_session(&services, None);
    context::forget_in_browser();
    Ok(())
}

/// Mails a link to one's own address that proves it.
#[server(prefix = "/rpc", endpoint = "accounts/send_proof")]
pub async fn send_proof() -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    service::address_proof::send(&services, &me).await?;
    leptos_axum::redirect(&path::proof_sent());
    Ok(())
}

/// What the mailed link asks.
#[server(name = FetchAddressClaim, prefix = "/rpc", endpoint = "accounts/address_claim", input = Json, output = Json)]
pub async fn address_claim(token: String) -> Rpc<AddressClaim> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    Ok(service::address_proof::claim(&services, &anonymous, me.as_ref(), &token).await?)
}

/// Who is signed in says that the address of their account is theirs.
#[server(prefix = "/rpc", endpoint = "accounts/prove_address")]
pub async fn prove_address(token: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    service::address_proof::confirm(&services, &me, &token).await?;
    leptos_axum::redirect(&path::proven(&token));
    Ok(())
}

/// Whoever is signed in.
#[server(prefix = "/rpc", endpoint = "accounts/me", input = Json, output = Json)]
pub async fn me() -> Rpc<Account> {
    let (_, me) = context::signed_in().await?;
    Ok(me.account().clone())
}

#[server(prefix = "/rpc", endpoint = "accounts/sessions", input = Json, output = Json)]
pub async fn sessions() -> Rpc<Vec<Session>> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sessions::mine(&services, &me).await?)
}

#[server(prefix = "/rpc", endpoint = "accounts/end_session", input = Json, output = Json)]
pub async fn end_session(session: SessionId) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sessions::end(&services, &me, session).await?)
}

#[server(prefix = "/rpc", endpoint = "accounts/end_other_sessions", input = Json, output = Json)]
pub async fn end_other_sessions() -> Rpc<u64> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sessions::end_others(&services, &me).await?)
}
