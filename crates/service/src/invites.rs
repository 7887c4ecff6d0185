//! Invites people to a workspace and settles their answer.

use crate::{
    access::{Anonymous, SignedIn, WorkspaceOwner},
    accounts::{self, SignedUp},
    grants, groups,
    invite_links::{self, Opened},
    mail::Mail,
    members::{still_owner, still_theirs},
    postman,
    refusal::{named, stored},
    secrets,
    services::Services,
    sessions, workspaces,
};
use domain::{
    account::Account,
    audit::{AccessSnapshot, Actor, Chain, Event, Object, Record},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Holder},
    group::GroupRef,
    id::{GroupId, InviteId, MemberId, WorkspaceId},
    invite::{Invitation, Invite, InviteOffer, InviteQuery, InviteRow, InviteState, Invited, MOST_AT_ONCE},
    member::{GrantDraft, MemberKind},
    page::Page,
    save::{Expected, Stale},
    text::PersonName,
    workspace::{Workspace, WorkspaceSlug},
};
use std::collections::BTreeSet;
use store::{
    StoreError, WriteTx,
    invites::{NewInvite, NewLink, PendingInvite},
    members::NewMember,
};

/// Invites every address with the same access: all of them or none.
pub async fn send(services: &Services, owner: &WorkspaceOwner, invitation: Invitation) -> Result<Vec<Invited>, Failure> {
    let workspace = owner.workspace().id;
    let emails: BTreeSet<EmailAddress> = invitation.emails.iter().cloned().collect();
    if emails.is_empty() {
        return Err(Failure::field("emails", "no address is given; type at least one"));
    }
    if emails.len() > MOST_AT_ONCE {
        return Err(Failure::field("emails", format_args!("{} addresses at once are too many; invite at most {MOST_AT_ONCE} in one go", emails.len())));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    no_members(&tx, workspace, &emails).await?;
    let drafts: Vec<GrantDraft> = invitation.grants.iter().map(|spec| GrantDraft { id: None, spec: spec.clone() }).collect();
    let checked = grants::given(services, &tx, workspace, here.plan, &drafts, &[]).await?;
    if !invitation.groups.is_empty() {
        groups::on_plan(here.plan)?;
    }
    let groups = known_groups(&tx, workspace, &invitation).await?;
    let asked = |email: EmailAddress| Asked {
        email,
        kind: invitation.kind,
        pii: invitation.pii,
        grants: checked.iter().map(|grant| grant.spec.clone()).collect(),
        groups: invitation.groups.clone(),
    };
    let by = Inviter::Owner { member: owner.member(), name: owner.name() };
    let invited = put(services, &tx, &here, &by, emails.into_iter().map(asked).collect()).await?;
    let access = AccessSnapshot { kind: Some(invitation.kind), pii: invitation.pii, grants: checked.into_iter().map(|grant| grant.spec).collect(), groups };
    let event = Event::MembersInvited { emails: invited.iter().map(|one| one.email.to_string()).collect(), access };
    let object = invited.first().filter(|_| invited.len() == 1).map(|one| Object::new("invite", one.id.uuid()));
    tx.commit(owner.record(services, event, object)).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(invited)
}

/// A member is not invited again: the refusal names them.
pub(crate) async fn no_members(tx: &WriteTx, workspace: WorkspaceId, emails: &BTreeSet<EmailAddress>) -> Result<(), Failure> {
    let addresses: Vec<&EmailAddress> = emails.iter().collect();
    let members = store::members::by_emails(tx, workspace, &addresses).await.map_err(stored)?;
    if let Some((email, member)) = emails.iter().find_map(|email| Some((email, members.get(email)?))) {
        let names = store::members::named(tx, workspace, &[*member]).await.map_err(stored)?;
        let name = names.get(member).map_or("somebody", PersonName::as_str);
        return Err(Failure::field("emails", format_args!("`{email}` is a member already: {name}; remove the address from the list")));
    }
    Ok(())
}

async fn known_groups(tx: &WriteTx, workspace: WorkspaceId, invitation: &Invitation) -> Result<Vec<GroupRef>, Failure> {
    let wanted: BTreeSet<_> = invitation.groups.iter().copied().collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let found = store::groups::named(tx, workspace, &wanted).await.map_err(stored)?;
    if found.len() == wanted.len() {
        return Ok(found);
    }
    Err(Failure::field("groups", "one of the groups no longer exists; reload to see the groups there are"))
}

/// An address to be invited, with what it will have.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) email: EmailAddress,
    pub(crate) kind: MemberKind,
    pub(crate) pii: bool,
    pub(crate) grants: Vec<GrantSpec>,
    pub(crate) groups: Vec<GroupId>,
}

