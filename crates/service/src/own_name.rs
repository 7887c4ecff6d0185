//! One's own name: whoever holds an account changes it in all their workspaces at once.

use crate::{
    access::SignedIn,
    refusal::{named, stored},
    services::Services,
    workspaces::locked_places,
};
use domain::{
    account::OwnName,
    audit::{Actor, Chain, Event, Object, Record},
    failure::Failure,
    sso::domains::DomainName,
    text::PersonName,
    workspace::Membership,
};

/// Whether one may change it, and who may set it again. That is the provider that speaks for the address of somebody without a password: it says
/// their name at a sign-in, if it sends one.
pub async fn standing(services: &Services, me: &SignedIn) -> Result<OwnName, Failure> {
    if let Err(refused) = me.came().speaks_for_the_account() {
        return Ok(OwnName::Kept(refused.message));
    }
    let (db, account) = (&services.store, me.account());
    if store::accounts::password_hash(db, account.id).await.map_err(stored)?.is_some() {
        return Ok(OwnName::Free(None));
    }
    let Some(whose) = store::sso::domains::proven_for(db, &DomainName::of(&account.email)).await.map_err(stored)? else { return Ok(OwnName::Free(None)) };
    let links = store::sso::identities::of_account(db, account.id).await.map_err(stored)?;
    let link = links.into_iter().find(|link| link.workspace == whose && link.is_open);
    Ok(OwnName::Free(link.map(|link| format!("{} of {} may set it again when you sign in by it.", link.name, link.workspace_name))))
}

pub async fn change(services: &Services, me: &SignedIn, name: &str) -> Result<(), Failure> {
    me.came().speaks_for_the_account()?;
    let name = PersonName::parse(name).map_err(named("name"))?;
    let id = me.account().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let places = locked_places(&tx, id).await?;
    store::accounts::lock(&tx, id).await.map_err(stored)?;
    let before = store::accounts::by_id(&tx, id).await.map_err(stored)?.ok_or_else(Failure::not_found)?.name;
    if before == name {
        return Ok(());
    }
    store::accounts::rename(&tx, id, &name).await.map_err(stored)?;
    let event = Event::AccountRenamed { before: before.to_string(), after: name.to_string() };
    let told = |place: &Membership| -> Record {
        let actor = Actor::Member { id: place.member, name: before.to_string() };
        let object = Object::new("member", place.member.uuid());
        services.record(Chain::Workspace(place.workspace.id), actor, event.clone(), Some(object), me.meta().origin())
    };
    let everywhere = places.iter().map(told).collect();
    tx.commit_all(me.record(services, event), everywhere).await.map_err(stored)?;
    Ok(())
}
