//! The connections that somebody's account is linked with: they see them, and take them off, but for the last way in.

use crate::{access::SignedIn, refusal::stored, services::Services};
use domain::{
    audit::{Chain, Object, SsoEvent},
    failure::{Failure, FailureKind},
    id::ConnectionId,
    sso::way_in::LinkedWay,
};
use store::{Db, sso::identities::Link};

/// Those of one's own account, the oldest first. A session that a provider opened for one workspace alone sees none.
pub async fn mine(services: &Services, me: &SignedIn) -> Result<Vec<LinkedWay>, Failure> {
    if me.came().is_bound() {
        return Ok(Vec::new());
    }
    let (links, has_password) = found(&services.store, me).await?;
    let shown = |link: &Link| LinkedWay {
        connection: link.connection,
        name: link.name.clone(),
        workspace: link.workspace_name.clone(),
        linked_at: link.linked_at,
        here: me.came().is_by(link.connection),
        kept_on: another_way(&links, link.connection, has_password).err().map(|failure| failure.message),
    };
    Ok(links.iter().map(shown).collect())
}

async fn found(db: &impl Db, me: &SignedIn) -> Result<(Vec<Link>, bool), Failure> {
    let account = me.account().id;
    let has_password = store::accounts::password_hash(db, account).await.map_err(stored)?.is_some();
    Ok((store::sso::identities::of_account(db, account).await.map_err(stored)?, has_password))
}

/// Whether somebody comes in without this connection.
fn another_way(links: &[Link], without: ConnectionId, has_password: bool) -> Result<(), Failure> {
    if has_password || links.iter().any(|link| link.connection != without && link.is_open) {
        return Ok(());
    }
    let message = "this is your only way in; ask for a new password at the sign-in page, set one by the link that is mailed to you, and unlink it then";
    Err(Failure::new(FailureKind::Conflict, message))
}

fn linked_by(links: &[Link], connection: ConnectionId) -> Result<&Link, Failure> {
    links.iter().find(|link| link.connection == connection).ok_or_else(not_linked)
}

fn not_linked() -> Failure {
    Failure::new(FailureKind::NotFound, "your account is not linked by this connection, or no longer; reload to see its links")
}

/// Takes it off, and ends the sessions that came by it; says whether the present one goes on. Where the address is under a proven domain of that
/// workspace, coming by it again links it again.
pub async fn unlink(services: &Services, me: &SignedIn, connection: ConnectionId) -> Result<bool, Failure> {
    me.came().speaks_for_the_account()?;
    let account = me.account();
    let workspace = linked_by(&found(&services.store, me).await?.0, connection)?.workspace;
    let tx = services.store.begin().await.map_err(stored)?;
    // the workspace before the account, as whoever arrives has them: so neither waits for the other in a circle
    store::workspaces::lock(&tx, workspace).await.map_err(stored)?.ok_or_else(not_linked)?;
    // two that are taken off at once may be each other's only way in
    store::accounts::lock(&tx, account.id).await.map_err(stored)?;
    let (links, has_password) = found(&tx, me).await?;
    let link = linked_by(&links, connection)?;
    another_way(&links, connection, has_password)?;
    store::sso::identities::unlink(&tx, connection, account.id).await.map_err(stored)?;
    let sessions = store::sessions::end_of_link(&tx, connection, account.id).await.map_err(stored)?;
    let event = SsoEvent::SsoAccountUnlinked { connection: link.name.to_string(), email: account.email.to_string(), sessions };
    let object = Object::new("account", account.id.uuid());
    let record = services.record(Chain::Workspace(link.workspace), me.actor(), event.into(), Some(object), me.meta().origin());
    tx.commit(record).await.map_err(stored)?;
    Ok(!me.came().is_by(connection))
}
