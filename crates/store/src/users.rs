//! The Users list: members and pending invites in one order, page by page.

use crate::{
    connect::Backend,
    entity::{grant, invite, member},
    error::StoreError,
    grant_rows, group_members, invites,
    keyset::{Rows as _, Window},
    members,
    sql::{counted, models, tuples},
    transaction::{Db, on},
};
use domain::{
    grant::GrantSummary,
    group::GroupRef,
    id::{InviteId, MemberId, WorkspaceId},
    invite::InviteState,
    member::{UserId, UserQuery, UserRow, UserSort, UserStanding},
    page::Page,
    time::Timestamp,
};
use futures::future::try_join;
use select::{Filter, Key, Listing};
use std::collections::HashMap;
use uuid::Uuid;

mod called;
mod export;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails here is a failed test")]
mod plan_tests;
mod reading;
mod searched;
mod select;

pub use called::{Called, called, grants};
pub use export::export;

/// How many users a walk through all of them reads at a time.
const AT_ONCE: usize = 500;

/// One page. An invite stands among the members by its address, or as somebody never seen. The number of statements is the
/// same for every page, however many rows it has.
pub async fn page(db: &impl Db, workspace: WorkspaceId, query: &UserQuery, now: Timestamp) -> Result<Page<UserRow>, StoreError> {
    let page = stretch(db, workspace, query, now).await?;
    let (members, invites) = ids(&page.rows);
    // a full page has some hundred grants and places, of which neither needs to wait for the other
    let (mut grants, mut groups) = try_join(grants_of(db, workspace, &members, &invites), groups_of(db, workspace, &members, &invites)).await?;
    page.try_map(|user| {
        let (grants, groups) = (grants.remove(&user.id()).unwrap_or_default(), groups.remove(&user.id()).unwrap_or_default());
        row(&user, grants, groups, now)
    })
}

async fn stretch(db: &impl Db, workspace: WorkspaceId, query: &UserQuery, now: Timestamp) -> Result<Page<User>, StoreError> {
    let listing = Listing { backend: Backend::of(on(db)), workspace, filter: Filter::new(query, now), sort: query.sort, descending: query.descending };
    let mut window = Window::new(query.cursor.as_ref(), query.size, |key| Key::parse(query.sort, key));
    // how many there are is asked beside who they are
    let (mut users, total) = try_join(read(db, &listing, &window), total(db, workspace, &listing.filter)).await?;
    if users.is_empty() && window.from.is_some() {
        window = window.other_end();
        users = read(db, &listing, &window).await?;
    }
    let mut page = window.page(users, |user| (user.key(query.sort).to_string(), user.id()));
    page.total = total.or_else(|| page.only());
    Ok(page)
}

/// How many the whole list has, where the workspace's row says so.
async fn total(db: &impl Db, workspace: WorkspaceId, filter: &Filter) -> Result<Option<u64>, StoreError> {
    let Some(columns) = filter.counted_in_row() else { return Ok(None) };
    let mut total = 0;
    for column in columns {
        total += counted(db, workspace, *column).await?;
    }
    Ok(Some(total))
}

/// How many the list shows, on all its pages.
pub async fn count(db: &impl Db, workspace: WorkspaceId, query: &UserQuery, now: Timestamp) -> Result<u64, StoreError> {
    let listing = Listing { backend: Backend::of(on(db)), workspace, filter: Filter::new(query, now), sort: query.sort, descending: query.descending };
    let mut count = 0;
    for select in listing.counts() {
        count += tuples::<(i64,)>(db, &select).await?.into_iter().map(|(found,)| u64::try_from(found).unwrap_or_default()).sum::<u64>();
    }
    Ok(count)
}

