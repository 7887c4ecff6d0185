//! Single sign-on: where somebody signs in, and what owners set up for it: connections, domains, and whether it is required.

#[cfg(feature = "ssr")]
use super::context;
use super::{Rpc, wire::Json};
#[cfg(feature = "ssr")]
use crate::path;
use domain::{
    id::{AttemptId, ConnectionId, DomainId, SignInId},
    save::SaveOutcome,
    sso::{
        Connection, ConnectionDraft, ConnectionPage,
        domains::{DomainCheck, WorkspaceDomain},
        log::SignInEntry,
        require::{RequirementWish, SsoRequirement},
        way_in::{Door, LinkOffer, LinkedWay, SsoRefusal, SwitchOffer, TestResult, TestStarted, WayIn, WaysIn},
    },
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::sso::Finished;

/// Where an address signs in. The answer says nothing about whether it has an account.
#[server(prefix = "/rpc", endpoint = "sso/where_to_sign_in", input = Json, output = Json)]
pub async fn where_to_sign_in(email: String) -> Rpc<WayIn> {
    let (services, anonymous) = context::anonymous()?;
    Ok(service::sso::ways::where_to_sign_in(&services, &anonymous, &email).await?)
}

/// What the page of the way in begins with, where it leads on to `next`.
#[server(name = FetchWaysIn, prefix = "/rpc", endpoint = "sso/ways_in", input = Json, output = Json)]
pub async fn ways_in(next: Option<String>) -> Rpc<WaysIn> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let slug = next.as_deref().and_then(path::workspace_of);
    Ok(service::sso::ways::ways_in(&services, &anonymous, me, slug.as_ref()).await?)
}

/// The connections of a workspace, for a member of it who may not enter because they came otherwise.
#[server(name = FetchDoors, prefix = "/rpc", endpoint = "sso/doors", input = Json, output = Json)]
pub async fn doors(slug: WorkspaceSlug) -> Rpc<Vec<Door>> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sso::ways::doors(&services, &me, &slug).await?)
}

/// Why a sign-in was refused, for whoever it happened to.
#[server(name = FetchSsoRefusal, prefix = "/rpc", endpoint = "sso/refusal", input = Json, output = Json)]
pub async fn refusal(sign_in: SignInId) -> Rpc<SsoRefusal> {
    let (services, anonymous) = context::anonymous()?;
    Ok(service::sso::refusal(&services, &anonymous, sign_in).await?)
}

/// What the holder of an account is asked before it is linked.
#[server(name = FetchLinkOffer, prefix = "/rpc", endpoint = "sso/link_offer", input = Json, output = Json)]
pub async fn link_offer(secret: String) -> Rpc<LinkOffer> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let browser = context::sso_browser(&services);
    Ok(service::sso::link::offer(&services, &anonymous, me.as_ref(), browser.as_deref(), &secret).await?)
}

/// Agrees to be linked, and goes on where the sign-in was to lead.
#[server(name = ConfirmLink, prefix = "/rpc", endpoint = "sso/confirm_link")]
pub async fn confirm_link(secret: String) -> Rpc<()> {
    let (services, me) = context::signed_in().await?;
    let browser = context::sso_browser(&services);
    let linked = service::sso::link::confirm(&services, me, browser.as_deref(), &secret).await?;
    context::keep_session(&services, Some(&linked.session_secret));
    leptos_axum::redirect(path::local(&linked.next).unwrap_or(path::HOME));
    Ok(())
}

/// What who is signed in is asked before they become somebody else.
#[server(name = FetchSwitchOffer, prefix = "/rpc", endpoint = "sso/switch_offer", input = Json, output = Json)]
pub async fn switch_offer(secret: String) -> Rpc<SwitchOffer> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let browser = context::sso_browser(&services);
    Ok(service::sso::switch::offer(&services, &anonymous, me.as_ref(), browser.as_deref(), &secret).await?)
}

/// Goes on as somebody else, where the sign-in was to lead.
#[server(name = ConfirmSwitch, prefix = "/rpc", endpoint = "sso/confirm_switch")]
pub async fn confirm_switch(secret: String) -> Rpc<()> {
    let (services, me) = context::signed_in_or_not().await?;
    let (_, anonymous) = context::anonymous()?;
    let browser = context::sso_browser(&services);
    let to = match service::sso::switch::confirm(&services, &anonymous, me, browser.as_deref(), &secret).await? {
        Finished::SignedIn { session_secret, next } => {
            context::keep_session(&services, Some(&session_secret));
            context::forget_in_browser();
            path::local(&next).unwrap_or(path::HOME).to_owned()
        }
        Finished::LinkNeeded { secret } => path::sso_link(&secret),
        Finished::SwitchNeeded { secret } => path::sso_switch(&secret),
        Finished::Tested { slug, connection, attempt } => path::connection_test(&slug, connection, attempt),
        Finished::Refused(sign_in) => path::sso_refused(sign_in),
    };
    leptos_axum::redirect(&to);
    Ok(())
}

/// The connections that one's own account is linked with.
#[server(name = FetchLinks, prefix = "/rpc", endpoint = "sso/links", input = Json, output = Json)]
pub async fn links() -> Rpc<Vec<LinkedWay>> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sso::links::mine(&services, &me).await?)
}

