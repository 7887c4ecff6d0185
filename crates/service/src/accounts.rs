//! Accounts: signing up, in and out, and changing one's password. No answer tells whether an address has an account.

use crate::{
    access::{Anonymous, SignedIn},
    actor::Meta,
    refusal::{named, stored},
    services::Services,
    sessions, workspaces,
};
use domain::{
    account::{Account, PasswordStrength},
    audit::{Actor, Chain, Event, Object},
    email::EmailAddress,
    failure::{Failure, FailureKind, both},
    id::AccountId,
    text::{PersonName, WorkspaceName},
    workspace::WorkspaceSlug,
};
use store::{StoreError, WriteTx, accounts::NewAccount};

/// What the sign-up form holds, as it was typed.
#[derive(Clone, Default)]
pub struct SignUp {
    pub name: String,
    pub email: String,
    pub password: String,
    pub workspace_name: String,
}

/// A new account, signed in, and the workspace it stands in.
#[derive(Debug)]
pub struct SignedUp {
    pub session_secret: String,
    pub slug: WorkspaceSlug,
}

/// What the trail of accounts tells where there ever was one.
const OF_AN_ACCOUNT: [&str; 2] = ["account_created", "account_deleted"];

/// Whether nobody ever had an account here: the first visit. A server whose last account was deleted is open to no stranger by that.
pub async fn is_first_visit(services: &Services, _anyone: &Anonymous) -> Result<bool, Failure> {
    let db = &services.store;
    if store::accounts::count(db).await.map_err(stored)? > 0 {
        return Ok(false);
    }
    Ok(!store::audit::may_have_told(db, Chain::Accounts, &OF_AN_ACCOUNT).await.map_err(stored)?)
}

/// Makes an account and its first workspace. The very first account may always be made: somebody has to begin.
pub async fn sign_up(services: &Services, anyone: &Anonymous, form: SignUp) -> Result<SignedUp, Failure> {
    services.limits.from_network(anyone.meta().address.as_deref())?;
    if !services.signup_is_open() && !is_first_visit(services, anyone).await? {
        return Err(Failure::new(FailureKind::Forbidden, "sign-up is by invitation here; ask a workspace owner to invite you"));
    }
    let name = PersonName::parse(&form.name).map_err(named("name"));
    let email = EmailAddress::parse(&form.email).map_err(|error| Failure::field("email", error));
    let workspace = WorkspaceName::parse(&form.workspace_name).map_err(named("workspace_name"));
    let about =
        [name.as_ref().map_or("", PersonName::as_str), email.as_ref().map_or("", EmailAddress::as_str), workspace.as_ref().map_or("", WorkspaceName::as_str)];
    let password = services.passwords.check(&form.password, &about, "password").await;
    let ((name, email), ((), workspace)) = both(both(name, email), both(password, workspace))?;
    let hash = services.passwords.hash(&form.password, services.salt()).await?;

    let tx = services.store.begin().await.map_err(stored)?;
    let account = create(services, &tx, name, email, hash, false).await?;
    let (slug, created) = workspaces::found(services, &tx, &account, &workspace, &anyone.meta().origin()).await?;
    let session_secret = sessions::open(services, &tx, account.id, anyone.meta()).await?;
    let made = made(services, anyone, &account);
    tx.commit_all(made, vec![created]).await.map_err(stored)?;
    tracing::info!(account.id = %account.id, "account created");
    Ok(SignedUp { session_secret, slug })
}

/// An account of an address not taken, inside the transaction.
pub(crate) async fn create(
    services: &Services,
    tx: &WriteTx,
    name: PersonName,
    email: EmailAddress,
    password_hash: String,
    email_verified: bool,
) -> Result<Account, Failure> {
    let now = services.now();
    let account = Account { id: AccountId::new(now, services.random()), name, email, email_verified, created_at: now };
    let new = NewAccount { account: account.clone(), password_hash: Some(password_hash) };
    store::accounts::insert(tx, &new).await.map_err(|error| match error {
        // who signs up must be told; the limit per network keeps this from being a way to try many addresses
        StoreError::Conflict(_) => Failure::field("email", "an account can't be made with this address; sign in if it is yours, or set a new password"),
        other => stored(other),
    })?;
    Ok(account)
}

