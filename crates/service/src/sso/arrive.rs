//! Lets somebody in whom a provider has shown: to the account that is linked, or else to the one of their address.
//!
//! An address counts only under a domain that was proven for the connection's workspace, and not where the provider itself says that it never
//! looked. Then the account of it is linked, or made. Any other address is a claim, whose holder must sign in otherwise and agree
//! ([`link`](super::link)); the answer is the same whether it has an account or not.
//!
//! Anybody can make an account with an address that is not theirs, and wait there for whoever has it. So an account whose address was never
//! shown to be its holder's is given over without what others may hold of it ([`reclaim`](super::reclaim)), unless the browser is signed in to it already. And
//! an address that an organisation gives to a second person does not make them the first one: an owner has to remove that one before.
//!
//! Whoever is let in is a member from then on, with minimal access, or with what a pending invite to them holds. So somebody whom an owner
//! removed comes again as somebody new: it is the provider's to say who may come, and there it is taken back. Groups that rules name follow
//! the claims at every sign-in, in both directions; groups that no rule names are left alone.

use super::{
    Gate,
    begin::{Arrival, Kept},
    connections::still_open,
    reclaim::{LAST_WAY_IN, is_a_last_way_in, is_theirs, locked_in_order, reclaim},
    refused::{self, Refused, entry},
};
use crate::{
    access::{Anonymous, SignedIn},
    accounts,
    actor::Meta,
    groups, invites,
    refusal::stored,
    secrets,
    services::Services,
    sessions,
};
use domain::{
    account::Account,
    audit::{Actor, Chain, Event, Object, Record, SsoEvent},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::{AccountId, MemberId, SignInId},
    invite::InviteState,
    member::MemberKind,
    sso::{
        domains::DomainName,
        log::Purpose,
        mapping::Mapped,
        way_in::{LINK_LASTS, Received},
    },
    text::PersonName,
    workspace::Workspace,
};
use store::{
    Constraint, Db, StoreError, WriteTx,
    accounts::NewAccount,
    members::NewMember,
    sessions::NewCameBy,
    sso::attempts::{Attempt, Stage, Step},
};

pub(super) enum Arrived {
    In {
        session_secret: String,
    },
    LinkNeeded {
        secret: String,
    },
    /// Somebody else is signed in, and has not agreed.
    Another,
    Refused(SignInId),
}

/// Whose account it is that a provider has shown.
pub(super) enum Whose {
    /// It was linked before.
    Linked(Account),
    /// It has the address, which is proven; it is linked now.
    Address {
        account: Account,
        /// The connection's provider has shown somebody else as its holder before.
        had_another: bool,
    },
    /// Nobody has the proven address yet.
    Nobody(EmailAddress),
    /// The address is only a claim.
    Claimed(EmailAddress),
}

pub(super) async fn arrive(
    services: &Services,
    anyone: &Anonymous,
    gate: &Gate,
    attempt: &Attempt,
    arrival: &Arrival,
    old: Option<SignedIn>,
    agreed: bool,
) -> Result<Arrived, Failure> {
    let (received, connection) = (&arrival.received, gate.found.connection.id);
    let who = received.email.as_deref().unwrap_or(&received.subject);
    let tx = services.store.begin().await.map_err(stored)?;
    let here = locked_in_order(&tx, gate, received).await?;
    if !still_open(&tx, &gate.found.connection).await? {
        let refused = Refused::new("switched-off", "this connection was switched off or changed meanwhile; ask an owner of the workspace");
        return Ok(Arrived::Refused(refused::write(services, anyone, gate, tx, Some(who), &refused).await?));
    }
    let whose = match whose(&tx, gate, received).await? {
        Err(refused) => return Ok(Arrived::Refused(refused::write(services, anyone, gate, tx, Some(who), &refused).await?)),
        Ok(whose) => whose,
    };
    if !agreed && old.as_ref().is_some_and(|old| whose.is_another_than(old)) {
        return Ok(Arrived::Another);
    }
    let mut records = Vec::new();
    let account = match whose {
        Whose::Claimed(email) => return ask(services, anyone, gate, attempt, arrival, tx, &email).await,
        Whose::Linked(account) => follow(services, anyone.meta(), &tx, gate, account, received, &mut records).await?,
        Whose::Address { account, had_another } => {
            if had_another || !is_theirs(&account, old.as_ref()) {
                if is_a_last_way_in(&tx, account.id).await? {
                    let refused = Refused::new("last-way-in", LAST_WAY_IN);
                    return Ok(Arrived::Refused(refused::write(services, anyone, gate, tx, Some(who), &refused).await?));
                }
                records.push(reclaim(services, &tx, gate, &account, anyone.meta()).await?);
            }
            store::accounts::set_verified(&tx, account.id).await.map_err(stored)?;
            records.push(link(services, &tx, gate, &account, received, anyone.meta()).await?);
            account
        }
        Whose::Nobody(email) => {
            let account = create(services, &tx, email, received).await?;
            records.push(accounts::made(services, anyone, &account));
            store::sso::identities::link(&tx, connection, &received.subject, account.id, services.now()).await.map_err(stored)?;
            account
        }
    };
    let session_secret = enter(services, anyone.meta(), tx, &here, gate, arrival, &account, old, records).await?;
    Ok(Arrived::In { session_secret })
}

