//! An account is given over to whoever a provider shows to hold its address: what somebody else may hold of it ends.

use super::{
    Gate,
    arrive::{Whose, whose},
};
use crate::{access::SignedIn, actor::Meta, refusal::stored, services::Services, workspaces::locked};
use domain::{
    account::Account,
    audit::{Actor, Chain, LetGo, Object, Record, SsoEvent},
    failure::Failure,
    id::AccountId,
    sso::way_in::Received,
    workspace::Workspace,
};
use std::collections::BTreeSet;
use store::WriteTx;

/// Whether who comes by a provider is known to hold the account of their address: it was shown by mail, or they are signed in to it.
pub(super) fn is_theirs(account: &Account, old: Option<&SignedIn>) -> bool {
    account.email_verified || old.is_some_and(|old| old.account().id == account.id && !old.came().is_bound())
}

pub(super) const LAST_WAY_IN: &str = "the account of this address is the only one that may enter a workspace by password while single sign-on is \
    required there; an owner of that workspace must except another owner first";

/// Locks the gate's workspace, and with it those that except the account which may be given over: in the order of their ids, so that two arrivals
/// do not wait for each other in a circle. Gives the gate's.
///
/// A workspace that excepts the account only since then is locked later, out of order. Should two wait in a circle by that, PostgreSQL ends one:
/// nothing of it is kept but that its attempt was used up, and whoever came reads that something went wrong, and begins again.
pub(super) async fn locked_in_order(tx: &WriteTx, gate: &Gate, received: &Received) -> Result<Workspace, Failure> {
    let mut others = BTreeSet::new();
    if let Ok(Whose::Address { account, .. }) = whose(tx, gate, received).await? {
        others.extend(store::sso::requirement::excepting(tx, account.id).await.map_err(stored)?);
    }
    let after = others.split_off(&gate.workspace.id);
    for id in others {
        store::workspaces::lock(tx, id).await.map_err(stored)?;
    }
    let here = locked(tx, gate.workspace.id).await?;
    for id in after {
        store::workspaces::lock(tx, id).await.map_err(stored)?;
    }
    Ok(here)
}

/// Whether a workspace that requires single sign-on would be left without an owner who may come by password, were this account's gone.
pub(super) async fn is_a_last_way_in(tx: &WriteTx, account: AccountId) -> Result<bool, Failure> {
    for workspace in store::sso::requirement::excepting(tx, account).await.map_err(stored)? {
        // held, so that two do not go at once; it is already, unless it excepts the account only since
        store::workspaces::lock(tx, workspace).await.map_err(stored)?;
        let exceptions = store::sso::requirement::exceptions(tx, workspace).await.map_err(stored)?;
        let mut ways = exceptions.iter().filter(|exception| exception.is_break_glass);
        let theirs = store::members::by_account(tx, workspace, account).await.map_err(stored)?.map(|member| member.id);
        if let (Some(only), None) = (ways.next(), ways.next())
            && Some(only.member) == theirs
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes from an account all that somebody else may hold of it: the password, links that would give another, sessions, and what is linked.
pub(super) async fn reclaim(services: &Services, tx: &WriteTx, gate: &Gate, account: &Account, meta: &Meta) -> Result<Record, Failure> {
    store::accounts::clear_password(tx, account.id).await.map_err(stored)?;
    store::resets::void_others(tx, account.id).await.map_err(stored)?;
    let links = store::sso::identities::forget_account(tx, account.id).await.map_err(stored)?;
    let sessions = store::sessions::end_all(tx, account.id, None).await.map_err(stored)?;
    let event = SsoEvent::SsoAccountReclaimed {
        connection: gate.found.connection.name.to_string(),
        email: account.email.to_string(),
        let_go: LetGo { links, sessions },
    };
    let actor = Actor::Account { id: account.id, name: account.name.to_string() };
    let object = Object::new("account", account.id.uuid());
    Ok(services.record(Chain::Workspace(gate.workspace.id), actor, event.into(), Some(object), meta.origin()))
}
