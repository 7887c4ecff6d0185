//! The members of a page as programs read them: who they are first, and apart from it what they hold, which may be known already.
//!
//! Where nothing narrows the list, one statement reads who they are, how many there are in all, and by which version of the policy: whoever
//! holds the policy of just that version knows what they hold without asking.

use super::{
    User,
    select::{Filter, Key, Listing},
    stretch,
};
use crate::{
    connect::Backend,
    entity::{grant, workspace},
    error::{StoreError, corrupt},
    grant_rows,
    keyset::{Rows as _, Window},
    members,
    sql::{tuples, uuids},
    transaction::{Db, on},
};
use domain::{
    email::EmailAddress,
    grant::Grant,
    id::{MemberId, WorkspaceId},
    member::{MemberGrants, UserQuery, UserSort},
    page::Page,
    text::PersonName,
    time::Timestamp,
};
use std::collections::HashMap;
use uuid::Uuid;

/// A page of members, before it is known what they hold.
#[derive(Clone, Debug)]
pub struct Called {
    pub page: Page<MemberGrants>,
    /// The policy's version at the moment when they were read; missing where more than one statement read them.
    pub version: Option<i64>,
}

/// The members of a page of the Users list.
pub async fn called(db: &impl Db, workspace: WorkspaceId, query: &UserQuery, now: Timestamp) -> Result<Called, StoreError> {
    let listing = Listing { backend: Backend::of(on(db)), workspace, filter: Filter::new(query, now), sort: query.sort, descending: query.descending };
    if listing.is_plain()
        && let Some(called) = at_once(db, &listing, query).await?
    {
        return Ok(called);
    }
    let page = stretch(db, workspace, query, now).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for user in &page.rows {
        if let User::Member(row) = user {
            let (name, email, kind) = (members::name(row)?, members::email(row)?, members::kind(&row.kind)?);
            rows.push(MemberGrants { id: MemberId::from_uuid(row.id), name, email, kind, grants: Vec::new() });
        }
    }
    Ok(Called { page: Page { rows, next: page.next, previous: page.previous, total: page.total }, version: None })
}

/// What these members hold by themselves, each the oldest first.
pub async fn grants(db: &impl Db, workspace: WorkspaceId, members: &[MemberId]) -> Result<HashMap<MemberId, Vec<Grant>>, StoreError> {
    let grants = grant_rows::full(db, workspace, grant::Column::MemberId, &uuids(members, MemberId::uuid)).await?;
    Ok(grants.into_iter().map(|(id, grants)| (MemberId::from_uuid(id), grants)).collect())
}

/// Id, name, its key, address and kind; and of the workspace, how many members it has and its policy's version.
type Row = (Uuid, String, String, String, String, i64, i64);

/// `None` where there is nobody: then nothing was read of the workspace either.
async fn at_once(db: &impl Db, listing: &Listing, query: &UserQuery) -> Result<Option<Called>, StoreError> {
    let mut window = Window::new(query.cursor.as_ref(), query.size, |key| Key::parse(query.sort, key));
    let mut rows: Vec<Row> = tuples(db, &listing.plain(&window)).await?;
    if rows.is_empty() && window.from.is_some() {
        window = window.other_end();
        rows = tuples(db, &listing.plain(&window)).await?;
    }
    let Some((.., total, version)) = rows.first() else { return Ok(None) };
    let (total, version) = (u64::try_from(*total).unwrap_or(0), *version);
    let mut page = window.page(rows, |(id, _, key, ..)| (key.clone(), *id)).try_map(|(id, name, _, email, kind, ..)| {
        let (name, email) = (PersonName::parse(&name).map_err(corrupt("members.name"))?, EmailAddress::parse(&email).map_err(corrupt("members.email"))?);
        Ok::<_, StoreError>(MemberGrants { id: MemberId::from_uuid(id), name, email, kind: members::kind(&kind)?, grants: Vec::new() })
    })?;
    page.total = Some(total);
    Ok(Some(Called { page, version: Some(version) }))
}

impl Listing {
    /// Whether it shows all members, in the order of their names.
    fn is_plain(&self) -> bool {
        self.sort == UserSort::Name && matches!(self.filter.counted_in_row(), Some([workspace::Column::Members]))
    }
}
