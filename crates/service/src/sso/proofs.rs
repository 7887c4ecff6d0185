//! Proofs of domains: looked for when an owner asks, and about once a day as long as a domain is proven. One that is not there any more lapses
//! after some days: else who had a domain once would speak for the addresses of whoever has it now.
//!
//! Only the domain's own word counts against it. Where the domain name system doesn't answer at all nothing is known, and nothing lapses.

use super::{domains::object, head::tags};
use crate::{
    mail::{DomainMail, Mail},
    postman::post,
    refusal::stored,
    services::Services,
};
use domain::{
    audit::{Actor, Chain, Origin, SsoEvent},
    failure::{Failure, FailureKind},
    id::WorkspaceId,
    sso::domains::{PROOF_GRACE, PROOF_LASTS, PROOF_LOOKED_FOR, PROOF_NAME, ProofMethod, WorkspaceDomain, txt_record},
};
use store::WriteTx;

/// How long a note of what was found may be.
const MOST_NOTE: usize = 500;

/// How many are looked for in one round, one after the other: each asks servers of others, and may wait for them.
const BATCH: u64 = 20;

/// To how many owners it is mailed.
const MOST_MAILS: u16 = 50;

/// What was seen of a proof.
#[derive(Debug)]
pub(super) enum Seen {
    Shown(ProofMethod),
    /// The domain shows something else or nothing: that, in a sentence.
    Missing(String),
    /// The domain name system didn't answer.
    Unanswered(String),
}

/// Looks for the proof of a domain at this moment.
pub(super) async fn look(services: &Services, domain: &WorkspaceDomain) -> Seen {
    let name = domain.name.as_str();
    let wanted = txt_record(&domain.token);
    let records = services.outside.records(name).await;
    if records.as_ref().is_ok_and(|records| records.iter().any(|record| record.trim() == wanted)) {
        return Seen::Shown(ProofMethod::Dns);
    }
    let page = services.outside.page(name).await;
    if page.as_ref().is_ok_and(|page| tags(page).contains(&domain.token)) {
        return Seen::Shown(ProofMethod::MetaTag);
    }
    let by_dns = match &records {
        Err(error) => error.clone(),
        Ok(records) if records.iter().any(|record| record.starts_with(PROOF_NAME)) => {
            format!("{name} has a TXT record `{PROOF_NAME}` with another value than this workspace's")
        }
        Ok(records) => format!("none of the {} TXT records of {name} is the one that proves it; new records take a while to be seen", records.len()),
    };
    let by_page = match &page {
        Err(error) => format!("its page was not read ({})", error.trim_end_matches('.')),
        Ok(_) => format!("its page has no such tag at https://{name}/"),
    };
    let note = sentence(format_args!("{by_dns}, and {by_page}"));
    if records.is_ok() { Seen::Missing(note) } else { Seen::Unanswered(note) }
}

fn sentence(text: impl std::fmt::Display) -> String {
    Failure::new(FailureKind::Invalid, text).message.chars().take(MOST_NOTE).collect()
}

/// Looks for the proofs that were not looked for since a day; says how many that were.
pub async fn round(services: &Services) -> Result<usize, Failure> {
    let now = services.now();
    let due = store::sso::domains::to_look_for(&services.store, now.minus(PROOF_LOOKED_FOR), now, BATCH).await.map_err(stored)?;
    let mut looked = 0;
    for (workspace, domain) in due {
        if !store::sso::domains::claim_look(&services.store, &domain, now).await.map_err(stored)? {
            continue;
        }
        let seen = look(services, &domain).await;
        // one that can't be settled must not keep the others from it
        match settle(services, workspace, &domain, seen).await {
            Ok(()) => looked += 1,
            Err(error) => tracing::warn!(%error, domain.id = %domain.id, "the proof of a domain could not be looked for"),
        }
    }
    Ok(looked)
}

/// What follows for a proven domain from what was seen.
pub(super) async fn settle(services: &Services, workspace: WorkspaceId, domain: &WorkspaceDomain, seen: Seen) -> Result<(), Failure> {
    let (db, now) = (&services.store, services.now());
    match (seen, domain.failing_since) {
        (Seen::Shown(_), _) => store::sso::domains::found_again(db, domain.id, now).await.map_err(stored),
        (Seen::Missing(note), None) => begin_to_fail(services, workspace, domain, &note).await,
        (Seen::Missing(note), Some(since)) if since.plus(PROOF_GRACE) <= now => lapse(services, workspace, domain, &note).await,
        (Seen::Missing(note), Some(_)) | (Seen::Unanswered(note), _) => store::sso::domains::not_found(db, domain.id, now, &note).await.map_err(stored),
    }
}

/// Its owners are told as long as they can put it right.
async fn begin_to_fail(services: &Services, workspace: WorkspaceId, domain: &WorkspaceDomain, note: &str) -> Result<(), Failure> {
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    if store::workspaces::lock(&tx, workspace).await.map_err(stored)?.is_none()
        || !store::sso::domains::begin_to_fail(&tx, domain.id, now, note).await.map_err(stored)?
    {
        return Ok(());
    }
    let event = SsoEvent::SsoDomainProofMissing { domain: domain.name.to_string(), lapses_at: now.plus(PROOF_GRACE) };
    tell(services, tx, workspace, domain, DomainMail::Missing, event).await
}

/// From here on it is proven for nobody, and anybody may prove it: this workspace too, by the same record.
async fn lapse(services: &Services, workspace: WorkspaceId, domain: &WorkspaceDomain, note: &str) -> Result<(), Failure> {
    let now = services.now();
    let tx = services.store.begin().await.map_err(stored)?;
    let note = sentence(format_args!("its proof was missing for {}, so it is proven no longer. {note}", PROOF_GRACE.words()));
    if store::workspaces::lock(&tx, workspace).await.map_err(stored)?.is_none()
        || !store::sso::domains::lapse(&tx, domain.id, now.minus(PROOF_GRACE), now, now.plus(PROOF_LASTS), &note).await.map_err(stored)?
    {
        return Ok(());
    }
    let event = SsoEvent::SsoDomainLapsed { domain: domain.name.to_string(), missing_since: domain.failing_since.unwrap_or(now) };
    tell(services, tx, workspace, domain, DomainMail::Lapsed, event).await?;
    tracing::info!(domain.id = %domain.id, workspace.id = %workspace, "the proof of a domain lapsed");
    Ok(())
}

async fn tell(services: &Services, tx: WriteTx, workspace: WorkspaceId, domain: &WorkspaceDomain, why: DomainMail, event: SsoEvent) -> Result<(), Failure> {
    for email in store::members::owner_addresses(&tx, workspace, MOST_MAILS).await.map_err(stored)? {
        post(services, &tx, Some(workspace), &email, &Mail::Domain { domain: domain.id, why }).await?;
    }
    let record = services.record(Chain::Workspace(workspace), Actor::System, event.into(), Some(object(domain.id)), Origin::default());
    tx.commit(record).await.map_err(stored)?;
    services.mail_waits.notify_one();
    Ok(())
}
