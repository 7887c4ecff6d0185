//! Writes that happen once. The sender names a write by a key; whoever sends it again gets the first answer, also after this server
//! ended between the commit and the answer: the key is kept in the write's own transaction.

use crate::{access::WorkspaceToken, refusal::stored, services::Services};
use domain::{
    audit::Object,
    failure::Failure,
    once::{Once, OnceKey},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an answer is kept.
pub const KEPT: Span = Span::days(1);

/// How many bytes. A longer answer is not kept; whoever asks again learns that the write was done.
pub const MOST_KEPT: usize = 256 * 1_024;

/// How many are forgotten in one go.
const BATCH: u64 = 1_000;

/// What answers are sealed for: a token's secret may be among them.
const PURPOSE: &str = "once";

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub status: u16,
    /// The headers that belong to the answer, by name.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// How it stands with a write.
#[derive(Debug)]
pub enum Standing {
    /// It has not been done: the token does it once now, and [`keep`] takes the answer.
    New(Once),
    Answered(Kept),
    /// It was done, and its answer is not known here: the server ended before it was made, or it is being made this moment.
    Done {
        /// As which [`meanwhile`] looks for the answer again.
        once: Once,
        at: Timestamp,
        object: Option<Object>,
    },
    /// The key belongs to another request.
    Another,
}

/// Looks a key up, and makes the token's writes happen under it where it is new.
pub async fn begin(services: &Services, token: &mut WorkspaceToken, key: OnceKey, fingerprint: [u8; 32]) -> Result<Standing, Failure> {
    let mut attempt = [0; 16];
    services.entropy.fill(&mut attempt);
    let once = Once { token: token.token(), key, fingerprint, attempt: Uuid::from_bytes(attempt) };
    if let Some(standing) = looked_up(services, &once).await? {
        return Ok(standing);
    }
    token.set_once(once.clone());
    Ok(Standing::New(once))
}

/// How it stands with a write that another try of the same may have done: nothing where none did, or where the key belongs to another
/// request by now.
pub async fn meanwhile(services: &Services, once: &Once) -> Result<Option<Standing>, Failure> {
    let standing = looked_up(services, once).await?;
    Ok(standing.filter(|standing| matches!(standing, Standing::Answered(_) | Standing::Done { .. })))
}

async fn looked_up(services: &Services, once: &Once) -> Result<Option<Standing>, Failure> {
    let Some(done) = store::once::find(&services.store, once.token, &once.key).await.map_err(stored)? else { return Ok(None) };
    if done.fingerprint != once.fingerprint {
        return Ok(Some(Standing::Another));
    }
    let open = |sealed: Vec<u8>| services.settings.secret_key.open(PURPOSE, once.token.uuid(), &sealed);
    let answer = done.answer.and_then(open).and_then(|plain| serde_json::from_slice(&plain).ok());
    Ok(Some(answer.map_or_else(|| Standing::Done { once: once.clone(), at: done.at, object: done.object }, Standing::Answered)))
}

/// Keeps the answer to a write that was done under a key. Where nothing was written nothing is kept, and the next try is a first one.
pub async fn keep(services: &Services, once: &Once, answer: &Kept) -> Result<(), Failure> {
    if answer.body.len() > MOST_KEPT {
        return Ok(());
    }
    let plain = serde_json::to_vec(answer).map_err(|_| Failure::internal())?;
    let sealed = services.settings.secret_key.seal(&*services.entropy, PURPOSE, once.token.uuid(), &plain);
    store::once::answered(&services.store, once, sealed).await.map_err(stored)?;
    Ok(())
}

/// Lets go of what was done more than [`KEPT`] ago; says how many.
pub async fn forget(services: &Services) -> Result<u64, Failure> {
    let (before, mut gone) = (services.now().minus(KEPT), 0);
    loop {
        let some = store::once::forget(&services.store, before, BATCH).await.map_err(stored)?;
        gone += some;
        if some < BATCH {
            return Ok(gone);
        }
        tokio::task::yield_now().await;
    }
}
