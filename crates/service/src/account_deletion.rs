//! Deletes one's own account: its holder leaves every workspace, and is gone, in one change. What they did and made there stays, for it is the
//! workspace's. Nobody goes who is the last owner somewhere.

use crate::{
    access::SignedIn,
    members::{known, snapshot},
    refusal::stored,
    services::Services,
    sso::require::a_way_in_is_left,
    workspaces::locked_places,
};
use domain::{
    account::{DeletionPreview, NeededIn},
    audit::{Actor, Chain, Event, Object, Record},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    member::MemberKind,
    workspace::Membership,
};
use store::{StoreError, WriteTx};

/// What goes with one's account, and what stands against it: it is tried, and nothing of it kept.
pub async fn preview(services: &Services, me: &SignedIn) -> Result<DeletionPreview, Failure> {
    me.came().speaks_for_the_account()?;
    let tx = services.store.begin().await.map_err(stored)?;
    Ok(leave_all(services, me, &tx).await?.0)
}

/// Deletes it. The address was typed to confirm; the password is asked for where there is one.
pub async fn delete(services: &Services, me: &SignedIn, typed: &str, password: &str) -> Result<(), Failure> {
    me.came().speaks_for_the_account()?;
    let account = me.account();
    if EmailAddress::parse(typed).ok().as_ref() != Some(&account.email) {
        return Err(Failure::field("email", format_args!("that is not your address; type {} to confirm", account.email)));
    }
    services.limits.sign_in(account.email.as_str(), me.meta().address.as_deref())?;
    let hash = store::accounts::password_hash(&services.store, account.id).await.map_err(stored)?;
    if hash.is_some() && !services.passwords.verify(password, hash.as_deref()).await? {
        return Err(Failure::field("password", "the password is wrong; type it again"));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let (found, left) = leave_all(services, me, &tx).await?;
    if !found.needed_in.is_empty() {
        let names: Vec<&str> = found.needed_in.iter().map(|needed| needed.workspace.as_str()).collect();
        let message = format!("you can't go yet, for you are needed in {}; make somebody else an owner there, or delete it, first", names.join(", "));
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    let is_deleted = store::accounts::delete(&tx, account.id).await.map_err(|error| match error {
        StoreError::Reference => {
            Failure::new(FailureKind::Conflict, "one of your workspaces is being deleted, or took you in, at this moment; try again in a minute")
        }
        other => stored(other),
    })?;
    if !is_deleted {
        return Err(Failure::not_found());
    }
    let gone = Event::AccountDeleted { email: account.email.to_string(), workspaces: left.len() as u64 };
    tx.commit_all(me.record(services, gone), left).await.map_err(stored)?;
    tracing::info!(account.id = %account.id, "an account was deleted by its holder");
    Ok(())
}

/// Ends all their memberships inside the change; gives what that comes to, and the records of it.
async fn leave_all(services: &Services, me: &SignedIn, tx: &WriteTx) -> Result<(DeletionPreview, Vec<Record>), Failure> {
    let account = me.account();
    let places = locked_places(tx, account.id).await?;
    let has_password = store::accounts::password_hash(tx, account.id).await.map_err(stored)?.is_some();
    let (mut leaves, mut needed_in, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        let workspace = place.workspace.id;
        let before = known(tx, workspace, place.member).await?;
        store::members::remove(tx, workspace, place.member).await.map_err(stored)?;
        let event = Event::MemberLeft { member: before.name.to_string(), email: before.email.to_string(), before: snapshot(&before) };
        let actor = Actor::Member { id: place.member, name: before.name.to_string() };
        let object = Object::new("member", place.member.uuid());
        records.push(services.record(Chain::Workspace(workspace), actor, event, Some(object), me.meta().origin()));
        match need(tx, &place).await? {
            Some(why) => needed_in.push(NeededIn { workspace: place.workspace.name, why }),
            None => leaves.push(place.workspace.name),
        }
    }
    Ok((DeletionPreview { leaves, needed_in, has_password }, records))
}

/// Why a workspace can't be without them, once they have left it. One that is closed is nobody's to manage any more.
async fn need(tx: &WriteTx, place: &Membership) -> Result<Option<String>, Failure> {
    if place.kind == MemberKind::Member || place.workspace.is_closed() {
        return Ok(None);
    }
    if store::members::owners(tx, place.workspace.id).await.map_err(stored)? == 0 {
        let why = "you are its last owner; make somebody else an owner, or delete the workspace";
        return Ok(Some(Failure::new(FailureKind::Conflict, why).message));
    }
    match a_way_in_is_left(tx, place.workspace.id).await {
        Ok(()) => Ok(None),
        Err(refused) if refused.kind == FailureKind::Conflict => Ok(Some(refused.message)),
        Err(other) => Err(other),
    }
}