/// Takes one of them off; says whether the present session goes on.
#[server(name = Unlink, prefix = "/rpc", endpoint = "sso/unlink", input = Json, output = Json)]
pub async fn unlink(connection: ConnectionId) -> Rpc<bool> {
    let (services, me) = context::signed_in().await?;
    Ok(service::sso::links::unlink(&services, &me, connection).await?)
}

#[server(name = FetchConnections, prefix = "/rpc", endpoint = "sso/connections", input = Json, output = Json)]
pub async fn connections(slug: WorkspaceSlug) -> Rpc<Vec<Connection>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::all(&services, &owner).await?)
}

/// One connection with what its guide shows.
#[server(name = FindConnection, prefix = "/rpc", endpoint = "sso/connection", input = Json, output = Json)]
pub async fn connection(slug: WorkspaceSlug, connection: ConnectionId) -> Rpc<ConnectionPage> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::page(&services, &owner, connection).await?)
}

#[server(name = CreateConnection, prefix = "/rpc", endpoint = "sso/create_connection", input = Json, output = Json)]
pub async fn create_connection(slug: WorkspaceSlug, draft: ConnectionDraft) -> Rpc<ConnectionPage> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::create(&services, &owner, &draft).await?)
}

#[server(name = ChangeConnection, prefix = "/rpc", endpoint = "sso/change_connection", input = Json, output = Json)]
pub async fn change_connection(slug: WorkspaceSlug, connection: ConnectionId, revision: i64, draft: ConnectionDraft) -> Rpc<SaveOutcome<ConnectionPage>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::change(&services, &owner, connection, revision, &draft).await?)
}

#[server(name = SwitchConnection, prefix = "/rpc", endpoint = "sso/switch_connection", input = Json, output = Json)]
pub async fn switch_connection(slug: WorkspaceSlug, connection: ConnectionId, enabled: bool) -> Rpc<ConnectionPage> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::switch(&services, &owner, connection, enabled).await?)
}

#[server(name = DeleteConnection, prefix = "/rpc", endpoint = "sso/delete_connection", input = Json, output = Json)]
pub async fn delete_connection(slug: WorkspaceSlug, connection: ConnectionId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::connections::delete(&services, &owner, connection).await?)
}

/// The last sign-ins and tests by a connection, the newest first.
#[server(name = FetchSignIns, prefix = "/rpc", endpoint = "sso/sign_ins", input = Json, output = Json)]
pub async fn sign_ins(slug: WorkspaceSlug, connection: ConnectionId) -> Rpc<Vec<SignInEntry>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::log(&services, &owner, connection).await?)
}

/// Begins a test: the browser is to go on to the address that comes back.
#[server(name = BeginSsoTest, prefix = "/rpc", endpoint = "sso/begin_test", input = Json, output = Json)]
pub async fn begin_test(slug: WorkspaceSlug, connection: ConnectionId) -> Rpc<TestStarted> {
    let (services, owner) = context::owner(&slug).await?;
    let known = context::sso_browser(&services);
    let (started, browser) = service::sso::begin_test(&services, &owner, connection, known.as_deref()).await?;
    context::keep_sso_browser(&services, &browser);
    Ok(started)
}

/// What a test showed; nothing while it is on its way.
#[server(name = FetchSsoTest, prefix = "/rpc", endpoint = "sso/test_result", input = Json, output = Json)]
pub async fn test_result(slug: WorkspaceSlug, attempt: AttemptId) -> Rpc<Option<TestResult>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::test_result(&services, &owner, attempt).await?)
}

#[server(name = FetchDomains, prefix = "/rpc", endpoint = "sso/domains", input = Json, output = Json)]
pub async fn domains(slug: WorkspaceSlug) -> Rpc<Vec<WorkspaceDomain>> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::domains::all(&services, &owner).await?)
}

#[server(name = AddDomain, prefix = "/rpc", endpoint = "sso/add_domain", input = Json, output = Json)]
pub async fn add_domain(slug: WorkspaceSlug, domain: String) -> Rpc<WorkspaceDomain> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::domains::add(&services, &owner, &domain).await?)
}

/// Looks for a domain's proof now.
#[server(name = CheckDomain, prefix = "/rpc", endpoint = "sso/check_domain", input = Json, output = Json)]
pub async fn check_domain(slug: WorkspaceSlug, domain: DomainId) -> Rpc<DomainCheck> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::domains::check(&services, &owner, domain).await?)
}

#[server(name = RemoveDomain, prefix = "/rpc", endpoint = "sso/remove_domain", input = Json, output = Json)]
pub async fn remove_domain(slug: WorkspaceSlug, domain: DomainId) -> Rpc<()> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::domains::remove(&services, &owner, domain).await?)
}

#[server(name = FetchSsoRequirement, prefix = "/rpc", endpoint = "sso/requirement", input = Json, output = Json)]
pub async fn requirement(slug: WorkspaceSlug) -> Rpc<SsoRequirement> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::require::find(&services, &owner).await?)
}

/// Sets whether it is required, and whom it excepts.
#[server(name = SetSsoRequirement, prefix = "/rpc", endpoint = "sso/require", input = Json, output = Json)]
pub async fn require(slug: WorkspaceSlug, wish: RequirementWish) -> Rpc<SsoRequirement> {
    let (services, owner) = context::owner(&slug).await?;
    Ok(service::sso::require::set(&services, &owner, &wish).await?)
}