/// Who invites.
#[derive(Clone, Debug)]
pub(crate) enum Inviter {
    Owner { member: Option<MemberId>, name: PersonName },
    Operator,
}

/// Invites these addresses, each of which stands here once, and puts their mail on the way. Earlier invites to them end.
pub(crate) async fn put(services: &Services, tx: &WriteTx, here: &Workspace, by: &Inviter, asked: Vec<Asked>) -> Result<Vec<Invited>, Failure> {
    let (workspace, now) = (here.id, services.now());
    let until = now.plus(here.rules.invites.span());
    let emails: Vec<&EmailAddress> = asked.iter().map(|asked| &asked.email).collect();
    let earlier = store::invites::pending_to(tx, workspace, &emails).await.map_err(stored)?;
    store::invites::revoke_many(tx, workspace, &earlier.values().copied().collect::<Vec<_>>(), now).await.map_err(stored)?;
    let (invited_by, invited_by_name) = match by {
        Inviter::Owner { member, name } => (*member, Some(name.clone())),
        Inviter::Operator => (None, None),
    };
    let (mut new, mut grants, mut invited, mut mails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Asked { email, kind, pii, grants: specs, groups } in asked {
        let id = InviteId::new(now, services.random());
        let secret = invite_links::secret(services, id, 1);
        grants.extend(grants::fresh(services, specs).into_iter().map(|grant| (Holder::Invite(id), grant)));
        invited.push(Invited { id, email: email.clone(), link: invite_links::copied(services, id, 1), replaced: earlier.contains_key(&email), revision: 1 });
        mails.push((email.clone(), Mail::Invite { invite: id, generation: 1 }));
        new.push(NewInvite {
            id,
            email,
            kind,
            pii,
            secret_hash: secrets::hash(&secret),
            invited_by,
            invited_by_name: invited_by_name.clone(),
            created_at: now,
            expires_at: until,
            groups,
        });
    }
    store::invites::insert(tx, workspace, &new).await.map_err(stored)?;
    store::grants::insert_many(tx, workspace, &grants, now).await.map_err(stored)?;
    postman::post_all(services, tx, Some(workspace), mails.iter().map(|(to, mail)| (to, mail))).await?;
    Ok(invited)
}

fn gone() -> Failure {
    Failure::new(FailureKind::NotFound, "this invite is not there any more; it was accepted, revoked or replaced")
}

pub async fn find(services: &Services, owner: &WorkspaceOwner, id: InviteId) -> Result<Invite, Failure> {
    store::invites::find(&services.store, owner.workspace().id, id).await.map_err(stored)?.ok_or_else(gone)
}

/// A page of invites, in order of their addresses.
pub async fn page(services: &Services, owner: &WorkspaceOwner, query: &InviteQuery) -> Result<Page<InviteRow>, Failure> {
    store::invites::page(&services.store, owner.workspace().id, query, services.now()).await.map_err(stored)
}

/// The link of a pending invite, for the owner to pass on by other ways than mail.
pub async fn link(services: &Services, owner: &WorkspaceOwner, id: InviteId) -> Result<String, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let invite = pending(&tx, owner.workspace().id, id).await?;
    if invite.state_at(services.now()) == InviteState::Expired {
        return Err(Failure::new(FailureKind::Conflict, "this invite has expired; resend it for a link that works"));
    }
    let link = invite_links::copied(services, id, invite.generation);
    let event = Event::InviteLinkCopied { email: invite.email.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("invite", id.uuid())))).await.map_err(stored)?;
    Ok(link)
}

async fn pending(tx: &WriteTx, workspace: WorkspaceId, id: InviteId) -> Result<Invite, Failure> {
    let invite = store::invites::find(tx, workspace, id).await.map_err(stored)?.ok_or_else(gone)?;
    if invite.state == InviteState::Pending { Ok(invite) } else { Err(gone()) }
}

/// An invite's revision is its link's: each resend makes another.
fn hold(expected: Expected, invite: &Invite) -> Result<(), Stale> {
    expected.hold(Some(i64::from(invite.generation)))
}

/// Sends the mail again with a new link; the old link is dead, and the time runs anew.
pub async fn resend(services: &Services, owner: &WorkspaceOwner, id: InviteId) -> Result<Invited, Failure> {
    resend_if(services, owner, id, Expected::Anything).await?.map_err(|_| Failure::internal())
}