/// Looks whose it is, and changes nothing.
pub(super) async fn whose(db: &impl Db, gate: &Gate, received: &Received) -> Result<Result<Whose, Refused>, Failure> {
    let linked = store::sso::identities::find(db, gate.found.connection.id, &received.subject).await.map_err(stored)?;
    if let Some(id) = linked
        && let Some(account) = store::accounts::by_id(db, id).await.map_err(stored)?
    {
        return Ok(Ok(Whose::Linked(account)));
    }
    let Some(text) = received.email.as_deref().filter(|text| !text.trim().is_empty()) else {
        let reason = "the provider gave no email address; at the provider, send it as the claim or attribute `email`";
        return Ok(Err(Refused::new("no-address", reason)));
    };
    let Ok(email) = EmailAddress::parse(text) else {
        let reason = format!("what the provider gave as the email address is none: `{}`", text.chars().take(100).collect::<String>());
        return Ok(Err(Refused::new("no-address", reason)));
    };
    if !speaks_for(db, &gate.workspace, &email, received.email_verified).await? {
        return Ok(Ok(Whose::Claimed(email)));
    }
    let Some(found) = store::accounts::by_email(db, &email).await.map_err(stored)? else { return Ok(Ok(Whose::Nobody(email))) };
    let account = found.account;
    let had_another = store::sso::identities::is_linked(db, gate.found.connection.id, account.id).await.map_err(stored)?;
    if had_another && store::members::by_account(db, gate.workspace.id, account.id).await.map_err(stored)?.is_some() {
        let reason = format!(
            "{email} is the address of a member who is somebody else at the provider; if it is yours now, an owner of {} must remove that member first",
            gate.workspace.name
        );
        return Ok(Err(Refused::new("address-of-another", reason)));
    }
    Ok(Ok(Whose::Address { account, had_another }))
}

/// Whether what this workspace's provider says of an address counts.
pub(super) async fn speaks_for(db: &impl Db, here: &Workspace, email: &EmailAddress, verified: Option<bool>) -> Result<bool, Failure> {
    // a provider where people type any address says so
    if verified == Some(false) {
        return Ok(false);
    }
    Ok(store::sso::domains::proven_for(db, &DomainName::of(email)).await.map_err(stored)? == Some(here.id))
}

/// An account without a password, of an address that is proven.
async fn create(services: &Services, tx: &WriteTx, email: EmailAddress, received: &Received) -> Result<Account, Failure> {
    let now = services.now();
    let given = received.name.as_deref().and_then(|name| PersonName::shortened(name).ok());
    let local = email.as_str().split('@').next().unwrap_or_default();
    let name = match given {
        Some(name) => name,
        None => PersonName::parse(local).map_err(|_| Failure::internal())?,
    };
    let account = Account { id: AccountId::new(now, services.random()), name, email, email_verified: true, created_at: now };
    let new = NewAccount { account: account.clone(), password_hash: None };
    store::accounts::insert(tx, &new).await.map_err(|error| match error {
        StoreError::Conflict(_) => Failure::new(FailureKind::Conflict, "somebody made an account with this address at the same moment; sign in again"),
        other => stored(other),
    })?;
    Ok(account)
}

/// Links an account with what the provider calls its holder; gives the record of it.
pub(super) async fn link(services: &Services, tx: &WriteTx, gate: &Gate, account: &Account, received: &Received, meta: &Meta) -> Result<Record, Failure> {
    let connection = &gate.found.connection;
    store::sso::identities::link(tx, connection.id, &received.subject, account.id, services.now()).await.map_err(stored)?;
    let event = SsoEvent::SsoAccountLinked { connection: connection.name.to_string(), email: account.email.to_string(), subject: received.subject.clone() };
    let actor = Actor::Account { id: account.id, name: account.name.to_string() };
    let object = Object::new("account", account.id.uuid());
    Ok(services.record(Chain::Workspace(gate.workspace.id), actor, event.into(), Some(object), meta.origin()))
}

