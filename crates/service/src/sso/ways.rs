//! Where somebody signs in: the domain of their address tells, and a workspace tells its own members.

use super::{connections, fingerprint};
use crate::{
    access::{Anonymous, SignedIn},
    refusal::stored,
    services::Services,
};
use domain::{
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::WorkspaceId,
    sso::{
        domains::DomainName,
        way_in::{AsksForSso, Door, WayIn, WaysIn},
    },
    workspace::WorkspaceSlug,
};

/// Where an address signs in. Only its domain is looked at, so that the answer tells nothing of who has an account.
pub async fn where_to_sign_in(services: &Services, anyone: &Anonymous, email: &str) -> Result<WayIn, Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    services.limits.ways(anyone.meta().address.as_deref())?;
    let Some(workspace) = store::sso::domains::proven_for(&services.store, &DomainName::of(&email)).await.map_err(stored)? else {
        return Ok(WayIn::Password);
    };
    // the one that is there longest, where there are several: owners see which it is
    Ok(open(services, workspace).await?.into_iter().next().map_or(WayIn::Password, WayIn::Sso))
}

/// What the page of the way in begins with, for who wants to go on to a workspace. It tells of a workspace only to its members.
pub async fn ways_in(services: &Services, anyone: &Anonymous, me: Option<SignedIn>, next: Option<&WorkspaceSlug>) -> Result<WaysIn, Failure> {
    services.limits.ways(anyone.meta().address.as_deref())?;
    let address_first = store::sso::domains::any_leads(&services.store).await.map_err(stored)?;
    let (Some(me), Some(slug)) = (me, next) else { return Ok(WaysIn { address_first, asks_for_sso: None }) };
    let Ok(doors) = doors(services, &me, slug).await else { return Ok(WaysIn { address_first, asks_for_sso: None }) };
    let refused = services.member(me, slug).await.err().filter(|refused| refused.kind == FailureKind::SsoRequired);
    let Some(refused) = refused else { return Ok(WaysIn { address_first, asks_for_sso: None }) };
    let here = store::workspaces::by_slug(&services.store, slug).await.map_err(stored)?;
    let asks_for_sso = here.map(|here| AsksForSso { workspace: here.name, reason: refused.message, doors });
    Ok(WaysIn { address_first, asks_for_sso })
}

/// The doors of a workspace that one is a member of, also for somebody who may not enter because they came otherwise.
pub async fn doors(services: &Services, me: &SignedIn, slug: &WorkspaceSlug) -> Result<Vec<Door>, Failure> {
    let workspace = store::workspaces::by_slug(&services.store, slug).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    let standing = store::members::by_account(&services.store, workspace.id, me.account().id).await.map_err(stored)?;
    if standing.is_none() {
        return Err(Failure::not_found());
    }
    open(services, workspace.id).await
}

async fn open(services: &Services, workspace: WorkspaceId) -> Result<Vec<Door>, Failure> {
    let here = store::workspaces::by_id(&services.store, workspace).await.map_err(stored)?;
    if here.is_none_or(|here| here.is_closed() || !here.plan.has_sso()) {
        return Ok(Vec::new());
    }
    let enabled = store::sso::connections::enabled(&services.store, workspace, fingerprint).await.map_err(stored)?;
    Ok(enabled.iter().map(connections::door).collect())
}
