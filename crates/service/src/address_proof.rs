//! Proving one's address by mail: whoever opens the link reads mail there. Nothing of a link is stored: it carries the account and its end,
//! with a seal by the server's key over both and the address, so that it dies with a change of address.
//!
//! A link counts in a session of the account alone. Anybody can sign up with the address of somebody else and have a link mailed to them; were
//! a click enough, the password of whoever signed up would stand proven, and stay when the address's holder comes.

use crate::{
    access::{Anonymous, SignedIn},
    mail::Mail,
    postman,
    refusal::stored,
    services::Services,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    account::{Account, AddressClaim, PROOF_LIFETIME},
    audit::Event,
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::AccountId,
    time::Timestamp,
};
use store::Db;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// What links are derived for. No other purpose begins with this word.
const PURPOSE: &str = "address";

const MINUTE: i64 = 60_000_000;

/// Mails the link to the address of one's own account.
pub async fn send(services: &Services, me: &SignedIn) -> Result<(), Failure> {
    me.came().speaks_for_the_account()?;
    services.limits.from_network(me.meta().address.as_deref())?;
    let account = me.account();
    let email = &account.email;
    if account.email_verified {
        return Err(Failure::new(FailureKind::Conflict, "your address is proven already; reload the page"));
    }
    if !services.mail_is_on() {
        return Err(Failure::new(FailureKind::Conflict, "mail is off on this server, so no link can be sent; ask whoever runs Rolecall to turn mail on"));
    }
    if !services.limits.may_mail(email.as_str()) {
        return Err(Failure::new(FailureKind::Limited, format_args!("too many mails to {email}; wait a minute and try again")));
    }
    let ends_at = services.now().plus(PROOF_LIFETIME);
    let tx = services.store.begin().await.map_err(stored)?;
    postman::post(services, &tx, None, email, &Mail::AddressProof { account: account.id, ends_at }).await?;
    tx.commit(me.record(services, Event::AddressProofSent { email: email.to_string() })).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}

/// What the link asks. Looking changes nothing: scanners of mail open links too.
pub async fn claim(services: &Services, anyone: &Anonymous, me: Option<&SignedIn>, token: &str) -> Result<AddressClaim, Failure> {
    services.limits.from_network(anyone.meta().address.as_deref())?;
    let account = account(services, &services.store, token).await?;
    let may_confirm = me.is_some_and(|me| me.account().id == account.id && !me.came().is_bound());
    let signed_in_as = me.map(|me| me.account().email.clone());
    Ok(AddressClaim { name: account.name, email: account.email, proven: account.email_verified, signed_in_as, may_confirm })
}

/// Marks the address of one's own account as proven; the same when it is done twice.
pub async fn confirm(services: &Services, me: &SignedIn, token: &str) -> Result<(), Failure> {
    me.came().speaks_for_the_account()?;
    services.limits.from_network(me.meta().address.as_deref())?;
    let tx = services.store.begin().await.map_err(stored)?;
    // in the change itself: the address may be becoming another one
    let account = account(services, &tx, token).await?;
    if me.account().id != account.id {
        let (theirs, mine) = (&account.email, &me.account().email);
        let message = format!("this link is about the account of {theirs}, and you are signed in as {mine}; sign in to that account first");
        return Err(Failure::new(FailureKind::Forbidden, message));
    }
    if account.email_verified {
        return Ok(());
    }
    store::accounts::set_verified(&tx, account.id).await.map_err(stored)?;
    tx.commit(me.record(services, Event::AddressProven { email: account.email.to_string() })).await.map_err(stored)?;
    Ok(())
}

/// The last part of a link's address.
pub(crate) fn token(services: &Services, account: AccountId, email: &EmailAddress, ends_at: Timestamp) -> String {
    // an end is a whole minute since 1970, which makes links short
    let ends = i32::try_from(ends_at.micros() / MINUTE).unwrap_or(i32::MAX);
    let sealed = seal(services, account, email, ends);
    URL_SAFE_NO_PAD.encode([account.uuid().as_bytes().as_slice(), &ends.to_be_bytes(), &sealed].concat())
}

/// Whose link it is, if it still says something.
async fn account(services: &Services, db: &impl Db, token: &str) -> Result<Account, Failure> {
    let Some((id, ends, sealed)) = parts(token) else {
        return Err(Failure::new(FailureKind::NotFound, "this is not a whole link; open it from the mail again, or copy all of it"));
    };
    let found = store::accounts::by_id(db, id).await.map_err(stored)?;
    // what is told of an account is told to those alone who have its link
    let is_whole = |account: &Account| bool::from(seal(services, id, &account.email, ends).as_slice().ct_eq(sealed.as_slice()));
    let Some(account) = found.filter(is_whole) else {
        let message = "this link is about an address that its account no longer has, or it is not whole; send another from your account page";
        return Err(Failure::new(FailureKind::NotFound, message));
    };
    if Timestamp::from_micros(i64::from(ends) * MINUTE) <= services.now() {
        let message = format!("this link is older than {}; send another from your account page", PROOF_LIFETIME.words());
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    Ok(account)
}

/// The account, the end in minutes, and the seal.
fn parts(token: &str) -> Option<(AccountId, i32, [u8; 32])> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (account, rest) = bytes.split_first_chunk::<16>()?;
    let (ends, sealed) = rest.split_first_chunk::<4>()?;
    Some((AccountId::from_uuid(Uuid::from_bytes(*account)), i32::from_be_bytes(*ends), sealed.try_into().ok()?))
}

fn seal(services: &Services, account: AccountId, email: &EmailAddress, ends: i32) -> [u8; 32] {
    services.settings.secret_key.derive_bytes(&format!("{PURPOSE} {email}"), account.uuid(), ends)
}
