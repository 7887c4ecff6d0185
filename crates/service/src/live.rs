//! Tells open pages that something in their workspace changed, and whoever lost the workspace that they did.
//!
//! Every commit raises the version of its workspace's policy. This process hears of its own commits at once, of other nodes' by
//! PostgreSQL, and looks now and then for what nobody told it.

pub mod versions;

use crate::{access::Came, refusal::stored, secrets, services::Services};
use domain::{
    failure::{Failure, FailureKind},
    id::WorkspaceId,
    member::MemberKind,
    workspace::WorkspaceSlug,
};
use futures::{Stream, future::BoxFuture};
use std::time::Duration;
use store::policy_watch::Watcher;
use tokio::sync::broadcast;

/// How many commits a slow reader may be behind; one that is further behind looks for itself.
const BEHIND: usize = 256;

/// How often a page looks by itself.
const LOOK: Duration = Duration::from_secs(15);

/// How long it rests after it told something.
const PACE: Duration = Duration::from_millis(500);

/// What an open page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something changed; this is what who looks is now.
    Changed(MemberKind),
    /// The workspace is no longer theirs.
    Gone,
    /// The session is over.
    SignedOut,
}

type Commit = (WorkspaceId, i64);

/// Where commits are told. One per server.
#[derive(Debug)]
pub struct Live {
    commits: broadcast::Sender<Commit>,
    places: versions::Places,
}

impl Default for Live {
    fn default() -> Self {
        Self { commits: broadcast::Sender::new(BEHIND), places: versions::Places::default() }
    }
}

impl Live {
    pub(crate) fn tell(&self, workspace: WorkspaceId, version: i64) {
        // nobody listening is no fault
        let _ = self.commits.send((workspace, version));
    }

    /// How many follow.
    pub(crate) fn streams(&self) -> usize {
        self.commits.receiver_count()
    }
}

impl Watcher for Live {
    fn committed<'a>(&'a self, versions: &'a [(WorkspaceId, i64)]) -> BoxFuture<'a, ()> {
        versions.iter().for_each(|(workspace, version)| self.tell(*workspace, *version));
        Box::pin(std::future::ready(()))
    }
}

/// Why who follows a workspace should look at it.
enum Stir {
    /// It was said to have this version, newer than what is known.
    Told(i64),
    /// Nobody said so for a while, or count was lost of what they said.
    Time,
    /// The server ends.
    End,
}

/// Waits until there is reason to look, for so long at most.
async fn stirred(services: &Services, commits: &mut broadcast::Receiver<Commit>, workspace: WorkspaceId, known: i64, most: Duration) -> Stir {
    let told = async {
        loop {
            match commits.recv().await {
                Ok((of, version)) if of == workspace && version > known => return Stir::Told(version),
                Ok(_) => {}
                Err(_) => return Stir::Time,
            }
        }
    };
    tokio::select! {
        () = services.ending.begun() => Stir::End,
        stir = told => stir,
        () = tokio::time::sleep(most) => Stir::Time,
    }
}

/// What somebody is in a workspace, and how new that is.
struct Standing {
    workspace: WorkspaceId,
    kind: MemberKind,
    version: i64,
}

/// A workspace is followed by what it is: it may be called another name meanwhile.
#[derive(Clone, Copy)]
enum Which<'a> {
    Called(&'a WorkspaceSlug),
    Known(WorkspaceId),
}

/// Reads it without leaving a mark: to look is no sign of life, and the session gets no younger by it.
async fn standing(services: &Services, secret: &str, which: Which<'_>) -> Result<Standing, Failure> {
    let signed_out = || Failure::new(FailureKind::SignedOut, "you are signed out; sign in to go on");
    let found = store::sessions::find_by_secret(&services.store, &secrets::hash(secret), services.now()).await.map_err(stored)?;
    let session = found.ok_or_else(signed_out)?;
    let workspace = match which {
        Which::Called(slug) => store::workspaces::by_slug(&services.store, slug).await,
        Which::Known(id) => store::workspaces::by_id(&services.store, id).await,
    };
    let workspace = workspace.map_err(stored)?.filter(|workspace| !workspace.is_closed()).ok_or_else(Failure::not_found)?;
    let member = store::members::by_account(&services.store, workspace.id, session.account).await.map_err(stored)?.ok_or_else(Failure::not_found)?;
    let account = store::accounts::by_id(&services.store, session.account).await.map_err(stored)?.ok_or_else(signed_out)?;
    Came::of(services, &session, &account).await?.may_enter(services, &workspace, member.id).await?;
    Ok(Standing { workspace: workspace.id, kind: member.kind, version: workspace.policy_version })
}

/// Follows a workspace for whoever has this session.
pub async fn follow(services: &Services, secret: String, slug: WorkspaceSlug) -> Result<impl Stream<Item = Told> + Send + use<>, Failure> {
    let mut commits = services.live.commits.subscribe();
    let first = standing(services, &secret, Which::Called(&slug)).await?;
    let services = services.clone();
    Ok(async_stream::stream! {
        let (workspace, mut known, mut kind) = (first.workspace, first.version, first.kind);
        loop {
            if matches!(stirred(&services, &mut commits, workspace, known, LOOK).await, Stir::End) {
                break;
            }
            match standing(&services, &secret, Which::Known(workspace)).await {
                Ok(now) => {
                    if now.version > known || now.kind != kind {
                        (known, kind) = (now.version, now.kind);
                        yield Told::Changed(kind);
                        // however many commits there are, a page is told of them at this pace
                        services.ending.rest(PACE, std::future::pending()).await;
                    }
                }
                Err(failure) => match failure.kind {
                    FailureKind::SignedOut | FailureKind::SsoRequired => { yield Told::SignedOut; break }
                    FailureKind::NotFound | FailureKind::Forbidden => { yield Told::Gone; break }
                    // the database is away for a moment
                    _ => {}
                },
            }
        }
    })
}
