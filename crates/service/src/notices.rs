//! What is waiting for somebody, or worth their look: owners see all of it, other members the reviews that they are asked to go through.

use crate::{access::WorkspaceMember, refusal::stored, reviews::seen_by, services::Services};
use domain::{
    failure::Failure,
    member::{MemberKind, UserQuery, UserStatus},
    notice::Notice,
    token::TokenState,
};

/// How many of a kind are shown; whoever has more sees the rest once some are done.
const MOST: u64 = 50;

/// How many who ask are named.
const NAMED: usize = 3;

/// What waits first, and then what is worth a look.
pub async fn all(services: &Services, me: &WorkspaceMember) -> Result<Vec<Notice>, Failure> {
    let (db, workspace, now) = (&services.store, me.workspace().id, services.now());
    let is_owner = me.kind() == MemberKind::Owner;
    let mut notices = Vec::new();
    if is_owner {
        notices.extend(requests(services, me).await?);
    }
    let open = store::reviews::open_ones(db, workspace, MOST).await.map_err(stored)?;
    for review in seen_by(db, me.member(), open).await? {
        let (id, name, due_at, left) = (review.id, review.name.to_string(), review.due_at, review.left());
        notices.extend(match (is_owner, review.is_reviewer(me.member())) {
            (_, true) if left > 0 => Some(Notice::ToReview { id, name, left, due_at }),
            (true, _) if left == 0 => Some(Notice::ToSignOff { id, name, revoked: review.revoked, undecided: review.undecided() }),
            (true, _) if review.is_overdue(now) => Some(Notice::Overdue { id, name, left, due_at }),
            _ => None,
        });
    }
    if !is_owner {
        return Ok(notices);
    }
    let ending = store::tokens::ending(db, workspace, now, now.plus(TokenState::WARNED), MOST).await.map_err(stored)?;
    notices.extend(ending.into_iter().map(|(id, name, at)| Notice::TokenEnds { id, name: name.to_string(), at }));
    let expired = UserQuery { statuses: vec![UserStatus::Expired], ..UserQuery::default() };
    let count = store::users::count(db, workspace, &expired, now).await.map_err(stored)?;
    notices.extend((count > 0).then_some(Notice::InvitesExpired { count }));
    for webhook in store::webhooks::all(db, workspace).await.map_err(stored)? {
        // one that somebody switched off by hand is as it should be
        let is_off = !webhook.enabled;
        if webhook.note.is_some() || (!is_off && webhook.failing_since.is_some()) {
            notices.push(Notice::WebhookFails { id: webhook.id, url: webhook.url.shown().to_owned(), since: webhook.failing_since, is_off });
        }
    }
    for domain in store::sso::domains::all(db, workspace, now).await.map_err(stored)? {
        if let (Some(since), Some(lapses_at)) = (domain.failing_since, domain.lapses_at()) {
            notices.push(Notice::DomainProofMissing { name: domain.name.to_string(), since, lapses_at });
        }
    }
    // in the order above within each part
    notices.sort_by_key(|notice| !notice.waits());
    Ok(notices)
}

async fn requests(services: &Services, me: &WorkspaceMember) -> Result<Option<Notice>, Failure> {
    let (db, workspace) = (&services.store, me.workspace().id);
    let waiting = store::requests::pending(db, workspace, u16::try_from(NAMED).unwrap_or(u16::MAX)).await.map_err(stored)?;
    let Some(oldest) = waiting.first() else { return Ok(None) };
    let count = store::requests::count_pending(db, workspace).await.map_err(stored)?;
    Ok(Some(Notice::Requests { count, names: waiting.iter().map(|request| request.name.to_string()).collect(), since: oldest.created_at }))
}