/// The same where it is as `expected`.
pub async fn resend_if(services: &Services, owner: &WorkspaceOwner, id: InviteId, expected: Expected) -> Result<Result<Invited, Stale>, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    let here = still_theirs(services, &tx, owner).await?;
    let invite = pending(&tx, workspace, id).await?;
    if let Err(stale) = hold(expected, &invite) {
        return Ok(Err(stale));
    }
    let again = PendingInvite { id, email: invite.email.clone(), generation: invite.generation };
    let link = renew(services, &tx, &here, &[again]).await?.pop().ok_or_else(gone)?;
    let event = Event::InviteResent { email: invite.email.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("invite", id.uuid())))).await.map_err(stored)?;
    services.mail_waits.notify_one();
    let revision = i64::from(invite.generation.saturating_add(1));
    Ok(Ok(Invited { id, email: invite.email, link, replaced: true, revision }))
}

/// Gives pending invites new links and a new end, and puts their mail on the way; gives the links, in their order.
pub(crate) async fn renew(services: &Services, tx: &WriteTx, here: &Workspace, invites: &[PendingInvite]) -> Result<Vec<String>, Failure> {
    let (mut links, mut mails, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for invite in invites {
        let generation = invite.generation.saturating_add(1);
        let secret = invite_links::secret(services, invite.id, generation);
        links.push(NewLink { id: invite.id, generation, secret_hash: secrets::hash(&secret) });
        mails.push((&invite.email, Mail::Invite { invite: invite.id, generation }));
        addresses.push(invite_links::copied(services, invite.id, generation));
    }
    let until = services.now().plus(here.rules.invites.span());
    if store::invites::renew(tx, here.id, &links, until).await.map_err(stored)? < links.len() as u64 {
        return Err(gone());
    }
    postman::post_all(services, tx, Some(here.id), mails.iter().map(|(to, mail)| (*to, mail))).await?;
    Ok(addresses)
}

pub async fn revoke(services: &Services, owner: &WorkspaceOwner, id: InviteId) -> Result<(), Failure> {
    revoke_if(services, owner, id, Expected::Anything).await?.map_err(|_| Failure::internal())
}

/// The same where it is as `expected`.
pub async fn revoke_if(services: &Services, owner: &WorkspaceOwner, id: InviteId, expected: Expected) -> Result<Result<(), Stale>, Failure> {
    let workspace = owner.workspace().id;
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let invite = pending(&tx, workspace, id).await?;
    if let Err(stale) = hold(expected, &invite) {
        return Ok(Err(stale));
    }
    if !store::invites::settle(&tx, workspace, id, InviteState::Revoked, None, services.now()).await.map_err(stored)? {
        return Err(gone());
    }
    let event = Event::InviteRevoked { email: invite.email.to_string() };
    tx.commit(owner.record(services, event, Some(Object::new("invite", id.uuid())))).await.map_err(stored)?;
    Ok(Ok(()))
}

fn unknown_link() -> Failure {
    Failure::new(FailureKind::NotFound, "this invite link is not known; it may have been replaced by a newer one. Ask for a new invite")
}

/// What a link leads to, and whether it came by mail.
async fn opened(services: &Services, link: &str) -> Result<(Workspace, Invite, bool), Failure> {
    let link = Opened::read(link);
    let found = store::invites::by_secret(&services.store, &secrets::hash(link.secret)).await.map_err(stored)?;
    let (workspace, invite) = found.ok_or_else(unknown_link)?;
    let by_mail = link.came_by_mail(services, invite.id, invite.generation).ok_or_else(unknown_link)?;
    let workspace = store::workspaces::by_id(&services.store, workspace).await.map_err(stored)?;
    // a closed workspace lets nobody in
    let workspace = workspace.filter(|workspace| !workspace.is_closed()).ok_or_else(unknown_link)?;
    Ok((workspace, invite, by_mail))
}

/// What the holder of a link is offered; also said of one that no longer works, so that they know what to ask for.
pub async fn offer(services: &Services, anyone: &Anonymous, link: &str) -> Result<InviteOffer, Failure> {
    services.limits.from_network(anyone.meta().address.as_deref())?;
    let (workspace, invite, _) = opened(services, link).await?;
    let has_account = store::accounts::by_email(&services.store, &invite.email).await.map_err(stored)?.is_some();
    Ok(InviteOffer {
        workspace: workspace.name,
        slug: workspace.slug,
        state: invite.state_at(services.now()),
        email: invite.email,
        invited_by: invite.invited_by,
        has_account,
        expires_at: invite.expires_at,
    })
}

/// Accepts with the account one is signed in with; its address must be the invited one.
pub async fn accept(services: &Services, me: &SignedIn, link: &str) -> Result<WorkspaceSlug, Failure> {
    me.came().speaks_for_the_account()?;
    let (workspace, invite, by_mail) = opened(services, link).await?;
    if me.account().email != invite.email {
        let message = format!("this invite is for {}, and you are signed in as {}; sign in with the invited address", invite.email, me.account().email);
        return Err(Failure::new(FailureKind::Forbidden, message));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let accepted = join(services, &tx, &workspace, invite.id, me.account(), &me.meta().origin()).await?;
    if by_mail {
        store::accounts::set_verified(&tx, me.account().id).await.map_err(stored)?;
    }
    tx.commit(accepted).await.map_err(stored)?;
    Ok(workspace.slug)
}

/// Makes the account of the invited address and accepts with it. The address is proven where the link came by mail.
pub async fn accept_as_new(services: &Services, anyone: &Anonymous, link: &str, name: &str, password: &str) -> Result<SignedUp, Failure> {
    services.limits.from_network(anyone.meta().address.as_deref())?;
    let (workspace, invite, by_mail) = opened(services, link).await?;
    if invite.state_at(services.now()) != InviteState::Pending {
        return Err(settled(&invite, services));
    }
    let name = PersonName::parse(name).map_err(named("name"))?;
    services.passwords.check(password, &[name.as_str(), invite.email.as_str()], "password").await?;
    let hash = services.passwords.hash(password, services.salt()).await?;
    let tx = services.store.begin().await.map_err(stored)?;
    let account = accounts::create(services, &tx, name, invite.email.clone(), hash, by_mail).await?;
    let accepted = join(services, &tx, &workspace, invite.id, &account, &anyone.meta().origin()).await?;
    let session_secret = sessions::open(services, &tx, account.id, anyone.meta()).await?;
    tx.commit_all(accepted, vec![accounts::made(services, anyone, &account)]).await.map_err(stored)?;
    Ok(SignedUp { session_secret, slug: workspace.slug })
}

fn settled(invite: &Invite, services: &Services) -> Failure {
    let word = match invite.state_at(services.now()) {
        InviteState::Accepted => "has been used already; sign in to reach the workspace",
        InviteState::Revoked => "was revoked; ask for a new one if you still need it",
        InviteState::Expired => "has expired; ask for a new one",
        InviteState::Pending => "could not be accepted; try again",
    };
    Failure::new(FailureKind::Conflict, format_args!("this invite {word}"))
}

/// Settles a pending invite and makes the membership with all that the invite held; gives the record to commit with.
pub(crate) async fn join(
    services: &Services,
    tx: &WriteTx,
    workspace: &Workspace,
    id: InviteId,
    account: &Account,
    origin: &domain::audit::Origin,
) -> Result<Record, Failure> {
    let now = services.now();
    let plan = workspaces::locked(tx, workspace.id).await.map_err(|_| unknown_link())?.plan;
    let invite = store::invites::find(tx, workspace.id, id).await.map_err(stored)?.ok_or_else(unknown_link)?;
    if invite.state_at(now) != InviteState::Pending {
        return Err(settled(&invite, services));
    }
    let member = NewMember {
        id: MemberId::new(now, services.random()),
        account: account.id,
        name: account.name.clone(),
        email: account.email.clone(),
        kind: invite.kind,
        pii: invite.pii,
        joined_at: now,
        last_seen_at: Some(now),
        revision: 1,
    };
    store::members::insert(tx, workspace.id, &member).await.map_err(|error| match error {
        StoreError::Conflict(_) => Failure::new(FailureKind::Conflict, "you are a member of this workspace already"),
        other => stored(other),
    })?;
    store::grants::move_invite_to_member(tx, workspace.id, id, member.id).await.map_err(stored)?;
    // a plan that lost its groups meanwhile lets nobody new into one
    if groups::on_plan(plan).is_ok() {
        store::group_members::set_of_member(tx, workspace.id, member.id, &invite.groups).await.map_err(stored)?;
    }
    if !store::invites::settle(tx, workspace.id, id, InviteState::Accepted, Some(member.id), now).await.map_err(stored)? {
        return Err(settled(&invite, services));
    }
    let actor = Actor::Member { id: member.id, name: account.name.to_string() };
    let event = Event::InviteAccepted { email: invite.email.to_string() };
    Ok(services.record(Chain::Workspace(workspace.id), actor, event, Some(Object::new("member", member.id.uuid())), origin.clone()))
}
