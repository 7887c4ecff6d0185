//! Mail to owners about a domain: its proof is not found any more, or has lapsed.

use super::{DomainMail, Letter, open, rendered};
use crate::{refusal::stored, services::Services};
use askama::Template;
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::{DomainId, WorkspaceId},
};

#[derive(Template)]
#[template(path = "domain.html")]
struct DomainHtml<'a> {
    opening: &'a str,
    follows: &'a str,
    link: &'a str,
    workspace: &'a str,
}

#[derive(Template)]
#[template(path = "domain.txt")]
struct DomainText<'a> {
    opening: &'a str,
    follows: &'a str,
    link: &'a str,
    workspace: &'a str,
}

/// Nothing is said of what was put right meanwhile, nor to who is no owner any more.
pub(super) async fn write(
    services: &Services,
    workspace: Option<WorkspaceId>,
    id: DomainId,
    why: DomainMail,
    to: &EmailAddress,
) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    if !store::members::is_owner(&services.store, workspace, to).await.map_err(stored)? {
        return Ok(None);
    }
    let found = store::sso::domains::find(&services.store, workspace, id, services.now()).await.map_err(stored)?;
    let (Some(domain), Some(workspace)) = (found, open(services, workspace).await?) else { return Ok(None) };
    let name = &domain.name;
    let (subject, opening, follows) = match (why, domain.lapses_at()) {
        (DomainMail::Missing, Some(lapses_at)) => (
            format!("The proof of {name} is missing"),
            format!("{name} does not show any more that it belongs to {}: neither the record nor the tag that proves it was found", workspace.name),
            format!("If it is not found again until {}, the domain is proven no longer. Publish it again, or leave it if the domain is not yours any more.", lapses_at.to_the_minute()),
        ),
        (DomainMail::Lapsed, None) if !domain.is_proven() => (
            format!("{name} is proven no longer"),
            format!("{name} did not show for days that it belongs to {}, and is proven no longer", workspace.name),
            "The sign-in page asks people under it for their passwords again, and another workspace may prove it. Publish the record again and check it, if the domain is yours."
                .to_owned(),
        ),
        (DomainMail::Missing | DomainMail::Lapsed, _) => return Ok(None),
    };
    let link = format!("{}/w/{}/settings/authentication", services.settings.public_url, workspace.slug);
    let (opening, follows, link, workspace) = (opening.as_str(), follows.as_str(), link.as_str(), workspace.name.as_str());
    Ok(Some(Letter {
        subject,
        text: rendered(&DomainText { opening, follows, link, workspace })?,
        html: rendered(&DomainHtml { opening, follows, link, workspace })?,
    }))
}
