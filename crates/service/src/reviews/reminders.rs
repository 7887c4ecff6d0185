//! Reminds reviewers by time: some days before a review is due, and when it is. Only while something is left to decide.

use super::{ask, ids, reminded};
use crate::{mail::ReviewMail, refusal::stored, services::Services};
use domain::{
    audit::{Actor, Chain, Object, Origin},
    failure::Failure,
    id::{ReviewId, WorkspaceId},
    review::REMINDED_BEFORE,
    time::Span,
};
use std::time::Duration;

/// How often the server looks.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// How many reviews are looked at in one round; the rest in the next.
const BATCH: u64 = 100;

/// Looks until the server stops.
pub async fn run(services: Services) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&services).await {
            tracing::warn!(%error, "reviewers could not be reminded");
        }
    }
}

/// Sends every reminder that is due; says how many reviews that were.
pub async fn round(services: &Services) -> Result<usize, Failure> {
    if !services.mail_is_on() {
        return Ok(0);
    }
    let mut sent = 0;
    let now = services.now();
    // what is due already is told so, and not also that it soon will be; nor is who was asked just now
    let soon = (now.plus(REMINDED_BEFORE), now.minus(Span::days(1)), 1, ReviewMail::Soon);
    for (due, started, reminder, why) in [(now, now, 2, ReviewMail::Due), soon] {
        let found = store::reviews::to_remind(&services.store, due, started, reminder, BATCH).await.map_err(stored)?;
        for (workspace, id) in found {
            // one that can't be reminded of must not keep the others from it
            match one(services, workspace, id, reminder, why).await {
                Ok(done) => sent += usize::from(done),
                Err(error) => tracing::warn!(%error, review.id = %id, "the reviewers could not be reminded"),
            }
        }
    }
    if sent > 0 {
        services.mail_waits.notify_one();
    }
    Ok(sent)
}

async fn one(services: &Services, workspace: WorkspaceId, id: ReviewId, reminder: i32, why: ReviewMail) -> Result<bool, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    if store::workspaces::lock(&tx, workspace).await.map_err(stored)?.is_none() {
        return Ok(false);
    }
    let Some(review) = store::reviews::find(&tx, workspace, id).await.map_err(stored)? else { return Ok(false) };
    if !store::reviews::note_reminder(&tx, workspace, id, reminder, services.now()).await.map_err(stored)? {
        return Ok(false);
    }
    ask(services, &tx, workspace, id, &ids(&review.reviewers), why).await?;
    let object = Object::new("review", id.uuid());
    tx.commit(services.record(Chain::Workspace(workspace), Actor::System, reminded(&review), Some(object), Origin::default())).await.map_err(stored)?;
    Ok(true)
}