/// An account that only ever came this way is called what the provider calls it, and has the address that it gives: if both the old and the
/// new one are the workspace's to speak for. Else an owner could lead an account of somebody else to an address of their own.
async fn follow(
    services: &Services,
    meta: &Meta,
    tx: &WriteTx,
    gate: &Gate,
    account: Account,
    received: &Received,
    records: &mut Vec<Record>,
) -> Result<Account, Failure> {
    if store::accounts::password_hash(tx, account.id).await.map_err(stored)?.is_some() {
        return Ok(account);
    }
    if !speaks_for(tx, &gate.workspace, &account.email, None).await? {
        return Ok(account);
    }
    let connection = gate.found.connection.name.to_string();
    let record = |event: SsoEvent| {
        let actor = Actor::Account { id: account.id, name: account.name.to_string() };
        services.record(Chain::Accounts, actor, event.into(), Some(Object::new("account", account.id.uuid())), meta.origin())
    };
    let mut after = account.clone();
    if let Some(name) = received.name.as_deref().and_then(|name| PersonName::shortened(name).ok()).filter(|name| *name != account.name) {
        store::accounts::rename(tx, account.id, &name).await.map_err(stored)?;
        records.push(record(SsoEvent::SsoAccountRenamed { connection: connection.clone(), before: account.name.to_string(), after: name.to_string() }));
        after.name = name;
    }
    let email = received.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()).filter(|email| *email != account.email);
    if let Some(email) = email
        && speaks_for(tx, &gate.workspace, &email, received.email_verified).await?
        && store::accounts::by_email(tx, &email).await.map_err(stored)?.is_none()
    {
        store::accounts::readdress(tx, account.id, &email).await.map_err(|error| match error {
            StoreError::Conflict(Constraint::AccountEmail) => Failure::new(FailureKind::Conflict, "the address was taken at the same moment; sign in again"),
            other => stored(other),
        })?;
        records.push(record(SsoEvent::SsoAddressChanged { connection, before: account.email.to_string(), after: email.to_string() }));
        after.email = email;
    }
    Ok(after)
}

/// The holder of the address is asked to sign in otherwise and agree. Whether there is an account, the answer doesn't tell.
async fn ask(
    services: &Services,
    anyone: &Anonymous,
    gate: &Gate,
    attempt: &Attempt,
    arrival: &Arrival,
    tx: WriteTx,
    email: &EmailAddress,
) -> Result<Arrived, Failure> {
    if attempt.browser_hash.is_none() {
        // who agrees must be who began, and of what a provider begins nobody knows that
        let reason = format!("{email} has to be linked first; begin once at the sign-in page, and agree there");
        let refused = Refused::new("link-needed", reason);
        return Ok(Arrived::Refused(refused::write(services, anyone, gate, tx, Some(email.as_str()), &refused).await?));
    }
    let why = if arrival.received.email_verified == Some(false) {
        format!("the provider says that it has not verified {email}")
    } else {
        format!("{email} is not under a domain that {} has proven", gate.workspace.name)
    };
    let refused =
        Refused::new("link-needed", format_args!("{why}; who has an account with it can sign in otherwise and agree to be linked, others need an invite"));
    let secret = secrets::random(services.entropy.as_ref());
    let step = Step {
        stage: Stage::Link,
        secret_hash: secrets::hash(&secret),
        sealed: Some(Kept::Arrival(arrival.clone()).seal(services, attempt.id)?),
        account: None,
        expires_at: services.now().plus(LINK_LASTS),
    };
    store::sso::attempts::go_on_in(&tx, attempt.id, &step).await.map_err(stored)?;
    refused::write(services, anyone, gate, tx, Some(email.as_str()), &refused).await?;
    Ok(Arrived::LinkNeeded { secret })
}

