//! Invites by their addresses, as programs name them: sent with what each will have, listed, sent again and revoked. All of them, or none.

use crate::{
    access::WorkspaceOwner,
    bulk, grants,
    invites::{Asked, Inviter, no_members, put, renew},
    members::still_theirs,
    refusal::{few, stored},
    services::Services,
};
use domain::{
    audit::{AccessSnapshot, Event, Object},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    grant::GrantSpec,
    id::WorkspaceId,
    invite::MOST_AT_ONCE,
    member::{MemberKind, UserQuery, UserRow, UserStatus},
    page::Page,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, invites::PendingInvite};

/// How many addresses one entry of the trail names.
const IN_ONE_ENTRY: usize = 100;

/// An address, and what it will have.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub grants: Vec<GrantSpec>,
}

/// A page of invites that nobody answered yet, whether expired or not, in order of their addresses.
pub async fn page(services: &Services, owner: &WorkspaceOwner, query: UserQuery) -> Result<Page<UserRow>, Failure> {
    let query = UserQuery { statuses: vec![UserStatus::Invited, UserStatus::Expired], ..query };
    store::users::page(&services.store, owner.workspace().id, &query, services.now()).await.map_err(stored)
}

/// Invites each; gives their addresses.
pub async fn send(services: &Services, owner: &WorkspaceOwner, wanted: Vec<Wanted>) -> Result<Vec<EmailAddress>, Failure> {
    if wanted.is_empty() {
        return Err(Failure::field("invites", "nobody is named; name one address at least"));
    }
    if wanted.len() > MOST_AT_ONCE {
        return Err(Failure::field("invites", format_args!("{} invites at once are too many; send at most {MOST_AT_ONCE}", wanted.len())));
    }
    let emails: BTreeSet<EmailAddress> = wanted.iter().map(|one| one.email.clone()).collect();
    if emails.len() < wanted.len() {
        return Err(Failure::field("invites", "an address stands here twice; name each once"));
    }
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    no_members(&tx, workspace, &emails).await?;
    // who comes with the same access is looked at once, and stands in one entry
    let mut alike: BTreeMap<(MemberKind, Vec<GrantSpec>), Vec<String>> = BTreeMap::new();
    let mut asked = Vec::with_capacity(wanted.len());
    for Wanted { email, kind, grants } in wanted {
        alike.entry((kind, grants.clone())).or_default().push(email.to_string());
        asked.push(Asked { email, kind, pii: false, grants, groups: Vec::new() });
    }
    let mut lists: Vec<&[GrantSpec]> = Vec::with_capacity(alike.len());
    for (_, grants) in alike.keys() {
        lists.push(grants);
    }
    grants::all_sound(services, &tx, workspace, here.plan, &lists).await?;
    let by = Inviter::Owner { member: owner.member(), name: owner.name() };
    let invited = put(services, &tx, &here, &by, asked).await?;
    let mut records = Vec::new();
    for ((kind, grants), emails) in alike {
        let access = AccessSnapshot { kind: Some(kind), pii: false, grants, groups: Vec::new() };
        let object = invited.iter().find(|_| emails.len() == 1).filter(|one| emails.contains(&one.email.to_string()));
        let object = object.map(|one| Object::new("invite", one.id.uuid()));
        let event = |emails: &[String]| Event::MembersInvited { emails: emails.to_vec(), access: access.clone() };
        records.extend(emails.chunks(IN_ONE_ENTRY).map(|emails| owner.record(services, event(emails), object.clone())));
    }
    bulk::commit(tx, records).await?;
    services.mail_waits.notify_one();
    Ok(invited.into_iter().map(|one| one.email).collect())
}

/// Sends these again with new links; the old ones are dead, and the time runs anew.
pub async fn resend(services: &Services, owner: &WorkspaceOwner, emails: &[EmailAddress]) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let invites = pending(&tx, here.id, emails).await?;
    renew(services, &tx, &here, &invites).await?;
    let record = |invite: &PendingInvite| {
        let event = Event::InviteResent { email: invite.email.to_string() };
        owner.record(services, event, Some(Object::new("invite", invite.id.uuid())))
    };
    bulk::commit(tx, invites.iter().map(record).collect()).await?;
    services.mail_waits.notify_one();
    Ok(())
}

pub async fn revoke(services: &Services, owner: &WorkspaceOwner, emails: &[EmailAddress]) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let invites = pending(&tx, here.id, emails).await?;
    let ids: Vec<_> = invites.iter().map(|invite| invite.id).collect();
    store::invites::revoke_many(&tx, here.id, &ids, services.now()).await.map_err(stored)?;
    let record = |invite: &PendingInvite| {
        let event = Event::InviteRevoked { email: invite.email.to_string() };
        owner.record(services, event, Some(Object::new("invite", invite.id.uuid())))
    };
    bulk::commit(tx, invites.iter().map(record).collect()).await
}

async fn pending(db: &impl Db, workspace: WorkspaceId, emails: &[EmailAddress]) -> Result<Vec<PendingInvite>, Failure> {
    let emails: Vec<&EmailAddress> = few(emails, "emails")?.iter().collect();
    if emails.is_empty() {
        return Err(Failure::field("emails", "no address is given; name one at least"));
    }
    let found = store::invites::pending_to(db, workspace, &emails).await.map_err(stored)?;
    if let Some(nobody) = emails.iter().find(|email| !found.contains_key(**email)) {
        return Err(Failure::new(FailureKind::NotFound, format_args!("no invite to {nobody} waits for an answer; nothing was changed")));
    }
    store::invites::pending_many(db, workspace, &found.into_values().collect::<Vec<_>>()).await.map_err(stored)
}