pub(crate) fn made(services: &Services, anyone: &Anonymous, account: &Account) -> domain::audit::Record {
    let actor = Actor::Account { id: account.id, name: account.name.to_string() };
    let event = Event::AccountCreated { email: account.email.to_string() };
    anyone.record(services, actor, event, Some(Object::new("account", account.id.uuid())))
}

/// Signs in by address and password; gives the session's secret for the browser.
pub async fn sign_in(services: &Services, anyone: &Anonymous, email: &str, password: &str) -> Result<String, Failure> {
    sign_in_over(services, anyone, email, password, None).await
}

/// Signs in where a session may be already: it ends if it is of the same account, so that a browser has one.
pub async fn sign_in_over(services: &Services, anyone: &Anonymous, email: &str, password: &str, old: Option<SignedIn>) -> Result<String, Failure> {
    let signed_in = try_sign_in(services, anyone, email, password, old).await;
    services.meters.signed_in(&signed_in);
    signed_in
}

async fn try_sign_in(services: &Services, anyone: &Anonymous, email: &str, password: &str, old: Option<SignedIn>) -> Result<String, Failure> {
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    if password.is_empty() {
        return Err(Failure::field("password", "the password is missing; type it"));
    }
    services.limits.sign_in(email.as_str(), anyone.meta().address.as_deref())?;
    let found = store::accounts::by_email(&services.store, &email).await.map_err(stored)?;
    let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
    let right = services.passwords.verify(password, hash).await?;
    let tx = services.store.begin().await.map_err(stored)?;
    let Some(found) = found.filter(|_| right) else {
        let failed = Event::SignInFailed { email: email.to_string() };
        tx.commit(anyone.record(services, Actor::Anonymous, failed, None)).await.map_err(stored)?;
        return Err(Failure::new(FailureKind::Invalid, "the address or the password is wrong; try again, or set a new password"));
    };
    if let Some(old) = old {
        store::sessions::end(&tx, old.session(), found.account.id).await.map_err(stored)?;
    }
    let secret = sessions::open(services, &tx, found.account.id, anyone.meta()).await?;
    let actor = Actor::Account { id: found.account.id, name: found.account.name.to_string() };
    let object = Object::new("account", found.account.id.uuid());
    tx.commit(anyone.record(services, actor, Event::SignedIn { email: email.to_string() }, Some(object))).await.map_err(stored)?;
    Ok(secret)
}

pub async fn sign_out(services: &Services, me: SignedIn) -> Result<(), Failure> {
    sessions::end(services, &me, me.session()).await
}

/// How strong a password would be, for the meter beside the field.
pub async fn strength(services: &Services, anyone: &Anonymous, password: &str, about: &[&str]) -> Result<PasswordStrength, Failure> {
    let Meta { .. } = anyone.meta();
    services.passwords.strength(password, about).await
}

/// Changes the password and ends all other sessions: whoever knew the old one is out.
pub async fn change_password(services: &Services, me: &SignedIn, current: &str, new: &str) -> Result<(), Failure> {
    me.came().speaks_for_the_account()?;
    services.limits.sign_in(me.account().email.as_str(), me.meta().address.as_deref())?;
    let stored_hash = store::accounts::password_hash(&services.store, me.account().id).await.map_err(stored)?;
    if !services.passwords.verify(current, stored_hash.as_deref()).await? {
        return Err(Failure::field("current", "the current password is wrong; type it again"));
    }
    services.passwords.check(new, &[me.account().name.as_str(), me.account().email.as_str()], "new").await?;
    let hash = services.passwords.hash(new, services.salt()).await?;
    let tx = services.store.begin().await.map_err(stored)?;
    store::accounts::set_password(&tx, me.account().id, &hash).await.map_err(stored)?;
    store::sessions::end_all(&tx, me.account().id, Some(me.session())).await.map_err(stored)?;
    tx.commit(me.record(services, Event::PasswordChanged)).await.map_err(stored)?;
    Ok(())
}