/// Makes them a member if they are none, follows the mapping, opens the session and keeps all of it; gives the session's secret.
#[expect(clippy::too_many_arguments, reason = "all that one sign-in is made of")]
pub(super) async fn enter(
    services: &Services,
    meta: &Meta,
    tx: WriteTx,
    here: &Workspace,
    gate: &Gate,
    arrival: &Arrival,
    account: &Account,
    old: Option<SignedIn>,
    mut records: Vec<Record>,
) -> Result<String, Failure> {
    let connection = &gate.found.connection;
    let mapped = if groups::on_plan(here.plan).is_ok() { Mapped::of(&connection.mapping, &arrival.received.claims) } else { Mapped::default() };
    let standing = store::members::by_account(&tx, here.id, account.id).await.map_err(stored)?;
    let member = match standing {
        Some(standing) => standing.id,
        None => join(services, meta, &tx, here, gate, account, &mut records).await?,
    };
    map(services, meta, &tx, here, member, &mapped, &mut records).await?;
    if let Some(old) = old {
        store::sessions::end(&tx, old.session(), account.id).await.map_err(stored)?;
    }
    let only_here = !speaks_for(&tx, here, &account.email, None).await?;
    let came_by = NewCameBy { connection: connection.id, subject: arrival.received.subject.clone(), session: arrival.session.clone(), only_here };
    let session_secret = sessions::open_by(services, &tx, account.id, meta, Some(came_by)).await?;
    store::sso::connections::used(&tx, connection.id, services.now()).await.map_err(stored)?;
    store::sso::log::write(&tx, connection.id, &entry(services, meta, Purpose::SignIn, Some(account.email.as_str()), None)).await.map_err(stored)?;
    let email = account.email.to_string();
    let who = Actor::Member { id: member, name: account.name.to_string() };
    let event = SsoEvent::SsoSignedIn { connection: connection.name.to_string(), email: email.clone() };
    let object = Object::new("member", member.uuid());
    records.push(services.record(Chain::Workspace(here.id), who, event.into(), Some(object), meta.origin()));
    let actor = Actor::Account { id: account.id, name: account.name.to_string() };
    let object = Object::new("account", account.id.uuid());
    let signed_in = services.record(Chain::Accounts, actor, Event::SignedIn { email }, Some(object), meta.origin());
    tx.commit_all(signed_in, records).await.map_err(stored)?;
    services.meters.signed_in(&Ok(()));
    Ok(session_secret)
}

/// As a pending invite to their address says, if the provider may speak for it; else with minimal access.
async fn join(
    services: &Services,
    meta: &Meta,
    tx: &WriteTx,
    here: &Workspace,
    gate: &Gate,
    account: &Account,
    records: &mut Vec<Record>,
) -> Result<MemberId, Failure> {
    let now = services.now();
    if speaks_for(tx, here, &account.email, None).await?
        && let Some(pending) = store::invites::pending_to(tx, here.id, &[&account.email]).await.map_err(stored)?.remove(&account.email)
        && store::invites::find(tx, here.id, pending).await.map_err(stored)?.is_some_and(|invite| invite.state_at(now) == InviteState::Pending)
    {
        records.push(invites::join(services, tx, here, pending, account, &meta.origin()).await?);
        let joined = store::members::by_account(tx, here.id, account.id).await.map_err(stored)?;
        return joined.map(|joined| joined.id).ok_or_else(Failure::internal);
    }
    let id = MemberId::new(now, services.random());
    let member = NewMember {
        id,
        account: account.id,
        name: account.name.clone(),
        email: account.email.clone(),
        kind: MemberKind::Member,
        pii: false,
        joined_at: now,
        last_seen_at: Some(now),
        revision: 1,
    };
    store::members::insert(tx, here.id, &member).await.map_err(stored)?;
    let event = SsoEvent::SsoMemberJoined {
        member: account.name.to_string(),
        email: account.email.to_string(),
        connection: gate.found.connection.name.to_string(),
        groups: Vec::new(),
    };
    let actor = Actor::Member { id, name: account.name.to_string() };
    records.push(services.record(Chain::Workspace(here.id), actor, event.into(), Some(Object::new("member", id.uuid())), meta.origin()));
    Ok(id)
}

/// Puts them into the groups that their claims name, and out of the others that rules name.
async fn map(
    services: &Services,
    meta: &Meta,
    tx: &WriteTx,
    here: &Workspace,
    member: MemberId,
    mapped: &Mapped,
    records: &mut Vec<Record>,
) -> Result<(), Failure> {
    if *mapped == Mapped::default() {
        return Ok(());
    }
    let known = crate::members::known(tx, here.id, member).await?;
    let is_in = |group| known.groups.iter().any(|held| held.id == group);
    let joining: Vec<_> = mapped.into.iter().copied().filter(|group| !is_in(*group)).collect();
    let record = |event| {
        let object = Object::new("member", member.uuid());
        services.record(Chain::Workspace(here.id), Actor::System, event, Some(object), meta.origin())
    };
    let name = known.name.to_string();
    for group in store::groups::named(tx, here.id, &joining).await.map_err(stored)? {
        store::group_members::join(tx, here.id, group.id, &[member]).await.map_err(stored)?;
        records.push(record(Event::MemberJoinedGroup { member: name.clone(), group }));
    }
    for group in known.groups.iter().filter(|group| mapped.out_of.contains(&group.id)) {
        store::group_members::leave(tx, here.id, group.id, &[member]).await.map_err(stored)?;
        records.push(record(Event::MemberLeftGroup { member: name.clone(), group: group.clone() }));
    }
    Ok(())
}
