//! Setting a new password by mail: a link of single use that lasts an hour.

use crate::{access::Anonymous, mail::Mail, postman, refusal::stored, secrets, services::Services, sessions};
use domain::{
    account::RESET_LIFETIME,
    audit::{Actor, Event, Object},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::ResetId,
};
use store::resets::NewReset;

pub(crate) const PURPOSE: &str = "reset";

/// Sends a link if the address has an account; answers the same if it hasn't.
pub async fn request(services: &Services, anyone: &Anonymous, email: &str) -> Result<(), Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    services.limits.from_network(anyone.meta().address.as_deref())?;
    let found = store::accounts::by_email(&services.store, &email).await.map_err(stored)?;
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    if let Some(found) = found.filter(|_| services.limits.may_mail(email.as_str())) {
        let id = ResetId::new(now, services.random());
        let secret = services.settings.secret_key.derive(PURPOSE, id.uuid(), 0);
        store::resets::void_others(&tx, found.account.id).await.map_err(stored)?;
        let reset = NewReset { id, account: found.account.id, secret_hash: secrets::hash(&secret), created_at: now, expires_at: now.plus(RESET_LIFETIME) };
        store::resets::insert(&tx, &reset).await.map_err(stored)?;
        postman::post(services, &tx, None, &found.account.email, &Mail::Reset { reset: id }).await?;
    }
    // written in either case: the time it takes tells nothing either
    let event = Event::PasswordResetRequested { email: email.to_string() };
    tx.commit(anyone.record(services, Actor::Anonymous, event, None)).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}

fn dead() -> Failure {
    Failure::new(FailureKind::NotFound, "this link has been used or is older than an hour; ask for a new one")
}

/// Whether the link still works, before a password is typed.
pub async fn check(services: &Services, anyone: &Anonymous, secret: &str) -> Result<(), Failure> {
    services.limits.from_network(anyone.meta().address.as_deref())?;
    let reset = store::resets::find(&services.store, &secrets::hash(secret)).await.map_err(stored)?.ok_or_else(dead)?;
    if reset.used || reset.expires_at <= services.now() { Err(dead()) } else { Ok(()) }
}

/// Sets the new password, ends every session of the account and opens a new one.
pub async fn confirm(services: &Services, anyone: &Anonymous, secret: &str, password: &str) -> Result<String, Failure> {
    check(services, anyone, secret).await?;
    let reset = store::resets::find(&services.store, &secrets::hash(secret)).await.map_err(stored)?.ok_or_else(dead)?;
    let account = store::accounts::by_id(&services.store, reset.account).await.map_err(stored)?.ok_or_else(dead)?;
    services.passwords.check(password, &[account.name.as_str(), account.email.as_str()], "password").await?;
    let hash = services.passwords.hash(password, services.salt()).await?;
    let tx = services.store.begin().await.map_err(stored)?;
    // checked again here: two uses at once must not both succeed
    if !store::resets::mark_used(&tx, reset.id, services.now()).await.map_err(stored)? {
        return Err(dead());
    }
    store::accounts::set_password(&tx, account.id, &hash).await.map_err(stored)?;
    store::accounts::set_verified(&tx, account.id).await.map_err(stored)?;
    store::sessions::end_all(&tx, account.id, None).await.map_err(stored)?;
    let session = sessions::open(services, &tx, account.id, anyone.meta()).await?;
    let actor = Actor::Account { id: account.id, name: account.name.to_string() };
    tx.commit(anyone.record(services, actor, Event::PasswordReset, Some(Object::new("account", account.id.uuid())))).await.map_err(stored)?;
    Ok(session)
}
