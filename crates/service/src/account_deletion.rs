//! Deletes one's own account: its holder leaves every workspace, and is gone, in one change. What they did and made there stays, for it is the
//! workspace's. Nobody goes who is the last owner somewhere.

use crate::{
    access::SignedIn,
    members::{known, snapshot},
    refusal::stored,
    services::Services,
    sso::require::a_way_in_beside,
    workspaces::locked_places,
};
use domain::{
    account::{DeletionPreview, NeededIn},
    audit::{Actor, Chain, Event, Object, Record},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    member::MemberKind,
    time::Timestamp,
    workspace::Membership,
};
use store::{Db, StoreError, WriteTx};

/// What goes with one's account, and what stands against it, as it is now.
pub async fn preview(services: &Services, me: &SignedIn) -> Result<DeletionPreview, Failure> {
    me.came().speaks_for_the_account()?;
    let (db, account) = (&services.store, me.account().id);
    let places = store::workspaces::memberships(db, account).await.map_err(stored)?;
    let (mut leaves, mut needed_in) = (Vec::new(), Vec::new());
    for place in places {
        match need(db, services.now(), &place).await? {
            Some(why) => needed_in.push(NeededIn { workspace: place.workspace.name, why }),
            None => leaves.push(place.workspace.name),
        }
    }
    let has_password = store::accounts::password_hash(db, account).await.map_err(stored)?.is_some();
    Ok(DeletionPreview { leaves, needed_in, has_password })
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
    let places = locked_places(&tx, account.id).await?;
    still_theirs(services, me, &tx, hash.as_deref()).await?;
    let mut needed = Vec::new();
    for place in &places {
        needed.extend(need(&tx, services.now(), place).await?.map(|why| format!("{}: {why}", place.workspace.name)));
    }
    if !needed.is_empty() {
        return Err(Failure::new(FailureKind::Conflict, format_args!("you can't go yet. {}", needed.join(" "))));
    }
    let left = leave_all(services, me, &tx, &places).await?;
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

/// Whether it is still who was asked for the password: their session may have ended meanwhile, and the password have been changed.
async fn still_theirs(services: &Services, me: &SignedIn, tx: &WriteTx, hash: Option<&str>) -> Result<(), Failure> {
    let account = me.account().id;
    store::accounts::lock(tx, account).await.map_err(stored)?;
    me.still(tx, services.now()).await?;
    if store::accounts::password_hash(tx, account).await.map_err(stored)?.as_deref() != hash {
        return Err(Failure::field("password", "the password was changed at this moment; type the new one"));
    }
    Ok(())
}

/// Ends all their memberships inside the change; gives the records of it.
async fn leave_all(services: &Services, me: &SignedIn, tx: &WriteTx, places: &[Membership]) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::with_capacity(places.len());
    for place in places {
        let workspace = place.workspace.id;
        let before = known(tx, workspace, place.member).await?;
        store::members::remove(tx, workspace, place.member).await.map_err(stored)?;
        let event = Event::MemberLeft { member: before.name.to_string(), email: before.email.to_string(), before: snapshot(&before) };
        let actor = Actor::Member { id: place.member, name: before.name.to_string() };
        let object = Object::new("member", place.member.uuid());
        records.push(services.record(Chain::Workspace(workspace), actor, event, Some(object), me.meta().origin()));
    }
    Ok(records)
}

/// Why a workspace can't be without them. One that is closed needs its last owner for as long as it can be kept: nobody else could keep it.
async fn need(db: &impl Db, now: Timestamp, place: &Membership) -> Result<Option<String>, Failure> {
    let here = &place.workspace;
    if place.kind == MemberKind::Member || here.deleted_at.is_some_and(|moment| moment <= now) {
        return Ok(None);
    }
    let refused = if store::members::owners(db, here.id).await.map_err(stored)? <= 1 {
        Failure::new(FailureKind::Conflict, "you are its last owner; make somebody else an owner, or delete the workspace and wait until it is gone")
    } else {
        match a_way_in_beside(db, here, Some(place.member)).await {
            Ok(()) => return Ok(None),
            Err(refused) if refused.kind == FailureKind::Conflict => refused,
            Err(other) => return Err(other),
        }
    };
    let closed = |until: Timestamp| {
        let why = format!("it is being deleted until {}; keep it and hand it over, or wait until it is gone", until.to_the_minute());
        Failure::new(FailureKind::Conflict, why)
    };
    Ok(Some(here.deleted_at.map_or(refused, closed).message))
}
