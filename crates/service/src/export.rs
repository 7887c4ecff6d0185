//! The user list as CSV (RFC 4180, UTF-8): streamed in pieces, so that its length never shows in memory.

use crate::{
    access::{Operator, WorkspaceOwner},
    cells::line,
    refusal::stored,
    services::Services,
};
use domain::{
    audit::Event,
    catalog::Catalog,
    export::{BECAUSE, BY_GROUP, ExportGrant, ExportRow, Granted, UNTIL, escape, escape_reason},
    failure::Failure,
    id::WorkspaceId,
    invite::InviteState,
    member::UserStanding,
    text::GroupName,
    time::Timestamp,
    workspace::Workspace,
};
use futures::{Stream, StreamExt as _};

pub const COLUMNS: [&str; 11] =
    ["Email", "Name", "Status", "Permission", "Personal data", "Roles", "Groups", "Joined", "Last seen", "Invite expires", "Personal data by groups"];

/// How much is gathered before it is sent on.
const PIECE: usize = 64 * 1_024;

/// Every user of the workspace with roles, scopes, groups and how each was granted. The download itself is recorded.
pub async fn users_csv(services: &Services, owner: &WorkspaceOwner) -> Result<impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<>, Failure> {
    let workspace = owner.workspace().id;
    let counts = store::workspaces::counts(&services.store, workspace).await.map_err(stored)?;
    let tx = services.store.begin().await.map_err(stored)?;
    tx.commit(owner.record(services, Event::UsersExported { count: counts.members + counts.invites }, None)).await.map_err(stored)?;
    Ok(lines(services, workspace))
}

/// The same at the command line, beside the database: who is there can read it all without us.
pub fn by_operator(services: &Services, _operator: &Operator, workspace: &Workspace) -> impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<> {
    lines(services, workspace.id)
}

fn lines(services: &Services, workspace: WorkspaceId) -> impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<> {
    let (services, now) = (services.clone(), services.now());
    async_stream::stream! {
        let mut piece = match line(&COLUMNS) {
            Ok(header) => header,
            Err(failure) => { yield Err(failure); return; }
        };
        let mut rows = std::pin::pin!(store::users::export(&services.store, workspace, now));
        while let Some(row) = rows.next().await {
            let line = match row {
                Ok(row) => line(&cells(&services.catalog, &row, now)),
                Err(error) => Err(stored(error)),
            };
            match line {
                Ok(line) => piece.extend_from_slice(&line),
                Err(failure) => { yield Err(failure); return; }
            }
            if piece.len() >= PIECE {
                yield Ok(std::mem::replace(&mut piece, Vec::with_capacity(PIECE + 4_096)));
            }
        }
        yield Ok(piece);
    }
}

fn cells(catalog: &Catalog, row: &ExportRow, now: Timestamp) -> [String; 11] {
    let (status, joined, seen, expires) = match &row.standing {
        UserStanding::Active { joined_at, last_seen_at } => ("Active", joined_at.to_string(), last_seen_at.map(|at| at.to_string()), None),
        UserStanding::Invited { state, expires_at, .. } => {
            let status = if *state == InviteState::Expired || *expires_at <= now { "Expired" } else { "Invited" };
            (status, String::new(), None, Some(expires_at.to_string()))
        }
    };
    let names = |groups: &[GroupName]| groups.iter().map(|group| escape(group.as_str())).collect::<Vec<_>>().join("; ");
    [
        row.email.to_string(),
        row.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        status.to_owned(),
        row.kind.title().to_owned(),
        if row.pii { "yes" } else { "no" }.to_owned(),
        row.grants.iter().map(|grant| words(catalog, grant)).collect::<Vec<_>>().join("; "),
        names(&row.groups),
        joined,
        seen.unwrap_or_default(),
        expires.unwrap_or_default(),
        names(&row.pii_groups),
    ]
}

/// `Source Admin (environment:dev), until 2026-12-01T00:00:00Z, because of the move, by group Data`.
fn words(catalog: &Catalog, grant: &ExportGrant) -> String {
    let name = catalog.role(&grant.role).map_or_else(|| grant.role.as_str(), |role| role.name.as_str());
    let mut words = format!("{name} ({})", grant.scope.words());
    if let Some(end) = grant.expires_at {
        words.push_str(UNTIL);
        words.push_str(&end.to_string());
    }
    if let Some(reason) = &grant.reason {
        words.push_str(BECAUSE);
        words.push_str(&escape_reason(reason.as_str()));
    }
    match &grant.granted {
        Granted::Own => {}
        Granted::Group(group) => {
            words.push_str(BY_GROUP);
            words.push_str(&escape(group.as_str()));
        }
    }
    words
}
