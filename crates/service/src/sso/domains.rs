//! Domains: added, proven by a DNS record or a tag on their page, looked at again, and removed.

use super::on_plan;
use crate::{access::WorkspaceOwner, members::still_owner, refusal::stored, secrets, services::Services};
use domain::{
    audit::{Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::DomainId,
    sso::domains::{DomainCheck, DomainName, DomainState, MOST_DOMAINS, PROOF_LASTS, PROOF_NAME, ProofMethod, WorkspaceDomain, txt_record},
};
use store::{Constraint, Db, StoreError, sso::domains::NewDomain};

/// How long a note of what was found may be.
const MOST_NOTE: usize = 500;

/// All of the workspace in order of their names.
pub async fn all(services: &Services, owner: &WorkspaceOwner) -> Result<Vec<WorkspaceDomain>, Failure> {
    store::sso::domains::all(&services.store, owner.workspace().id, services.now()).await.map_err(stored)
}

/// Adds one, to be proven. One whose proof was not shown in time begins anew.
pub async fn add(services: &Services, owner: &WorkspaceOwner, typed: &str) -> Result<WorkspaceDomain, Failure> {
    let name = DomainName::parse(typed).map_err(|error| Failure::field("domain", error))?;
    let (workspace, now) = (owner.workspace().id, services.now());
    let conflict = |message: String| Failure { kind: FailureKind::Conflict, ..Failure::field("domain", message) };
    let tx = services.store.begin().await.map_err(stored)?;
    on_plan(still_owner(services, &tx, owner).await?)?;
    match store::sso::domains::by_name(&tx, workspace, &name, now).await.map_err(stored)? {
        Some(there) if there.state == DomainState::Expired => {
            store::sso::domains::remove(&tx, workspace, there.id).await.map_err(stored)?;
        }
        Some(_) => return Err(conflict(format!("{name} is in the list already"))),
        None => {}
    }
    free(&tx, owner, &name).await?;
    if store::sso::domains::count(&tx, workspace).await.map_err(stored)? >= MOST_DOMAINS as u64 {
        return Err(conflict(format!("this workspace has {MOST_DOMAINS} domains already; remove one first")));
    }
    let id = DomainId::new(now, services.random());
    let token = secrets::id(services.entropy.as_ref());
    let new = NewDomain { id, name: name.clone(), token, created_at: now, expires_at: now.plus(PROOF_LASTS) };
    store::sso::domains::insert(&tx, workspace, &new).await.map_err(stored)?;
    let added = found(&tx, services, owner, id).await?;
    let event = SsoEvent::SsoDomainAdded { domain: name.to_string() };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    Ok(added)
}

/// A domain is one workspace's at a time. Whose it is, is nobody else's to know.
async fn free(db: &impl Db, owner: &WorkspaceOwner, name: &DomainName) -> Result<(), Failure> {
    match store::sso::domains::proven_for(db, name).await.map_err(stored)? {
        Some(other) if other != owner.workspace().id => Err(taken(name)),
        Some(_) | None => Ok(()),
    }
}

fn taken(name: &DomainName) -> Failure {
    let message = format_args!("{name} is proven for another workspace; its owners must remove it there first");
    Failure { kind: FailureKind::Conflict, ..Failure::field("domain", message) }
}

/// Looks for its proof now. What was proven stays so, whatever is found: whoever wants it no longer removes it.
pub async fn check(services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<DomainCheck, Failure> {
    let before = found(&services.store, services, owner, id).await?;
    if before.state == DomainState::Expired {
        return Err(Failure::new(FailureKind::Conflict, "the time to prove this domain is over; add it again for a new proof"));
    }
    on_plan(owner.workspace().plan)?;
    free(&services.store, owner, &before.name).await?;
    // the change begins after: nobody waits for the domain name system with the workspace's lock in hand
    let looked = look(services, &before).await;
    let now = services.now();
    let Ok(method) = looked.as_ref() else {
        let note: String = looked.as_ref().err().map(|note| note.chars().take(MOST_NOTE).collect()).unwrap_or_default();
        store::sso::domains::checked(&services.store, id, now, Some(&note)).await.map_err(stored)?;
        return Ok(DomainCheck { domain: found(&services.store, services, owner, id).await?, found: false });
    };
    if before.is_proven() {
        store::sso::domains::checked(&services.store, id, now, None).await.map_err(stored)?;
    } else {
        let tx = services.store.begin().await.map_err(stored)?;
        still_owner(services, &tx, owner).await?;
        let proven = store::sso::domains::prove(&tx, owner.workspace().id, id, *method, now).await.map_err(|error| match error {
            StoreError::Conflict(Constraint::ProvenDomain) => taken(&before.name),
            other => stored(other),
        })?;
        if proven {
            let event = SsoEvent::SsoDomainProven { domain: before.name.to_string(), by: *method };
            tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
        }
    }
    Ok(DomainCheck { domain: found(&services.store, services, owner, id).await?, found: true })
}

/// Removes it. Who is linked already stays linked; new people under it are known no more.
pub async fn remove(services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<(), Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    still_owner(services, &tx, owner).await?;
    let before = found(&tx, services, owner, id).await?;
    store::sso::domains::remove(&tx, owner.workspace().id, id).await.map_err(stored)?;
    let event = SsoEvent::SsoDomainRemoved { domain: before.name.to_string(), proven: before.is_proven() };
    tx.commit(owner.record(services, event.into(), Some(object(id)))).await.map_err(stored)?;
    Ok(())
}

async fn found(db: &impl Db, services: &Services, owner: &WorkspaceOwner, id: DomainId) -> Result<WorkspaceDomain, Failure> {
    let found = store::sso::domains::find(db, owner.workspace().id, id, services.now()).await.map_err(stored)?;
    found.ok_or_else(|| Failure::new(FailureKind::NotFound, "this domain is not in the workspace, or no longer"))
}

fn object(id: DomainId) -> Object {
    Object::new("domain", id.uuid())
}

/// How it is proven at this moment, or what was found instead, in a sentence.
async fn look(services: &Services, domain: &WorkspaceDomain) -> Result<ProofMethod, String> {
    let name = domain.name.as_str();
    let wanted = txt_record(&domain.token);
    let records = services.outside.records(name).await;
    if records.as_ref().is_ok_and(|records| records.iter().any(|record| record.trim() == wanted)) {
        return Ok(ProofMethod::Dns);
    }
    let page = services.outside.page(name).await;
    if page.as_ref().is_ok_and(|page| tags(page).any(|content| content == domain.token)) {
        return Ok(ProofMethod::MetaTag);
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
    Err(Failure::new(FailureKind::Invalid, format_args!("{by_dns}, and {by_page}")).message)
}

/// What the tags of our name in a page's head contain. What visitors may have written stands in its body.
fn tags(page: &str) -> impl Iterator<Item = String> {
    let lower = page.to_ascii_lowercase();
    let end = ["</head", "<body"].iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(page.len());
    let head = without_comments(page.get(..end).unwrap_or_default());
    let lower = head.to_ascii_lowercase();
    let begins: Vec<usize> = lower.match_indices("<meta").map(|(at, _)| at).collect();
    begins.into_iter().filter_map(move |at| {
        let tag = head.get(at..)?.split_once('>')?.0;
        (attribute(tag, "name")?.eq_ignore_ascii_case(PROOF_NAME)).then(|| attribute(tag, "content"))?
    })
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// The value of an attribute, with or without quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    for (at, _) in lower.match_indices(name) {
        let stands_alone = lower.get(..at)?.ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'');
        let Some(value) = tag.get(at + name.len()..)?.trim_start().strip_prefix('=').filter(|_| stands_alone) else { continue };
        let value = value.trim_start();
        return Some(match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?.to_owned(),
            _ => value.split(|c: char| c.is_ascii_whitespace() || c == '/').next()?.to_owned(),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<String> {
        tags(page).collect()
    }

    #[test]
    fn a_tag_is_found_however_it_is_written() {
        for page in [
            "<html><head><meta name=\"rolecall-domain-verification\" content=\"abc\"></head>",
            "<META content='abc' NAME='Rolecall-Domain-Verification' />",
            "<head><meta charset=utf-8><meta\n name=rolecall-domain-verification content=abc></head><body></body>",
        ] {
            assert_eq!(found(page), ["abc"], "{page}");
        }
    }

    #[test]
    fn what_is_no_tag_of_the_head_counts_for_nothing() {
        for page in [
            "",
            "<meta name=\"rolecall-domain-verification\"",
            "<meta name=\"rolecall-domain-verification\">",
            "<meta name=\"other\" content=\"rolecall-domain-verification\">",
            "<meta data-name=\"rolecall-domain-verification\" content=\"abc\">",
            "<head></head><body><meta name=\"rolecall-domain-verification\" content=\"abc\">",
            "<head><!-- <meta name=\"rolecall-domain-verification\" content=\"abc\"> --></head>",
            "<head><!-- <meta name=\"rolecall-domain-verification\" content=\"abc\">",
        ] {
            assert!(found(page).is_empty(), "{page}");
        }
    }
}
