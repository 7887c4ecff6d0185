//! The mails: what each one is about, kept in the outbox without its link, and how it reads when it is sent.

mod address_proof;
mod domain_proof;
mod review;

use crate::{invite_links, refusal::stored, resets, services::Services};
use askama::Template;
use domain::{
    catalog::RoleId,
    email::EmailAddress,
    failure::Failure,
    id::{AccountId, DomainId, InviteId, MemberId, RequestId, ResetId, ReviewId, WorkspaceId},
    invite::InviteState,
    request::RequestState,
    time::Timestamp,
    workspace::Workspace,
};
use serde::{Deserialize, Serialize};

/// What a mail is about. The link is derived when it is sent: the outbox holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    Invite {
        invite: InviteId,
        generation: i32,
    },
    Reset {
        reset: ResetId,
    },
    /// To who wants to show that an account's address is theirs.
    AddressProof {
        account: AccountId,
        ends_at: Timestamp,
    },
    /// To owners: somebody asks for access.
    Request {
        request: RequestId,
    },
    /// To who asked: how it was answered.
    Answer {
        request: RequestId,
        member: MemberId,
    },
    /// To who looks through a review.
    Review {
        review: ReviewId,
        why: ReviewMail,
    },
    /// To owners: the workspace is closed, and can be kept until then.
    Closed {
        by: String,
        deleted_at: Timestamp,
    },
    /// To owners: what became of the proof of a domain.
    Domain {
        domain: DomainId,
        why: DomainMail,
    },
}

/// Why owners are written to about a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainMail {
    /// Its proof is not found any more.
    Missing,
    /// It is proven no longer.
    Lapsed,
}

/// Why a reviewer is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewMail {
    Asked,
    /// An owner reminds them.
    Reminded,
    /// It is due within days.
    Soon,
    /// It is due.
    Due,
}

impl Mail {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Invite { .. } => "invite",
            Self::Reset { .. } => "reset",
            Self::AddressProof { .. } => "address_proof",
            Self::Request { .. } => "request",
            Self::Answer { .. } => "answer",
            Self::Review { .. } => "review",
            Self::Closed { .. } => "closed",
            Self::Domain { .. } => "domain",
        }
    }
}

/// A mail as it goes out.
#[derive(Debug)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Template)]
#[template(path = "invite.html")]
struct InviteHtml<'a> {
    inviter: &'a str,
    workspace: &'a str,
    link: &'a str,
    email: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "invite.txt")]
struct InviteText<'a> {
    inviter: &'a str,
    workspace: &'a str,
    link: &'a str,
    email: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetHtml<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "reset.txt")]
struct ResetText<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestHtml<'a> {
    name: &'a str,
    email: &'a str,
    workspace: &'a str,
    wanted: &'a str,
    reason: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "request.txt")]
struct RequestText<'a> {
    name: &'a str,
    email: &'a str,
    workspace: &'a str,
    wanted: &'a str,
    reason: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerHtml<'a> {
    workspace: &'a str,
    wanted: &'a str,
    by: &'a str,
    approved: bool,
    word: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "answer.txt")]
struct AnswerText<'a> {
    workspace: &'a str,
    wanted: &'a str,
    by: &'a str,
    approved: bool,
    word: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "closed.html")]
struct ClosedHtml<'a> {
    workspace: &'a str,
    by: &'a str,
    until: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "closed.txt")]
struct ClosedText<'a> {
    workspace: &'a str,
    by: &'a str,
    until: &'a str,
    link: &'a str,
}

fn rendered(template: &impl Template) -> Result<String, Failure> {
    template.render().map_err(|error| {
        tracing::error!(%error, "a mail could not be written");
        Failure::internal()
    })
}

/// Writes the letter as things stand now; `None` when there is nothing to say any more (revoked, replaced, used).
pub(crate) async fn write(services: &Services, mail: &Mail, workspace: Option<WorkspaceId>, to: &EmailAddress) -> Result<Option<Letter>, Failure> {
    match mail {
        Mail::Invite { invite, generation } => write_invite(services, workspace, *invite, *generation, to).await,
        Mail::Reset { reset } => write_reset(services, *reset, to).await,
        Mail::AddressProof { account, ends_at } => address_proof::write(services, *account, *ends_at, to).await,
        Mail::Request { request } => write_request(services, workspace, *request, to).await,
        Mail::Answer { request, member } => write_answer(services, workspace, *request, *member).await,
        Mail::Review { review, why } => review::write(services, workspace, *review, *why, to).await,
        Mail::Closed { by, deleted_at } => write_closed(services, workspace, by, *deleted_at).await,
        Mail::Domain { domain, why } => domain_proof::write(services, workspace, *domain, *why, to).await,
    }
}

async fn write_invite(
    services: &Services,
    workspace: Option<WorkspaceId>,
    id: InviteId,
    generation: i32,
    to: &EmailAddress,
) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    let Some(invite) = store::invites::find(&services.store, workspace, id).await.map_err(stored)? else { return Ok(None) };
    let Some(workspace) = open(services, workspace).await? else { return Ok(None) };
    if invite.state_at(services.now()) != InviteState::Pending || invite.generation != generation {
        return Ok(None);
    }
    let link = invite_links::mailed(services, id, generation);
    let inviter = invite.invited_by.as_ref().map_or("An owner", |name| name.as_str());
    let until = invite.expires_at.to_the_minute();
    let (workspace, email) = (workspace.name.as_str(), to.as_str());
    Ok(Some(Letter {
        subject: format!("{inviter} invites you to {workspace}"),
        text: rendered(&InviteText { inviter, workspace, link: &link, email, until: &until })?,
        html: rendered(&InviteHtml { inviter, workspace, link: &link, email, until: &until })?,
    }))
}

