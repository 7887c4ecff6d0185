//! One's own name: whoever holds an account changes it in all their workspaces at once, unless a provider says how they are called.

use crate::{
    access::SignedIn,
    refusal::{named, stored},
    services::Services,
    workspaces::locked_places,
};
use domain::{
    audit::{Actor, Chain, Event, Object, Record},
    failure::{Failure, FailureKind},
    sso::domains::DomainName,
    text::PersonName,
    workspace::Membership,
};
use store::Db;

/// Why one's name is not one's own to change, where it isn't.
pub async fn kept_on(services: &Services, me: &SignedIn) -> Result<Option<String>, Failure> {
    Ok(hindrance(&services.store, me).await?.map(|refused| refused.message))
}

pub async fn change(services: &Services, me: &SignedIn, name: &str) -> Result<(), Failure> {
    let name = PersonName::parse(name).map_err(named("name"))?;
    let id = me.account().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let places = locked_places(&tx, id).await?;
    store::accounts::lock(&tx, id).await.map_err(stored)?;
    if let Some(refused) = hindrance(&tx, me).await? {
        return Err(refused);
    }
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

/// Whoever has no password, and comes by a provider that speaks for their address, is called what that says: each sign-in says it anew.
async fn hindrance(db: &impl Db, me: &SignedIn) -> Result<Option<Failure>, Failure> {
    if let Err(refused) = me.came().speaks_for_the_account() {
        return Ok(Some(refused));
    }
    let account = me.account();
    if store::accounts::password_hash(db, account.id).await.map_err(stored)?.is_some() {
        return Ok(None);
    }
    let Some(whose) = store::sso::domains::proven_for(db, &DomainName::of(&account.email)).await.map_err(stored)? else { return Ok(None) };
    let links = store::sso::identities::of_account(db, account.id).await.map_err(stored)?;
    let refused = links.into_iter().find(|link| link.workspace == whose && link.is_open).map(|link| {
        let message = format!("your name comes from {} of {}; change it there, and sign in again", link.name, link.workspace_name);
        Failure::new(FailureKind::Conflict, message)
    });
    Ok(refused)
}
