//! Every user of a workspace, one after the other: memory holds one batch, whatever the length of the list.

use super::{
    User, groups_of, ids, read,
    select::{Filter, Listing},
    standing,
};
use crate::{connect::Store, entity::grant, error::StoreError, grant_rows, groups, invites, keyset::Window, members, transaction::Db};
use domain::{
    catalog::RoleId,
    export::{ExportGrant, ExportResource, ExportRow, ExportScope, Granted},
    grant::ScopeKind,
    group::GroupRef,
    id::{InviteId, MemberId, WorkspaceId},
    label::Label,
    member::{UserId, UserSort},
    time::Timestamp,
};
use futures::Stream;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// How many users are read at a time.
const BATCH: usize = 100;

/// Members and pending invites in order of names. Each batch sees what is committed when it is read.
pub fn export(store: &Store, workspace: WorkspaceId, now: Timestamp) -> impl Stream<Item = Result<ExportRow, StoreError>> + Send + use<> {
    let store = store.clone();
    async_stream::try_stream! {
        let listing = Listing { backend: store.backend(), workspace, filter: Filter::everybody(now), sort: UserSort::Name, descending: false };
        let mut window = Window::after(None, BATCH);
        loop {
            let mut users = read(&store, &listing, &window).await?;
            let more = users.len() > BATCH;
            users.truncate(BATCH);
            let mut batch = Batch::read(&store, workspace, &users).await?;
            for user in &users {
                yield batch.row(user, now)?;
            }
            match users.last() {
                Some(last) if more => window = Window::after(Some((last.key(listing.sort), last.id())), BATCH),
                Some(_) | None => break,
            }
        }
    }
}

/// What a batch of users holds.
struct Batch {
    groups: HashMap<Uuid, Vec<GroupRef>>,
    /// The groups by which their members see personal data.
    with_personal_data: BTreeSet<Uuid>,
    own: HashMap<Uuid, Vec<grant::Model>>,
    of_groups: HashMap<Uuid, Vec<grant::Model>>,
    labels: HashMap<Uuid, Vec<Label>>,
    resources: HashMap<Uuid, Vec<ExportResource>>,
}

impl Batch {
    async fn read(db: &impl Db, workspace: WorkspaceId, users: &[User]) -> Result<Self, StoreError> {
        let (members, invites) = ids(users);
        let groups = groups_of(db, workspace, &members, &invites).await?;
        let group_ids: BTreeSet<Uuid> = groups.values().flatten().map(|group| group.id.uuid()).collect();
        let group_ids: Vec<Uuid> = group_ids.into_iter().collect();
        let with_personal_data = groups::with_personal_data(db, workspace, &group_ids).await?;
        let mut rows = grant_rows::held(db, workspace, grant::Column::MemberId, &members).await?;
        rows.extend(grant_rows::held(db, workspace, grant::Column::InviteId, &invites).await?);
        let own = rows.len();
        rows.extend(grant_rows::held(db, workspace, grant::Column::GroupId, &group_ids).await?);
        let labels = grant_rows::labels(db, workspace, &rows).await?;
        let resources = grant_rows::resources(db, workspace, &rows).await?;
        let of_groups = by_holder(rows.split_off(own));
        Ok(Self { groups, with_personal_data, own: by_holder(rows), of_groups, labels, resources })
    }

    fn row(&mut self, user: &User, now: Timestamp) -> Result<ExportRow, StoreError> {
        let groups = self.groups.remove(&user.id()).unwrap_or_default();
        let mut grants = Vec::new();
        for row in self.own.remove(&user.id()).unwrap_or_default() {
            grants.push(self.grant(&row, Granted::Own)?);
        }
        for group in &groups {
            for row in self.of_groups.get(&group.id.uuid()).into_iter().flatten() {
                grants.push(self.grant(row, Granted::Group(group.name.clone()))?);
            }
        }
        let sees = |group: &&GroupRef| self.with_personal_data.contains(&group.id.uuid());
        let pii_groups = groups.iter().filter(sees).map(|group| group.name.clone()).collect();
        let groups = groups.into_iter().map(|group| group.name).collect();
        let standing = standing(user, now)?;
        Ok(match user {
            User::Member(row) => ExportRow {
                id: UserId::Member(MemberId::from_uuid(row.id)),
                name: Some(members::name(row)?),
                email: members::email(row)?,
                kind: members::kind(&row.kind)?,
                pii: row.pii,
                standing,
                groups,
                pii_groups,
                grants,
            },
            User::Invite(row) => ExportRow {
                id: UserId::Invite(InviteId::from_uuid(row.id)),
                name: None,
                email: invites::email(row)?,
                kind: invites::kind(row)?,
                pii: row.pii,
                standing,
                groups,
                pii_groups,
                grants,
            },
        })
    }

    fn grant(&self, row: &grant::Model, granted: Granted) -> Result<ExportGrant, StoreError> {
        let scope = match grant_rows::kind(row)? {
            ScopeKind::All => ExportScope::All,
            ScopeKind::Only => ExportScope::Only(self.resources.get(&row.id).cloned().unwrap_or_default()),
            ScopeKind::Labelled => ExportScope::Labelled(self.labels.get(&row.id).cloned().unwrap_or_default()),
        };
        Ok(ExportGrant { role: RoleId::new(&row.role), scope, expires_at: grant_rows::moment(row), reason: grant_rows::reason(row)?, granted })
    }
}

fn by_holder(rows: Vec<grant::Model>) -> HashMap<Uuid, Vec<grant::Model>> {
    let mut holders: HashMap<Uuid, Vec<grant::Model>> = HashMap::new();
    for row in rows {
        holders.entry(grant_rows::holder_of(&row)).or_default().push(row);
    }
    holders
}