/// Nobody is told of what was thought better of meanwhile.
async fn write_closed(services: &Services, workspace: Option<WorkspaceId>, by: &str, deleted_at: Timestamp) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    let found = store::workspaces::by_id(&services.store, workspace).await.map_err(stored)?;
    let Some(workspace) = found.filter(|workspace| workspace.deleted_at == Some(deleted_at)) else { return Ok(None) };
    let link = format!("{}/w/{}", services.settings.public_url, workspace.slug);
    let (workspace, until) = (workspace.name.as_str(), deleted_at.to_the_minute());
    Ok(Some(Letter {
        subject: format!("{workspace} will be deleted on {}", deleted_at.to_the_day()),
        text: rendered(&ClosedText { workspace, by, until: &until, link: &link })?,
        html: rendered(&ClosedHtml { workspace, by, until: &until, link: &link })?,
    }))
}

/// A workspace that people may be written to about.
async fn open(services: &Services, workspace: WorkspaceId) -> Result<Option<Workspace>, Failure> {
    let found = store::workspaces::by_id(&services.store, workspace).await.map_err(stored)?;
    Ok(found.filter(|workspace| !workspace.is_closed()))
}

async fn write_reset(services: &Services, id: ResetId, to: &EmailAddress) -> Result<Option<Letter>, Failure> {
    let Some(found) = store::accounts::by_email(&services.store, to).await.map_err(stored)? else { return Ok(None) };
    let secret = services.settings.secret_key.derive(resets::PURPOSE, id.uuid(), 0);
    let reset = store::resets::find(&services.store, &crate::secrets::hash(&secret)).await.map_err(stored)?;
    if reset.is_none_or(|reset| reset.used || reset.expires_at <= services.now()) {
        return Ok(None);
    }
    let link = format!("{}/reset/{secret}", services.settings.public_url);
    let name = found.account.name.as_str();
    Ok(Some(Letter {
        subject: "Set a new password for Rolecall".to_owned(),
        text: rendered(&ResetText { name, link: &link })?,
        html: rendered(&ResetHtml { name, link: &link })?,
    }))
}

/// `Source Admin on Website`, in the catalogue's words.
fn wanted(services: &Services, role: Option<&RoleId>, resource: Option<&str>) -> String {
    let role = role.map(|id| services.catalog.role(id).map_or_else(|| id.to_string(), |role| role.name.clone()));
    match (role, resource) {
        (Some(role), Some(resource)) => format!("{role} on {resource}"),
        (Some(role), None) => role,
        (None, Some(resource)) => format!("access to {resource}"),
        (None, None) => "access".to_owned(),
    }
}

async fn write_request(services: &Services, workspace: Option<WorkspaceId>, id: RequestId, to: &EmailAddress) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    // who is no owner any more is not told
    if !store::members::is_owner(&services.store, workspace, to).await.map_err(stored)? {
        return Ok(None);
    }
    // answered or taken back meanwhile: nothing to be done about it
    let Some(request) = store::requests::find_pending(&services.store, workspace, id).await.map_err(stored)? else { return Ok(None) };
    let Some(workspace) = open(services, workspace).await? else { return Ok(None) };
    let link = format!("{}/w/{}/access/users/{}?request={id}", services.settings.public_url, workspace.slug, request.member);
    let wanted = wanted(services, request.role.as_ref(), request.resource_name.as_deref());
    let (name, email, workspace, reason) = (request.name.as_str(), request.email.as_str(), workspace.name.as_str(), request.reason.as_str());
    Ok(Some(Letter {
        subject: format!("{name} asks for access in {workspace}"),
        text: rendered(&RequestText { name, email, workspace, wanted: &wanted, reason, link: &link })?,
        html: rendered(&RequestHtml { name, email, workspace, wanted: &wanted, reason, link: &link })?,
    }))
}

async fn write_answer(services: &Services, workspace: Option<WorkspaceId>, id: RequestId, member: MemberId) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    let Some(request) = store::requests::settled(&services.store, workspace, member, id).await.map_err(stored)? else { return Ok(None) };
    let Some(workspace) = open(services, workspace).await? else { return Ok(None) };
    let link = format!("{}/w/{}", services.settings.public_url, workspace.slug);
    let wanted = wanted(services, request.role.as_ref(), request.resource.as_deref());
    let approved = request.state == RequestState::Approved;
    let by = request.settled_by.as_ref().map_or("An owner", |name| name.as_str());
    let (word, workspace) = (request.answer.as_deref().unwrap_or_default(), workspace.name.as_str());
    Ok(Some(Letter {
        subject: format!("Your request in {workspace} was {}", if approved { "approved" } else { "declined" }),
        text: rendered(&AnswerText { workspace, wanted: &wanted, by, approved, word, link: &link })?,
        html: rendered(&AnswerHtml { workspace, wanted: &wanted, by, approved, word, link: &link })?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_harmless_in_html() {
        let letter = InviteHtml { inviter: "<script>alert(1)</script>", workspace: "A & B", link: "http://x.test/invites/s", email: "a@b.co", until: "soon" };
        let html = rendered(&letter).unwrap();
        assert!(!html.contains("<script>"));
        assert!(html.contains("A &#38; B") || html.contains("A &amp; B"));
    }

    #[test]
    fn the_outbox_holds_no_link() {
        let payload = serde_json::to_string(&Mail::Invite { invite: InviteId::from_uuid(uuid::Uuid::nil()), generation: 1 }).unwrap();
        assert!(!payload.contains("http"));
        assert_eq!(serde_json::from_str::<Mail>(&payload).unwrap().kind(), "invite");
    }
}