/// Who the list shows, on every page of it, up to `limit`.
pub async fn matching(db: &impl Db, workspace: WorkspaceId, query: &UserQuery, now: Timestamp, limit: usize) -> Result<Vec<UserId>, StoreError> {
    let listing = Listing { backend: Backend::of(on(db)), workspace, filter: Filter::new(query, now), sort: UserSort::Name, descending: false };
    let mut window = Window::after(None, AT_ONCE);
    let mut found = Vec::new();
    loop {
        let mut users = read(db, &listing, &window).await?;
        let more = users.len() > AT_ONCE;
        users.truncate(AT_ONCE);
        found.extend(users.iter().map(User::who));
        match users.last() {
            Some(last) if more && found.len() < limit => window = Window::after(Some((last.key(listing.sort), last.id())), AT_ONCE),
            Some(_) | None => break,
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Somebody in the list, as their table has them.
enum User {
    Member(member::Model),
    Invite(invite::Model),
}

impl User {
    const fn id(&self) -> Uuid {
        match self {
            Self::Member(row) => row.id,
            Self::Invite(row) => row.id,
        }
    }

    const fn who(&self) -> UserId {
        match self {
            Self::Member(row) => UserId::Member(MemberId::from_uuid(row.id)),
            Self::Invite(row) => UserId::Invite(InviteId::from_uuid(row.id)),
        }
    }

    fn key_of(member: &member::Model, sort: UserSort) -> Key {
        match sort {
            UserSort::Name => Key::Text(member.name_key.clone()),
            UserSort::LastSeen => Key::Moment(member.last_seen_at),
        }
    }

    fn key(&self, sort: UserSort) -> Key {
        match (self, sort) {
            (Self::Member(row), sort) => Self::key_of(row, sort),
            (Self::Invite(row), UserSort::Name) => Key::Text(row.email.clone()),
            (Self::Invite(_), UserSort::LastSeen) => Key::Moment(0),
        }
    }
}

/// Reads a stretch of both tables, each in the order of its own index, and merges them.
async fn read(db: &impl Db, listing: &Listing, window: &Window<Key>) -> Result<Vec<User>, StoreError> {
    let mut users = Vec::new();
    users.extend(reading::members(db, listing, window).await?.into_iter().map(User::Member));
    if let Some(select) = listing.invites(window) {
        users.extend(models(db, &select).await?.into_iter().map(User::Invite));
    }
    users.sort_by_cached_key(|user| (user.key(listing.sort), user.id()));
    if !window.ascending(listing.descending) {
        users.reverse();
    }
    users.truncate(window.limit());
    Ok(users)
}

fn ids(users: &[User]) -> (Vec<Uuid>, Vec<Uuid>) {
    let (members, invites): (Vec<&User>, Vec<&User>) = users.iter().partition(|user| matches!(user, User::Member(_)));
    (members.into_iter().map(User::id).collect(), invites.into_iter().map(User::id).collect())
}

async fn grants_of(db: &impl Db, workspace: WorkspaceId, members: &[Uuid], invites: &[Uuid]) -> Result<HashMap<Uuid, Vec<GrantSummary>>, StoreError> {
    let mut grants = grant_rows::summaries(db, workspace, grant::Column::MemberId, members).await?;
    grants.extend(grant_rows::summaries(db, workspace, grant::Column::InviteId, invites).await?);
    Ok(grants)
}

async fn groups_of(db: &impl Db, workspace: WorkspaceId, members: &[Uuid], invites: &[Uuid]) -> Result<HashMap<Uuid, Vec<GroupRef>>, StoreError> {
    let mut groups = group_members::of_members(db, workspace, members).await?;
    groups.extend(invites::groups_of(db, workspace, invites).await?);
    Ok(groups)
}

fn row(user: &User, grants: Vec<GrantSummary>, groups: Vec<GroupRef>, now: Timestamp) -> Result<UserRow, StoreError> {
    let standing = standing(user, now)?;
    Ok(match user {
        User::Member(row) => UserRow {
            id: UserId::Member(MemberId::from_uuid(row.id)),
            name: Some(members::name(row)?),
            email: members::email(row)?,
            kind: members::kind(&row.kind)?,
            pii: row.pii,
            grants,
            groups,
            standing,
            revision: row.revision,
        },
        User::Invite(row) => UserRow {
            id: UserId::Invite(InviteId::from_uuid(row.id)),
            name: None,
            email: invites::email(row)?,
            kind: invites::kind(row)?,
            pii: row.pii,
            grants,
            groups,
            standing,
            revision: i64::from(row.generation),
        },
    })
}

fn standing(user: &User, now: Timestamp) -> Result<UserStanding, StoreError> {
    Ok(match user {
        User::Member(row) => UserStanding::Active { joined_at: Timestamp::from_micros(row.joined_at), last_seen_at: members::seen(row.last_seen_at) },
        User::Invite(row) => {
            let expires_at = Timestamp::from_micros(row.expires_at);
            let state = if expires_at <= now { InviteState::Expired } else { InviteState::Pending };
            UserStanding::Invited { state, invited_by: invites::invited_by(row)?, expires_at }
        }
    })
}
