//! Requests for access: a member says what they lack, and an owner answers.

use crate::{
    access::{WorkspaceMember, WorkspaceOwner},
    mail::Mail,
    members, permissions,
    postman::post,
    refusal::{named, stored},
    services::Services,
    workspaces::locked,
};
use domain::{
    audit::{Event, Object, Record},
    failure::{Failure, FailureKind},
    grant::GrantSpec,
    id::{MemberId, RequestId},
    member::MemberKind,
    page::{Cursor, Page, PageSize},
    request::{AccessRequest, MOST_PER_DAY, MOST_WAITING, MyRequest, PERIOD, RequestWish},
    text::{Reason, WantedResource},
};
use store::{WriteTx, requests::NewRequest, requests::Settled};

/// How many of their own requests a member sees.
const MINE: u16 = 20;

/// To how many owners a request is mailed.
const MOST_MAILS: u16 = 50;

/// What the member asked for lately, and what came of it.
pub async fn mine(services: &Services, me: &WorkspaceMember) -> Result<Vec<MyRequest>, Failure> {
    store::requests::of_member_recent(&services.store, me.workspace().id, me.member(), MINE).await.map_err(stored)
}

/// Asks the owners for access. Whether a resource that is named exists is not told.
pub async fn ask(services: &Services, me: &WorkspaceMember, wish: &RequestWish) -> Result<(), Failure> {
    let workspace = me.workspace().id;
    let reason = Reason::parse(&one_line(&wish.reason)).map_err(named("reason"))?;
    let text = Some(wish.resource.trim()).filter(|text| !text.is_empty());
    let text = text.map(WantedResource::parse).transpose().map_err(named("resource"))?;
    if let Some(role) = wish.role.as_ref().filter(|role| services.catalog.role(role).is_none()) {
        return Err(Failure::field("role", format_args!("role `{role}` does not exist; choose one of the list, or leave it open")));
    }
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    locked(&tx, workspace).await?;
    let standing = store::members::by_account(&tx, workspace, me.account().id).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    if standing.kind == MemberKind::Owner {
        return Err(Failure::new(FailureKind::Conflict, "you are an owner of this workspace: you reach everything already"));
    }
    if store::requests::waits_for(&tx, workspace, me.member(), wish.role.as_ref(), text.as_ref()).await.map_err(stored)? {
        return Err(Failure::new(
            FailureKind::Conflict,
            "you have asked for this already, and the owners have not answered yet; take that request back to ask anew",
        ));
    }
    if store::requests::count_since(&tx, workspace, me.member(), now.minus(PERIOD)).await.map_err(stored)? >= MOST_PER_DAY {
        return Err(Failure::new(
            FailureKind::Limited,
            format_args!("you have asked {MOST_PER_DAY} times within a day; wait until tomorrow, or talk to an owner"),
        ));
    }
    // a role is given on things of its own types
    let of_role = wish.role.as_ref().and_then(|role| services.catalog.role(role));
    let kinds: Vec<String> = services
        .catalog
        .types
        .iter()
        .filter(|entry| of_role.is_none_or(|role| role.main_type() == Some(&entry.id)))
        .map(|entry| entry.id.to_string())
        .collect();
    let resource = match &text {
        Some(text) => store::requests::meant(&tx, workspace, &kinds, text).await.map_err(stored)?,
        None => None,
    };
    let id = RequestId::new(now, services.random());
    let event = Event::AccessRequested {
        member: me.account().name.to_string(),
        role: wish.role.clone(),
        resource: text.as_ref().map(ToString::to_string),
        reason: reason.to_string(),
    };
    let new = NewRequest { id, member: me.member(), role: wish.role.clone(), resource, resource_text: text, reason, created_at: now };
    store::requests::insert(&tx, workspace, &new).await.map_err(stored)?;
    for owner in store::members::owner_addresses(&tx, workspace, MOST_MAILS).await.map_err(stored)? {
        post(services, &tx, Some(workspace), &owner, &Mail::Request { request: id }).await?;
    }
    tx.commit(me.record(services, event, Some(Object::new("member", me.member().uuid())))).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}

