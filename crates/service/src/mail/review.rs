//! Mail to who looks through an access review: that they are asked, and that they are waited for.

use super::{Letter, ReviewMail, open, rendered};
use crate::{refusal::stored, reviews::seen_by, services::Services};
use askama::Template;
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::{ReviewId, WorkspaceId},
};

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewHtml<'a> {
    opening: &'a str,
    workspace: &'a str,
    about: &'a str,
    left: u64,
    due: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "review.txt")]
struct ReviewText<'a> {
    opening: &'a str,
    workspace: &'a str,
    about: &'a str,
    left: u64,
    due: &'a str,
    link: &'a str,
}

/// Nothing is said to who is no reviewer any more, and nobody is reminded of what is done.
pub(super) async fn write(
    services: &Services,
    workspace: Option<WorkspaceId>,
    id: ReviewId,
    why: ReviewMail,
    to: &EmailAddress,
) -> Result<Option<Letter>, Failure> {
    let Some(workspace) = workspace else { return Ok(None) };
    let found = store::reviews::find(&services.store, workspace, id).await.map_err(stored)?;
    let Some(review) = found.filter(|review| review.is_open() && review.undecided() > 0) else { return Ok(None) };
    let Some((member, _)) = store::members::by_email(&services.store, workspace, to).await.map_err(stored)? else { return Ok(None) };
    let seen = seen_by(&services.store, member, vec![review]).await?.pop();
    let Some(review) = seen.filter(|review| review.is_reviewer(member) && review.left() > 0) else { return Ok(None) };
    let Some(workspace) = open(services, workspace).await? else { return Ok(None) };
    let link = format!("{}/w/{}/reviews/{id}", services.settings.public_url, workspace.slug);
    let due = review.due_at.to_the_minute();
    let (name, by) = (review.name.as_str(), review.started_by.as_str());
    let (subject, opening) = match why {
        ReviewMail::Asked => (format!("{by} asks you to review access in {}", workspace.name), format!("{by} asks you to look through “{name}”")),
        ReviewMail::Reminded => (format!("Reminder: {name}"), format!("You are asked again to look through “{name}”")),
        ReviewMail::Soon => (format!("Due {due}: {name}"), format!("“{name}” is soon due")),
        ReviewMail::Due => (format!("Due now: {name}"), format!("“{name}” is due, and not done")),
    };
    let (workspace, about, left) = (workspace.name.as_str(), review.about.as_str(), review.left());
    let (opening, due, link) = (opening.as_str(), due.as_str(), link.as_str());
    Ok(Some(Letter {
        subject,
        text: rendered(&ReviewText { opening, workspace, about, left, due, link })?,
        html: rendered(&ReviewHtml { opening, workspace, about, left, due, link })?,
    }))
}
