//! The list of invites: those that nobody answered yet, or those that stand in some way, page by page in order of their addresses.

use super::{email, is_pending, kind, state};
use crate::{
    entity::{invite, workspace},
    error::StoreError,
    keyset::{Rows as _, Window},
    sql::{Search, contains, counted, models},
    transaction::Db,
};
use domain::{
    id::{InviteId, WorkspaceId},
    invite::{InviteQuery, InviteRow, InviteState},
    page::Page,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Iterable, sea_query::Query};

pub async fn page(db: &impl Db, workspace: WorkspaceId, query: &InviteQuery, now: Timestamp) -> Result<Page<InviteRow>, StoreError> {
    let search = Search::parse(query.search.as_deref());
    let mut window = Window::new(query.cursor.as_ref(), query.size, |key| Some(key.to_owned()));
    let mut rows = read(db, workspace, query.state, &search, &window, now).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = read(db, workspace, query.state, &search, &window, now).await?;
    }
    let mut page = window.page(rows, |row| (row.email.clone(), row.id));
    page.total = match (query.state, &search) {
        (None, Search::Everything) => Some(counted(db, workspace, workspace::Column::Invites).await?),
        (_, _) => page.only(),
    };
    page.try_map(|row| listed(&row, now))
}

async fn read(
    db: &impl Db,
    workspace: WorkspaceId,
    state: Option<InviteState>,
    search: &Search,
    window: &Window<String>,
    now: Timestamp,
) -> Result<Vec<invite::Model>, StoreError> {
    let mut select = Query::select().columns(invite::Column::iter()).from(invite::Entity).and_where(invite::Column::WorkspaceId.eq(workspace.uuid())).take();
    match state {
        None => select.and_where(is_pending()),
        Some(InviteState::Pending) => select.and_where(is_pending()).and_where(invite::Column::ExpiresAt.gt(now.micros())),
        Some(InviteState::Expired) => select.and_where(is_pending()).and_where(invite::Column::ExpiresAt.lte(now.micros())),
        Some(settled @ (InviteState::Accepted | InviteState::Revoked)) => select.and_where(invite::Column::State.eq(settled.as_str())),
    };
    match search {
        Search::Everything => {}
        Search::Nothing => return Ok(Vec::new()),
        Search::For(key) => drop(select.and_where(contains(invite::Column::Email, key))),
    }
    window.read(&mut select, invite::Column::Email, invite::Column::Id, false);
    models(db, &select).await
}

fn listed(row: &invite::Model, now: Timestamp) -> Result<InviteRow, StoreError> {
    let expires_at = Timestamp::from_micros(row.expires_at);
    Ok(InviteRow {
        id: InviteId::from_uuid(row.id),
        email: email(row)?,
        kind: kind(row)?,
        pii: row.pii,
        state: state(row)?.at(expires_at, now),
        expires_at,
        generation: row.generation,
    })
}