/// A box of several lines is for reading what one types; what is kept is one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes back one's own request.
pub async fn withdraw(services: &Services, me: &WorkspaceMember, id: RequestId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    locked(&tx, me.workspace().id).await?;
    let found = store::requests::find_pending(&tx, me.workspace().id, id).await.map_err(stored)?;
    let request = found.filter(|request| request.member == me.member()).ok_or_else(answered)?;
    if !store::requests::withdraw(&tx, me.workspace().id, me.member(), id, services.now()).await.map_err(stored)? {
        return Err(answered());
    }
    let event = Event::AccessRequestWithdrawn { member: request.name.to_string(), role: request.role, resource: request.resource_name };
    tx.commit(me.record(services, event, Some(Object::new("member", me.member().uuid())))).await.map_err(stored)?;
    Ok(())
}

/// Those that wait for an answer, the oldest first, as the console shows them: [`MOST_WAITING`] at most.
pub async fn waiting(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<AccessRequest>, Failure> {
    store::requests::pending(&services.store, owner.workspace().id, MOST_WAITING).await.map_err(stored)
}

/// A page of those that wait for an answer, the oldest first.
pub async fn page(services: &Services, owner: &WorkspaceOwner, cursor: Option<Cursor>, size: PageSize) -> Result<Page<AccessRequest>, Failure> {
    store::requests::page(&services.store, owner.workspace().id, cursor, size).await.map_err(stored)
}

/// One that waits.
pub async fn find(services: &Services, owner: &WorkspaceOwner, id: RequestId) -> Result<AccessRequest, Failure> {
    store::requests::find_pending(&services.store, owner.workspace().id, id).await.map_err(stored)?.ok_or_else(answered)
}

/// Says no, with a word if there is one to say.
pub async fn decline(services: &Services, owner: &WorkspaceOwner, id: RequestId, answer: &str) -> Result<(), Failure> {
    let answer = Some(one_line(answer)).filter(|text| !text.is_empty()).map(|text| Reason::parse(&text)).transpose().map_err(named("answer"))?;
    let tx = services.store.begin().await.map_err(stored)?;
    members::still_owner(services, &tx, owner).await?;
    let record = settle(services, owner, &tx, id, None, answer.as_ref(), false).await?.ok_or_else(answered)?;
    tx.commit(record).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}

/// Says yes and gives these roles beside what the member holds, in one change.
pub async fn approve(services: &Services, owner: &WorkspaceOwner, id: RequestId, grants: &[GrantSpec]) -> Result<(), Failure> {
    if grants.is_empty() {
        return Err(Failure::field("grants", "nothing is given; name the role that they are to have, or decline the request"));
    }
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let request = store::requests::find_pending(&tx, owner.workspace().id, id).await.map_err(stored)?.ok_or_else(answered)?;
    let given = permissions::given(services, owner, &tx, plan, request.member, grants).await?;
    let settled = settle(services, owner, &tx, id, None, None, true).await?.ok_or_else(answered)?;
    match given {
        Some(given) => tx.commit_all(given, vec![settled]).await,
        // they have it by now
        None => tx.commit(settled).await,
    }
    .map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}

/// Settles a request within a change: its record, or nothing where it waits no longer or is another member's than `of`.
pub(crate) async fn settle(
    services: &Services,
    owner: &WorkspaceOwner,
    tx: &WriteTx,
    id: RequestId,
    of: Option<MemberId>,
    answer: Option<&Reason>,
    approved: bool,
) -> Result<Option<Record>, Failure> {
    let workspace = owner.workspace().id;
    let found = store::requests::find_pending(tx, workspace, id).await.map_err(stored)?;
    let Some(request) = found.filter(|request| of.is_none_or(|member| member == request.member)) else { return Ok(None) };
    let settled = Settled { approved, by: &owner.name(), answer, at: services.now() };
    if !store::requests::settle(tx, workspace, id, settled).await.map_err(stored)? {
        return Ok(None);
    }
    post(services, tx, Some(workspace), &request.email, &Mail::Answer { request: id, member: request.member }).await?;
    let (member, role, resource) = (request.name.to_string(), request.role, request.resource_name);
    let event = match approved {
        true => Event::AccessRequestApproved { member, role, resource },
        false => Event::AccessRequestDeclined { member, role, resource, answer: answer.map(ToString::to_string) },
    };
    Ok(Some(owner.record(services, event, Some(Object::new("member", request.member.uuid())))))
}

/// Said to a save that was to answer it.
pub(crate) fn waits_no_longer() -> Failure {
    let message = "the request waits no longer: it was answered or taken back meanwhile. Nothing was saved; save again to change the access all the same";
    Failure { field: Some("request".to_owned()), ..Failure::new(FailureKind::Conflict, message) }
}

fn answered() -> Failure {
    Failure::new(FailureKind::NotFound, "this request waits no longer: it was answered or taken back")
}
